"""Pearson's and Spearman's correlation of short vectors, with p values by the t approximation.

The paper's p values follow this approximation, also for Spearman's coefficient (the default of
``scipy.stats.spearmanr``): its p = .16 at r = 0.48 is not the exact permutation p value of ``exact_spearman``.
"""

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from replication.ratios import ratio_or_nan
from replication.stats._checks import coefficient, finite_tables, finite_vector, open_share, sample_size

NEARLY_CONSTANT = 1e-13
"""A vector counts as constant if its deviations are below this share of its mean, that is, round-off."""


@dataclass(frozen=True)
class SampleCorrelation:
    """Correlation of two vectors.

    Attributes:
        r: Coefficient in [-1, 1]; NaN if one of the vectors is constant.
        p: Two-sided p value of no correlation, in [0, 1]; NaN if ``r`` is NaN.
    """

    r: float
    p: float


def pearson(x: ArrayLike, y: ArrayLike) -> SampleCorrelation:
    """Return Pearson's product-moment correlation.

    With deviations a = x − mean(x) and b = y − mean(y), r = a·b / (|a| |b|).

    Args:
        x: Shape (n,), n ≥ 3, finite.
        y: Shape (n,).

    Returns:
        The correlation; ``r`` and ``p`` are NaN if ``x`` or ``y`` is constant.

    Raises:
        ValueError: ``x`` or ``y`` is not one-dimensional, has fewer than three values, or holds values that are not
            finite, or their lengths differ.

    >>> pearson([1, 2, 3], [1, 3, 2]).r
    0.5
    """
    x, y = finite_vector("x", x, at_least=3), finite_vector("y", y, at_least=3)
    if x.size != y.size:
        raise ValueError(f"x has {x.size} values and y has {y.size}, expected equally many")
    r = float(_coefficients(x, y))
    return SampleCorrelation(r, math.nan if math.isnan(r) else correlation_p(r, x.size))


def spearman(x: ArrayLike, y: ArrayLike) -> SampleCorrelation:
    """Return Spearman's rank correlation: Pearson's correlation of the ranks, ties sharing their mean rank.

    The p value uses the t approximation, which remains valid with ties; for the exact p value see
    ``exact_spearman_p``.

    Args:
        x: Shape (n,), n ≥ 3, finite.
        y: Shape (n,).

    Returns:
        The correlation; ``r`` and ``p`` are NaN if ``x`` or ``y`` is constant.

    Raises:
        ValueError: ``x`` or ``y`` is not one-dimensional, has fewer than three values, or holds values that are not
            finite, or their lengths differ.

    >>> spearman([1, 10, 100], [1, 3, 2]).r
    0.5
    """
    x, y = finite_vector("x", x, at_least=3), finite_vector("y", y, at_least=3)
    return pearson(scipy.stats.rankdata(x), scipy.stats.rankdata(y))


def pearson_of_rows(x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    """Return Pearson's correlation of each row of ``x`` with the same row of ``y``.

    Args:
        x: Shape (n_rows, n), n ≥ 3, finite.
        y: The same shape.

    Returns:
        Coefficients in [-1, 1], shape (n_rows,); NaN where one of the two rows is constant.

    Raises:
        ValueError: ``x`` and ``y`` are not two-dimensional or differ in shape, have fewer than three columns, or hold
            values that are not finite.

    >>> pearson_of_rows([[1, 2, 3], [1, 2, 3]], [[1, 3, 2], [3, 2, 1]]).tolist()
    [0.5, -1.0]
    """
    return _coefficients(*finite_tables(x, y))


def spearman_of_rows(x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    """Return Spearman's correlation of each row of ``x`` with the same row of ``y``.

    Args:
        x: Shape (n_rows, n), n ≥ 3, finite.
        y: The same shape.

    Returns:
        Coefficients in [-1, 1], shape (n_rows,); NaN where one of the two rows is constant.

    Raises:
        ValueError: ``x`` and ``y`` are not two-dimensional or differ in shape, have fewer than three columns, or hold
            values that are not finite.

    >>> spearman_of_rows([[1, 10, 100], [1, 10, 100]], [[1, 3, 2], [3, 2, 1]]).tolist()
    [0.5, -1.0]
    """
    x, y = finite_tables(x, y)
    return _coefficients(scipy.stats.rankdata(x, axis=1), scipy.stats.rankdata(y, axis=1))


def correlation_p(r: float, n: int) -> float:
    """Return the two-sided p value of a correlation by the t approximation.

    t = r √((n − 2) / (1 − r²)) on n − 2 degrees of freedom; exact for Pearson's r of normal data.

    Args:
        r: Sample correlation, in [-1, 1].
        n: Number of pairs, at least 3.

    Returns:
        In [0, 1]; 0 at |r| = 1.

    Raises:
        ValueError: ``r`` is NaN or outside [-1, 1], or ``n`` is below 3.
    """
    coefficient("r", r)
    sample_size("n", n, at_least=3)
    if abs(r) == 1:
        return 0.0
    t = abs(r) * math.sqrt((n - 2) / (1 - r**2))
    return float(2 * scipy.special.stdtr(n - 2, -t))


def critical_r(n: int, alpha: float = 0.05) -> float:
    """Return the smallest |r| that is significant, two-sided, by the t approximation.

    Args:
        n: Number of pairs, at least 3.
        alpha: Significance threshold, in (0, 1).

    Returns:
        In (0, 1); .632 at n = 10 and α = .05.

    Raises:
        ValueError: ``n`` is below 3, or ``alpha`` is outside (0, 1).
    """
    sample_size("n", n, at_least=3)
    open_share("alpha", alpha)
    t = float(scipy.stats.t.isf(alpha / 2, n - 2))
    return t / math.sqrt(n - 2 + t**2)


def _coefficients(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Pearson's r along the last axis; NaN where ``x`` or ``y`` is constant."""
    a, b = _deviations(x), _deviations(y)
    scale = np.sqrt(np.vecdot(a, a) * np.vecdot(b, b))
    return np.asarray(np.clip(ratio_or_nan(np.vecdot(a, b), scale), -1, 1))


def _deviations(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the deviations from the mean along the last axis, scaled to about 1; zeros where ``x`` is constant."""
    mean = x.mean(axis=-1, keepdims=True)
    deviations = x - mean
    largest = np.abs(deviations).max(axis=-1, keepdims=True)
    constant = (np.ptp(x, axis=-1, keepdims=True) == 0) | (largest <= NEARLY_CONSTANT * np.abs(mean))
    # Scaling keeps squares from overflow and underflow; scaling by a power of two is exact.
    return np.where(constant, 0.0, np.ldexp(deviations, -np.frexp(largest)[1]))
