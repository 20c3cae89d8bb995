"""Which points can be among the nearest of a point at all: few, with a bound on all others.

A search proposes a few others for every point and states a distance that none of the rest undercuts.  Whoever measures
the proposed ones exactly then knows whether that settles the matter, and can ask for all points within what was found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Candidates:
    """A few points near every point.

    Attributes:
        indices: Other points, shape (n, m), in no order.
        bound: Squared distance that no point outside ``indices`` undercuts, shape (n,).
    """

    indices: NDArray[np.int64]
    bound: NDArray[np.float64]


class Search(Protocol):
    """A way to find candidates."""

    def propose(self, m: int) -> Candidates:
        """Return m other points near every point, 1 ≤ m < n."""

    def within(self, rows: NDArray[np.int64], squares: NDArray[np.float64]) -> Iterator[NDArray[np.int64]]:
        """Yield, for each row, all other points that may lie within that squared distance."""
