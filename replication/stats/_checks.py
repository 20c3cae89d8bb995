"""Argument checks shared by this package; ``name`` is that of the argument, for the error message."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray


def finite_vector(name: str, values: ArrayLike, *, at_least: int = 0) -> NDArray[np.float64]:
    """Return ``values`` as a float64 vector after checking that it is one-dimensional and finite.

    Raises:
        ValueError: ``values`` is not one-dimensional, is too short, or holds NaN or infinity.
    """
    vector = np.asarray(values, dtype=np.float64)
    if vector.ndim != 1:
        raise ValueError(f"{name} has shape {vector.shape}, expected one dimension")
    if vector.size < at_least:
        raise ValueError(f"{name} has {vector.size} values, expected at least {at_least}")
    n_bad = int(np.count_nonzero(~np.isfinite(vector)))
    if n_bad:
        raise ValueError(f"{name} has {n_bad} values that are NaN or infinite: drop or explain them first")
    return vector


def finite_tables(x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two float64 tables after checking that their rows can be correlated.

    Raises:
        ValueError: The tables are not two-dimensional, differ in shape, have fewer than three columns, or hold NaN or
            infinity.
    """
    one, other = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if one.ndim != 2 or one.shape != other.shape or one.shape[1] < 3:
        raise ValueError(
            f"x has shape {one.shape} and y {other.shape}, expected tables of one shape, 3 columns or more"
        )
    n_bad = int(np.count_nonzero(~(np.isfinite(one) & np.isfinite(other))))
    if n_bad:
        raise ValueError(f"x and y have {n_bad} pairs with a NaN or an infinity: drop or explain them first")
    return one, other


def open_share(name: str, value: float) -> float:
    """Return ``value`` after checking that it lies strictly between 0 and 1.

    Raises:
        ValueError: ``value`` is outside (0, 1).
    """
    if not 0 < value < 1:
        raise ValueError(f"{name} = {value}, expected strictly between 0 and 1")
    return value


def sample_size(name: str, n: int, *, at_least: int) -> int:
    """Return ``n`` after checking that it is large enough.

    Raises:
        ValueError: ``n`` is below ``at_least``.
    """
    if n < at_least:
        raise ValueError(f"{name} = {n}, expected at least {at_least}")
    return n


def coefficient(name: str, r: float) -> float:
    """Return ``r`` after checking that it is a correlation coefficient.

    Raises:
        ValueError: ``r`` is NaN or outside [-1, 1].
    """
    if math.isnan(r) or abs(r) > 1:
        raise ValueError(f"{name} = {r}, expected a correlation between -1 and 1")
    return r
