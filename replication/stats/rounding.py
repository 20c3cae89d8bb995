"""Consistency of printed numbers, each taken as the interval of values that round to it.

After statcheck (Nuijten et al. 2016) and GRIM (Brown & Heathers 2017).  Numbers are passed as printed strings, because
trailing zeros show the precision of rounding.
"""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from replication.stats._checks import open_share, sample_size
from replication.stats.correlation import correlation_p
from replication.stats.exact_spearman import exact_spearman_p, spearman_of_squared_rank_difference

PRINTED = re.compile(r"[+\-−–]?(\d+\.?\d*|\.\d+)")
EDGE = 1e-6
"""Tolerance at the edges of a rounding interval, as a share of the half unit, for floating-point error."""

Outcome = Literal["consistent", "inconsistent", "decision error"]
PMethod = Literal["t", "exact"]


@dataclass(frozen=True)
class RoundedNumber:
    """A printed number and the interval of values that round to it.

    Attributes:
        text: The number as printed, such as ``"0.60"``.
        value: Value of ``text``.
        half_unit: Half a unit of the last printed digit: .005 for ``"0.60"``, .05 for ``"0.6"``.
        low: Smallest value that rounds to ``text``.
        high: Largest value that rounds to ``text``.
    """

    text: str
    value: float
    half_unit: float
    low: float
    high: float

    @classmethod
    def parse(cls, text: str) -> "RoundedNumber":
        """Parse a printed number.

        Args:
            text: Decimal digits with at most one point and an optional sign: plus, hyphen, Unicode minus or en dash.
                The leading zero may be missing, as in ``".60"``.

        Returns:
            The number with its rounding interval.

        Raises:
            ValueError: ``text`` is not a plain decimal number.

        >>> RoundedNumber.parse("−0.31")
        RoundedNumber(text='−0.31', value=-0.31, half_unit=0.005, low=-0.315, high=-0.305)
        """
        if not PRINTED.fullmatch(text):
            raise ValueError(f"{text!r} is not a printed number, expected one without a unit, like '0.60' or '−.31'")
        value = Decimal(text.replace("−", "-").replace("–", "-"))
        decimals = len(text.partition(".")[2])
        half_unit = Decimal(5).scaleb(-decimals - 1)
        return cls(text, float(value), float(half_unit), float(value - half_unit), float(value + half_unit))

    def contains(self, number: float) -> bool:
        """Return whether ``number`` may round to this one; ends are included, since rounding conventions differ."""
        return self.meets(number, number)

    def meets(self, low: float, high: float) -> bool:
        """Return whether any number from ``low`` to ``high`` may round to this one; see ``contains``."""
        slack = EDGE * self.half_unit
        return low <= self.high + slack and self.low - slack <= high


@dataclass(frozen=True)
class PrintedCorrelationCheck:
    """Consistency of a printed p value with the printed correlation.

    Attributes:
        outcome: ``consistent``: some coefficient that rounds to ``r`` has a p value that rounds to ``p``.
            ``decision error``: no such coefficient exists, and all recomputed p values lie on the other side of the
            significance threshold than the printed one.  ``inconsistent``: no such coefficient exists, but the
            significance decision may be right.
        p_low: Smallest p value of the coefficients that round to ``r``; NaN if there are none.
        p_high: Largest p value of the coefficients that round to ``r``; NaN if there are none.
    """

    outcome: Outcome
    p_low: float
    p_high: float


