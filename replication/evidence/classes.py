"""Small steps from arrays to classes: counts, preferences, ranks, neighbours."""

from itertools import groupby

import numpy as np
import scipy
import xarray as xr
from numpy.typing import NDArray

from replication.architecture import HIDDEN_LAYERS, N_CLASSES
from replication.paper import EMBEDDING

K_NEIGHBOURS = EMBEDDING.n_hit_neighbours

_PER_CLASS = xr.DataArray(np.zeros(N_CLASSES), {"class": np.arange(N_CLASSES)}, ("class",))


def count_classes(classes: NDArray[np.integer]) -> xr.DataArray:
    """Return how often each class occurs, −1 counting for none."""
    return by_class(np.bincount(classes[classes >= 0], minlength=N_CLASSES).astype(np.float64))


def by_class(values: NDArray[np.float64]) -> xr.DataArray:
    """Return one value per class with the classes' labels."""
    return _PER_CLASS.copy(data=values)


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
    ranks, start = np.empty(values.shape), 0
    # Layers of one size lie next to each other and are ranked in one call, whose overhead is most of its time.
    for n_units, layers in groupby(layer.n_units for layer in HIDDEN_LAYERS):
        rows = slice(start, start := start + n_units * len(list(layers)))
        of_layers = values[rows].reshape(-1, n_units, *values.shape[1:])
        ranks[rows] = ((scipy.stats.rankdata(of_layers, axis=1) - 1) / (n_units - 1)).reshape(values[rows].shape)
    return ranks
