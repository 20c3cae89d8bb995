"""Specification curve: a reported correlation under every combination of the choices it depends on."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from replication.choices import CHOICES
from replication.evidence import (
    CORRELATIONS,
    Evidence,
    NetworkEvidence,
    ProfileCorrelation,
    means_where_defined,
    multiverse,
)
from replication.figures import palette
from replication.figures.style import dot, new_figure, styled
from replication.figures.subject import all_seeds, seed_of
from replication.figures.table import Table
from replication.paper import REPORTED

DEFAULT = 0
"""Number of the specification with every default."""

_MANY = 60
"""Specifications from which on their marks are strokes, and the curve is pixels in a vector file: thousands of paths
are slow to open."""


def data_of_multiverse(correlation: ProfileCorrelation, networks: Sequence[NetworkEvidence]) -> Table:
    """Return a correlation under every specification, on every network.

    Args:
        correlation: What is correlated.
        networks: The seeds' networks, at least one.

    Returns:
        Columns ``specification``, numbered from 0 for the defaults, ``seed`` and ``r``, NaN where a profile is
        constant; and a column per choice with the option taken.
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
    """Return one row per specification, ordered by its mean, by Fisher's z, over the seeds.

    Args:
        table: What ``data_of_multiverse`` returned.

    Returns:
        Columns ``specification``, ``mean``, ``low`` and ``high`` over the seeds where r is defined, NaN where it is
        nowhere, last; and the columns of options.
    """
    n = len(np.unique(table["specification"]))
    r = table["r"].reshape(-1, n)
    defined = np.isfinite(r).any(axis=0)
    statistics = {"mean": means_where_defined(r), "low": np.full(n, np.nan), "high": np.full(n, np.nan)}
    statistics["low"][defined] = np.nanmin(r[:, defined], axis=0)
    statistics["high"][defined] = np.nanmax(r[:, defined], axis=0)
    order = np.argsort(statistics["mean"], kind="stable")
    options = {name: column[:n] for name, column in table.items() if name in CHOICES}
    found = {"specification": np.arange(n), **statistics, **options}
    return {name: column[order] for name, column in found.items()}


@styled
def draw_multiverse(evidence: Evidence, dataset: str, *, kind: str) -> Figure:
    """Draw the curve with the printed coefficient, and under it which options each specification takes.

    Args:
        evidence: The run.
        dataset: Which data set's networks.
        kind: Which correlation: ``spearman``, ``as-nh`` or ``aes-nh``.

    Returns:
        The figure.
    """
    subject = all_seeds(evidence, dataset)
    correlation = CORRELATIONS[kind]
    curve = summarised(data_of_multiverse(correlation, subject.networks))
    names = [name for name in curve if name in CHOICES]
    n_rows = sum(len(CHOICES[name].options) for name in names)
    height = 0.11 * (n_rows + 0.6 * len(names))
    figure = new_figure(
        subject.title(f"{correlation.text}, {len(curve['specification']):,} specifications"), height=2.9 + height
    )
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[1.7, max(0.6, height)])
    _draw_curve(upper, curve)
    handles = [
        dot(palette.INK, "mean over seeds"),
        Patch(color=palette.BAND, label="range over seeds"),
        Line2D([], [], color=palette.HELP, marker="D", ls="", ms=5, label="the defaults"),
    ]
    printed = REPORTED.get(f"{kind}-r/{dataset}")
    if printed is not None:
        upper.axhline(printed.value, color=palette.PAPER, lw=1, ls="--", label="printed")
        handles.append(Line2D([], [], color=palette.PAPER, lw=1, ls="--", label=f"printed, r = {printed.text}"))
    upper.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=4, borderaxespad=0.1)
    _draw_options(lower, curve, names)
    return figure


def _draw_curve(axes: Axes, curve: Table) -> None:
    """Draw means and ranges in order."""
    x = np.arange(len(curve["mean"]))
    width, pixels = max(1.0, 160 / len(x)), len(x) >= _MANY
    axes.vlines(x, curve["low"], curve["high"], color=palette.BAND, lw=min(width, 6), rasterized=pixels)
    axes.scatter(
        x,
        curve["mean"],
        s=min(14, max(3, width * 3)),
        color=palette.INK,
        lw=0,
        zorder=3,
        label="mean",
        rasterized=pixels,
    )
    default = np.flatnonzero(curve["specification"] == DEFAULT)
    axes.scatter(
        default,
        curve["mean"][default],
        s=34,
        marker="D",
        color=palette.HELP,
        ec="white",
        lw=0.6,
        zorder=4,
        label="default",
    )
    undefined = np.flatnonzero(np.isnan(curve["mean"]))
    if len(undefined):
        axes.axvspan(undefined[0] - 0.5, undefined[-1] + 0.5, color="#f3f3f3", lw=0)
        axes.text(undefined.mean(), 0.05, "undefined:\na profile is constant", ha="center", va="bottom", size=6.5)
    axes.axhline(0, color=palette.INK, lw=0.6)
    axes.set(xlim=(-0.015 * len(x) - 0.5, 1.015 * len(x) - 0.5), ylim=(-1.05, 1.05), ylabel="r")
    axes.grid(axis="y")


def _draw_options(axes: Axes, curve: Table, names: list[str]) -> None:
    """Draw one row per option, a mark wherever a specification takes it."""
    y, rows, labels = 0.0, [], []
    marker = "s" if len(curve["mean"]) < _MANY else "|"
    for name in names:
        for option in CHOICES[name].options:
            taken = np.flatnonzero(curve[name] == option)
            axes.scatter(taken, np.full(len(taken), y), s=9, marker=marker, color=palette.INK, lw=0.7, rasterized=True)
            rows.append(y)
            labels.append(f"{name}: {option}")
            y += 1
        y += 0.6
    axes.set_yticks(rows, labels, size=6)
    axes.set(ylim=(y - 0.4, -0.8), xticks=[], xlabel="specifications, in the order of r")
    axes.tick_params(axis="y", length=0)
    for side in axes.spines.values():
        side.set_visible(False)