def consistent_r_p(r: str, p: str, n: int, *, method: PMethod = "t", alpha: float = 0.05) -> PrintedCorrelationCheck:
    """Check whether a printed correlation and its printed two-sided p value agree within rounding.

    The rule is that of statcheck, with one departure: statcheck finds a decision error from the p value of the printed
    r alone; here every r that rounds to the printed one must lead to the other decision.

    Args:
        r: Coefficient as printed.
        p: p value as printed.
        n: Number of pairs.
        method: ``t``: the t approximation for all coefficients in the rounding interval of ``r``.  ``exact``: the
            exact permutation p value of each Spearman coefficient without ties that rounds to ``r``.
        alpha: Significance threshold, in (0, 1); p values below it are significant.

    Returns:
        The outcome, with the range of the recomputed p value.

    Raises:
        ValueError: ``r`` or ``p`` is not a number or out of range, ``alpha`` is outside (0, 1), or ``n`` is below 3, or
            above 12 with ``exact``.

    >>> consistent_r_p("0.48", "0.16", 10).outcome, consistent_r_p("0.48", "0.16", 10, method="exact").outcome
    ('consistent', 'inconsistent')
    """
    open_share("alpha", alpha)
    sample_size("n", n, at_least=3)
    printed_r, printed_p = _printed_coefficient(r), RoundedNumber.parse(p)
    if not 0 <= printed_p.value <= 1:
        raise ValueError(f"p = {p!r}, expected a p value between 0 and 1")
    if method == "exact":
        recomputed = [exact_spearman_p(d2, n) for d2 in attainable_spearman(r, n)]
        agree = any(printed_p.contains(value) for value in recomputed)
    else:
        recomputed = sorted(correlation_p(value, n) for value in _strongest_and_weakest(printed_r))
        agree = printed_p.meets(*recomputed)
    p_low, p_high = min(recomputed, default=math.nan), max(recomputed, default=math.nan)
    significant = printed_p.value < alpha
    other_decision = p_low >= alpha if significant else p_high < alpha
    outcome: Outcome = "consistent" if agree else "decision error" if other_decision else "inconsistent"
    return PrintedCorrelationCheck(outcome, p_low, p_high)


def attainable_spearman(r: str, n: int) -> tuple[int, ...]:
    """Return the sums of squared rank differences whose Spearman coefficient without ties rounds to ``r``.

    Args:
        r: Coefficient as printed.
        n: Number of pairs, at least 2.

    Returns:
        Even integers in ascending order; empty if the printed coefficient requires ties or is wrong.

    Raises:
        ValueError: ``r`` is not a number or outside [-1, 1], or ``n`` is below 2.

    >>> attainable_spearman("0.48", 10)
    (86,)
    """
    printed = _printed_coefficient(r)
    most = sample_size("n", n, at_least=2) * (n**2 - 1) // 3
    without_gap = (d2 for d2 in range(0, most + 1, 2) if (n, d2) != (3, 4))
    return tuple(d2 for d2 in without_gap if printed.contains(spearman_of_squared_rank_difference(d2, n)))


def attainable_percentage(percentage: str, n: int) -> tuple[int, ...]:
    """Return the counts out of ``n`` whose percentage rounds to ``percentage`` (the GRIM check).

    Args:
        percentage: Percentage as printed, between 0 and 100, without the percent sign.
        n: Total, at least 1.

    Returns:
        Counts from 0 to ``n`` in ascending order; empty if no integer count gives this percentage.

    Raises:
        ValueError: ``percentage`` is not a number or outside 0 to 100, or ``n`` is below 1.

    >>> attainable_percentage("33.3", 6), attainable_percentage("33.3", 5)
    ((2,), ())
    """
    printed = RoundedNumber.parse(percentage)
    sample_size("n", n, at_least=1)
    if not 0 <= printed.value <= 100:
        raise ValueError(f"percentage = {percentage!r}, expected between 0 and 100")
    first, last = math.floor(printed.low * n / 100), math.ceil(printed.high * n / 100)
    return tuple(k for k in range(max(first, 0), min(last, n) + 1) if printed.contains(100 * k / n))


def _printed_coefficient(r: str) -> RoundedNumber:
    """Parse a printed correlation.

    Args:
        r: Coefficient as printed.

    Returns:
        The number with its rounding interval.

    Raises:
        ValueError: ``r`` is not a number, or is outside [-1, 1].
    """
    printed = RoundedNumber.parse(r)
    if abs(printed.value) > 1:
        raise ValueError(f"r = {r!r}, expected a correlation between -1 and 1")
    return printed


def _strongest_and_weakest(printed: RoundedNumber) -> tuple[float, float]:
    """Return the largest and the smallest |r| that round to the printed coefficient."""
    strongest = min(1.0, abs(printed.value) + printed.half_unit)
    return strongest, max(0.0, abs(printed.value) - printed.half_unit)
