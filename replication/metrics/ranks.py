"""Ranks of units within their layer, for layers differ in the scale of whatever is measured on their units."""

from itertools import groupby

import numpy as np
import scipy
from numpy.typing import NDArray

from replication.architecture import HIDDEN_LAYERS
from replication.metrics.layers import LayerSizes, checked_layer_sizes

N_UNITS_PER_LAYER = tuple(layer.n_units for layer in HIDDEN_LAYERS)


def ranks_within_layers(
    values: NDArray[np.float64], layer_sizes: LayerSizes = N_UNITS_PER_LAYER
) -> NDArray[np.float64]:
    """Ranks of units among those of their layer, from 1.

    Args:
        values: One row per unit, layer by layer, shape (n_units,) or (n_units, n); columns are ranked apart.
        layer_sizes: Units of each layer, by default those of the paper's 1,216.

    Returns:
        The same shape; equal values share their mean rank.  Halves of whole numbers, so that their sums are exact.

    Raises:
        ValueError: The layers' sizes do not sum to the rows, or a layer has none.
    """
    ranks, start = np.empty(values.shape), 0
    # Layers of one size lie next to each other and are ranked in one call, whose overhead is most of its time.
    for n_units, layers in groupby(checked_layer_sizes(layer_sizes, len(values))):
        rows = slice(start, start := start + n_units * len(list(layers)))
        of_layers = values[rows].reshape(-1, n_units, *values.shape[1:])
        ranks[rows] = scipy.stats.rankdata(of_layers, axis=1).reshape(values[rows].shape)
    return ranks


def relative_ranks(values: NDArray[np.float64], layer_sizes: LayerSizes = N_UNITS_PER_LAYER) -> NDArray[np.float64]:
    """Ranks within layers from 0 to 1, so that the layers' sizes do not decide either.

    Args:
        values: One row per unit, layer by layer, shape (n_units,) or (n_units, n); columns are ranked apart.
        layer_sizes: Units of each layer, by default those of the paper's 1,216.

    Returns:
        The same shape; equal values share their mean rank.  NaN for the only unit of a layer.

    Raises:
        ValueError: The layers' sizes do not sum to the rows, or a layer has none.
    """
    below = ranks_within_layers(values, layer_sizes) - 1
    sizes = np.asarray(layer_sizes)
    n_others = np.repeat(sizes - 1, sizes).reshape(-1, *(1,) * (values.ndim - 1))
    return np.asarray(np.divide(below, n_others, out=np.full(values.shape, np.nan), where=n_others > 0))
