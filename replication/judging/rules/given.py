"""Checks of the input of rules: numbers, truth values and printed numbers."""

import math
from collections.abc import Sequence

from replication.judging.answer import Answer, Answers
from replication.paper import Reported


def numbers(values: Answers, family: str) -> list[float]:
    """Return the values as floats; truth values become 0 and 1.

    Args:
        values: Statistic of each network.
        family: Family of the rule, for the error message.

    Raises:
        ValueError: ``values`` is empty, or a value is an ``Answer``.
    """
    if any(isinstance(value, Answer) for value in values):
        raise ValueError(
            f"got an Answer where a rule of the family {family!r} takes the number itself: let the statistic return "
            "the number, or judge by Statement"
        )
    return _floats(values)


def truth_values(values: Answers, family: str) -> list[float]:
    """Return the values as 0, 1 or NaN.

    Args:
        values: Statistic of each network.
        family: Family of the rule, for the error message.

    Raises:
        ValueError: ``values`` is empty, or a value is another number.
    """
    truths = _floats(values)
    for value in truths:
        if not (value in (0, 1) or math.isnan(value)):
            raise ValueError(
                f"got {value:g} where a rule of the family {family!r} takes 0 or 1, or NaN for undefined: let the "
                "statistic return a bool, or an Answer, which holds the number against a bound"
            )
    return truths


def _floats(values: Answers) -> list[float]:
    """Return the values as floats; truth values and answers become 0, 1 or NaN.

    Raises:
        ValueError: ``values`` is empty.
    """
    if len(values) == 0:
        raise ValueError("no value to judge: a rule needs the statistic of one network at least")
    return [float(value) for value in values]


def printed_number(reported: Sequence[Reported], family: str, *, with_p: bool = False) -> Reported:
    """Return the printed number that the networks are compared with.

    Args:
        reported: Printed numbers of the claim.
        family: Family of the rule, for the error message.
        with_p: Whether a p value may follow the number.

    Raises:
        ValueError: There is no printed number, or there are too many.
    """
    if not 1 <= len(reported) <= 1 + with_p:
        p = ", which its p may follow" if with_p else ""
        raise ValueError(
            f"a rule of the family {family!r} needs 1 printed number{p}, got {len(reported)}: give the rule the "
            "number, or the claim its key or the key's stem, in `reported`"
        )
    return reported[0]
