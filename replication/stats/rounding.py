"""Printed numbers as the intervals they stand for: is what a paper prints consistent with itself?

After statcheck (Nuijten et al. 2016) and GRIM (Brown & Heathers 2017).  Numbers come as printed strings, because a
trailing zero says how finely a number was rounded.
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
"""Share of a half unit by which a value may pass the edge: its last bits, not its rounding, put it there."""

Outcome = Literal["consistent", "inconsistent", "decision error"]
PMethod = Literal["t", "exact"]


@dataclass(frozen=True)
class RoundedNumber:
    """A printed number and all the numbers that print like it.

    Attributes:
        text: The number as printed, such as ``"0.60"``.
        value: Its value.
        half_unit: Half a unit of its last printed digit: .005 for ``"0.60"``, .05 for ``"0.6"``.
        low: Smallest number that rounds to it.
        high: Largest number that rounds to it.
    """

    text: str
    value: float
    half_unit: float
    low: float
    high: float

    @classmethod
    def parse(cls, text: str) -> "RoundedNumber":
        """Read a printed number.

        Args:
            text: Digits with at most one point; before them a plus, or a hyphen, Unicode minus or en dash for a minus.
                ``".60"`` is as good as ``"0.60"``.

        Returns:
            The number.

        Raises:
            ValueError: The text is not a plain decimal number.

        >>> RoundedNumber.parse("−0.31")
        RoundedNumber(text='−0.31', value=-0.31, half_unit=0.005, low=-0.315, high=-0.305)
        """
        if not PRINTED.fullmatch(text):
            raise ValueError(f"{text!r} is not a printed number, expected one like '0.60' or '−.31'")
        value = Decimal(text.replace("−", "-").replace("–", "-"))
        decimals = len(text.partition(".")[2])
        half_unit = Decimal(5).scaleb(-decimals - 1)
        return cls(text, float(value), float(half_unit), float(value - half_unit), float(value + half_unit))

    def contains(self, number: float) -> bool:
        """Return whether ``number`` may have been printed so; an edge counts, as it rounds up or down by custom."""
        return self.meets(number, number)

    def meets(self, low: float, high: float) -> bool:
        """Return whether some number from ``low`` to ``high`` may have been printed so; see ``contains``."""
        slack = EDGE * self.half_unit
        return low <= self.high + slack and self.low - slack <= high


@dataclass(frozen=True)
class PrintedCorrelationCheck:
    """Whether a printed p value follows from the printed correlation.

    Attributes:
        outcome: ``consistent``: some coefficient that prints like ``r`` has a p value that prints like ``p``;
            ``decision error``: none has, and all of them fall on the other side of the significance threshold
            than the printed p; ``inconsistent``: none has, but the decision may stand.
        p_low: Smallest p value of the coefficients that print like ``r``; NaN where there is none.
        p_high: Largest of them; NaN where there is none.
    """

    outcome: Outcome
    p_low: float
    p_high: float


def consistent_r_p(r: str, p: str, n: int, *, method: PMethod = "t", alpha: float = 0.05) -> PrintedCorrelationCheck:
    """Judge whether a printed correlation and its printed two-sided p value agree, rounding allowed for.

    The rule is statcheck's, with one departure: its decision error looks at the p value of the printed r alone, here
    every r that prints alike must lead to the other decision.

    Args:
        r: The coefficient as printed.
        p: The p value as printed.
        n: Pairs of values.
        method: ``t``: the t approximation at every coefficient within the rounding of ``r``; ``exact``: the exact
            permutation p of every Spearman coefficient without ties that prints like ``r``.
        alpha: Significance threshold, in (0, 1); significant means below it.

    Returns:
        The outcome with the bounds of the recomputed p value.

    Raises:
        ValueError: Text that is no number, a coefficient or p value out of its range, a threshold outside (0, 1),
            fewer than three pairs, or more than twelve with ``exact``.

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
    """Return the sums of squared rank differences whose Spearman coefficient, without ties, prints like ``r``.

    Args:
        r: The coefficient as printed.
        n: Pairs of values, at least 2.

    Returns:
        Even integers in rising order; empty where the printed coefficient needs ties or is wrong.

    Raises:
        ValueError: Text that is no coefficient, or fewer than two pairs.

    >>> attainable_spearman("0.48", 10)
    (86,)
    """
    printed = _printed_coefficient(r)
    most = sample_size("n", n, at_least=2) * (n**2 - 1) // 3
    without_gap = (d2 for d2 in range(0, most + 1, 2) if (n, d2) != (3, 4))
    return tuple(d2 for d2 in without_gap if printed.contains(spearman_of_squared_rank_difference(d2, n)))


def attainable_percentage(percentage: str, n: int) -> tuple[int, ...]:
    """Return the counts out of ``n`` whose percentage prints like ``percentage`` (the GRIM check).

    Args:
        percentage: The percentage as printed, between 0 and 100, without its sign.
        n: Things counted, at least 1.

    Returns:
        Counts between 0 and ``n``, in rising order; empty where no whole count gives this percentage.

    Raises:
        ValueError: Text that is no number, a percentage out of its range, or nothing counted.

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
    """Read a printed correlation.

    Args:
        r: The coefficient as printed.

    Returns:
        The number.

    Raises:
        ValueError: Text that is no number, or a number outside [-1, 1].
    """
    printed = RoundedNumber.parse(r)
    if abs(printed.value) > 1:
        raise ValueError(f"r = {r!r}, expected a correlation between -1 and 1")
    return printed


def _strongest_and_weakest(printed: RoundedNumber) -> tuple[float, float]:
    """Return the largest and the smallest |r| that print like this coefficient."""
    strongest = min(1.0, abs(printed.value) + printed.half_unit)
    return strongest, max(0.0, abs(printed.value) - printed.half_unit)
