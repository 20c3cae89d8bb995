"""Draw the figures from the evidence and write the report."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from replication.drift import SHIPPED, load_readings
from replication.evidence import Evidence
from replication.figures import FIGURES, NoNetworkError, draw, save, svg_text
from replication.figures.saving import Format
from replication.judging import Claim, Record
from replication.progress import SILENT, Progress
from replication.report import UNKNOWN, Known, gather, write_report


def publish(
    folder: Path,
    record: Record,
    evidence: Evidence,
    claims: Mapping[str, Claim],
    *,
    known: Known = UNKNOWN,
    progress: Progress = SILENT,
) -> Path:
    """Write the report, with every figure that the evidence supports and the shipped readings of other environments.

    Args:
        folder: Folder of the report.
        record: Verdicts and errors to report.
        evidence: Evidence that they are based on.
        claims: The registry, which provides each claim's caveat.
        known: What is known about the evidence beyond its numbers.
        progress: Counts every figure.

    Returns:
        Path of the page to open.

    Raises:
        CorruptArtefactError: A shipped reading of another environment is damaged.
    """
    shown = {}
    for figure_id in progress.track(FIGURES, "draw figures"):
        try:
            shown[figure_id] = svg_text(draw(figure_id, evidence))
        except NoNetworkError:
            continue
    caveats = {claim.id: claim.caveat for claim in claims.values() if claim.caveat}
    content = gather(
        record.verdicts,
        evidence,
        errors=record.errors,
        caveats=caveats,
        figures=shown,
        readings=load_readings(SHIPPED),
        known=known,
    )
    return write_report(folder, record.verdicts, content)


def save_figures(
    figure_ids: Sequence[str] | None,
    folder: Path,
    evidence: Evidence,
    file_format: Format,
    *,
    dataset: str | None = None,
    seed: int | None = None,
    progress: Progress = SILENT,
) -> list[Path]:
    """Save figures as files, such as ``figure-A.4.svg``.

    Args:
        figure_ids: Keys of ``figures.FIGURES``; None for all figures for which the evidence has a network.
        folder: Folder of the files.
        evidence: Evidence to draw from.
        file_format: ``svg``, ``png`` or ``pdf``.
        dataset: Data set to show instead of each figure's own.
        seed: Seed of the network to show, in figures of a single network.
        progress: Counts every figure.

    Returns:
        Paths of the files.

    Raises:
        KeyError: There is no such figure.
        ValueError: There is no such data set or format.
        NoNetworkError: The evidence lacks a network for a requested figure, or for all figures.
    """
    paths = []
    chosen = FIGURES if figure_ids is None else figure_ids
    for figure_id in progress.track(chosen, "draw figures"):
        path = folder / f"figure-{figure_id}.{file_format}"
        shown_seed = None if FIGURES[figure_id].over_seeds else seed
        try:
            figure = draw(figure_id, evidence, dataset=dataset, seed=shown_seed)
        except NoNetworkError:
            if figure_ids is None:
                continue
            raise
        save(figure, path, file_format)
        paths.append(path)
    if not paths:
        raise NoNetworkError("the run holds no network that a figure could show")
    return paths
