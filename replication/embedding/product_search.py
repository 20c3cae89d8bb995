"""Candidate search for nearest neighbours in many dimensions."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from replication.embedding.candidates import Candidates
from replication.embedding.products import CentredPoints, blocks, products, rounding, squared_norms

_UNDERFLOW = 1e-30
"""Upper bound of what float32 products lose by underflow, for points in the unit ball."""


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
