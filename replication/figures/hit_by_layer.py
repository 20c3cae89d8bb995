"""Neighbourhood hit along the layers, in the embeddings and in the original spaces (§4.2)."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from replication.evidence import NetworkEvidence
from replication.figures import palette
from replication.figures.style import new_figure, signed, styled
from replication.figures.subject import Subject, seed_of, title_over
from replication.figures.table import Table, rows, stacked, tidy
from replication.schema import PANELS, STATES

SPACES = ("embedding", "raw")
_TEXT = {"embedding": "in the embedding", "raw": "in the space itself"}
_COLOUR = {"embedding": palette.CLASS_COLOURS[0], "raw": palette.CLASS_COLOURS[1]}
_TEXT_COLOUR = {"embedding": palette.CLASS_COLOURS[0], "raw": "#8a5200"}
"""Colours of words; a paler colour would be illegible."""
_THIN = 0.6
"""Line width of a single network, in points."""
_ROOM_BELOW = 0.2
"""Share of a panel's height kept free for words below the lines."""
_TITLES = {"intact": "intact", "ablated": "half of conv1 ablated"}


def data_of_hit_by_layer(networks: tuple[NetworkEvidence, ...]) -> Table:
    """Return the NH of each network in every panel and in both spaces.

    Args:
        networks: Networks of all seeds, at least one.

    Returns:
        Columns ``seed``, ``space``, ``state``, ``panel``, ``mean`` (over embedding seeds), ``low`` and ``high`` (their
        range), in per cent; in the raw space the three are equal.
    """
    tables = []
    for network in networks:
        for space in SPACES:
            hits = network.under(network.choices.but("nh-space", space)).nh_overall_by_embedding
            means = tidy("mean", hits.mean("embedding_seed"), seed=seed_of(network), space=space)
            ends = {"low": hits.min("embedding_seed"), "high": hits.max("embedding_seed")}
            tables.append(means | {name: end.values.ravel() for name, end in ends.items()})
    return stacked(tables)


def last_step(table: Table) -> tuple[float, int, int]:
    """Return the mean change of the NH from the last hidden layer to the output, and how often it falls.

    Args:
        table: Rows of ``data_of_hit_by_layer`` for one space and state.

    Returns:
        The mean over networks in percentage points, the number of networks in which it falls, and the number of all
        networks.
    """
    before, after = (rows(table, panel=panel)["mean"] for panel in PANELS[-2:])
    change = after - before
    return float(change.mean()), int((change < 0).sum()), len(change)


@styled
def draw_hit_by_layer(*subjects: Subject) -> Figure:
    """Plot the NH along the layers for the intact and the ablated networks.

    Args:
        *subjects: The networks of each data set.

    Returns:
        The figure, a row with its own scale per data set: every network, the mean over networks, the spread between
        embeddings of one network, and the change in the last step.
    """
    title = title_over(subjects, "neighbourhood hit along the layers")
    figure = new_figure(title, height=0.8 + 2.3 * len(subjects))
    grid = figure.subplots(len(subjects), 2, sharey="row", squeeze=False)
    for line, subject in zip(grid, subjects, strict=True):
        table = data_of_hit_by_layer(subject.networks)
        for axes, state in zip(line, STATES, strict=True):
            for space in SPACES:
                _draw_space(axes, rows(table, state=state, space=space), space)
            _tell_last_step(axes, rows(table, state=state))
            axes.set(xticks=range(len(PANELS)), xticklabels=["images", *PANELS[1:]])
            axes.set_title(f"{subject.who}: {_TITLES[state]}")
            axes.grid(axis="y")
        low, high = line[0].get_ylim()
        line[0].set_ylim(low - _ROOM_BELOW * (high - low), high)
        line[0].set_ylabel("NH (%)")
    lines, _ = grid[0, 0].get_legend_handles_labels()
    network = Line2D([], [], color=palette.FAINT, lw=_THIN, label="one network")
    bars = "range over embeddings (mean over networks)"
    embeddings = Line2D([], [], ls="", marker="|", ms=9, color=palette.INK, label=bars)
    figure.legend(handles=[*lines, network, embeddings], loc="outside lower center", ncols=4, columnspacing=1.2)
    return figure


def _draw_space(axes: Axes, table: Table, space: str) -> None:
    """Draw the mean line of one space over the lines of the networks, with bars for the embeddings."""
    panels = [rows(table, panel=panel) for panel in PANELS]
    x = np.arange(len(panels))
    for hits in zip(*(panel["mean"] for panel in panels), strict=True):
        axes.plot(x, hits, color=_COLOUR[space], lw=_THIN, alpha=0.6, label="_network")
    mean = np.array([panel["mean"].mean() for panel in panels])
    below = np.array([(panel["mean"] - panel["low"]).mean() for panel in panels])
    above = np.array([(panel["high"] - panel["mean"]).mean() for panel in panels])
    style = {"embedding": "o-", "raw": "s--"}[space]
    axes.errorbar(
        x, mean, [below, above], fmt=style, ms=4, color=_COLOUR[space], capsize=2, label=_TEXT[space], elinewidth=0.8
    )


def _tell_last_step(axes: Axes, table: Table) -> None:
    """Write the change in the last step below the lines, in each space's colour."""
    for line, space in enumerate(SPACES):
        change, n_falls, n = last_step(rows(table, space=space))
        gained = "+" if round(change, 1) > 0 else ""
        text = f"{PANELS[-2]} → {PANELS[-1]} {gained}{signed(change)} pp, falls in {n_falls} of {n}"
        axes.annotate(
            text,
            (1, 0),
            (-2, 14 - 10 * line),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="right",
            va="bottom",
            color=_TEXT_COLOUR[space],
        )
