"""Tables whose rows stand layer by layer: where each layer's rows are."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LayerSizes = Sequence[int] | NDArray[np.integer]
"""How many rows each layer has, in the order of the rows."""


def checked_layer_sizes(layer_sizes: LayerSizes, n_rows: int) -> list[int]:
    """Return the layers' sizes, which make up the rows.

    Args:
        layer_sizes: How many rows each layer has.
        n_rows: Rows of the table.

    Raises:
        ValueError: The sizes do not sum to the rows, or a layer has none.
    """
    sizes = [int(size) for size in layer_sizes]
    if sum(sizes) != n_rows or min(sizes, default=1) < 1:
        raise ValueError(
            f"{n_rows} rows, but layers of {', '.join(map(str, sizes))} make {sum(sizes)}: "
            "pass layer_sizes, how many rows each layer has, at least 1"
        )
    return sizes
