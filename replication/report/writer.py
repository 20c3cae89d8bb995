"""Write the three files of a report."""

from collections.abc import Sequence
from pathlib import Path

from replication.files import write_atomically
from replication.judging.verdict import Verdict, save_verdicts
from replication.report.content import Content
from replication.report.html import render_html
from replication.report.markdown import render_markdown


def write_report(folder: Path, verdicts: Sequence[Verdict], content: Content) -> Path:
    """Write the report on a set of verdicts; equal input gives equal bytes.

    Args:
        folder: Target folder, such as ``RunFolder.report``; created if missing.
        verdicts: The verdicts, in the order of ``verdicts.json``; the other files use the paper's order.
        content: Result of ``gather`` for these verdicts.

    Returns:
        Path of the page, ``index.html``; ``report.md`` and ``verdicts.json`` are beside it.

    Raises:
        OSError: The disk is full or the folder is read-only; files not yet rewritten are unchanged.
    """
    save_verdicts(folder / "verdicts.json", verdicts, content.errors)
    write_atomically(folder / "report.md", render_markdown(content).encode())
    page = folder / "index.html"
    write_atomically(page, render_html(content).encode())
    return page
