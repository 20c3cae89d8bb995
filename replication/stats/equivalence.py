"""Two one-sided tests: can an effect be said to be as good as none, none meaning within a margin (Schuirmann 1987)?

The converse is judged by the same interval, so that the three decisions exclude one another: an effect is
``different`` only where it is shown to lie beyond the margin, not already where it is not exactly zero.
"""

import math
from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike

from replication.stats.intervals import Interval, t_interval

Decision = Literal["equivalent", "different", "undecided"]


@dataclass(frozen=True)
class Equivalence:
    """The outcome of two one-sided tests.

    Attributes:
        decision: ``equivalent``: the interval lies within the margin on both sides of 0; ``different``: it lies
            wholly beyond it; ``undecided``: neither.
        interval: Confidence interval of level 1 − 2 alpha, 90 % at the usual threshold.
    """

    decision: Decision
    interval: Interval


def equivalence_of_mean(values: ArrayLike, margin: float, alpha: float = 0.05) -> Equivalence:
    """Judge whether a mean is as good as 0, by two one-sided t tests.

    Args:
        values: Shape (S,), one effect per run, finite.
        margin: Effects smaller than this count as none; positive, in the unit of ``values``.
        alpha: Threshold of each test, in (0, 1/2).

    Returns:
        The decision.  Fewer than two runs decide nothing; equal values leave no doubt but at the margin itself.

    Raises:
        ValueError: Values that are not finite or not one-dimensional, a margin that is not positive, or a threshold
            outside (0, 1/2).
    """
    if not 0 < margin < math.inf:
        raise ValueError(f"margin = {margin}, expected a positive number in the unit of the values")
    interval = t_interval(values, _level(alpha), of="mean")
    return Equivalence(_decide(interval, margin), interval)


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


def _decide(interval: Interval, margin: float) -> Decision:
    """Return what the interval says about effects within the margin."""
    if -margin < interval.low and interval.high < margin:
        return "equivalent"
    if interval.high < -margin or margin < interval.low:
        return "different"
    return "undecided"
