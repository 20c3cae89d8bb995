"""Helpers for arrays with one value per class."""

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from replication.architecture import N_CLASSES
from replication.paper import EMBEDDING

K_NEIGHBOURS = EMBEDDING.n_hit_neighbours

_PER_CLASS = xr.DataArray(np.zeros(N_CLASSES), {"class": np.arange(N_CLASSES)}, ("class",))


def by_class(values: ArrayLike) -> xr.DataArray:
    """Return one value per class as a float64 array with the coordinate ``class``."""
    return _PER_CLASS.copy(data=np.asarray(values, dtype=np.float64))
