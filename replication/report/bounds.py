"""Bounds that were set here, since the paper gives none, and how far each could be moved with the same verdict."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from replication.judging.answer import text_apart
from replication.judging.bound import Bound
from replication.judging.verdict import DECIDED, Verdict
from replication.plural import count_text
from replication.report.cards import network_name
from replication.report.families import has_enough_networks

NOTE = (
    "Each was moved while all else stayed as it is: how many networks must agree, what a statistic asks for besides, "
    "and for which networks it is undefined. Bounds within a statistic, such as that of a cluster, were not moved. The "
    "verdicts that the nearest other bound would change stand first."
)
"""How to read them, beside the sentence that counts."""

STEPS = (0.25, 0.5)
"""By how much of itself a bound is made smaller and larger in the sentence that counts."""

SHOWN = 25
"""Rows of the page's table that stand open; the others unfold."""

WIDTH, EDGE, REACH = 200, 10, 2.0
"""Width and edge of the picture in pixels; it reaches from the bound by as many doublings either way."""


@dataclass(frozen=True)
class BoundPicture:
    """The networks' numbers and the bounds with the same verdict, in multiples of the bound on a scale of doublings.

    Attributes:
        dots: Positions of the networks' numbers, in pixels; those at an edge lie there or beyond.
        band: Ends of the bounds with the same verdict.
        asked: Position of the bound.
        description: What it shows, for those who cannot see it.
    """

    dots: tuple[float, ...]
    band: tuple[float, float]
    asked: float
    description: str


@dataclass(frozen=True)
class BoundRow:
    """One verdict and the bound that it rests on.

    Attributes:
        verdict: The verdict.
        bound: Its bound.
    """

    verdict: Verdict
    bound: Bound

    @property
    def network(self) -> str:
        """The paper's name of the network."""
        return network_name(self.verdict.network)

    @property
    def asked(self) -> str:
        """The word and the number read into it."""
        return f"'{self.bound.reads}': {self.bound.relation} {self.bound.asked:g}{_unit(self.verdict)}"

    @property
    def kept(self) -> str:
        """Under which other bounds the verdict is the same."""
        return kept_text(self.bound)

    @property
    def factor(self) -> float:
        """By how much the bound must at least be multiplied or divided for another verdict; infinite if by nothing."""
        asked = self.bound.asked
        down = asked / self.bound.low if self.bound.low > 0 else math.inf
        return min(down, self.bound.high / asked)

    @property
    def picture(self) -> BoundPicture:
        """The networks' numbers beside the bound."""
        bound = self.bound
        numbers = [number for number in bound.numbers if not math.isnan(number)]
        ends = (
            [text_apart(number, bound.asked) for number in (min(numbers), max(numbers))] if numbers else ["undefined"]
        )
        return BoundPicture(
            tuple(_place(number / bound.asked) for number in numbers),
            (_place(bound.low / bound.asked), _place(bound.high / bound.asked)),
            _place(1),
            f"{len(numbers)} networks, {' to '.join(ends)}; same verdict with a bound: {self.kept}",
        )


@dataclass(frozen=True)
class Bounds:
    """What hangs on bounds that were set here.

    Attributes:
        rows: Of verdicts on enough networks, those that the nearest other bound would change first.
    """

    rows: tuple[BoundRow, ...]

    @property
    def sentence(self) -> str:
        """How many there are, and how many moved bounds would change; empty where there are none."""
        if not self.rows:
            return ""
        moved = [row for row in self.rows if math.isfinite(row.bound.low) or math.isfinite(row.bound.high)]
        same = [row.verdict.outcome in DECIDED for row in self.rows if row not in moved]
        counts = [sum(not all(row.bound.keeps(1 + sign * step) for sign in (-1, 1)) for row in moved) for step in STEPS]
        return (
            "The paper gives no number for words such as 'much more': "
            f"{count_text(len(self.rows), 'verdict')} on enough networks rest on a bound set here. {counts[0]} would "
            f"change if the bound were a quarter smaller or larger, {counts[1]}, these included, if it were half "
            f"smaller or larger, and {len(moved) - counts[1]} only beyond that. The other {len(same)} do not depend "
            f"on the bound: with any, {sum(same)} would be decided the same way, and {len(same) - sum(same)} would "
            "stay inconclusive, because too many networks are undefined."
        )


def bounds(verdicts: Sequence[Verdict]) -> Bounds:
    """Return the bounds that were set here, of verdicts on enough networks."""
    rows = [
        BoundRow(verdict, verdict.judgement.bound)
        for verdict in verdicts
        if verdict.judgement.bound is not None and verdict.evidence["kind"] == "paper" and has_enough_networks(verdict)
    ]
    return Bounds(tuple(sorted(rows, key=lambda row: row.factor)))


def same_with(verdict: Verdict) -> str:
    """Return under which other bounds a verdict is the same; empty where it rests on none or on too few networks."""
    bound = verdict.judgement.bound
    return kept_text(bound) if bound is not None and has_enough_networks(verdict) else ""


def kept_text(bound: Bound) -> str:
    """Return under which other bounds a verdict is the same: ``"above 0.1999"``, ``"above 4 and up to 9"``.

    Ends are told with three digits, or with as many as keep them from the bound asked for, rounded so that no bound is
    named under which the verdict is another.
    """
    told = []
    if math.isfinite(bound.low):
        told.append(f"{'from' if bound.with_low else 'above'} {_inwards(bound.low, bound.asked, ROUND_CEILING)}")
    if math.isfinite(bound.high):
        told.append(f"{'up to' if bound.with_high else 'below'} {_inwards(bound.high, bound.asked, ROUND_FLOOR)}")
    return " and ".join(told) or "any"


def _inwards(end: float, asked: float, rounding: str) -> str:
    """Return an end in digits, rounded towards the bound asked for but not up to it, unless it is the same."""
    exact, bound = Decimal(repr(end)), Decimal(repr(asked))
    for digits in range(3, 18):
        rounded = Context(prec=digits, rounding=rounding).create_decimal(exact)
        if (rounded == bound) == (exact == bound):
            break
    return f"{rounded.normalize():f}"


def _unit(verdict: Verdict) -> str:
    """Return the unit of the bound, where it is that of the values."""
    return f" {verdict.judgement.unit}" if verdict.judgement.unit in {"pp", "z"} else ""


def _place(multiple: float) -> float:
    """Return the position of a multiple of the bound; what lies further out than the picture is at its edge."""
    doublings = -REACH if multiple <= 0 else min(max(math.log2(multiple), -REACH), REACH)
    return round(EDGE + (WIDTH - 2 * EDGE) * (doublings + REACH) / (2 * REACH), 1)


TICKS = tuple((_place(multiple), label) for multiple, label in ((0.25, "¼"), (0.5, "½"), (1, "1"), (2, "2"), (4, "4×")))
"""Labelled positions of the picture's axis."""
