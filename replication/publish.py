"""The last step: the paper's figures drawn from the evidence, and the report around them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from replication.drift import SHIPPED, load_readings
from replication.evidence import Evidence
from replication.figures import FIGURES, NoNetworkError, draw, save, svg_text
from replication.figures.saving import Format
from replication.judging import Claim, Verdict
from replication.progress import SILENT, Progress
from replication.report import UNKNOWN, Known, gather, write_report


def publish(
    folder: Path,
    verdicts: Sequence[Verdict],
    evidence: Evidence,
    claims: Mapping[str, Claim],
    *,
    errors: Mapping[str, str] | None = None,
    known: Known = UNKNOWN,
    progress: Progress = SILENT,
) -> Path:
    """Write the report with every figure that the evidence can show, and what is known of other environments.

    Args:
        folder: Where the report shall stand.
        verdicts: What it reports.
        evidence: What the verdicts rest on.
        claims: The registry, for what a reader should know beside each verdict.
        errors: Message by check that ended in an error and so has no verdict.
        known: What is known of the evidence beyond its numbers.
        progress: Counts every figure.

    Returns:
        The page to open.

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
        verdicts,
        evidence,
        errors=errors or {},
        caveats=caveats,
        figures=shown,
        readings=load_readings(SHIPPED),
        known=known,
    )
    return write_report(folder, verdicts, content)


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
    """Write figures as files, ``figure-A.4.svg`` and so on.

    Args:
        figure_ids: Ids in ``figures.FIGURES``; None for all that the run holds a network for.
        folder: Where the files shall stand.
        evidence: What they are drawn from.
        file_format: ``svg``, ``png`` or ``pdf``.
        dataset: Another data set than each figure's own.
        seed: The network shown, in figures that show one.
        progress: Counts every figure.

    Returns:
        The files.

    Raises:
        KeyError: There is no such figure.
        ValueError: There is no such data set or format.
        NoNetworkError: The run holds no such network.
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
