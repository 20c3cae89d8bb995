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

LEVEL = 0.9
"""The interval of this level decides as two one-sided tests at .05 do."""


@dataclass(frozen=True)
class Equivalence:
    """The outcome of two one-sided tests.

    Attributes:
        decision: ``equivalent``: the interval lies within the margin on both sides of 0; ``different``: it lies
            wholly beyond it; ``undecided``: neither.
        interval: Confidence interval of level ``LEVEL``.
    """

    decision: Decision
    interval: Interval

    @property
    def is_equivalent(self) -> bool | None:
        """The decision as an answer; None where it is undecided."""
        return {"equivalent": True, "different": False}.get(self.decision)


def equivalence_of_mean(values: ArrayLike, margin: float) -> Equivalence:
    """Judge whether a mean is as good as 0, by two one-sided t tests.

    Args:
        values: Shape (S,), one effect per run, finite.
        margin: Effects smaller than this count as none; positive, in the unit of ``values``.

    Returns:
        The decision.  Fewer than two runs decide nothing; equal values leave no doubt but at the margin itself.

    Raises:
        ValueError: Values that are not finite or not one-dimensional, or a margin that is not positive.
    """
    if not 0 < margin < math.inf:
        raise ValueError(f"margin = {margin}, expected a positive number in the unit of the values")
    interval = t_interval(values, LEVEL, of="mean")
    return Equivalence(_decide(interval, margin), interval)


def _decide(interval: Interval, margin: float) -> Decision:
    """Return what the interval says about effects within the margin."""
    if -margin < interval.low and interval.high < margin:
        return "equivalent"
    if interval.high < -margin or margin < interval.low:
        return "different"
    return "undecided"
