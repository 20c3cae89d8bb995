"""Candidates for nearest neighbours in few dimensions."""

from collections.abc import Iterator

import numpy as np
import scipy
from numpy.typing import NDArray

from replication.embedding.candidates import Candidates


class TreeSearch:
    """Candidates from a k-d tree, for points in few dimensions.

    Args:
        points: Shape (n, dimensions), finite.
    """

    _SLACK = 1e-12
    """Relative, far above what float64 distances in few dimensions round by."""

    def __init__(self, points: NDArray[np.floating]) -> None:
        self.points = np.asarray(points, dtype=np.float64)
        self.tree = scipy.spatial.cKDTree(self.points)

    def propose(self, m: int) -> Candidates:
        """Return the m nearest others of every point, nearest first."""
        distances, found = (np.asarray(table) for table in self.tree.query(self.points, m + 1))
        # Behind more duplicates than m a point does not find itself; the last stands in for it.
        itself = found == np.arange(len(found))[:, None]
        itself[~itself.any(axis=1), -1] = True
        bound = distances[:, -1] ** 2 * (1 - self._SLACK)
        return Candidates(found[~itself].reshape(len(found), m).astype(np.int64), bound)

    def within(self, rows: NDArray[np.int64], squares: NDArray[np.float64]) -> Iterator[NDArray[np.int64]]:
        """Yield the others within the squared distance of each row."""
        for row, square in zip(rows, squares, strict=True):
            found = self.tree.query_ball_point(self.points[row], np.sqrt(square) * (1 + self._SLACK))
            others = np.array(found, dtype=np.int64)
            yield others[others != row]
