"""Candidate search for nearest neighbours in few dimensions."""

from collections.abc import Iterator

import numpy as np
import scipy
from numpy.typing import NDArray

from replication.embedding.candidates import Candidates


class TreeSearch:
    """Candidate search by a k-d tree.

    Args:
        points: Shape (n, dimensions), finite.
    """

    _SLACK = 1e-12
    """Relative tolerance, far above the rounding error of float64 distances in few dimensions."""

    def __init__(self, points: NDArray[np.floating]) -> None:
        self.points = np.asarray(points, dtype=np.float64)
        self.tree = scipy.spatial.cKDTree(self.points)

    def propose(self, m: int) -> Candidates:
        """Return the m nearest other points of every point, nearest first."""
        distances, found = (np.asarray(table) for table in self.tree.query(self.points, m + 1))
        # A point with more than m duplicates may not be among its own results; then the last result is dropped instead.
        itself = found == np.arange(len(found))[:, None]
        itself[~itself.any(axis=1), -1] = True
        bound = distances[:, -1] ** 2 * (1 - self._SLACK)
        return Candidates(found[~itself].reshape(len(found), m).astype(np.int64), bound)

    def within(self, rows: NDArray[np.int64], squares: NDArray[np.float64]) -> Iterator[NDArray[np.int64]]:
        """Yield, for each row, the other points within the given squared distance."""
        for row, square in zip(rows, squares, strict=True):
            found = self.tree.query_ball_point(self.points[row], np.sqrt(square) * (1 + self._SLACK))
            others = np.array(found, dtype=np.int64)
            yield others[others != row]
