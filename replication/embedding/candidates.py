"""Candidates for nearest neighbours, with a lower bound on the distance of all other points.

A search proposes a few candidates for every point, and a distance that no other point is below.  After measuring the
candidates exactly, the caller knows whether the nearest neighbours are among them.  If not, the caller can request all
points within the distance found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Candidates:
    """Candidates for the nearest neighbours of every point.

    Attributes:
        indices: Candidates of each point, other than the point itself, shape (n, m), unordered.
        bound: Lower bound of the squared distance to all points not in ``indices``, shape (n,).
    """

    indices: NDArray[np.int64]
    bound: NDArray[np.float64]


class Search(Protocol):
    """Search method for candidates."""

    def propose(self, m: int) -> Candidates:
        """Return m candidates for every point, 1 ≤ m < n."""

    def within(self, rows: NDArray[np.int64], squares: NDArray[np.float64]) -> Iterator[NDArray[np.int64]]:
        """Yield, for each row, all other points that may lie within the given squared distance of it."""
