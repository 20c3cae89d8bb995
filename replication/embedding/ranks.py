"""By how many points a given neighbour is preceded: what trustworthiness and continuity are sums of."""

import numpy as np
from numpy.typing import NDArray

_BLOCK = 512


def neighbour_ranks(points: NDArray[np.floating], others: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank of given points by their distance from each point.

    With the nearest neighbours of an embedding as ``others`` and the original points, these are the ranks that
    ``metrics.trustworthiness`` takes; with the spaces exchanged, those of continuity.

    Args:
        points: Shape (n, dimensions), finite.
        others: Indices of k points for each point, shape (n, k), the point itself not among them.

    Returns:
        Shape (n, k), values 1 to n − 1: one more than the number of other points that are nearer.  Distances
        are float64 matrix products of the centred points, whose rounding can exchange ranks of nearly equal
        distances.  Memory holds the centred points in float64 and a block of 512 × n distances.

    Raises:
        ValueError: The shapes do not fit, or a point is among its own others.
    """
    n = len(points)
    if points.ndim != 2 or others.ndim != 2 or len(others) != n:
        raise ValueError(f"points has shape {points.shape} and others {others.shape}; expected n rows in both")
    if (others == np.arange(n)[:, None]).any():
        raise ValueError("others holds a point as its own neighbour; pass neighbours without their first column")
    centred = np.subtract(points, points.mean(axis=0, dtype=np.float64), dtype=np.float64)
    norms = np.einsum("ij,ij->i", centred, centred)
    ranks = np.empty(others.shape, dtype=np.int64)
    for begin in range(0, n, _BLOCK):
        rows = np.arange(begin, min(begin + _BLOCK, n))
        keys = norms - 2 * centred[rows] @ centred.T
        keys[np.arange(len(rows)), rows] = np.inf
        of_others = np.take_along_axis(keys, others[rows], axis=1)
        keys.sort(axis=1)
        for row, sorted_keys, sought in zip(rows, keys, of_others, strict=True):
            ranks[row] = np.searchsorted(sorted_keys, sought) + 1
    return ranks
