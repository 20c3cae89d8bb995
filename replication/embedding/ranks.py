"""By how many points a given neighbour is preceded: what trustworthiness and continuity are sums of."""

import numpy as np
from numpy.typing import NDArray

from replication.embedding.products import CentredPoints, Float, blocks, products, squared_norms

_FEW_DIMENSIONS = 64
"""Up to here distances are taken in float64, which then costs little."""


def neighbour_ranks(points: NDArray[np.floating], others: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank of given points by their distance from each point.

    With the nearest neighbours of an embedding as ``others`` and the original points, these are the ranks that
    ``metrics.trustworthiness`` takes; with the spaces exchanged, those of continuity.

    The distances of the given points are exact, and so is the order among them.  How many of all the rest are nearer is
    counted by matrix products, in float32 beyond 64 dimensions: a distance that comes within their rounding of a
    given one may count on either side.

    Args:
        points: Shape (n, dimensions), finite, of any float type; may be a memory map.
        others: Indices of k different points for each point, shape (n, k), the point itself not among them.

    Returns:
        Shape (n, k), values 1 to n − 1: one more than the number of other points that are nearer.  Memory holds one
        copy of the points and a few blocks.

    Raises:
        ValueError: The shapes do not fit, or a point is among its own others.
    """
    n = len(points)
    if points.ndim != 2 or others.ndim != 2 or len(others) != n:
        raise ValueError(f"points has shape {points.shape} and others {others.shape}; expected n rows in both")
    if (others == np.arange(n)[:, None]).any():
        raise ValueError("others holds a point as its own neighbour; pass neighbours without their first column")
    differences = (np.subtract(points[others[row]], points[row], dtype=np.float64) for row in range(n))
    squares = np.stack([squared_norms(of_row) for of_row in differences])
    among = (squares[:, None, :] < squares[:, :, None]).sum(axis=2)
    if points.shape[1] <= _FEW_DIMENSIONS:
        rest = _count_rest(CentredPoints(points), others, squares, np.float64)
    else:
        rest = _count_rest(CentredPoints(points), others, squares, np.float32)
    return np.asarray(1 + among + rest, dtype=np.int64)


def _count_rest(
    centred: CentredPoints, others: NDArray[np.int64], squares: NDArray[np.float64], dtype: type[Float]
) -> NDArray[np.int64]:
    """How many of the points not among a point's others are nearer than each of these, shape (n, k)."""
    table = centred.table(dtype)
    norms = squared_norms(table)
    limits = (squares / centred.scale**2 - norms[:, None]).astype(dtype)
    nearer = np.zeros(others.shape, dtype=np.int64)

    def count(keys: NDArray[Float], rows: slice, columns: slice) -> None:
        """Count in some columns, given ‖y‖² − 2⟨x, y⟩ for each row x and column y."""
        of_rows = others[rows]
        row, place = np.nonzero((of_rows >= columns.start) & (of_rows < columns.stop))
        keys[row, of_rows[row, place] - columns.start] = np.inf
        for k in range(others.shape[1]):
            nearer[rows, k] += (keys < limits[rows, k, None]).sum(axis=1)

    parts = blocks(len(table))
    for i, rows in enumerate(parts):
        for columns in parts[i:]:
            keys = -2 * products(table[rows], table[columns])
            if rows == columns:
                np.fill_diagonal(keys, np.inf)
            else:
                count(keys.T + norms[rows].astype(dtype), columns, rows)
            count(keys + norms[columns].astype(dtype), rows, columns)
    return nearer
