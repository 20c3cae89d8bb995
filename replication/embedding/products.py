"""Matrix products between all rows of a table, in row blocks to bound memory and in strips to bound rounding errors."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Float = TypeVar("Float", np.float32, np.float64)

BLOCK = 2048
STRIP = 1024


def blocks(n: int) -> list[slice]:
    """Return slices that divide n rows into blocks of at most ``BLOCK`` rows."""
    return [slice(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK)]


def products(left: NDArray[Float], right: NDArray[Float]) -> NDArray[Float]:
    """Return the inner products of all rows of ``left`` with all rows of ``right``, summed over strips of columns."""
    total = left[:, :STRIP] @ right[:, :STRIP].T
    for start in range(STRIP, left.shape[1], STRIP):
        strip = slice(start, start + STRIP)
        total += left[:, strip] @ right[:, strip].T
    return total


def rounding(n_dimensions: int, dtype: type[np.floating]) -> float:
    """Return the bound c on the relative rounding error of squared distances from products.

    Let a = ‖x‖, b = ‖y‖, d the number of dimensions and u the unit roundoff.  The error of the inner product ⟨x, y⟩ is
    at most d·u·a·b for any order of summation; if computed in strips of s dimensions that are then added, it is at most
    (s + d/s)·u·a·b.  Including the rounding of the coordinates and of the sum of three terms, the error of
    a² + b² − 2⟨x, y⟩ is at most c·(a² + b²) with c = (s + d/s + 16)·u to first order.
    """
    terms = min(n_dimensions, STRIP) + n_dimensions // STRIP + 16
    return 1.01 * terms * float(np.finfo(dtype).eps) / 2


def squared_norms(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the squared lengths of rows, summed in float64."""
    return np.asarray(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))


class CentredPoints:
    """Points centred at their mean and scaled into the unit ball.

    Centring reduces the norms and thus rounding errors; scaling avoids overflow and underflow.

    Args:
        points: Shape (n, dimensions), finite, of any float type; may be a memory map.

    Attributes:
        scale: Length by which the centred points are divided.
    """

    def __init__(self, points: NDArray[np.floating]) -> None:
        self.points = points
        self.centre = points.mean(axis=0, dtype=np.float64)
        self.scale = 1.0
        self.scale = max(np.sqrt(squared_norms(self[block]).max()) for block in blocks(len(points))) or 1.0

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> NDArray[np.float64]:
        return np.asarray((self.points[rows] - self.centre) / self.scale)

    def table(self, dtype: type[Float]) -> NDArray[Float]:
        """Return all centred and scaled points as an array."""
        table = np.empty(self.points.shape, dtype=dtype)
        for block in blocks(len(table)):
            table[block] = self[block]
        return table
