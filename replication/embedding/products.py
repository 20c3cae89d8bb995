"""Matrix products between all rows of a table, in blocks that bound memory and strips that bound rounding."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Float = TypeVar("Float", np.float32, np.float64)

BLOCK = 2048
STRIP = 1024


def blocks(n: int) -> list[slice]:
    """Return the slices that cut n rows into blocks."""
    return [slice(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK)]


def products(left: NDArray[Float], right: NDArray[Float]) -> NDArray[Float]:
    """Return the products of all rows with all rows, summed in strips."""
    total = left[:, :STRIP] @ right[:, :STRIP].T
    for start in range(STRIP, left.shape[1], STRIP):
        strip = slice(start, start + STRIP)
        total += left[:, strip] @ right[:, strip].T
    return total


def rounding(n_dimensions: int, dtype: type[np.floating]) -> float:
    """Return the bound c on the rounding of distances from products.

    With a = ‖x‖, b = ‖y‖, a product ⟨x, y⟩ of d dimensions in arithmetic of unit roundoff u is off by at most d·u·a·b,
    whatever the order of its sum; taken in strips of s dimensions that are then added up, by (s + d/s)·u·a·b at most.
    With the roundings of the coordinates and of the sum of three terms, a² + b² − 2⟨x, y⟩ so is off by c·(a² + b²) at
    most, c = (s + d/s + 16)·u to first order.
    """
    terms = min(n_dimensions, STRIP) + n_dimensions // STRIP + 16
    return 1.01 * terms * float(np.finfo(dtype).eps) / 2


def squared_norms(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the squared lengths of rows, summed in float64."""
    return np.asarray(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))


class CentredPoints:
    """Points moved to their mean, which shortens them, and scaled into the unit ball, against over- and underflow.

    Args:
        points: Shape (n, dimensions), finite, of any float type; may be a memory map.

    Attributes:
        scale: The length that became 1.
    """

    def __init__(self, points: NDArray[np.floating]) -> None:
        self.points = points
        self.centre = points.mean(axis=0, dtype=np.float64)
        self.scale = 1.0
        self.scale = max(np.sqrt(squared_norms(self[block]).max()) for block in blocks(len(points))) or 1.0

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> NDArray[np.float64]:
        return np.asarray((self.points[rows] - self.centre) / self.scale)

    def table(self, dtype: type[Float]) -> NDArray[Float]:
        """Return all points as an array."""
        table = np.empty(self.points.shape, dtype=dtype)
        for block in blocks(len(table)):
            table[block] = self[block]
        return table
