"""Which points can be among the nearest of a point at all: few, found fast, with a bound on all others.

A search proposes a few others for every point and states a distance that none of the rest undercuts.  Whoever measures
the proposed ones exactly then knows whether that settles the matter, and can ask for all points within what was found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

FEW_DIMENSIONS = 16
"""Up to here a k-d tree finds neighbours faster than matrix products do."""

_BLOCK = 2048
_UNDERFLOW = 1e-30
"""More than float32 products of denormal numbers can lose, with all points scaled into the unit ball."""


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


def make_search(points: NDArray[np.floating]) -> Search:
    """Return the faster search for points of that many dimensions."""
    return TreeSearch(points) if points.shape[1] <= FEW_DIMENSIONS else ProductSearch(points)


class TreeSearch:
    """Candidates from a k-d tree, for points in few dimensions.

    Args:
        points: Shape (n, dimensions), finite.
    """

    _SLACK = 1e-12
    """Relative, far above what float64 distances in few dimensions round by."""

    def __init__(self, points: NDArray[np.floating]) -> None:
        self.points = np.asarray(points, dtype=np.float64)
        self.tree = cKDTree(self.points)

    def propose(self, m: int) -> Candidates:
        """Return the m nearest others of every point."""
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


class ProductSearch:
    """Candidates from matrix products in float32, sifted in float64 where that is needed, for many dimensions.

    With a = ‖x‖, b = ‖y‖ and d dimensions, a product ⟨x, y⟩ in arithmetic of unit roundoff u is off by at most d·u·a·b,
    whatever the order of its sum.  With the roundings of the coordinates and of the sum of three terms,
    a² + b² − 2⟨x, y⟩ so is off by at most c·(a² + b²), c = (d + 16)·u to first order, and
    (1 − c)·(a² + b²) − 2⟨x, y⟩ is a lower bound of ‖x − y‖².  The points are centred first, which shortens them, and
    scaled into the unit ball, against overflow and underflow.

    Args:
        points: Shape (n, dimensions), finite.
    """

    def __init__(self, points: NDArray[np.floating]) -> None:
        self.points = points
        self.centre = points.mean(axis=0, dtype=np.float64)
        self.scale = 1.0
        self.scaled = np.empty(points.shape, dtype=np.float32)
        blocks = _slices(len(points))
        self.scale = max(np.sqrt(_squared_norms(self._centred(block)).max()) for block in blocks) or 1.0
        norms = np.empty(len(points))
        for block in blocks:
            self.scaled[block] = self._centred(block)
            norms[block] = _squared_norms(self.scaled[block])
        self.norms = (1 - self._tolerance(np.float32)) * norms

    def propose(self, m: int) -> Candidates:
        """Return the m others of the smallest lower bounds for every point."""
        blocks = _slices(len(self.points))
        best = [_Smallest(block.stop - block.start, m) for block in blocks]
        for i, rows in enumerate(blocks):
            for j, columns in enumerate(blocks[i:], start=i):
                products = self.scaled[rows] @ self.scaled[columns].T
                products *= -2
                if i == j:
                    np.fill_diagonal(products, np.inf)
                else:
                    best[j].add(products.T + self.norms[rows].astype(np.float32), rows)
                products += self.norms[columns].astype(np.float32)
                best[i].add(products, columns)
        keys = np.concatenate([found.keys for found in best])
        bound = (self.norms + keys.max(axis=1) - _UNDERFLOW) * self.scale**2
        return Candidates(np.concatenate([found.indices for found in best]), bound)

    def within(self, rows: NDArray[np.int64], squares: NDArray[np.float64]) -> Iterator[NDArray[np.int64]]:
        """Yield the others of which the lower bound, taken in float64, is within the squared distance of each row."""
        tolerance = self._tolerance(np.float64)
        for block in _slices(len(rows)):
            mine = self._centred(rows[block])
            limits = (squares[block] / self.scale**2 + _UNDERFLOW)[:, None]
            norms = (1 - tolerance) * _squared_norms(mine)[:, None]
            hits: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
            for columns in _slices(len(self.points)):
                near = columns.start + np.flatnonzero(self._reached(rows[block], columns, limits))
                others = self._centred(near)
                lower_bounds = norms + (1 - tolerance) * _squared_norms(others) - 2 * mine @ others.T
                row, column = np.nonzero(lower_bounds <= limits)
                hits.append((row, near[column]))
            row, found = (np.concatenate(parts) for parts in zip(*hits, strict=True))
            for i, itself in enumerate(rows[block]):
                yield found[(row == i) & (found != itself)]

    def _reached(self, rows: NDArray[np.int64], columns: slice, limits: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether some row's float32 lower bound for a column is within its limit, shape (columns,)."""
        products = self.scaled[rows] @ self.scaled[columns].T
        keys = self.norms[columns].astype(np.float32) - 2 * products
        return np.asarray((keys <= limits - self.norms[rows, None]).any(axis=0))

    def _centred(self, rows: slice | NDArray[np.int64]) -> NDArray[np.float64]:
        """Some points, centred and scaled."""
        return np.asarray((self.points[rows] - self.centre) / self.scale)

    def _tolerance(self, dtype: type[np.floating]) -> float:
        """The bound c of the rounding of distances from products in that arithmetic."""
        return 1.01 * (int(self.points.shape[1]) + 16) * float(np.finfo(dtype).eps) / 2


class _Smallest:
    """The m smallest keys of every row, of all that were added.

    Args:
        n_rows: Rows.
        m: How many to keep.
    """

    def __init__(self, n_rows: int, m: int) -> None:
        self.keys = np.full((n_rows, m), np.inf, dtype=np.float32)
        self.indices = np.full((n_rows, m), -1)

    def add(self, keys: NDArray[np.float32], columns: slice) -> None:
        """Let the keys of some columns compete with those kept."""
        m = self.keys.shape[1]
        if keys.shape[1] > m:
            kept = np.argpartition(keys, m - 1, axis=1)[:, :m]
            keys, names = np.take_along_axis(keys, kept, axis=1), kept + columns.start
        else:
            names = np.broadcast_to(np.arange(columns.start, columns.stop), keys.shape)
        all_keys = np.hstack([self.keys, keys])
        all_names = np.hstack([self.indices, names])
        kept = np.argpartition(all_keys, m - 1, axis=1)[:, :m]
        self.keys = np.take_along_axis(all_keys, kept, axis=1)
        self.indices = np.take_along_axis(all_names, kept, axis=1)


def _squared_norms(points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Squared lengths of rows, summed in float64."""
    return np.asarray(np.einsum("ij,ij->i", points, points, dtype=np.float64))


def _slices(n: int) -> list[slice]:
    """The slices that cut n rows into blocks."""
    return [slice(start, min(start + _BLOCK, n)) for start in range(0, n, _BLOCK)]
