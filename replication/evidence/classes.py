"""Small steps from arrays to what claims read: values by class, nearest neighbours."""

import numpy as np
import scipy
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from replication.architecture import N_CLASSES
from replication.paper import EMBEDDING

K_NEIGHBOURS = EMBEDDING.n_hit_neighbours

_PER_CLASS = xr.DataArray(np.zeros(N_CLASSES), {"class": np.arange(N_CLASSES)}, ("class",))


def by_class(values: ArrayLike) -> xr.DataArray:
    """Return one value per class, in float64, with the classes' labels."""
    return _PER_CLASS.copy(data=np.asarray(values, dtype=np.float64))


def nearest_others(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the 6 nearest others of points in the plane, shape (n, 6), nearest first.

    One query of a tree and nothing else: among 17,000 neurons ``exact_neighbours``, which mends row by row, takes some
    times as long.
    """
    nearest = np.asarray(scipy.spatial.cKDTree(points).query(points, K_NEIGHBOURS + 1)[1])
    is_self = nearest == np.arange(len(points))[:, None]
    # Among more duplicates than it may name, the tree can leave out the point itself.
    is_self[~is_self.any(axis=1), -1] = True
    others: NDArray[np.int64] = nearest[~is_self].reshape(len(points), K_NEIGHBOURS)
    return others
