"""Bounds that were set by this suite, and how far they can be moved without changing the verdict."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise, takewhile

from replication.judging.answer import Relation


@dataclass(frozen=True)
class Bound:
    """Bound that was set by this suite because the claim gives only a word.

    Attributes:
        reads: Word of the claim that the bound quantifies.
        relation: Relation of the numbers to the bound if the claim holds.
        asked: The bound.
        numbers: Numbers compared with the bound, one per network in the order of the seeds; NaN where undefined.
        low: Lower end of the range of bounds that give the same verdict, other things being equal; minus infinity if
            no smaller bound changes the verdict.
        high: Upper end of that range; infinity if no larger bound changes the verdict.
        with_low: Whether the verdict is the same at ``low`` itself.
        with_high: Whether the verdict is the same at ``high`` itself.
    """

    reads: str
    relation: Relation
    asked: float
    numbers: tuple[float, ...]
    low: float
    high: float
    with_low: bool = False
    with_high: bool = False

    def keeps(self, factor: float) -> bool:
        """Return whether the verdict is the same with the bound multiplied by ``factor``."""
        bound = self.asked * factor
        return (
            self.low < bound < self.high
            or (self.with_low and bound == self.low)
            or (self.with_high and bound == self.high)
        )


def kept_between(
    outcome_at: Callable[[float], object],
    changes: Iterable[float],
    asked: float,
    domain: tuple[float, float] = (-math.inf, math.inf),
) -> tuple[float, float, bool, bool]:
    """Return the range of bounds around ``asked`` that give the same outcome.

    Args:
        outcome_at: Outcome as a function of the bound.
        changes: Bounds at which the outcome may change; it is constant between adjacent ones.
        asked: The bound in use, within the domain.
        domain: Ends of the range of meaningful bounds.

    Returns:
        Lower end, upper end, and whether each end itself gives the same outcome.  An end is infinite if no bound on
        that side changes the outcome; both ends equal ``asked`` if every other bound, however close, changes it.
    """
    least, most = domain
    outcome = outcome_at(asked)

    def is_same(span: tuple[float, float]) -> bool:
        return outcome_at(_within(*span)) == outcome

    inside = sorted({change for change in changes if least < change < most})  # drops NaN
    spans = list(pairwise([least, *inside, most]))
    below = takewhile(is_same, [span for span in reversed(spans) if span[0] < asked])
    above = takewhile(is_same, [span for span in spans if span[1] > asked])
    low = min((end for end, _ in below), default=asked)
    high = max((end for _, end in above), default=asked)
    return (
        -math.inf if low == least else low,
        math.inf if high == most else high,
        low != least and outcome_at(low) == outcome,
        high != most and outcome_at(high) == outcome,
    )


def _within(low: float, high: float) -> float:
    """Return a number between two ends, either of which may be infinite."""
    if math.isinf(low) and math.isinf(high):
        return 0.0
    if math.isinf(low):
        return high - max(1.0, abs(high))
    if math.isinf(high):
        return low + max(1.0, abs(low))
    return low + (high - low) / 2
