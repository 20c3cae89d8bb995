"""Format numbers for the reader: with unit, and with the digits of the verdict."""

import math

from replication.judging.rules.wording import fixed_apart
from replication.judging.verdict import Judgement
from replication.words import true_minus


def decimal(number: float) -> str:
    """Return a number with two decimals; a dash if undefined."""
    return "–" if math.isnan(number) else true_minus(f"{number:.2f}")


def interval_text(judgement: Judgement) -> str:
    """Return a judgement's interval, such as ``"98.70 to 99.24 %"``; empty if there is none."""
    interval = judgement.interval
    if interval is None:
        return ""
    says_nothing = (-1, 1) if judgement.unit == "r" else (-math.inf, math.inf)
    if (interval.low, interval.high) == says_nothing:
        return "unbounded"
    return span_text(interval.low, interval.high, judgement)


def span_text(low: float, high: float, judgement: Judgement) -> str:
    """Return two numbers with a judgement's unit and digits, such as ``"98.70 to 99.24 %"``; shares in per cent."""
    unit = {"share": "%", "r": ""}.get(judgement.unit, judgement.unit)
    return f"{_end_text(low, judgement)} to {_end_text(high, judgement)} {unit}".rstrip()


def _end_text(end: float, judgement: Judgement) -> str:
    """Return one end of a span without its unit; ∞ if unbounded."""
    if math.isinf(end):
        return "∞" if end > 0 else "−∞"
    if judgement.unit == "share":
        return f"{100 * end:.0f}"
    margin = math.nan if judgement.bound is None else judgement.bound.asked
    return true_minus(fixed_apart(end, judgement.decimals, margin))


def level_text(judgement: Judgement) -> str:
    """Return the interval's level, such as ``"95 %"``; empty without an interval."""
    return "" if judgement.interval is None else f"{100 * judgement.interval.level:g} %"


def finite_values(judgement: Judgement) -> tuple[float, ...]:
    """Return the values of the networks for which the statistic is defined."""
    return tuple(value for value in judgement.values if math.isfinite(value))
