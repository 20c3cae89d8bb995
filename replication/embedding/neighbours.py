"""Exact nearest neighbours of many points, in few or many dimensions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from replication.embedding.candidates import ProductSearch, TreeSearch

_FEW_DIMENSIONS = 16
"""Largest number of dimensions for the k-d tree; beyond it matrix products are faster."""
_SPARE = 9
"""Number of candidates beyond k: more make the second search rarer and the first one slower."""
_CHUNK = 512
"""Number of rows of coordinate differences held at a time."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Nearest neighbours of n points by Euclidean distance, starting with the point itself.

    Attributes:
        indices: Indices of the neighbours, nearest first, shape (n, k); column 0 is the point itself.
        distances: Distances of the neighbours, ascending, shape (n, k); column 0 is zero.

    Raises:
        ValueError: The arrays differ in shape or are not two-dimensional, or column 0 of ``indices`` is not the point
            itself.
    """

    indices: NDArray[np.int64]
    distances: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.indices.ndim != 2 or self.indices.shape != self.distances.shape:
            raise ValueError(
                f"indices has shape {self.indices.shape} and distances {self.distances.shape}; expected (n, k) twice"
            )
        if not np.array_equal(self.indices[:, 0], np.arange(len(self.indices))):
            raise ValueError("the first column of indices is not the points themselves, 0 to n − 1 in order")

    def nearest(self, k: int) -> "Neighbours":
        """Return the first k columns, including the point itself.

        Args:
            k: Number of columns, at least 1.

        Returns:
            Neighbours with k columns.

        Raises:
            ValueError: ``k`` is below 1 or exceeds the number of columns.
        """
        if not 1 <= k <= self.indices.shape[1]:
            raise ValueError(f"k={k}: the table has {self.indices.shape[1]} columns, the point itself included")
        return Neighbours(self.indices[:, :k], self.distances[:, :k])


def exact_neighbours(points: NDArray[np.floating], k: int) -> Neighbours:
    """Find the k nearest neighbours of every point, including the point itself.

    The result is exact: neighbours are ordered by float64 sums of squared coordinate differences, ties by index.
    Duplicates of a point follow it at distance 0.

    Memory: one copy of the points, in float32 beyond 16 dimensions, and a few blocks of 2,048 rows in float64.

    Args:
        points: Shape (n, dimensions), finite, of any float type; may be a memory map.  Rows should be contiguous.
        k: Number of neighbours per point, including the point itself, 1 ≤ k ≤ n.

    Returns:
        Indices and distances, shape (n, k).

    Raises:
        ValueError: ``points`` is not two-dimensional or not finite, or ``k`` is outside 1 to n.
    """
    points = np.asarray(points)
    if points.ndim != 2 or not 1 <= k <= len(points):
        raise ValueError(f"points has shape {points.shape} and k={k}; expected (n, dimensions) and 1 ≤ k ≤ n")
    if not all(np.isfinite(points[start : start + _CHUNK]).all() for start in range(0, len(points), _CHUNK)):
        raise ValueError("points holds values that are not finite; leave such points out")
    n = len(points)
    indices = np.arange(n)[:, None].repeat(k, axis=1)
    squares = np.zeros((n, k))
    if k == 1:
        return Neighbours(indices, squares)

    search = TreeSearch(points) if points.shape[1] <= _FEW_DIMENSIONS else ProductSearch(points)
    candidates = search.propose(min(k - 1 + _SPARE, n - 1))
    for row in np.arange(n):
        indices[row, 1:], squares[row, 1:] = _nearest(points, row, candidates.indices[row], k - 1)
    if candidates.indices.shape[1] < n - 1:
        open_rows = np.flatnonzero(squares[:, -1] >= candidates.bound)
        for row, others in zip(open_rows, search.within(open_rows, squares[open_rows, -1]), strict=True):
            indices[row, 1:], squares[row, 1:] = _nearest(points, row, others, k - 1)
    return Neighbours(indices, np.sqrt(squares))


def _nearest(
    points: NDArray[np.floating], row: np.integer, others: NDArray[np.int64], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the k nearest of ``others`` and their squared distances, both of shape (k,)."""
    squares = np.empty(len(others))
    for start in range(0, len(others), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        differences = np.subtract(points[others[chunk]], points[row], dtype=np.float64)
        squares[chunk] = np.einsum("ij,ij->i", differences, differences)
    order = np.lexsort((others, squares))[:k]
    return others[order], squares[order]
