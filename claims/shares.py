"""How unevenly things are shared out: among layers, among classes."""

import math
from typing import SupportsFloat

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from replication.judging import Answer


def evenness(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how evenly a class is spread over layers: the entropy of its shares over that of equal ones.

    Args:
        shares: Shape (n_layers, n_classes), not negative; each column is scaled to sum to 1.

    Returns:
        Shape (n_classes,), 0 for a class in a single layer, 1 for equal shares; NaN where all shares are 0 or NaN.
    """
    total = shares.sum(axis=0)
    p = np.divide(shares, total, out=np.full(shares.shape, np.nan), where=total > 0)
    terms = np.multiply(p, np.log(p, out=np.zeros_like(p), where=p > 0))
    return np.asarray(-terms.sum(axis=0) / np.log(len(shares)))


def total_variation(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how differently two classes are spread over layers: half the summed differences of their shares.

    Args:
        shares: Shape (n_layers, n_classes), columns that sum to 1.

    Returns:
        Shape (n_classes, n_classes), 0 for equal shares, 1 for classes that have no layer in common.
    """
    return np.asarray(np.abs(shares[:, :, None] - shares[:, None, :]).sum(axis=0) / 2)


def twice_as_much(by_class: xr.DataArray, what: str, *, reads: str) -> Answer:
    """Return whether some class has at least twice as much as another, and not merely twice nothing.

    Args:
        by_class: Axis (class).
        what: What the classes have.
        reads: The claim's word for how much more.
    """
    return Answer(f"most over least {what}", ratio(by_class.max(), by_class.min()), "at least", 2, reads=reads)


def ratio(one: SupportsFloat, other: SupportsFloat) -> float:
    """Return one amount over another.

    Args:
        one: Any finite amount.
        other: What it is compared with.

    Returns:
        Infinite where only the other is nothing or less; NaN where both are.
    """
    if float(other) <= 0:
        return math.inf if float(one) > 0 else math.nan
    return float(one) / float(other)
