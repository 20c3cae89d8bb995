"""The three files of a report."""

from collections.abc import Sequence
from pathlib import Path

from replication.files import write_atomically
from replication.judging.verdict import Verdict, save_verdicts
from replication.report.content import Content
from replication.report.html import render_html
from replication.report.markdown import render_markdown


def write_report(folder: Path, verdicts: Sequence[Verdict], content: Content) -> Path:
    """Write the report on a set of verdicts; the same input gives the same bytes.

    Args:
        folder: Where the files shall stand, such as ``RunFolder.report``; made where missing.
        verdicts: What it is on, in the order that ``verdicts.json`` has; the others have them in the paper's.
        content: What ``gather`` made of them.

    Returns:
        The page, ``index.html``; beside it stand ``report.md`` and ``verdicts.json``.

    Raises:
        OSError: The disk is full or the folder is read-only; a file not yet written anew is untouched.
    """
    save_verdicts(folder / "verdicts.json", verdicts)
    write_atomically(folder / "report.md", render_markdown(content).encode())
    page = folder / "index.html"
    write_atomically(page, render_html(content).encode())
    return page
