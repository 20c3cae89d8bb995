"""Uncertainty of the number of selective units per class: over units, test images and seeds."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from replication.architecture import N_CLASSES
from replication.choices import DEFAULTS
from replication.evidence import NetworkEvidence
from replication.figures import palette
from replication.figures.style import dodged, dot, new_figure, styled
from replication.figures.subject import Subject, seed_of
from replication.figures.table import Table, rows, stacked, tidy

EVEN_DASHES = (0, (4, 3))
"""Dash pattern of the line at an even share."""

METRICS = {"AS": "units most selective for it", "AES": "units that affect it most"}


def data_of_selective_counts(networks: tuple[NetworkEvidence, ...]) -> Table:
    """Return the share of units that prefer each class by each metric, with its interval and the shares by half.

    Units are counted, not neurons: a kernel's neurons share their weights, and the interval needs independent trials.
    All other choices are the defaults.

    Args:
        networks: Networks of all seeds, at least one.

    Returns:
        Columns ``metric``, ``seed``, ``class``; ``share``, in per cent of the units that prefer any class, with ``low``
        and ``high``, the 95 % Clopper–Pearson interval over units; and ``even`` and ``odd``, the same share computed
        from even and from odd test images only.
    """
    return stacked([_of_network(metric, network) for metric in METRICS for network in networks])


def _of_network(metric: str, network: NetworkEvidence) -> Table:
    """Return the rows for one metric of one network."""
    view = network.under(DEFAULTS.but("count", "units"))
    by_metric = {
        "AS": (view.share_of_units_selective, view.n_selective_by_half),
        "AES": (view.share_of_units_effect_selective, view.n_effect_selective_by_half),
    }
    shares, halves = by_metric[metric]
    of_halves = 100 * halves / halves.sum("class")
    table = tidy("share", 100 * shares.sel(bound="share", drop=True), metric=metric, seed=seed_of(network))
    table |= {bound: 100 * shares.sel(bound=bound).values for bound in ("low", "high")}
    return table | {half: of_halves.sel(half=half).values for half in ("even", "odd")}


@styled
def draw_selective_counts(subject: Subject) -> Figure:
    """Draw the shares of units that prefer each class, with their intervals, for every seed.

    Args:
        subject: The networks.

    Returns:
        The figure, one panel per metric.
    """
    figure = new_figure(subject.title("how many units prefer each class?"), height=3.1)
    table = data_of_selective_counts(subject.networks)
    for axes, (metric, words) in zip(figure.subplots(1, 2, sharey=True), METRICS.items(), strict=True):
        _draw_metric(axes, rows(table, metric=metric))
        axes.set(xticks=range(N_CLASSES), xlabel="class", title=f"{metric}: {words}")
    # Set last, because setting one end of an axis freezes the other.  Marks at 0 lie whole above the axis.
    top = figure.axes[0].get_ylim()[1]
    figure.axes[0].set(ylabel="share of units (%)", ylim=(-0.03 * top, top))
    handles = [
        dot(palette.INK, "one network"),
        Line2D([], [], color=palette.INK, lw=0.9, label="95 % over its units"),
        Line2D([], [], color=palette.INK, marker="_", ms=5, mew=0.8, ls="", label="even or odd test images alone"),
        Line2D([], [], color=palette.FAINT, lw=0.8, ls=EVEN_DASHES, label="equal share"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=4, handletextpad=0.4)
    return figure


def _draw_metric(axes: Axes, table: Table) -> None:
    """Draw dots with intervals over units, and the shares of the two halves as ticks beside them."""
    offsets = dodged(len(np.unique(table["seed"])), 0.26)
    for c in range(N_CLASSES):
        marks, colour = rows(table, **{"class": c}), palette.CLASS_COLOURS[c]
        axes.vlines(c + offsets, marks["low"], marks["high"], color=colour, lw=0.9)
        axes.scatter(c + offsets, marks["share"], s=14, color=colour, lw=0, label=f"class {c}")
        for half in ("even", "odd"):
            axes.scatter(c + offsets, marks[half], s=22, marker="_", color=palette.INK, lw=0.8, label=f"{half} {c}")
    axes.axhline(0, color=palette.INK, lw=0.6, zorder=0.5)
    axes.axhline(100 / N_CLASSES, color=palette.FAINT, lw=0.8, ls=EVEN_DASHES)
    axes.grid(axis="y")
