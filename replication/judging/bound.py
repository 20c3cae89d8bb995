"""A number that the paper does not give and that a verdict rests on, and how far it could be moved."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise, takewhile

from replication.judging.answer import Relation


@dataclass(frozen=True)
class Bound:
    """A bound that was set here, since the claim has only a word for it.

    Attributes:
        reads: The claim's word that it puts a number to.
        relation: How numbers must stand to the bound for the claim to hold.
        asked: The bound.
        numbers: What is held against it, one per network in the order of the seeds; NaN where nothing can be said.
        low: Lower end of the bounds around it under which the verdict is the same, all else being as it is; minus
            infinity where no smaller one changes it.
        high: Upper end of them; infinity where no larger one changes it.
        with_low: Whether the verdict is the same at the lower end itself.
        with_high: Whether it is at the upper end.
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
    """Return the bounds between which an outcome is that of the bound asked for.

    Args:
        outcome_at: The outcome with another bound.
        changes: Bounds at which the outcome may change; between two of them it does not.
        asked: The bound asked for, within the domain.
        domain: Bounds that have a meaning lie within these ends.

    Returns:
        The ends, infinite where no bound on that side has another outcome, and whether the outcome is the same at each
        end itself; both ends are ``asked`` where every other bound, however near, changes the outcome.
    """
    least, most = domain
    outcome = outcome_at(asked)

    def is_same(span: tuple[float, float]) -> bool:
        return outcome_at(_within(*span)) == outcome

    inside = sorted({change for change in changes if least < change < most})  # NaN is not
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
    """Return a number between two others, of which either may be infinite."""
    if math.isinf(low) and math.isinf(high):
        return 0.0
    if math.isinf(low):
        return high - max(1.0, abs(high))
    if math.isinf(high):
        return low + max(1.0, abs(low))
    return low + (high - low) / 2
