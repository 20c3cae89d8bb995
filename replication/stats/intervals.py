"""Confidence and prediction intervals: binomial, t, log-normal, Welch and bootstrap."""

import math
import sys
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import scipy
from numpy.typing import ArrayLike

from replication.stats._checks import finite_vector, open_share

TIntervalOf = Literal["mean", "next run"]
_T_INTERVALS_OF = get_args(TIntervalOf)

N_RESAMPLES = 2000
"""Bootstrap resamples: between random streams each end varies by about 1.5 % of the interval's width."""


@dataclass(frozen=True)
class Interval:
    """A closed interval, which may be unbounded.

    Attributes:
        low: Lower end.
        high: Upper end, not below ``low``.
        level: Nominal coverage, in (0, 1).

    Raises:
        ValueError: An end is NaN, the ends are in the wrong order, or the level is outside (0, 1).
    """

    low: float
    high: float
    level: float

    def __post_init__(self) -> None:
        open_share("level", self.level)
        if not self.low <= self.high:
            raise ValueError(f"interval from {self.low} to {self.high}: expected low ≤ high and no NaN")

    @property
    def width(self) -> float:
        """High − low; infinite if the interval is unbounded."""
        return self.high - self.low

    def contains(self, value: float) -> bool:
        """Return whether ``value`` lies in the interval, ends included."""
        return self.low <= value <= self.high


def clopper_pearson(k: int, n: int, level: float = 0.95) -> Interval:
    """Return the exact confidence interval of a binomial proportion (Clopper & Pearson 1934).

    Args:
        k: Number of successes, 0 to ``n``.
        n: Number of trials; for 0 the interval is [0, 1].
        level: Minimum coverage, in (0, 1).

    Returns:
        Within [0, 1].

    Raises:
        ValueError: ``k`` is outside 0 to ``n``, or ``level`` is outside (0, 1).

    >>> clopper_pearson(0, 1).high
    0.975
    """
    open_share("level", level)
    if not 0 <= k <= n:
        raise ValueError(f"k = {k} successes in n = {n} trials, expected 0 ≤ k ≤ n")
    tail = (1 - level) / 2
    # Equal to scipy.stats.binomtest(k, n).proportion_ci(level, method="exact"), which finds the ends by root search and
    # takes 7 ms, over ten times as long.  `pytest claims/` has 1,400 calls and would take 9 seconds longer.
    low = float(scipy.stats.beta.ppf(tail, k, n - k + 1)) if k > 0 else 0.0
    high = float(scipy.stats.beta.isf(tail, k + 1, n - k)) if k < n else 1.0
    return Interval(low, high, level)


def t_interval(values: ArrayLike, level: float = 0.95, *, of: TIntervalOf, n_next: int = 1) -> Interval:
    """Return Student's t interval of the mean, m ± t s / √S, or of the mean of n next runs, m ± t s √(1/n + 1/S).

    Args:
        values: One value per run, finite, shape (S,).
        level: Coverage for normal values, in (0, 1).
        of: ``"mean"`` for the confidence interval, ``"next run"`` for the prediction interval.
        n_next: n of the prediction interval, at least 1.

    Returns:
        The whole real line for fewer than two runs, whose spread is unknown; a single point if all values are equal.

    Raises:
        ValueError: ``values`` is not finite or not one-dimensional, ``level`` is outside (0, 1), ``of`` is unknown,
            or ``n_next`` is below 1.
    """
    values = finite_vector("values", values)
    open_share("level", level)
    if n_next < 1:
        raise ValueError(f"n_next = {n_next}, expected at least 1")
    if of not in _T_INTERVALS_OF:
        raise ValueError(f"of={of!r}: expected one of {_T_INTERVALS_OF}")
    if values.size < 2:
        return Interval(-math.inf, math.inf, level)
    if np.ptp(values) == 0:  # the mean of equal numbers may differ from them in the last bits
        return Interval(float(values[0]), float(values[0]), level)
    mean = float(values.mean())
    spread = math.sqrt((1 / n_next if of == "next run" else 0) + 1 / values.size)
    reach = float(scipy.stats.t.isf((1 - level) / 2, values.size - 1) * values.std(ddof=1)) * spread
    return Interval(mean - reach, mean + reach, level)


def log_prediction_interval(values: ArrayLike, n_next: int = 1) -> Interval:
    """Return the 95 % t prediction interval of the next run, computed on logarithms; see ``t_interval``.

    Args:
        values: One value per run, finite and positive, shape (S,); the coverage holds for log-normal values.
        n_next: Number of next runs whose geometric mean is predicted, at least 1.

    Returns:
        In the unit of ``values``; unbounded above if the upper end exceeds the largest float.

    Raises:
        ValueError: ``values`` is not finite, not positive or not one-dimensional, or ``n_next`` is below 1.
    """
    values = finite_vector("values", values)
    if (values <= 0).any():
        raise ValueError(f"values from {values.min()}: expected positive ones, which have a logarithm")
    on_log = t_interval(np.log(values), of="next run", n_next=n_next)
    high = math.exp(on_log.high) if on_log.high < math.log(sys.float_info.max) else math.inf
    return Interval(math.exp(on_log.low), high, on_log.level)


def welch_interval(values: ArrayLike, others: ArrayLike, level: float = 0.95) -> Interval:
    """Return Welch's interval of the difference of two means, m₁ − m₂ ± t √(s₁²/n₁ + s₂²/n₂) (Welch 1947).

    The degrees of freedom of t are 1 / Σ (cᵢ² / (nᵢ − 1)), where cᵢ is the share of sample i in the sum under the
    root.

    Args:
        values: First sample, one value per run, finite, shape (n₁,).
        others: Second sample, finite, shape (n₂,); its size and variance may differ from those of the first.
        level: Coverage for normal values, in (0, 1).

    Returns:
        The whole real line if a sample has fewer than two runs; a single point if neither sample varies; the t
        interval of the other sample, shifted, if only one varies.

    Raises:
        ValueError: A sample is not finite or not one-dimensional, or ``level`` is outside (0, 1).
    """
    values, others = finite_vector("values", values), finite_vector("others", others)
    open_share("level", level)
    if min(values.size, others.size) < 2:
        return Interval(-math.inf, math.inf, level)
    # A constant sample only shifts the other; scipy would warn of precision loss.
    if np.ptp(others) == 0:
        return t_interval(values - others[0], level, of="mean")
    if np.ptp(values) == 0:
        return t_interval(values[0] - others, level, of="mean")
    bounds = scipy.stats.ttest_ind(values, others, equal_var=False).confidence_interval(level)
    return Interval(float(bounds.low), float(bounds.high), level)


def bootstrap_interval(values: ArrayLike, generator: np.random.Generator) -> Interval:
    """Return the 95 % percentile bootstrap interval of the mean (Efron 1979).

    The coverage is below 95 % for few runs.

    Args:
        values: One value per run, finite, shape (S,); runs are resampled with replacement.
        generator: Source of random numbers.

    Returns:
        The whole real line for fewer than two runs, whose resamples are all equal.

    Raises:
        ValueError: ``values`` is not finite or not one-dimensional.
    """
    values, level = finite_vector("values", values), 0.95
    if values.size < 2:
        return Interval(-math.inf, math.inf, level)
    bounds = scipy.stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=N_RESAMPLES,
        confidence_level=level,
        method="percentile",
        random_state=generator,  # named rng from scipy 1.15 on, which accepts both
    ).confidence_interval
    low, high = sorted((float(bounds.low), float(bounds.high)))  # rounding may swap nearly equal bounds
    return Interval(low, high, level)
