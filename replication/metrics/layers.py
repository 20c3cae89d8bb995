"""Layer sizes of tables whose rows are grouped by layer."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LayerSizes = Sequence[int] | NDArray[np.integer]
"""Number of rows of each layer, in the order of the rows."""


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
