"""The map of verdicts as a standalone picture, in colours that are legible on white and on black."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from replication.report.outcomes import Shown
from replication.report.verdict_map import CROSS, CROSS_AT, EDGE, LABELS, PER_LETTER, SIDE, Block, VerdictMap, placed

WIDTH = 840
_GAP = 18
_TOP = 36
"""Height of the key above the squares."""

_BLUE, _ORANGE, _YELLOW, _GREY = "#2f81b7", "#d9601a", "#a38a00", "#757a80"
_LOOKS: dict[Shown, str] = {
    "replicated": f'fill="{_BLUE}" stroke="{_BLUE}"',
    "replicated by a weak test": f'fill="none" stroke="{_BLUE}"',
    "not replicated": f'fill="{_ORANGE}" stroke="{_ORANGE}"',
    "inconclusive": f'fill="{_YELLOW}" fill-opacity=".2" stroke="{_YELLOW}" stroke-dasharray="2 1.5"',
    "not testable": f'fill="none" stroke="{_GREY}" stroke-dasharray="1 2"',
}


def verdict_map_image(found: VerdictMap) -> str:
    """Return the map and its key as SVG text; equal maps give equal text.

    Args:
        found: The map; without blocks only the frame is drawn.
    """
    blocks = placed(found.blocks, WIDTH, _GAP)
    height = _TOP + max((y + block.height for _, y, block in blocks), default=0)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
        f' font-family="system-ui, Helvetica, Arial, sans-serif" font-size="12" fill="{_GREY}">',
        *_key(found),
        *(line for x, y, block in blocks for line in _block(x, y + _TOP, block)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _key(found: VerdictMap) -> Iterator[str]:
    """Yield one square per outcome that occurs, with its count and meaning."""
    x = 0
    for outcome, n, _ in found.key:
        label = f"{n} {outcome}"
        yield from _square(x, 1, outcome)
        yield f'<text x="{x + SIDE + 6}" y="12">{escape(label)}</text>'
        x += SIDE + 6 + PER_LETTER * len(label) + _GAP


def _block(x: int, y: int, block: Block) -> Iterator[str]:
    """Yield one section: its label, row names and squares, each with its claim as the tooltip."""
    yield f'<g transform="translate({x} {y})">'
    yield f'<text x="{LABELS}" y="11" font-weight="bold">{escape(block.label)}</text>'
    for name, middle in block.rows:
        yield f'<text x="0" y="{middle + 4}" font-size="11">{escape(name)}</text>'
    for square in block.squares:
        yield f"<g><title>{escape(square.title)}</title>"
        yield from _square(square.x, square.y, square.outcome)
        yield "</g>"
    yield "</g>"


def _square(x: int, y: int, outcome: Shown) -> Iterator[str]:
    """Yield a square for one outcome."""
    side, stroke = SIDE - 2 * EDGE, 2 * EDGE
    yield (
        f'<rect x="{x + EDGE}" y="{y + EDGE}" width="{side}" height="{side}" rx="2" stroke-width="{stroke}" '
        f"{_LOOKS[outcome]}/>"
    )
    if outcome == "not replicated":
        start = f"M{x + CROSS_AT} {y + CROSS_AT}"
        yield f'<path d="{start}{CROSS}" fill="none" stroke="#fff" stroke-width="{stroke}"/>'
