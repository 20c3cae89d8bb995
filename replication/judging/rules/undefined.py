"""Handling of networks for which a statistic is undefined.

A missing truth value may be true or false, so that a statement is judged with it counted both ways.  A missing number
may be any number; numeric rules drop such networks if they are at most a tenth of all, and report how many they drop.
With fewer than ten networks none may be missing, because the remaining ones could be a biased selection.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from replication.judging.verdict import Criterion, Judgement
from replication.words import count_text

MOST_UNDEFINED = 1 / 10
"""Largest share of undefined networks; beyond it the remaining networks are not a representative sample."""


def without_undefined(values: Sequence[float]) -> tuple[list[float], Judgement | None]:
    """Return the defined values, and an inconclusive judgement if too many are undefined.

    Args:
        values: One number per network; NaN where undefined.

    Returns:
        The defined values, and the judgement; None instead of the judgement if enough values are defined.
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
    """Complete a judgement on the defined values with all values and the number that is undefined.

    Args:
        judgement: Judgement on the defined values.
        values: All values, in the order of the seeds.
    """
    n_undefined = sum(math.isnan(value) for value in values)
    why = f"{judgement.why}; {told(n_undefined, len(values))}" if n_undefined else judgement.why
    return replace(judgement, why=why, values=tuple(values))


def told(n_undefined: int, n: int) -> str:
    """Return a text that says for how many of ``n`` networks a statistic is undefined."""
    return f"undefined for {n_undefined} of {count_text(n, 'network')}"
