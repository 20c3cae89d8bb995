"""Two one-sided tests: can an effect be said to be as good as none, none meaning within a margin (Schuirmann 1987)?

The converse is judged by the same interval, so that the three decisions exclude one another: an effect is
``different`` only where it is shown to lie beyond the margin, not already where it is not exactly zero.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy
from numpy.typing import ArrayLike

from replication.stats._checks import coefficient, finite_vector, open_share
from replication.stats.fisher import fisher_interval, fisher_standard_error
from replication.stats.intervals import Interval, t_interval

Decision = Literal["equivalent", "different", "undecided"]


@dataclass(frozen=True)
class Equivalence:
    """The outcome of two one-sided tests.

    Attributes:
        decision: ``equivalent``: the interval lies within the margin on both sides of 0; ``different``: it lies
            wholly beyond it; ``undecided``: neither.
        p_not_below: p value against an effect of −margin or less.
        p_not_above: p value against an effect of +margin or more.
        interval: Confidence interval of level 1 − 2 alpha, 90 % at the usual threshold.
    """

    decision: Decision
    p_not_below: float
    p_not_above: float
    interval: Interval


def equivalence_of_mean(values: ArrayLike, margin: float, alpha: float = 0.05) -> Equivalence:
    """Judge whether a mean is as good as 0, by two one-sided t tests.

    Args:
        values: Shape (S,), one effect per run, finite.
        margin: Effects smaller than this count as none; positive, in the unit of ``values``.
        alpha: Threshold of each test, in (0, 1/2).

    Returns:
        The decision.  Fewer than two runs decide nothing: both p values are 1.  Equal values leave no doubt: the
        p values are 0 or 1, and 1/2 at the margin itself.

    Raises:
        ValueError: Values that are not finite or not one-dimensional, a margin that is not positive, or a threshold
            outside (0, 1/2).
    """
    values = finite_vector("values", values)
    if not 0 < margin < math.inf:
        raise ValueError(f"margin = {margin}, expected a positive number in the unit of the values")
    interval = t_interval(values, _level(alpha), of="mean")
    if values.size < 2:
        return Equivalence("undecided", 1.0, 1.0, interval)
    mean, error = float(values.mean()), float(values.std(ddof=1)) / math.sqrt(values.size)
    if np.ptp(values) == 0:
        mean, error = float(values[0]), 0.0
    p_not_below = float(scipy.stats.t.sf(_standardised(mean + margin, error), values.size - 1))
    p_not_above = float(scipy.stats.t.cdf(_standardised(mean - margin, error), values.size - 1))
    return Equivalence(_decide(interval, margin), p_not_below, p_not_above, interval)


def equivalence_of_correlation(r: float, n: int, margin: float, alpha: float = 0.05) -> Equivalence:
    """Judge whether a correlation is as good as 0, by two one-sided tests on Fisher's scale.

    Args:
        r: The coefficient, in [-1, 1].
        n: Pairs of values, at least 1.
        margin: Correlations smaller than this count as none, in (0, 1).
        alpha: Threshold of each test, in (0, 1/2).

    Returns:
        The decision.  Three pairs or fewer decide nothing: both p values are 1.

    Raises:
        ValueError: ``r`` is no coefficient, no pairs, a margin outside (0, 1), or a threshold outside (0, 1/2).
    """
    coefficient("r", r)
    open_share("margin", margin)
    interval, error = fisher_interval(r, n, _level(alpha)), fisher_standard_error(n)
    if math.isinf(error):
        return Equivalence("undecided", 1.0, 1.0, interval)
    z, z_margin = math.atanh(r) if abs(r) < 1 else math.copysign(math.inf, r), math.atanh(margin)
    p_not_below = float(scipy.stats.norm.sf((z + z_margin) / error))
    p_not_above = float(scipy.stats.norm.cdf((z - z_margin) / error))
    return Equivalence(_decide(interval, margin), p_not_below, p_not_above, interval)


def _level(alpha: float) -> float:
    """Return the level 1 − 2 alpha of the interval that decides as the two tests do.

    Args:
        alpha: Threshold of each test.

    Returns:
        In (0, 1).

    Raises:
        ValueError: A threshold outside (0, 1/2).
    """
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha = {alpha}, expected strictly between 0 and 1/2")
    return 1 - 2 * alpha


def _standardised(distance: float, error: float) -> float:
    """Return ``distance`` in standard errors, infinite without error, 0 where both vanish."""
    if error > 0:
        return distance / error
    return math.copysign(math.inf, distance) if distance else 0.0


def _decide(interval: Interval, margin: float) -> Decision:
    """Return what the interval says about effects within the margin."""
    if -margin < interval.low and interval.high < margin:
        return "equivalent"
    if interval.high < -margin or margin < interval.low:
        return "different"
    return "undecided"
