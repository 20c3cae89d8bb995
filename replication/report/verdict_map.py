"""The map of all verdicts on trained networks: one column a claim, one row a network, one square a verdict.

Only the geometry is here, in pixels; the macro ``verdict_map`` of ``templates/parts.html.j2`` draws it in the page, and
``verdict_map_image`` as a picture of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from replication.judging.verdict import Verdict
from replication.report.cards import Section, network_name
from replication.report.outcomes import Shown, shown, tally
from replication.report.quantities import true_minus
from replication.report.sources import speaks_of_the_paper
from replication.study import DATASETS

SIDE = 14
"""Of a square."""
EDGE = 0.75
"""Half the width of its outline, which lies within the side."""
CROSS_AT = 4
CROSS = "l6 6m0-6l-6 6"
"""The cross of what is not replicated, drawn from so far within the square's corner."""
STEP = 16
"""From one square to the next, across and down."""
LABELS = 44
"""Width of the names of networks at the left of each section."""
TOP = 18
"""Height of a section's label above its squares."""
PER_LETTER = 7
"""Width of a letter of that label, at most: no text can be measured here."""

CAPTION = (
    "One column a claim, in the order of the paper; one row a network. Blank: the claim is not about that network."
)

LOOKS: Mapping[Shown, str] = {
    "replicated": "solid blue",
    "replicated, weak test": "blue outline",
    "not replicated": "solid orange with a cross",
    "inconclusive": "yellow with a dashed outline",
    "not testable": "dotted outline",
}
"""What each kind of square looks like."""


@dataclass(frozen=True)
class Square:
    """One verdict.

    Attributes:
        x: Left edge.
        y: Top edge.
        outcome: As it is shown.
        anchor: Where the page has the claim's card.
        title: The claim, the network, the outcome and what was measured, for the reader who points at it.
    """

    x: int
    y: int
    outcome: Shown
    anchor: str
    title: str


@dataclass(frozen=True)
class Block:
    """The squares of one section of the paper.

    Attributes:
        label: The section's number, or its name where it has none.
        heading: Number and title.
        n_claims: Columns.
        width: Of the block.
        height: Of the block.
        rows: Names of the networks, each with the middle of its row.
        squares: Column by column.
    """

    label: str
    heading: str
    n_claims: int
    width: int
    height: int
    rows: tuple[tuple[str, int], ...]
    squares: tuple[Square, ...]

    @property
    def is_wide(self) -> bool:
        """Whether a telephone shows it so much smaller that its text must be larger."""
        return self.width > LABELS + 25 * STEP


@dataclass(frozen=True)
class VerdictMap:
    """All verdicts that speak of the paper's networks.

    Attributes:
        blocks: By section in the order of the paper; none where no verdict speaks of the paper's networks.
        counts: Squares by outcome.
    """

    blocks: tuple[Block, ...]
    counts: Mapping[Shown, int]

    @property
    def key(self) -> tuple[tuple[Shown, int, str], ...]:
        """Outcomes that occur, how often, and what their square looks like."""
        return tuple((outcome, n, LOOKS[outcome]) for outcome, n in self.counts.items() if n)


def verdict_map(sections: Sequence[Section]) -> VerdictMap:
    """Return where each verdict stands on the map.

    Args:
        sections: All verdicts by section, in the order of the paper.

    Returns:
        The map; without blocks in a rehearsal, whose verdicts decide nothing.
    """
    verdicts = [verdict for section in sections for verdict in section.verdicts if speaks_of_the_paper(verdict)]
    networks = [network for network in DATASETS if any(verdict.network == network for verdict in verdicts)]
    blocks = (_block(section, networks) for section in sections)
    return VerdictMap(tuple(block for block in blocks if block.n_claims), tally(verdicts))


def placed(blocks: Sequence[Block], width: int, gap: int) -> tuple[tuple[int, int, Block], ...]:
    """Return left and top edge of each block where they stand in lines.

    Args:
        blocks: In order, all of one height.
        width: Of a line; a block that is wider has one for itself.
        gap: Between blocks, across and down.
    """
    x = y = 0
    found = []
    for block in blocks:
        if x and x + block.width > width:
            x, y = 0, y + block.height + gap
        found.append((x, y, block))
        x += block.width + gap
    return tuple(found)


def _block(section: Section, networks: Sequence[str]) -> Block:
    """Return the squares of one section; no column for a claim of which no verdict counts."""
    columns = [
        (card.anchor, found) for card in section.cards if (found := [*filter(speaks_of_the_paper, card.verdicts)])
    ]
    label = f"§{section.id}" if section.id[:1].isdigit() else section.heading
    return Block(
        label=label,
        heading=section.heading,
        n_claims=len(columns),
        width=LABELS + max(STEP * len(columns), PER_LETTER * len(label)),
        height=TOP + STEP * len(networks),
        rows=tuple((network_name(network), TOP + STEP * row + SIDE // 2) for row, network in enumerate(networks)),
        squares=tuple(
            Square(
                x=LABELS + STEP * column,
                y=TOP + STEP * networks.index(verdict.network),
                outcome=shown(verdict),
                anchor=anchor,
                title=_title(verdict),
            )
            for column, (anchor, of_claim) in enumerate(columns)
            for verdict in of_claim
        ),
    )


def _title(verdict: Verdict) -> str:
    """Return what a square says when pointed at."""
    measured = true_minus(verdict.judgement.measured_text)
    return f"{verdict.sentence} {network_name(verdict.network)}: {shown(verdict)}, measured {measured}"
