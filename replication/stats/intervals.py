"""Intervals: of a share, of a mean, of the next run, of a mean by resampling."""

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
"""Draws of the bootstrap: from one stream to another each end varies by some 1.5 % of the interval's width."""


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
        """Distance of the ends, infinite where one is."""
        return self.high - self.low

    def contains(self, value: float) -> bool:
        """Return whether ``value`` lies in the interval, its ends included."""
        return self.low <= value <= self.high


def clopper_pearson(k: int, n: int, level: float = 0.95) -> Interval:
    """Return the exact binomial interval of a share (Clopper & Pearson 1934).

    Args:
        k: Successes, 0 to ``n``.
        n: Trials; without any the interval is [0, 1].
        level: At least this coverage, in (0, 1).

    Returns:
        Within [0, 1].

    Raises:
        ValueError: ``k`` outside 0 to ``n``, or a level outside (0, 1).

    >>> clopper_pearson(0, 1).high
    0.975
    """
    open_share("level", level)
    if not 0 <= k <= n:
        raise ValueError(f"k = {k} successes in n = {n} trials, expected 0 ≤ k ≤ n")
    tail = (1 - level) / 2
    # What scipy.stats.binomtest(k, n).proportion_ci(level, method="exact") gives, which searches for the ends and takes
    # 7 ms, over ten times as long: `pytest claims/`, which asks 1,400 times, would take 9 seconds longer.
    low = float(scipy.stats.beta.ppf(tail, k, n - k + 1)) if k > 0 else 0.0
    high = float(scipy.stats.beta.isf(tail, k + 1, n - k)) if k < n else 1.0
    return Interval(low, high, level)


def t_interval(values: ArrayLike, level: float = 0.95, *, of: TIntervalOf) -> Interval:
    """Return Student's interval: of the mean, m ± t s / √S, or of the next run's value, m ± t s √(1 + 1/S).

    Args:
        values: Shape (S,), one value per run, finite.
        level: Coverage for normal values, in (0, 1).
        of: ``"mean"`` for the confidence interval, ``"next run"`` for the prediction interval.

    Returns:
        The whole line for fewer than two runs, which say nothing about the spread; one point where all are equal.

    Raises:
        ValueError: Values that are not finite or not one-dimensional, a level outside (0, 1), or ``of`` is another
            word.
    """
    values = finite_vector("values", values)
    open_share("level", level)
    if of not in _T_INTERVALS_OF:
        raise ValueError(f"of={of!r}: expected one of {_T_INTERVALS_OF}")
    if values.size < 2:
        return Interval(-math.inf, math.inf, level)
    if np.ptp(values) == 0:  # without the last bits that the mean of equal numbers may lose
        return Interval(float(values[0]), float(values[0]), level)
    mean = float(values.mean())
    spread = math.sqrt((1 if of == "next run" else 0) + 1 / values.size)
    reach = float(scipy.stats.t.isf((1 - level) / 2, values.size - 1) * values.std(ddof=1)) * spread
    return Interval(mean - reach, mean + reach, level)


def log_prediction_interval(values: ArrayLike) -> Interval:
    """Return Student's 95 % interval for the next run's value, made on the scale of logarithms; see ``t_interval``.

    Args:
        values: Shape (S,), one value per run, finite and positive; the coverage is that of log-normal ones.

    Returns:
        In the unit of the values; unbounded above where that is beyond the largest float.

    Raises:
        ValueError: As ``t_interval``, or a value is not positive.
    """
    values = finite_vector("values", values)
    if (values <= 0).any():
        raise ValueError(f"values from {values.min()}: expected positive ones, which have a logarithm")
    on_log = t_interval(np.log(values), of="next run")
    high = math.exp(on_log.high) if on_log.high < math.log(sys.float_info.max) else math.inf
    return Interval(math.exp(on_log.low), high, on_log.level)


def welch_interval(values: ArrayLike, others: ArrayLike, level: float = 0.95) -> Interval:
    """Return Welch's interval of the difference of two means, m₁ − m₂ ± t √(s₁²/n₁ + s₂²/n₂) (Welch 1947).

    The degrees of freedom of t are 1 / Σ cᵢ² / (nᵢ − 1), where cᵢ is each sample's share of the sum under the root.

    Args:
        values: Shape (n₁,), one value per run, finite.
        others: Shape (n₂,), those of the runs compared with, finite; neither as many nor as spread as the first.
        level: Coverage for normal values, in (0, 1).

    Returns:
        The whole line where one sample has fewer than two runs; one point where neither varies; where one does not,
        Student's interval of the other.

    Raises:
        ValueError: Values that are not finite or not one-dimensional, or a level outside (0, 1).
    """
    values, others = finite_vector("values", values), finite_vector("others", others)
    open_share("level", level)
    if min(values.size, others.size) < 2:
        return Interval(-math.inf, math.inf, level)
    # What does not vary shifts the other by a number; scipy warns of its last bits.
    if np.ptp(others) == 0:
        return t_interval(values - others[0], level, of="mean")
    if np.ptp(values) == 0:
        return t_interval(values[0] - others, level, of="mean")
    bounds = scipy.stats.ttest_ind(values, others, equal_var=False).confidence_interval(level)
    return Interval(float(bounds.low), float(bounds.high), level)


def bootstrap_interval(values: ArrayLike, generator: np.random.Generator) -> Interval:
    """Return the 95 % percentile bootstrap interval of the mean (Efron 1979), whose coverage is lower for few runs.

    Args:
        values: Shape (S,), one value per run, finite; runs are drawn anew, with replacement.
        generator: Source of the draws.

    Returns:
        The whole line for fewer than two runs, whose resamples are all alike.

    Raises:
        ValueError: Values that are not finite or not one-dimensional.
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
        random_state=generator,  # called rng from scipy 1.15 on, which takes either
    ).confidence_interval
    low, high = sorted((float(bounds.low), float(bounds.high)))  # rounding may swap bounds that are all but equal
    return Interval(low, high, level)
