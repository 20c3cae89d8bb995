"""Candidate search for nearest neighbours: by a tree in few dimensions, by matrix products in many.

Each search has two methods.  ``propose`` returns m candidates for every point, 1 ≤ m < n.  ``within`` yields, for each
of some rows, all other points that may lie within a given squared distance.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from replication.embedding.products import CentredPoints, blocks, products, rounding, squared_norms

_UNDERFLOW = 1e-30
"""Upper bound of what float32 products lose by underflow, for points in the unit ball."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Candidates for the nearest neighbours of every point.

    Attributes:
        indices: Candidates of each point, other than the point itself, shape (n, m), unordered.
        bound: Lower bound of the squared distance to all points not in ``indices``, shape (n,).
    """

    indices: NDArray[np.int64]
    bound: NDArray[np.float64]


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


class ProductSearch:
    """Candidate search by matrix products in float32, refined in float64 where needed.

    With c the bound from ``rounding``, (1 − c)·(‖x‖² + ‖y‖²) − 2⟨x, y⟩ is a lower bound of ‖x − y‖².

    Args:
        points: Shape (n, dimensions), finite.
    """

    def __init__(self, points: NDArray[np.floating]) -> None:
        self.centred = CentredPoints(points)
        self.table = self.centred.table(np.float32)
        self.norms = (1 - rounding(points.shape[1], np.float32)) * squared_norms(self.table)

    def propose(self, m: int) -> Candidates:
        """Return the m other points with the smallest lower bounds for every point."""
        parts = blocks(len(self.table))
        best = [_Smallest(part.stop - part.start, m) for part in parts]
        for i, rows in enumerate(parts):
            for j, columns in enumerate(parts[i:], start=i):
                keys = products(self.table[rows], self.table[columns])
                keys *= -2
                if i == j:
                    np.fill_diagonal(keys, np.inf)
                else:
                    best[j].add(keys.T + self.norms[rows].astype(np.float32), rows)
                keys += self.norms[columns].astype(np.float32)
                best[i].add(keys, columns)
        highest = np.concatenate([found.keys.max(axis=1) for found in best])
        bound = (self.norms + highest - _UNDERFLOW) * self.centred.scale**2
        return Candidates(np.concatenate([found.indices for found in best]), bound)

    def within(self, rows: NDArray[np.int64], squares: NDArray[np.float64]) -> Iterator[NDArray[np.int64]]:
        """Yield, for each row, the other points whose float64 lower bound is within the given squared distance."""
        sure = 1 - rounding(self.table.shape[1], np.float64)
        for part in blocks(len(rows)):
            mine = self.centred[rows[part]]
            limits = (squares[part] / self.centred.scale**2 + _UNDERFLOW)[:, None]
            norms = sure * squared_norms(mine)[:, None]
            hits: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
            for columns in blocks(len(self.table)):
                near = columns.start + np.flatnonzero(self._reached(rows[part], columns, limits))
                others = self.centred[near]
                lower_bounds = norms + sure * squared_norms(others) - 2 * products(mine, others)
                row, column = np.nonzero(lower_bounds <= limits)
                hits.append((row, near[column]))
            row, found = (np.concatenate(parts) for parts in zip(*hits, strict=True))
            for i, itself in enumerate(rows[part]):
                yield found[(row == i) & (found != itself)]

    def _reached(self, rows: NDArray[np.int64], columns: slice, limits: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return whether any row has a float32 lower bound within its limit, for each column, shape (n_columns,)."""
        keys = self.norms[columns].astype(np.float32) - 2 * products(self.table[rows], self.table[columns])
        return np.asarray((keys <= limits - self.norms[rows, None]).any(axis=0))


class _Smallest:
    """The m smallest keys of every row among all keys added.

    Args:
        n_rows: Number of rows.
        m: Number of keys to keep per row.
    """

    def __init__(self, n_rows: int, m: int) -> None:
        self.keys = np.full((n_rows, m), np.inf, dtype=np.float32)
        self.indices = np.full((n_rows, m), -1)

    def add(self, keys: NDArray[np.float32], columns: slice) -> None:
        """Add the keys of some columns, keeping the m smallest."""
        m = self.keys.shape[1]
        smaller = keys < self.keys.max(axis=1, keepdims=True)
        n_smaller = np.count_nonzero(smaller, axis=1)
        most = int(n_smaller.max())
        if most < keys.shape[1] // 4:
            # Once many keys were seen, few of the others count: partitioning all of them would take most of the time.
            row, column = np.nonzero(smaller)
            place = np.arange(len(row)) - np.repeat(np.cumsum(n_smaller) - n_smaller, n_smaller)
            narrow = np.full((len(keys), most), np.inf, dtype=np.float32)
            names = np.full(narrow.shape, -1)
            narrow[row, place], names[row, place] = keys[row, column], column + columns.start
            keys = narrow
        elif keys.shape[1] > m:
            kept = np.argpartition(keys, m - 1, axis=1)[:, :m]
            keys, names = np.take_along_axis(keys, kept, axis=1), kept + columns.start
        else:
            names = np.broadcast_to(np.arange(columns.start, columns.stop), keys.shape)
        all_keys = np.hstack([self.keys, keys])
        all_names = np.hstack([self.indices, names])
        kept = np.argpartition(all_keys, m - 1, axis=1)[:, :m]
        self.keys = np.take_along_axis(all_keys, kept, axis=1)
        self.indices = np.take_along_axis(all_names, kept, axis=1)
