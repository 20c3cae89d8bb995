"""Aligning embeddings with each other by Procrustes analysis (§3.2)."""

from collections.abc import Mapping

import numpy as np
import scipy
from numpy.typing import NDArray


def procrustes_chain(panels: Mapping[str, NDArray[np.floating]]) -> dict[str, NDArray[np.float64]]:
    """Align each panel with the aligned one before it, the first being the reference.

    Source: §3.2, which aligns each layer's embedding to that of the layer before by scipy's Procrustes analysis: shift,
    scale, rotation and reflection.  That function standardises both clouds, centring each and
    scaling it to norm 1, and returns the second as it best matches the first.  So a panel's size in the result tells
    how well it matches, not how large it was, and mirror images match fully.  Distances within a panel keep their
    proportions: NH and every other measure free of scale is the same before and after.

    Args:
        panels: Coordinates by name, in the order of the chain; all of one shape (n, 2), finite, not all on one spot.

    Returns:
        Aligned coordinates by panel, shape (n, 2): centred, the first of norm 1, every other of norm √(1 − disparity),
        the disparity being what scipy calls the squared distance that the best match leaves, in [0, 1].

    Raises:
        ValueError: The panels differ in shape, or one is not finite or all on one spot.
    """
    aligned: dict[str, NDArray[np.float64]] = {}
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
        standard, matched, _ = scipy.spatial.procrustes(reference, cloud)
        previous = aligned[name] = standard if previous is None else matched
    return aligned
