"""Small steps from arrays to classes: counts, preferences, ranks, neighbours."""

import numpy as np
import scipy
import xarray as xr
from numpy.typing import NDArray

from replication.architecture import N_CLASSES, layer_of_unit
from replication.paper import EMBEDDING

K_NEIGHBOURS = EMBEDDING.n_hit_neighbours


def count_classes(classes: NDArray[np.integer]) -> xr.DataArray:
    """Return how often each class occurs, −1 counting for none."""
    counts = np.bincount(classes[classes >= 0], minlength=N_CLASSES).astype(np.float64)
    return xr.DataArray(counts, {"class": np.arange(N_CLASSES)}, ("class",))


def nearest_others(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the 6 nearest others of points in the plane, shape (n, 6), nearest first.

    A tree is an order of magnitude faster here than the search that many dimensions need.
    """
    nearest = np.asarray(scipy.spatial.cKDTree(points).query(points, K_NEIGHBOURS + 1)[1])
    is_self = nearest == np.arange(len(points))[:, None]
    # Among more duplicates than it may name, the tree can leave out the point itself.
    is_self[~is_self.any(axis=1), -1] = True
    others: NDArray[np.int64] = nearest[~is_self].reshape(len(points), K_NEIGHBOURS)
    return others


def ranks_within_layers(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks of units within their layer, from 0 to 1, so that the layers' scales do not decide.

    Args:
        values: One row per unit, shape (1216,) or (1216, n); columns are ranked apart.

    Returns:
        The same shape; equal values share their mean rank.
    """
    ranks = np.empty_like(values)
    layers = layer_of_unit()
    for name in dict.fromkeys(layers.tolist()):
        rows = layers == name
        ranks[rows] = (scipy.stats.rankdata(values[rows], axis=0) - 1) / (rows.sum() - 1)
    return ranks
