"""Distance ranks of given neighbours, from which trustworthiness and continuity are computed."""

import numpy as np
from numpy.typing import NDArray

from replication.embedding.products import CentredPoints, Float, blocks, products, squared_norms

_FEW_DIMENSIONS = 64
"""Largest number of dimensions for products in float64, which are then cheap."""


def neighbour_ranks(points: NDArray[np.floating], others: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank given points by their distance from each point.

    With the original points as ``points`` and the nearest neighbours in an embedding as ``others``, these are the ranks
    for trustworthiness (``metrics.trustworthiness``); with the spaces exchanged, those for continuity.

    Distances to the given points, and the order among them, are exact.  Closer points among the rest are counted by
    matrix products, in float32 beyond 64 dimensions; a distance within their rounding error of a given one may be
    counted on either side.

    Memory: one copy of the points and a few blocks.

    Args:
        points: Shape (n, dimensions), finite, of any float type; may be a memory map.
        others: Indices of k distinct points for each point, excluding the point itself, shape (n, k).

    Returns:
        Ranks from 1 to n − 1, shape (n, k): one plus the number of other points that are closer.

    Raises:
        ValueError: The shapes do not match, or a point is among its own ``others``.
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
    """Count the points outside ``others`` that are closer than each of ``others``, shape (n, k)."""
    table = centred.table(dtype)
    norms = squared_norms(table)
    limits = (squares / centred.scale**2 - norms[:, None]).astype(dtype)
    nearer = np.zeros(others.shape, dtype=np.int64)

    def count(keys: NDArray[Float], rows: slice, columns: slice) -> None:
        """Add the counts of one block of columns, given ‖y‖² − 2⟨x, y⟩ for each row x and column y."""
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
