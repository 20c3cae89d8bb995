"""Aligning embeddings with each other by Procrustes analysis (§3.2)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class AlignedPanels:
    """Embeddings of the same points, each aligned with the one before it.

    Attributes:
        coordinates: By panel, shape (n, 2): centred, the first of norm 1, every other of norm √(1 − disparity).
        disparities: By panel, its squared distance to the one before it after the best match, in [0, 1]; the first
            panel has none and is left out.
    """

    coordinates: dict[str, NDArray[np.float64]]
    disparities: dict[str, float]


def procrustes_chain(panels: Mapping[str, NDArray[np.floating]]) -> AlignedPanels:
    """Align each panel with the aligned one before it, the first being the reference.

    Source: §3.2, which aligns each layer's embedding to that of the layer before by scipy's Procrustes analysis: shift,
    scale, rotation and reflection.  That function standardises both clouds, centring each and
    scaling it to norm 1, and returns the second as it best matches the first.  So a panel's size in the result tells
    how well it matches, not how large it was, and mirror images match fully.  Distances within a panel keep their
    proportions: NH and every other measure free of scale is the same before and after.

    Args:
        panels: Coordinates by name, in the order of the chain; all of one shape (n, 2), finite, not all on one spot.

    Returns:
        Aligned coordinates and disparities.

    Raises:
        ValueError: The panels differ in shape, or one is not finite or all on one spot.
    """
    coordinates: dict[str, NDArray[np.float64]] = {}
    disparities: dict[str, float] = {}
    previous: NDArray[np.float64] | None = None
    for name, panel in panels.items():
        cloud = np.asarray(panel, dtype=np.float64)
        reference = cloud if previous is None else previous
        if cloud.shape != reference.shape:
            raise ValueError(
                f"panel {name!r} has shape {cloud.shape}; the one before it has {reference.shape}, expected the same"
            )
        if not np.isfinite(cloud).all() or (cloud == cloud[:1]).all():
            raise ValueError(f"panel {name!r} is not finite or all on one spot, which has no orientation to align")
        standard, aligned, disparity = scipy.spatial.procrustes(reference, cloud)
        if previous is None:
            coordinates[name] = standard
        else:
            coordinates[name] = aligned
            disparities[name] = float(disparity)
        previous = coordinates[name]
    return AlignedPanels(coordinates, disparities)
