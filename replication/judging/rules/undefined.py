"""Networks for which a statistic is undefined: they neither veto a verdict nor vanish from it.

A truth value that is missing could be either, and a statement is judged with it counted both ways.  A missing number
could be any number; rules of numbers go on without it as long as such networks are a tenth at most, and say how many
they were.  Of fewer than ten networks none may be missing: those that are left could not be told from a selection.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from replication.judging.verdict import Criterion, Judgement
from replication.plural import count_text

MOST_UNDEFINED = 1 / 10
"""Where a number is undefined for a larger share of the networks, the others are no fair sample of them."""


def without_undefined(values: Sequence[float]) -> tuple[list[float], Judgement | None]:
    """Return the values that are defined, and an inconclusive judgement where too few are.

    Args:
        values: One number per network; NaN where it is undefined.
    """
    defined = [value for value in values if not math.isnan(value)]
    n_undefined = len(values) - len(defined)
    if defined and n_undefined <= MOST_UNDEFINED * len(values):
        return defined, None
    why = told(n_undefined, len(values))
    measured_text = why if defined else "undefined"
    return defined, Judgement(
        "inconclusive", None, measured_text, None, why, (Criterion("defined", False, why),), tuple(values)
    )


def with_undefined(judgement: Judgement, values: Sequence[float]) -> Judgement:
    """Return a judgement of the defined values that says how many were undefined, and keeps the seeds' order.

    Args:
        judgement: What a rule made of the values that are defined.
        values: All values, in the order of the seeds.
    """
    n_undefined = sum(math.isnan(value) for value in values)
    why = f"{judgement.why}; {told(n_undefined, len(values))}" if n_undefined else judgement.why
    return replace(judgement, why=why, values=tuple(values))


def told(n_undefined: int, n: int) -> str:
    """Return in words for how many networks a statistic is undefined."""
    return f"undefined for {n_undefined} of {count_text(n, 'network')}"
