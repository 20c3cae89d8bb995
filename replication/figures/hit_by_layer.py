"""Neighbourhood hit along the layers, in the embeddings and in the spaces they are made from (§4.2)."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from replication.evidence import Evidence, NetworkEvidence
from replication.figures import palette
from replication.figures.style import new_figure, styled
from replication.figures.subject import held_subjects, seed_of, title_over
from replication.figures.table import Table, rows, stacked, tidy
from replication.schema import PANELS, STATES

SPACES = ("embedding", "raw")
_TEXT = {"embedding": "in the embedding", "raw": "in the space itself"}
_COLOUR = {"embedding": palette.CLASS_COLOURS[0], "raw": palette.CLASS_COLOURS[1]}
_TITLES = {"intact": "intact", "ablated": "half of conv1 ablated"}


def data_of_hit_by_layer(networks: tuple[NetworkEvidence, ...]) -> Table:
    """Return the NH of every panel, in both spaces, of each network.

    Args:
        networks: The seeds' networks, at least one.

    Returns:
        Columns ``seed``, ``space``, ``state``, ``panel``, ``mean`` over embedding seeds, ``low`` and ``high``, their
        range, in per cent; in the raw space the three are equal.
    """
    tables = []
    for network in networks:
        for space in SPACES:
            hits = network.under(network.choices.but("nh-space", space)).nh_overall_by_embedding
            means = tidy("mean", hits.mean("embedding_seed"), seed=seed_of(network), space=space)
            ends = {"low": hits.min("embedding_seed"), "high": hits.max("embedding_seed")}
            tables.append(means | {name: end.values.ravel() for name, end in ends.items()})
    return stacked(tables)


@styled
def draw_hit_by_layer(evidence: Evidence, dataset: str | None = None) -> Figure:
    """Draw the NH along the layers, of the intact and of the ablated networks.

    Args:
        evidence: The run.
        dataset: One data set; every one the run holds where None.

    Returns:
        The figure, a row per data set: means over seeds, the range of the seeds, and the spread between embeddings of
        one network.
    """
    subjects = held_subjects(evidence, dataset)
    title = title_over(subjects, "neighbourhood hit along the layers")
    figure = new_figure(title, height=0.8 + 2.1 * len(subjects))
    grid = figure.subplots(len(subjects), 2, sharey=True, squeeze=False)
    for line, subject in zip(grid, subjects, strict=True):
        table = data_of_hit_by_layer(subject.networks)
        for axes, state in zip(line, STATES, strict=True):
            for space in SPACES:
                _draw_space(axes, rows(table, state=state, space=space), space)
            axes.set(xticks=range(len(PANELS)), xticklabels=["images", *PANELS[1:]])
            axes.set_title(f"{subject.who}: {_TITLES[state]}")
            axes.grid(axis="y")
        line[0].set_ylabel("NH (%)")
    lines, _ = grid[0, 0].get_legend_handles_labels()
    bars = "range over embeddings (mean over seeds)"
    seeds = Patch(color=palette.FAINT, alpha=0.3, lw=0, label="range over seeds")
    embeddings = Line2D([], [], ls="", marker="|", ms=9, color=palette.INK, label=bars)
    figure.legend(handles=[*lines, seeds, embeddings], loc="outside lower center", ncols=4, columnspacing=1.2)
    return figure


def _draw_space(axes: Axes, table: Table, space: str) -> None:
    """Draw one space's line with the band over seeds and the bars over embeddings."""
    panels = [rows(table, panel=panel) for panel in PANELS]
    x = np.arange(len(panels))
    mean = np.array([panel["mean"].mean() for panel in panels])
    low, high = (np.array([getattr(panel["mean"], end)() for panel in panels]) for end in ("min", "max"))
    axes.fill_between(x, low, high, color=_COLOUR[space], alpha=0.18, lw=0)
    below = np.array([(panel["mean"] - panel["low"]).mean() for panel in panels])
    above = np.array([(panel["high"] - panel["mean"]).mean() for panel in panels])
    style = {"embedding": "o-", "raw": "s--"}[space]
    axes.errorbar(
        x, mean, [below, above], fmt=style, ms=4, color=_COLOUR[space], capsize=2, label=_TEXT[space], elinewidth=0.8
    )
