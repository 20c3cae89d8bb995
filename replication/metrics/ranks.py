"""Ranks of units within their layer, for comparing units of layers whose values differ in scale."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import scipy
from numpy.typing import NDArray

from replication.architecture import HIDDEN_LAYERS
from replication.ratios import ratio_or_nan

LayerSizes = Sequence[int] | NDArray[np.integer]
"""Number of rows of each layer, in the order of the rows."""

N_UNITS_PER_LAYER = tuple(layer.n_units for layer in HIDDEN_LAYERS)


def ranks_within_layers(
    values: NDArray[np.float64], layer_sizes: LayerSizes = N_UNITS_PER_LAYER
) -> NDArray[np.float64]:
    """Rank units within their layer, from 1.

    Args:
        values: One row per unit, grouped by layer, shape (n_units,) or (n_units, n); each column is ranked separately.
        layer_sizes: Number of units of each layer; the default is the paper's hidden layers, 1,216 units.

    Returns:
        Ranks, in the shape of ``values``; tied values share their mean rank.  Ranks are multiples of 1/2, so that
        sums of them are exact.

    Raises:
        ValueError: The layer sizes do not sum to the number of rows, or a layer is empty.
    """
    ranks, start = np.empty(values.shape), 0
    # Adjacent layers of the same size are ranked in one call, because the overhead of the call dominates its time.
    for n_units, layers in groupby(checked_layer_sizes(layer_sizes, len(values))):
        rows = slice(start, start := start + n_units * len(list(layers)))
        of_layers = values[rows].reshape(-1, n_units, *values.shape[1:])
        ranks[rows] = scipy.stats.rankdata(of_layers, axis=1).reshape(values[rows].shape)
    return ranks


def relative_ranks(values: NDArray[np.float64], layer_sizes: LayerSizes = N_UNITS_PER_LAYER) -> NDArray[np.float64]:
    """Rank units within their layer and scale the ranks to [0, 1], to compare layers of different size.

    Args:
        values: One row per unit, grouped by layer, shape (n_units,) or (n_units, n); each column is ranked separately.
        layer_sizes: Number of units of each layer; the default is the paper's hidden layers, 1,216 units.

    Returns:
        (rank − 1) / (layer size − 1), in the shape of ``values``; tied values share their mean rank.  NaN in layers of
        a single unit.

    Raises:
        ValueError: The layer sizes do not sum to the number of rows, or a layer is empty.
    """
    below = ranks_within_layers(values, layer_sizes) - 1
    sizes = np.asarray(layer_sizes)
    n_others = np.repeat(sizes - 1, sizes).reshape(-1, *(1,) * (values.ndim - 1))
    return ratio_or_nan(below, n_others)


def checked_layer_sizes(layer_sizes: LayerSizes, n_rows: int) -> list[int]:
    """Return the layer sizes after checking them against the table.

    Args:
        layer_sizes: Number of rows of each layer.
        n_rows: Number of rows of the table.

    Returns:
        The sizes as Python integers.

    Raises:
        ValueError: The sizes do not sum to ``n_rows``, or a size is below 1.
    """
    sizes = [int(size) for size in layer_sizes]
    if sum(sizes) != n_rows or min(sizes, default=1) < 1:
        raise ValueError(
            f"{n_rows} rows, but layers of {', '.join(map(str, sizes))} make {sum(sizes)}: "
            "pass layer_sizes, how many rows each layer has, at least 1"
        )
    return sizes
