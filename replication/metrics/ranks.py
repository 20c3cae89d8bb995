"""Ranks of units within their layer, for layers differ in the scale of whatever is measured on their units."""

from itertools import groupby

import numpy as np
import scipy
from numpy.typing import NDArray

from replication.architecture import HIDDEN_LAYERS

N_UNITS_PER_LAYER = np.array([layer.n_units for layer in HIDDEN_LAYERS])


def ranks_within_layers(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks of units among those of their layer, from 1.

    Args:
        values: One row per unit, shape (1216,) or (1216, n); columns are ranked apart.

    Returns:
        The same shape; equal values share their mean rank.  Halves of whole numbers, so that their sums are exact.
    """
    ranks, start = np.empty(values.shape), 0
    # Layers of one size lie next to each other and are ranked in one call, whose overhead is most of its time.
    for n_units, layers in groupby(N_UNITS_PER_LAYER.tolist()):
        rows = slice(start, start := start + n_units * len(list(layers)))
        of_layers = values[rows].reshape(-1, n_units, *values.shape[1:])
        ranks[rows] = scipy.stats.rankdata(of_layers, axis=1).reshape(values[rows].shape)
    return ranks


def relative_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks within layers from 0 to 1, so that the layers' sizes do not decide either.

    Args:
        values: One row per unit, shape (1216,) or (1216, n); columns are ranked apart.

    Returns:
        The same shape; equal values share their mean rank.
    """
    n_others = np.repeat(N_UNITS_PER_LAYER - 1, N_UNITS_PER_LAYER)
    return np.asarray(((ranks_within_layers(values) - 1).T / n_others).T)
