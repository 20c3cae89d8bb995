"""What rules are given: numbers, whatever stands for them, and truth values where a rule asks for them."""

import math

from replication.judging.answer import Answers


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
