"""Measures of unequal shares over layers and over classes."""

import math
from typing import SupportsFloat

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from replication.judging import Answer
from replication.ratios import ratio_or_nan


def evenness(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how evenly a class is spread over layers: entropy of its shares, divided by that of equal shares.

    Args:
        shares: Shape (n_layers, n_classes), not negative; each column is scaled to sum to 1.

    Returns:
        Shape (n_classes,): 0 for a class in a single layer, 1 for equal shares; NaN if all shares are 0 or NaN.
    """
    p = ratio_or_nan(shares, shares.sum(axis=0))
    terms = np.multiply(p, np.log(p, out=np.zeros_like(p), where=p > 0))
    return np.asarray(-terms.sum(axis=0) / np.log(len(shares)))


def total_variation(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how differently two classes are spread over layers: half the sum of absolute differences of shares.

    Args:
        shares: Shape (n_layers, n_classes), columns that sum to 1.

    Returns:
        Shape (n_classes, n_classes): 0 for equal shares, 1 for classes without a common layer.
    """
    return np.asarray(np.abs(shares[:, :, None] - shares[:, None, :]).sum(axis=0) / 2)


def twice_as_much(by_class: xr.DataArray, what: str, *, reads: str) -> Answer:
    """Return whether some class has at least twice as much as another; twice nothing does not count.

    Args:
        by_class: Amount per class, axis (class).
        what: Name of the amount.
        reads: The claim's wording of the bound.
    """
    return Answer(f"most over least {what}", ratio(by_class.max(), by_class.min()), "at least", 2, reads=reads)


def ratio(one: SupportsFloat, other: SupportsFloat) -> float:
    """Return the ratio of two amounts.

    Args:
        one: Numerator; any finite amount.
        other: Denominator.

    Returns:
        Infinity if only ``other`` is zero or negative; NaN if both are.
    """
    if float(other) <= 0:
        return math.inf if float(one) > 0 else math.nan
    return float(one) / float(other)
