"""Means and intervals of correlations on Fisher's scale z = artanh r, which stabilises their variance."""

import math

import numpy as np
import scipy
from numpy.typing import ArrayLike

from replication.stats._checks import coefficient, finite_vector, open_share, sample_size
from replication.stats.intervals import Interval, t_interval

LARGEST_R = 0.999
"""Bound at which |r| of a run is clipped, because |r| = 1 has no finite z."""


def fisher_z(r: float) -> float:
    """Return z = artanh r of the correlation of a run, with |r| clipped at ``LARGEST_R``.

    Args:
        r: Coefficient in [-1, 1], or NaN.

    Returns:
        Finite; NaN if ``r`` is NaN.

    Raises:
        ValueError: ``r`` is outside [-1, 1].

    >>> round(fisher_z(0.6), 3)
    0.693
    """
    if math.isnan(r):
        return math.nan
    coefficient("r", r)
    return math.atanh(min(max(r, -LARGEST_R), LARGEST_R))


def as_coefficients(interval: Interval) -> Interval:
    """Convert an interval of z to an interval of coefficients within [-1, 1], by tanh of both ends."""
    return Interval(math.tanh(interval.low), math.tanh(interval.high), interval.level)


def fisher_mean(values: ArrayLike) -> float:
    """Return the mean correlation of several runs, tanh of the mean z.

    Args:
        values: One coefficient per run, in [-1, 1], shape (S,), S ≥ 1; |r| is clipped at ``LARGEST_R``.

    Returns:
        In [-``LARGEST_R``, ``LARGEST_R``].

    Raises:
        ValueError: ``values`` is not one-dimensional, is empty, or holds values that are not finite or outside [-1, 1].

    >>> round(fisher_mean([0.0, 0.8]), 3)
    0.5
    """
    return math.tanh(float(np.mean([fisher_z(float(r)) for r in finite_vector("values", values, at_least=1)])))


def fisher_standard_error(n: int) -> float:
    """Return the standard error of z = artanh r, 1 / √(n − 3).

    A good approximation for Pearson's r.  For Spearman's the error is about 3 % larger (Fieller, Hartley & Pearson
    1957); this is neglected, since ten pairs, as in the paper, cannot resolve it.

    Args:
        n: Number of pairs, at least 1.

    Returns:
        Positive; infinite for n ≤ 3.

    Raises:
        ValueError: ``n`` is below 1.
    """
    sample_size("n", n, at_least=1)
    return 1 / math.sqrt(n - 3) if n > 3 else math.inf


def fisher_interval(r: float, n: int, level: float = 0.95) -> Interval:
    """Return the confidence interval of a correlation, tanh(artanh r ± z / √(n − 3)).

    Args:
        r: Sample correlation, in [-1, 1].
        n: Number of pairs, at least 1.
        level: Coverage for normal data, in (0, 1).

    Returns:
        Within [-1, 1]; the whole range for n ≤ 3, otherwise a single point if |r| = 1.

    Raises:
        ValueError: ``r`` is NaN or outside [-1, 1], ``n`` is below 1, or ``level`` is outside (0, 1).

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


def fisher_prediction_interval(rs: ArrayLike, level: float = 0.95, *, n_next: int = 1) -> Interval:
    """Return the t prediction interval of the correlation of the next run, computed on Fisher's scale.

    Coefficients of ±1, which ten ranks can reach, are clipped as in ``fisher_z``.  One such run among others widens
    the interval.

    Args:
        rs: One coefficient per run, in [-1, 1], shape (S,).
        level: Coverage for normal z, in (0, 1).
        n_next: Number of next runs whose mean, on Fisher's scale, is predicted, at least 1.

    Returns:
        Within [-1, 1]; the whole range for fewer than two runs, a single point if all coefficients are equal.

    Raises:
        ValueError: ``rs`` is not one-dimensional, or holds values that are not finite or outside [-1, 1], or
            ``level`` is outside (0, 1), or ``n_next`` is below 1.
    """
    rs = finite_vector("rs", rs)
    z = [fisher_z(float(r)) for r in rs]
    if rs.size > 1 and np.ptp(rs) == 0:
        return Interval(float(rs[0]), float(rs[0]), level)
    return as_coefficients(t_interval(z, level, of="next run", n_next=n_next))
