"""What rules are given: numbers, truth values where a rule asks for them, and what the paper prints."""

import math
from collections.abc import Sequence

from replication.judging.answer import Answers
from replication.paper import Reported


def numbers(values: Answers) -> list[float]:
    """Return what the networks say as numbers: truth values and answers as 0, 1 or NaN.

    Args:
        values: The statistic of each network.

    Raises:
        ValueError: There are none.
    """
    if len(values) == 0:
        raise ValueError("no value to judge: a rule needs the statistic of one network at least")
    return [float(value) for value in values]


def truth_values(values: Answers, family: str) -> list[float]:
    """Return what the networks say as 0, 1 or NaN.

    Args:
        values: The statistic of each network.
        family: The rule's, for the message.

    Raises:
        ValueError: There are none, or one is another number.
    """
    said = numbers(values)
    for value in said:
        if not (value in (0, 1) or math.isnan(value)):
            raise ValueError(
                f"got {value:g} where a rule of the family {family!r} takes 0 or 1, or NaN for undefined: let the "
                "statistic return a bool, or an Answer, which holds the number against a bound"
            )
    return said


def printed_number(reported: Sequence[Reported], family: str, *, with_p: bool = False) -> Reported:
    """Return the printed number that the networks' are held against.

    Args:
        reported: What the paper prints.
        family: The rule's, for the message.
        with_p: Whether its p may follow.

    Raises:
        ValueError: There is none, or more than one.
    """
    if not 1 <= len(reported) <= 1 + with_p:
        p = ", which its p may follow" if with_p else ""
        raise ValueError(
            f"a rule of the family {family!r} needs 1 printed number{p}, got {len(reported)}: name its key of "
            "paper.REPORTED, or the key's stem, in `reported`"
        )
    return reported[0]
