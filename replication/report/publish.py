"""Write the report, with all that belongs in it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from replication.drift import SHIPPED, load_readings
from replication.evidence import Evidence
from replication.figures import FIGURES, Drawn
from replication.judging import Claim, Record
from replication.progress import SILENT, Progress
from replication.report.content import gather
from replication.report.headlines import MainClaim
from replication.report.known import UNKNOWN, Known
from replication.report.writer import write_report


def publish(
    folder: Path,
    record: Record,
    evidence: Evidence,
    claims: Mapping[str, Claim],
    drawn: Iterable[Drawn],
    *,
    known: Known = UNKNOWN,
    main_claims: Sequence[MainClaim] = (),
    progress: Progress = SILENT,
) -> Path:
    """Write the report, with every figure that the evidence supports and the shipped readings of other environments.

    Args:
        folder: Folder of the report.
        record: Verdicts and errors to report.
        evidence: Evidence that they are based on.
        claims: The registry, which provides each claim's caveat.
        drawn: Value of ``drawn_beside``, or all figures otherwise drawn.
        known: What is known about the evidence beyond its numbers.
        main_claims: What the report answers first.
        progress: Counts every figure.

    Returns:
        Path of the page to open.

    Raises:
        CorruptArtefactError: A shipped reading of another environment is damaged, or measurements were damaged while
            figures were drawn.
    """
    found = {}
    with progress.task("draw figures", len(FIGURES)) as task:
        for figure_id, svg in drawn:
            found[figure_id] = svg
            task.advance()
    # Workers finish them in any order.
    shown = {figure_id: svg for figure_id in FIGURES if (svg := found.get(figure_id)) is not None}
    caveats = {claim.id: claim.caveat for claim in claims.values() if claim.caveat}
    content = gather(
        record.verdicts,
        evidence,
        errors=record.errors,
        caveats=caveats,
        figures=shown,
        readings=load_readings(SHIPPED),
        known=known,
        main_claims=main_claims,
    )
    return write_report(folder, record.verdicts, content)
