"""Numbers for the reader: each beside its unit, with as many digits as the verdict shows, minus signs true."""

import math
import re

from replication.judging.verdict import Judgement, Verdict
from replication.paper import REPORTED
from replication.stats import RoundedNumber

_NUMBER = r"[−–-]?\d[\d,]*(?:\.\d+)?"
_MEASURED = re.compile(rf"(?P<symbol>r = )?(?P<number>{_NUMBER})(?: (?P<unit>\D+))?")
_SHARE = re.compile(r"(?P<k>\d+) of (?P<n>\d+) networks?(?:, \d+ undefined)?")
_REPORTED = re.compile(rf"(?:r = )?(?P<number>{_NUMBER})(?:, p = {_NUMBER}| (?P<unit>\D+))?")
_IN_WORDS = {reported.text: reported.value for reported in REPORTED.values() if not _REPORTED.fullmatch(reported.text)}


def true_minus(text: str) -> str:
    """Return the text with hyphens that stand for minus signs made true ones.

    >>> true_minus("-0.21 to 0.40, one-sided, 3-5")
    '−0.21 to 0.40, one-sided, 3-5'
    """
    return re.sub(r"(?<![\w.)-])-(?=\.?\d)", "−", text)


def is_share(judgement: Judgement) -> bool:
    """Return whether the statistic is true or false per network, measured as a share of networks."""
    return _SHARE.fullmatch(judgement.measured_text) is not None


def unit_of(judgement: Judgement) -> str:
    """Return the unit of values and interval: ``"%"``, ``"pp"``, ``"r"`` for a coefficient, or nothing."""
    found = _MEASURED.fullmatch(judgement.measured_text)
    if not found:
        return ""
    return "r" if found["symbol"] else (found["unit"] or "")


def show(number: float, judgement: Judgement) -> str:
    """Return a number in the unit and with the digits of a judgement's measured text; shares in per cent."""
    if is_share(judgement):
        return f"{100 * number:.0f} %"
    found = _MEASURED.fullmatch(judgement.measured_text)
    decimals = len(found["number"].partition(".")[2]) if found else 2
    unit = unit_of(judgement)
    return true_minus(f"{number:.{decimals}f}") + (f" {unit}" if unit not in {"", "r"} else "")


def interval_text(judgement: Judgement) -> str:
    """Return a judgement's interval, such as ``"98.70 to 99.24 %"``; empty where there is none."""
    interval = judgement.interval
    if interval is None:
        return ""
    if math.isinf(interval.low) and math.isinf(interval.high):
        return "unbounded"
    return span_text(interval.low, interval.high, judgement)


def span_text(low: float, high: float, judgement: Judgement) -> str:
    """Return two numbers in the unit and with the digits of a judgement, the unit once: ``"98.70 to 99.24 %"``."""
    shown_low, shown_high = (_end_text(end, judgement) for end in (low, high))
    unit = shown_high.rpartition(" ")[2] if " " in shown_high else ""
    return f"{shown_low.removesuffix(f' {unit}')} to {shown_high}" if unit else f"{shown_low} to {shown_high}"


def _end_text(end: float, judgement: Judgement) -> str:
    """Return one end of a span; ∞ where it has none."""
    if math.isinf(end):
        return "∞" if end > 0 else "−∞"
    return show(end, judgement)


def level_text(judgement: Judgement) -> str:
    """Return the interval's level, such as ``"95 %"``; empty where there is no interval."""
    return "" if judgement.interval is None else f"{100 * judgement.interval.level:g} %"


def printed_number(verdict: Verdict) -> float | None:
    """Return the number the paper prints, where it is in the unit of the values; None where there is none.

    A number given in words, such as "more than twice", counts as the number it names.
    """
    judgement = verdict.judgement
    if is_share(judgement):
        return None
    if verdict.reported in _IN_WORDS:
        return _IN_WORDS[verdict.reported]
    found = _REPORTED.fullmatch(verdict.reported)
    if not found:
        return None
    unit = "r" if verdict.reported.startswith("r = ") else (found["unit"] or "")
    return RoundedNumber.parse(found["number"].replace(",", "")).value if unit == unit_of(judgement) else None


def finite_values(judgement: Judgement) -> tuple[float, ...]:
    """Return the values of those networks for which the statistic is defined."""
    return tuple(value for value in judgement.values if math.isfinite(value))
