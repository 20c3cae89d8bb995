"""The map of all verdicts on trained networks: a column per claim, a row per network, a square per verdict.

This module computes the geometry in pixels.  The macro ``verdict_map`` of ``templates/parts.html.j2`` draws it in the
page, and ``verdict_map_image`` draws it as a standalone picture.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from replication.judging.verdict import Verdict
from replication.report.cards import Section, network_name
from replication.report.outcomes import Shown, shown, tally
from replication.study import DATASETS
from replication.words import true_minus

SIDE = 14
"""Side of a square."""
EDGE = 0.75
"""Half the width of a square's outline, which lies within the side."""
CROSS_AT = 4
CROSS = "l6 6m0-6l-6 6"
"""Inset, from the square's corner, of the cross that marks not replicated."""
STEP = 16
"""Distance from one square to the next, across and down."""
LABELS = 44
"""Width of the network names at the left of each section."""
TOP = 18
"""Height of a section's label above its squares."""
PER_LETTER = 7
"""Maximum width of a letter of that label, since text cannot be measured here."""

CAPTION = (
    "Each column is a claim, in the order of the paper. Each row is a network. "
    "Blank: the claim is not about that network. Solid blue speaks for the paper. What is outlined in blue agrees with "
    "it too, but says little: most networks would."
)

LOOKS: Mapping[Shown, str] = {
    "replicated": "solid blue",
    "replicated by a weak test": "blue outline",
    "not replicated": "solid orange with a cross",
    "inconclusive": "yellow with a dashed outline",
    "not testable": "dotted outline",
}
"""Description of each kind of square."""


@dataclass(frozen=True)
class Square:
    """One verdict.

    Attributes:
        x: Left edge.
        y: Top edge.
        outcome: Outcome as shown.
        anchor: Anchor of the claim's card in the page.
        title: Tooltip with the claim, the network, the outcome and the measured value.
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
        label: The section's number, or its name if it has none.
        heading: Number and title of the section.
        n_claims: Number of columns.
        width: Width of the block.
        height: Height of the block.
        rows: Network names, each with the vertical centre of its row.
        squares: Squares, column by column.
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
        """Whether a phone shrinks the block so much that its text must be larger."""
        return self.width > LABELS + 25 * STEP


@dataclass(frozen=True)
class VerdictMap:
    """All verdicts about the paper's networks.

    Attributes:
        blocks: By section in the order of the paper; empty if no verdict is about the paper's networks.
        counts: Number of squares by outcome.
    """

    blocks: tuple[Block, ...]
    counts: Mapping[Shown, int]

    @property
    def key(self) -> tuple[tuple[Shown, int, str], ...]:
        """The outcomes that occur, with their count and the look of their square."""
        return tuple((outcome, n, LOOKS[outcome]) for outcome, n in self.counts.items() if n)


def verdict_map(sections: Sequence[Section]) -> VerdictMap:
    """Return the position of each verdict on the map.

    Args:
        sections: All verdicts by section, in the order of the paper.

    Returns:
        The map; without blocks for a rehearsal, which decides nothing.
    """
    verdicts = [verdict for section in sections for verdict in section.verdicts if verdict.speaks_of_the_paper]
    networks = [network for network in DATASETS if any(verdict.network == network for verdict in verdicts)]
    blocks = (_block(section, networks) for section in sections)
    return VerdictMap(tuple(block for block in blocks if block.n_claims), tally(verdicts))


def placed(blocks: Sequence[Block], width: int, gap: int) -> tuple[tuple[int, int, Block], ...]:
    """Return the left and top edge of each block, arranged in lines.

    Args:
        blocks: Blocks in order, all of equal height.
        width: Width of a line; a wider block has a line of its own.
        gap: Gap between blocks, across and down.
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
    """Return the squares of one section; claims without a counted verdict have no column."""
    columns = [
        (card.anchor, found)
        for card in section.cards
        if (found := [one for one in card.verdicts if one.speaks_of_the_paper])
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
    """Return the tooltip of a square."""
    measured = true_minus(verdict.judgement.measured_text)
    return f"{verdict.sentence} {network_name(verdict.network)}: {shown(verdict)}, measured {measured}"
