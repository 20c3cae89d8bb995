"""Alignment of embeddings by Procrustes analysis (§3.2)."""

from collections.abc import Mapping

import numpy as np
import scipy
from numpy.typing import NDArray


def procrustes_chain(panels: Mapping[str, NDArray[np.floating]]) -> dict[str, NDArray[np.float64]]:
    """Align each panel with the aligned panel before it; the first is the reference.

    Source: §3.2, which aligns the embedding of each layer to that of the previous layer by scipy's Procrustes analysis
    (translation, scaling, rotation and reflection).  scipy centres both point clouds, scales them to norm 1, and
    returns the second transformed to match the first.  The size of an aligned panel therefore shows how well it
    matches, not its original size, and mirror images match perfectly.  Ratios of distances within a panel are
    preserved, so that NH and other scale-free measures do not change.

    Args:
        panels: Coordinates by name, in the order of the chain, all of the same shape (n, 2), finite, not all points
            equal.

    Returns:
        Aligned coordinates by panel, shape (n, 2), centred.  The first has norm 1, every other norm √(1 − disparity),
        where scipy's disparity is the residual squared distance, in [0, 1].

    Raises:
        ValueError: The panels differ in shape, or a panel is not finite or has all points equal.
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
