"""The three files of a report."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from replication.drift import Reading
from replication.evidence import Evidence
from replication.files import write_atomically
from replication.judging.verdict import Verdict, save_verdicts
from replication.report.content import NOTHING, gather
from replication.report.html import render_html
from replication.report.known import UNKNOWN, Known
from replication.report.markdown import render_markdown


def write_report(
    folder: Path,
    verdicts: Sequence[Verdict],
    evidence: Evidence | None = None,
    *,
    errors: Mapping[str, str] = NOTHING,
    caveats: Mapping[str, str] = NOTHING,
    figures: Mapping[str, str] = NOTHING,
    readings: Sequence[Reading] = (),
    known: Known = UNKNOWN,
) -> Path:
    """Write the report on a set of verdicts; the same input gives the same bytes.

    Args:
        folder: Where the files shall stand, such as ``RunFolder.report``; made where missing.
        verdicts: In any order; the report has them in the paper's.
        evidence: The measurements they were judged on; without them the tables of layers, classes and wall times
            are left out.
        errors: Message by check that ended in an error and so has no verdict.
        caveats: What to know before believing the verdicts, by claim id.
        figures: SVG text by figure id of ``replication.figures``, such as ``"A.4"``; drawn figures stand in the page.
        readings: What several environments made of the same networks.
        known: What is known of the evidence beyond its numbers.

    Returns:
        The page, ``index.html``; beside it stand ``report.md`` and ``verdicts.json``.

    Raises:
        OSError: The disk is full or the folder is read-only; a file not yet written anew is untouched.
    """
    content = gather(
        verdicts, evidence, errors=errors, caveats=caveats, figures=figures, readings=readings, known=known
    )
    save_verdicts(folder / "verdicts.json", verdicts)
    write_atomically(folder / "report.md", render_markdown(content).encode())
    page = folder / "index.html"
    write_atomically(page, render_html(content).encode())
    return page
