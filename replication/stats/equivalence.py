"""Equivalence of a mean to zero within a margin, by two one-sided tests (Schuirmann 1987).

One interval decides both ways, so that the three decisions are mutually exclusive: an effect is ``different`` only
where it is shown to lie beyond the margin, not merely where it differs from zero.
"""

import math
from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike

from replication.stats.intervals import Interval, t_interval

Decision = Literal["equivalent", "different", "undecided"]

LEVEL = 0.9
"""Confidence level whose interval is equivalent to two one-sided tests at .05."""


@dataclass(frozen=True)
class Equivalence:
    """Outcome of two one-sided tests.

    Attributes:
        decision: ``equivalent``: the interval lies within ±margin; ``different``: the interval lies entirely beyond
            the margin on one side; ``undecided``: neither.
        interval: Confidence interval of level ``LEVEL``.
    """

    decision: Decision
    interval: Interval

    @property
    def is_equivalent(self) -> bool | None:
        """The decision as a boolean; None if undecided."""
        return {"equivalent": True, "different": False}.get(self.decision)


def equivalence_of_mean(values: ArrayLike, margin: float) -> Equivalence:
    """Test whether a mean is equivalent to 0, by two one-sided t tests.

    Args:
        values: One effect per run, finite, shape (S,).
        margin: Equivalence margin, positive and finite, in the unit of ``values``; smaller effects count as none.

    Returns:
        The decision with its interval.  Fewer than two runs are undecided.  Equal values have an interval of zero
        width and are decided unless they lie exactly at the margin.

    Raises:
        ValueError: ``values`` is not finite or not one-dimensional, or ``margin`` is not positive and finite.
    """
    if not 0 < margin < math.inf:
        raise ValueError(f"margin = {margin}, expected a positive number in the unit of the values")
    interval = t_interval(values, LEVEL, of="mean")
    return Equivalence(_decide(interval, margin), interval)


def _decide(interval: Interval, margin: float) -> Decision:
    """Return the decision from the position of the interval relative to ±margin."""
    if -margin < interval.low and interval.high < margin:
        return "equivalent"
    if interval.high < -margin or margin < interval.low:
        return "different"
    return "undecided"
