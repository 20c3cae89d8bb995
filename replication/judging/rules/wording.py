"""Formatting of numbers and intervals for readers."""

import math

from replication.judging.answer import text_apart
from replication.paper import Reported
from replication.stats import Interval, RoundedNumber

ANSWERS = {True: "holds", False: "fails", None: "undecided"}

UNREADABLE = 1e9
"""Numbers of this size or more are shown in exponent notation."""


def half_unit(printed: Reported) -> float:
    """Return half a unit of the last printed digit; 0 for a number printed in words."""
    try:
        return RoundedNumber.parse(printed.text).half_unit
    except ValueError:
        return 0.0


def rounded_text(printed: Reported) -> str:
    """Return a printed number with the interval of values that round to it: ``"99.0 (98.95 to 99.05)"``."""
    half = half_unit(printed)
    if not half:
        return printed.text
    decimals = len(printed.text.partition(".")[2]) + 1
    return f"{printed.text} ({printed.value - half:.{decimals}f} to {printed.value + half:.{decimals}f})"


def fixed(number: float, decimals: int) -> str:
    """Return a number with a fixed number of decimals, or in exponent notation from ``UNREADABLE`` on.

    >>> fixed(1838.1672, 3), fixed(-2.5e39, 3)
    ('1838.167', '-2.5e+39')
    """
    return f"{number:.1e}" if UNREADABLE <= abs(number) < math.inf else f"{number:.{decimals}f}"


def fixed_apart(number: float, decimals: int, margin: float) -> str:
    """Return a number as ``fixed`` does, but with more digits if it would be rounded to ±margin.

    >>> fixed_apart(-0.29997, 2, 0.3), fixed_apart(-0.3, 2, 0.3), fixed_apart(-0.29, 2, 0.3)
    ('-0.29997', '-0.30', '-0.29')
    """
    if abs(round(number, decimals)) == margin != abs(number):
        return text_apart(number, math.copysign(margin, number))
    return fixed(number, decimals)


def span_text(interval: Interval, unit: str = "", decimals: int = 2, margin: float = math.nan) -> str:
    """Return an interval as text; ``"unbounded"`` if an end is infinite.

    Args:
        interval: The interval.
        unit: Unit of its ends.
        decimals: Digits after the point.
        margin: An end that would be rounded to ±margin has more digits, as the interval is judged by it; NaN for none.

    >>> span_text(Interval(98.7, 99.236, 0.95), "%"), span_text(Interval(-0.51, -0.2999, 0.9), margin=0.3)
    ('98.70 to 99.24 %', '-0.51 to -0.2999')
    """
    if math.isinf(interval.width):
        return "unbounded"
    low, high = (fixed_apart(end, decimals, margin) for end in (interval.low, interval.high))
    return f"{low} to {high}{with_space(unit)}"


def share_text(share: float) -> str:
    """Return a probability as 1/n if that is exact for an integer n ≥ 2, else as a decimal."""
    odds = round(1 / share)
    return f"1/{odds}" if odds > 1 and abs(1 / share - odds) < 1e-9 else f"{share:.2g}"


def with_space(unit: str) -> str:
    """Return a unit with a leading space; an empty string for no unit."""
    return f" {unit}" if unit else ""
