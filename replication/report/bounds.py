"""Bounds set by this suite where the paper gives none, and how far each can move without changing the verdict."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from replication.judging.answer import ends_text
from replication.judging.bound import Bound
from replication.judging.verdict import DECIDED, Verdict
from replication.report.cards import network_name
from replication.words import count_text

NOTE = (
    "Each bound was moved alone: how many networks must agree, what else a statistic requires, and for which networks "
    "it is undefined stayed the same. Bounds within a statistic, such as the bound of a cluster, were not moved. The "
    "verdicts that change with the smallest move come first."
)
"""How to read the bounds; shown beside the summary sentence."""

STEPS = (0.25, 0.5)
"""Relative changes of a bound, smaller and larger, in the summary sentence."""

SHOWN = 25
"""Rows of the page's table shown at once; the others unfold."""

WIDTH, EDGE, REACH = 200, 10, 2.0
"""Width and edge of the picture in pixels, and its reach on either side of the bound in doublings."""


@dataclass(frozen=True)
class BoundPicture:
    """Numbers and bounds with the same verdict, as multiples of the bound on a base-2 log scale.

    Attributes:
        dots: Positions of the networks' numbers, in pixels; a dot at an edge may lie beyond it.
        band: Range of bounds with the same verdict.
        asked: Position of the bound.
        description: Text alternative of the picture.
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
        bound: The bound of the verdict.
    """

    verdict: Verdict
    bound: Bound

    @property
    def network(self) -> str:
        """The paper's name of the network."""
        return network_name(self.verdict.network)

    @property
    def asked(self) -> str:
        """The word and the number that stands for it."""
        return f"'{self.bound.reads}': {self.bound.relation} {self.bound.asked:g}{_unit(self.verdict)}"

    @property
    def kept(self) -> str:
        """The other bounds under which the verdict is the same."""
        return kept_text(self.bound)

    @property
    def factor(self) -> float:
        """The smallest factor by which to multiply or divide the bound to change the verdict; infinite if none does."""
        asked = self.bound.asked
        down = asked / self.bound.low if self.bound.low > 0 else math.inf
        return min(down, self.bound.high / asked)

    @property
    def picture(self) -> BoundPicture:
        """The networks' numbers beside the bound."""
        bound = self.bound
        numbers = [number for number in bound.numbers if not math.isnan(number)]
        ends = ends_text(numbers, bound.asked) if numbers else "undefined"
        return BoundPicture(
            tuple(_place(number / bound.asked) for number in numbers),
            (_place(bound.low / bound.asked), _place(bound.high / bound.asked)),
            _place(1),
            f"{count_text(len(numbers), 'network')}, {ends}; same verdict with a bound: {self.kept}",
        )


@dataclass(frozen=True)
class Bounds:
    """Verdicts that depend on bounds set by this suite.

    Attributes:
        rows: Verdicts on enough networks, those most sensitive to the bound first.
    """

    rows: tuple[BoundRow, ...]

    @property
    def sentence(self) -> str:
        """The number of verdicts, and how many a moved bound would change; empty if there are none."""
        if not self.rows:
            return ""
        n_small, n_large = self._n_changed
        return (
            "Words such as 'much more', for which the paper gives no number: "
            f"{count_text(len(self.rows), 'verdict')} on enough networks "
            f"{'rests' if len(self.rows) == 1 else 'rest'} on a bound set by this suite. "
            f"{n_small} would change if the bound were 25 % smaller or larger. {n_large}, including these, would "
            "change if it were 50 % smaller or larger."
        )

    @property
    def of_the_others(self) -> str:
        """How many verdicts only a larger move would change, or none; empty if there are no verdicts."""
        if not self.rows:
            return ""
        same = [row.verdict.outcome in DECIDED for row in self.rows if row not in self._movable]
        return (
            f"{len(self._movable) - self._n_changed[1]} would change only with a larger move. "
            f"The other {len(same)} do not depend on the bound: with any bound, {sum(same)} would be decided the same "
            f"way, and {len(same) - sum(same)} would stay inconclusive because too many networks are undefined."
        )

    @property
    def _movable(self) -> list[BoundRow]:
        """The verdicts that some bound would change."""
        return [row for row in self.rows if math.isfinite(row.bound.low) or math.isfinite(row.bound.high)]

    @property
    def _n_changed(self) -> list[int]:
        """How many verdicts each of ``STEPS`` would change."""
        return [
            sum(not all(row.bound.keeps(1 + sign * step) for sign in (-1, 1)) for row in self._movable)
            for step in STEPS
        ]


def bounds(verdicts: Sequence[Verdict]) -> Bounds:
    """Return the bounds set by this suite, for verdicts on enough networks."""
    rows = [
        BoundRow(verdict, verdict.judgement.bound)
        for verdict in verdicts
        if verdict.judgement.bound is not None and verdict.speaks_of_the_paper and verdict.has_enough_networks
    ]
    return Bounds(tuple(sorted(rows, key=lambda row: row.factor)))


def same_with(verdict: Verdict) -> str:
    """Return the other bounds with the same verdict; empty without a bound or with too few networks."""
    bound = verdict.judgement.bound
    return kept_text(bound) if bound is not None and verdict.has_enough_networks else ""


def kept_text(bound: Bound) -> str:
    """Return the other bounds with the same verdict, such as ``"above 0.1999"`` or ``"above 4 and up to 9"``.

    Ends have three digits, or as many as needed to differ from the bound in use.  They are rounded inwards, so that no
    stated bound would change the verdict.
    """
    limits = []
    if math.isfinite(bound.low):
        limits.append(f"{'from' if bound.with_low else 'above'} {_inwards(bound.low, bound.asked, ROUND_CEILING)}")
    if math.isfinite(bound.high):
        limits.append(f"{'up to' if bound.with_high else 'below'} {_inwards(bound.high, bound.asked, ROUND_FLOOR)}")
    return " and ".join(limits) or "any"


def _inwards(end: float, asked: float, rounding: str) -> str:
    """Return an end in digits, rounded towards the bound but not onto it, unless both are equal."""
    exact, bound = Decimal(repr(end)), Decimal(repr(asked))
    for digits in range(3, 18):
        rounded = Context(prec=digits, rounding=rounding).create_decimal(exact)
        if (rounded == bound) == (exact == bound):
            break
    return f"{rounded.normalize():f}"


def _unit(verdict: Verdict) -> str:
    """Return the unit of the bound, if it is the unit of the values."""
    return f" {verdict.judgement.unit}" if verdict.judgement.unit in {"pp", "z"} else ""


def _place(multiple: float) -> float:
    """Return the position of a multiple of the bound, clipped to the edges of the picture."""
    doublings = -REACH if multiple <= 0 else min(max(math.log2(multiple), -REACH), REACH)
    return round(EDGE + (WIDTH - 2 * EDGE) * (doublings + REACH) / (2 * REACH), 1)


TICKS = tuple((_place(multiple), label) for multiple, label in ((0.25, "¼"), (0.5, "½"), (1, "1"), (2, "2"), (4, "4×")))
"""Labelled positions on the picture's axis."""
