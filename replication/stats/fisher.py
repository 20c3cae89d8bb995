"""Intervals of correlations on Fisher's scale z = artanh r, where their spread hardly depends on their size."""

import math

import numpy as np
import scipy
from numpy.typing import ArrayLike

from replication.stats._checks import coefficient, finite_vector, open_share, sample_size
from replication.stats.intervals import Interval, t_interval

LARGEST_R = 0.999
"""Coefficients of runs count as at most this far from 0: a perfect one has no finite z."""


def fisher_z(r: float) -> float:
    """Return z = artanh r of a run's correlation, |r| counted as at most ``LARGEST_R``.

    Args:
        r: The coefficient, in [-1, 1], or NaN.

    Returns:
        Finite, or NaN where ``r`` is.

    Raises:
        ValueError: ``r`` is no coefficient.

    >>> round(fisher_z(0.6), 3)
    0.693
    """
    if math.isnan(r):
        return math.nan
    coefficient("r", r)
    return math.atanh(min(max(r, -LARGEST_R), LARGEST_R))


def as_coefficients(interval: Interval) -> Interval:
    """Return an interval on the scale of z on that of coefficients, tanh of both ends: within [-1, 1]."""
    return Interval(math.tanh(interval.low), math.tanh(interval.high), interval.level)


def fisher_mean(values: ArrayLike) -> float:
    """Return the mean of several runs' correlations, tanh of the mean of their z.

    Args:
        values: Coefficients in [-1, 1], at least one.

    Returns:
        In [-``LARGEST_R``, ``LARGEST_R``].

    Raises:
        ValueError: No vector, empty, or values that are no coefficients.

    >>> round(fisher_mean([0.0, 0.8]), 3)
    0.5
    """
    return math.tanh(float(np.mean([fisher_z(float(r)) for r in finite_vector("values", values, at_least=1)])))


def fisher_standard_error(n: int) -> float:
    """Return the standard error of z = artanh r, 1 / √(n − 3); infinite for three pairs or fewer.

    Exact enough for Pearson's r; Spearman's is about 3 % larger (Fieller, Hartley & Pearson 1957), which the paper's
    ten pairs do not resolve and which is left out.

    Args:
        n: Pairs of values, at least 1.

    Returns:
        Positive, infinite for n ≤ 3.

    Raises:
        ValueError: No pairs.
    """
    sample_size("n", n, at_least=1)
    return 1 / math.sqrt(n - 3) if n > 3 else math.inf


def fisher_interval(r: float, n: int, level: float = 0.95) -> Interval:
    """Return the confidence interval of a correlation, tanh(artanh r ± z / √(n − 3)).

    Args:
        r: The coefficient, in [-1, 1].
        n: Pairs of values, at least 1.
        level: Coverage for normal data, in (0, 1).

    Returns:
        Within [-1, 1]: all of it for three pairs or fewer, one point at |r| = 1 otherwise.

    Raises:
        ValueError: ``r`` is no coefficient, no pairs, or a level outside (0, 1).

    >>> interval = fisher_interval(0.6, 10)
    >>> round(interval.low, 2), round(interval.high, 2)
    (-0.05, 0.89)
    """
    coefficient("r", r)
    reach = float(scipy.stats.norm.isf((1 - open_share("level", level)) / 2)) * fisher_standard_error(n)
    if math.isinf(reach):
        return Interval(-1, 1, level)
    z = float(np.arctanh(r)) if abs(r) < 1 else math.copysign(math.inf, r)
    return Interval(math.tanh(z - reach), math.tanh(z + reach), level)


def fisher_prediction_interval(rs: ArrayLike, level: float = 0.95) -> Interval:
    """Return the interval that the next run's correlation falls in: a t prediction interval on Fisher's scale.

    A coefficient of ±1, which ten ranks do reach, counts as ``fisher_z`` has it.  One such run among others widens
    the interval.

    Args:
        rs: Shape (S,), one coefficient per run, in [-1, 1].
        level: Coverage for normal z, in (0, 1).

    Returns:
        Within [-1, 1]: all of it for fewer than two runs, one point where all coefficients are equal.

    Raises:
        ValueError: Values that are no coefficients or not one-dimensional, or a level outside (0, 1).
    """
    rs = finite_vector("rs", rs)
    z = [fisher_z(float(r)) for r in rs]
    if rs.size > 1 and np.ptp(rs) == 0:
        return Interval(float(rs[0]), float(rs[0]), level)
    return as_coefficients(t_interval(z, level, of="next run"))
