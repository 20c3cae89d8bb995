"""Pearson's and Spearman's correlation of two short vectors, with the p value of the t approximation.

The paper's p values follow this approximation, for Spearman's coefficient too (``scipy.stats.spearmanr``'s
default): its p = .16 at r = 0.48 is not the exact permutation p of ``exact_spearman``.
"""

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from replication.stats._checks import coefficient, finite_vector, open_share, sample_size

NEARLY_CONSTANT = 1e-13
"""Deviations below this share of the mean are round-off, and the vector counts as constant."""


@dataclass(frozen=True)
class Correlation:
    """A correlation of two vectors.

    Attributes:
        r: The coefficient, in [-1, 1]; NaN where one of the vectors is constant.
        p: Two-sided p value of no correlation, in [0, 1]; NaN where ``r`` is.
        n: Pairs of values.
    """

    r: float
    p: float
    n: int


def pearson(x: ArrayLike, y: ArrayLike) -> Correlation:
    """Return Pearson's product-moment correlation.

    With deviations a = x − mean(x) and b = y − mean(y), r = a·b / (|a| |b|).

    Args:
        x: Shape (n,), n ≥ 3, finite.
        y: Shape (n,).

    Returns:
        The correlation; ``r`` and ``p`` are NaN where ``x`` or ``y`` is constant.

    Raises:
        ValueError: Fewer than three pairs, arrays that are no vectors of equal length, or values that are not finite.

    >>> pearson([1, 2, 3], [1, 3, 2]).r
    0.5
    """
    x, y = finite_vector("x", x, at_least=3), finite_vector("y", y, at_least=3)
    if x.size != y.size:
        raise ValueError(f"x has {x.size} values and y has {y.size}, expected equally many")
    a, b = _deviations(x), _deviations(y)
    if not a.any() or not b.any():
        return Correlation(math.nan, math.nan, x.size)
    r = float(np.clip(a @ b / math.sqrt((a @ a) * (b @ b)), -1, 1))
    return Correlation(r, correlation_p(r, x.size), x.size)


def spearman(x: ArrayLike, y: ArrayLike) -> Correlation:
    """Return Spearman's rank correlation: Pearson's correlation of the ranks, ties sharing their mean rank.

    The p value is that of the t approximation, which ties do not invalidate; see ``exact_spearman_p``.

    Args:
        x: Shape (n,), n ≥ 3, finite.
        y: Shape (n,).

    Returns:
        The correlation; ``r`` and ``p`` are NaN where ``x`` or ``y`` is constant.

    Raises:
        ValueError: Fewer than three pairs, arrays that are no vectors of equal length, or values that are not finite.

    >>> spearman([1, 10, 100], [1, 3, 2]).r
    0.5
    """
    x, y = finite_vector("x", x, at_least=3), finite_vector("y", y, at_least=3)
    return pearson(scipy.stats.rankdata(x), scipy.stats.rankdata(y))


def correlation_p(r: float, n: int) -> float:
    """Return the two-sided p value of a correlation by the t approximation.

    t = r √((n − 2) / (1 − r²)) on n − 2 degrees of freedom; exact for Pearson's r of normal data.

    Args:
        r: The coefficient, in [-1, 1].
        n: Pairs of values, at least 3.

    Returns:
        In [0, 1]; 0 at |r| = 1.

    Raises:
        ValueError: ``r`` is no coefficient, or fewer than three pairs.
    """
    coefficient("r", r)
    sample_size("n", n, at_least=3)
    if abs(r) == 1:
        return 0.0
    t = abs(r) * math.sqrt((n - 2) / (1 - r**2))
    return float(2 * scipy.stats.t.sf(t, n - 2))


def critical_r(n: int, alpha: float = 0.05) -> float:
    """Return the smallest |r| that is significant, two-sided, by the t approximation.

    Args:
        n: Pairs of values, at least 3.
        alpha: Significance threshold, in (0, 1).

    Returns:
        In (0, 1); .632 at n = 10 and the usual threshold.

    Raises:
        ValueError: Fewer than three pairs, or a threshold outside (0, 1).
    """
    sample_size("n", n, at_least=3)
    open_share("alpha", alpha)
    t = float(scipy.stats.t.isf(alpha / 2, n - 2))
    return t / math.sqrt(n - 2 + t**2)


def _deviations(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the deviations from the mean, shape (n,), scaled to about 1; zeros where ``x`` is constant."""
    mean = float(x.mean())
    deviations = x - mean
    largest = float(np.abs(deviations).max())
    if np.ptp(x) == 0 or largest <= NEARLY_CONSTANT * abs(mean):
        return np.zeros_like(x)
    # Squares then neither overflow nor underflow; a power of two costs no digit.
    return np.ldexp(deviations, -math.frexp(largest)[1])
