"""Markdown helpers: escaped text, tables, and words for outcomes and measurements."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence

from replication.judging.verdict import Verdict
from replication.report.drift import Drift
from replication.report.outcomes import Shown, hidden_note, shown, symbol
from replication.report.quantities import decimal, interval_text, level_text
from replication.words import true_minus


class Markup(str):
    """Text that is Markdown already."""

    __slots__ = ()


def escape(text: str) -> str:
    r"""Escape a text for one line of Markdown, also within a table.

    >>> escape("a | b <script>")
    'a \\| b &lt;script>'
    """
    flat = " ".join(str(text).split()).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_\[\]|])", r"\\\1", flat)


WIDEST_ALIGNED = 160
"""Longest line, in characters, of a table whose columns align in the source."""


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table, whose columns align in the source if they fit.

    Args:
        header: One title per column.
        rows: Cells; all text is escaped except ``Markup``.

    Returns:
        Lines of equal length.  If they would be longer than ``WIDEST_ALIGNED``, cells are not padded: lines would not
        fit an editor anyway, and a cell that changes then changes only its own line.  Only the header if there are no
        rows.
    """
    cells = [[cell if isinstance(cell, Markup) else escape(cell) for cell in row] for row in (header, *rows)]
    widths = [max(3, *(len(row[column]) for row in cells)) for column in range(len(header))]
    if sum(widths) + 3 * len(widths) + 1 > WIDEST_ALIGNED:
        widths = [0] * len(header)
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    rule = "| " + " | ".join("-" * max(3, width) for width in widths) + " |"
    return "\n".join([lines[0], rule, *lines[1:]])


def marked(outcome: Shown) -> str:
    """Return an outcome with its symbol."""
    return f"{symbol(outcome)} {outcome}"


def verdict_marked(verdict: Verdict) -> str:
    """Return a verdict with its symbol, whether its test was weak, and the note on what it hides.

    Of a rehearsal, which decides nothing, only that.
    """
    if verdict.is_rehearsal:
        return "rehearsal"
    note = f"; {hidden_note(verdict)}" if hidden_note(verdict) else ""
    return f"{marked(shown(verdict))}{note}"


def measured(verdict: Verdict) -> str:
    """Return the measured value with the judgement's interval."""
    span = interval_text(verdict.judgement)
    level = level_text(verdict.judgement)
    text = true_minus(verdict.judgement.measured_text)
    return f"{text} ({level}: {span})" if span else text


def with_spread(mean: float, spread: float) -> str:
    """Return a mean with its standard deviation, if defined."""
    return decimal(mean) if math.isnan(spread) else f"{decimal(mean)} ± {decimal(spread)}"


def drift_in_markdown(drift: Drift) -> Iterator[str]:
    """Yield the comparison of environments: sentences first, then each table under its caption."""
    yield from (escape(sentence) for sentence in drift.sentences)
    for one in drift.tables:
        yield f"*{escape(one.caption)}*"
        yield table(one.header, one.rows)
