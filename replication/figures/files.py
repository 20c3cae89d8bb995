"""Figures of a run as files, one for each."""

from collections.abc import Sequence
from pathlib import Path

from replication.evidence import Evidence
from replication.figures.registry import FIGURES, draw
from replication.figures.saving import Format, save
from replication.figures.subject import NoNetworkError
from replication.progress import SILENT, Progress


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
