"""Specification curve: a reported correlation under every combination of the choices on which it depends."""

from collections.abc import Sequence

import numpy as np
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from replication.choices import CHOICES
from replication.evidence import (
    CORRELATIONS,
    NetworkEvidence,
    ProfileCorrelation,
    means_where_defined,
    multiverse,
)
from replication.figures import palette
from replication.figures.specification_panel import RULED_OUT, UNDEFINED, draw_curve, draw_options
from replication.figures.style import GRID_WIDTH, PAGE_WIDTH, dot, new_figure, styled
from replication.figures.subject import Subject, seed_of, title_over
from replication.figures.table import Table
from replication.paper import REPORTED

_ABOVE = 2.2
"""Height of the curves, in inches."""


def data_of_multiverse(correlation: ProfileCorrelation, networks: Sequence[NetworkEvidence]) -> Table:
    """Return a correlation under every specification, for every network.

    Args:
        correlation: The correlation.
        networks: Networks of all seeds, at least one.

    Returns:
        Columns ``specification`` (0 is the defaults), ``seed`` and ``r`` (NaN if a profile is constant), and a column
        per choice with the option taken.
    """
    found = multiverse(correlation, networks)
    n = len(found.specifications)
    return {
        "specification": np.tile(np.arange(n), len(networks)),
        "seed": np.repeat([seed_of(network) for network in networks], n),
        "r": found.r.ravel(),
        **{name: np.tile([choices[name] for choices in found.specifications], len(networks)) for name in found.choices},
    }


def summarised(table: Table) -> Table:
    """Return one row per specification, open ones first, sorted by the mean over seeds.

    Args:
        table: Result of ``data_of_multiverse``.

    Returns:
        Columns ``specification``, ``open`` (whether the paper leaves it open), ``mean`` (by Fisher's z), ``low`` and
        ``high`` over the seeds where r is defined, and the columns of options.  If r is defined for no seed, these are
        NaN, and the row comes last of its kind.
    """
    n = len(np.unique(table["specification"]))
    r = table["r"].reshape(-1, n)
    # Unlike nanmin and nanmax, these accept a column without any number and return NaN.
    statistics = {"mean": means_where_defined(r), "low": np.fmin.reduce(r), "high": np.fmax.reduce(r)}
    options = {name: column[:n] for name, column in table.items() if name in CHOICES}
    admitted = [[CHOICES[name].is_open(option) for option in column] for name, column in options.items()]
    is_open = np.all(admitted, axis=0)
    order = np.lexsort([statistics["mean"], ~is_open])
    found = {"specification": np.arange(n), "open": is_open, **statistics, **options}
    return {name: column[order] for name, column in found.items()}


@styled
def draw_multiverse(*subjects: Subject, kind: str) -> Figure:
    """Draw the curve with the printed coefficient, and below it the options of each specification.

    Args:
        *subjects: The networks of each data set.
        kind: Which correlation: ``spearman``, ``as-nh`` or ``aes-nh``.

    Returns:
        The figure, a column per data set.
    """
    correlation = CORRELATIONS[kind]
    curves = [summarised(data_of_multiverse(correlation, subject.networks)) for subject in subjects]
    names = [name for name in curves[0] if name in CHOICES]
    below = 0.13 * (sum(len(CHOICES[name].options) for name in names) + 0.6 * len(names))
    title = title_over(subjects, f"{correlation.text}: {ways_text(curves[0])}")
    width = PAGE_WIDTH if len(subjects) == 1 else GRID_WIDTH
    figure = new_figure(title, height=_ABOVE + below + 1.1, width=width)
    grid = figure.subplots(2, len(subjects), squeeze=False, sharey="row", height_ratios=[_ABOVE, below])
    for (upper, lower), subject, curve in zip(grid.T, subjects, curves, strict=True):
        draw_curve(upper, curve)
        draw_options(lower, curve, names)
        printed = REPORTED.get(f"{kind}-r/{subject.dataset}")
        if printed is not None:
            upper.axhline(printed.value, color=palette.PAPER, lw=1, ls="--", label="printed")
        upper.set_title(subject.who + (f"; printed r = {printed.text}" if printed else ""))
    grid[0, 0].set_ylabel("r")
    grid[1, len(subjects) // 2].set_xlabel("specifications of each kind, sorted by r")
    _explain(figure)
    return figure


def ways_text(curve: Table) -> str:
    """Return the numbers of specifications that the paper leaves open and that contain a ruled-out answer, as text."""
    n_open = int(curve["open"].sum())
    return f"{n_open:,} ways that the paper leaves open, {len(curve['open']) - n_open:,} that it rules out"


def _explain(figure: Figure) -> None:
    """Put a legend of the drawn elements under the panels."""
    shown = {one.get_label() for axes in figure.axes for one in axes.get_children()}
    # As drawn: hollow where there is room for it.
    faces = [one.get_facecolor() for axes in figure.axes for one in axes.collections if one.get_label() == RULED_OUT]
    face = faces[0][0] if faces else "white"
    ruled_out = Line2D(
        [], [], ls="", marker="o", ms=4, mfc=face, mec=palette.FAINT, label="mean over seeds, with a ruled-out answer"
    )
    handles = {
        "mean": dot(palette.INK, "mean over seeds, left open"),
        RULED_OUT: ruled_out,
        "default": dot(palette.HELP, "the defaults", "D"),
        "printed": Line2D([], [], color=palette.PAPER, lw=1, ls="--", label="printed"),
        "undefined": Patch(**UNDEFINED, label="undefined: a profile is constant"),
    }
    found = [handle for name, handle in handles.items() if name in shown]
    are_many = any(isinstance(one, QuadMesh) for axes in figure.axes for one in axes.get_children())
    of_many = "range over seeds, mean of neighbours"
    found.insert(2, Patch(color=palette.BAND, label=of_many if are_many else "range over seeds"))
    if are_many:
        found.append(Patch(color=palette.INK, label="darker: more specifications take the option"))
    figure.legend(handles=found, loc="outside lower center", ncols=3)
