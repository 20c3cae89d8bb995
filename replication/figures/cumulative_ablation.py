"""Accuracy lost when a layer's units go one after another, in the order of what might tell their importance (abstract).

After the cumulative ablation curves of Morcos et al. 2018.  An order that tells importance makes two curves that lie
far apart: much is lost at once from its one end, little from the other.
"""

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from replication.architecture import HIDDEN_LAYER_NAMES
from replication.evidence import Evidence, NetworkEvidence
from replication.figures import palette
from replication.figures.style import GRID_WIDTH, new_figure, styled
from replication.figures.subject import held_subjects, title_over
from replication.figures.table import Table, rows, tidy
from replication.schema import DIRECTIONS, ORDERS

_STYLES = dict(zip(DIRECTIONS, ("-", (0, (3, 1.5))), strict=True))
_TEXT = {
    "magnitude": "magnitude of activation",
    "selectivity": "activation selectivity (AS)",
    "impact": "impact when ablated alone",
    "effect": "size of AES",
    "combined": "magnitude, AS and impact",
}
_MARKERS = dict(zip(ORDERS, "osD^v", strict=True))
_MARKED_EVERY = 3
"""Levels from one marker of a curve to its next."""
_WIDTH = {"magnitude": 1.5, "selectivity": 1.5, "impact": 1.5, "effect": 0.9, "combined": 0.9}
"""The paper's three indicators are drawn strongest; the other two show what more an order can do."""


def data_of_cumulative_ablation(networks: tuple[NetworkEvidence, ...]) -> Table:
    """Return the accuracy lost along each order, from either end.

    Args:
        networks: The seeds' networks, at least one.

    Returns:
        Columns ``order``, ``direction``, ``layer``, ``level`` and ``lost_pp``, the mean over seeds and halves.
    """
    curves = xr.concat([network.cumulative_harm for network in networks], "seed")
    return tidy("lost_pp", curves.mean("seed"))


def data_of_random_orders(networks: tuple[NetworkEvidence, ...]) -> Table:
    """Return the accuracy lost in random orders.

    Args:
        networks: The seeds' networks, at least one.

    Returns:
        Columns ``layer``, ``level``, ``lost_pp``, the mean, and ``low_pp`` and ``high_pp``, the range of the random
        orders of all seeds.
    """
    orders = xr.concat([network.random_harm_by_draw for network in networks], "seed")
    every = ("seed", "draw")
    ends = {"low_pp": orders.min(every).values.ravel(), "high_pp": orders.max(every).values.ravel()}
    return tidy("lost_pp", orders.mean(every)) | ends


@styled
def draw_cumulative_ablation(evidence: Evidence, dataset: str | None = None) -> Figure:
    """Draw the accuracy lost against the share of units ablated, one panel per layer.

    Args:
        evidence: The run.
        dataset: One data set; every one the run holds where None.

    Returns:
        The figure, a row per data set: a colour and a marker per order, solid and filled from its highest end, dashed
        and hollow from its lowest, random orders in grey.
    """
    subjects = held_subjects(evidence, dataset)
    title = title_over(subjects, "accuracy lost as a layer's units go one after another")
    figure = new_figure(title, height=1.2 + 2.2 * len(subjects), width=GRID_WIDTH)
    grid = figure.subplots(len(subjects), len(HIDDEN_LAYER_NAMES), sharex=True, sharey=True, squeeze=False)
    for line, subject in zip(grid, subjects, strict=True):
        ordered, random = data_of_cumulative_ablation(subject.networks), data_of_random_orders(subject.networks)
        for axes, layer in zip(line, HIDDEN_LAYER_NAMES, strict=True):
            _draw_layer(axes, rows(ordered, layer=layer), rows(random, layer=layer))
            axes.set_title(layer)
        line[0].set_ylabel(f"{subject.who}\naccuracy lost (pp)")
    grid[-1, 2].set_xlabel("units ablated (%)")
    _draw_legend(figure)
    return figure


def _draw_layer(axes: Axes, ordered: Table, random: Table) -> None:
    """Draw one layer's panel; every curve starts where nothing is ablated and nothing lost."""
    per_cent = np.concatenate([[0], 100 * random["level"]])
    low, high, mean = (np.concatenate([[0], random[name]]) for name in ("low_pp", "high_pp", "lost_pp"))
    axes.fill_between(per_cent, low, high, color=palette.BAND, lw=0, label="range of random orders")
    axes.plot(per_cent, mean, color=palette.FAINT, lw=1.5, label="random")
    for order in reversed(ORDERS):
        # Each order's markers stand on other levels than its neighbours', so that they do not hide each other.
        every = (1 + ORDERS.index(order) % _MARKED_EVERY, _MARKED_EVERY)
        for direction in DIRECTIONS:
            lost = np.concatenate([[0], rows(ordered, order=order, direction=direction)["lost_pp"]])
            name = f"{order}, {direction}"
            axes.plot(per_cent, lost, **_stroke(order, direction), markevery=every, label=name)
    axes.axhline(0, color=palette.INK, lw=0.6)
    axes.set(xlim=(0, 90), xticks=range(0, 90, 25))
    axes.grid(axis="y")


def _stroke(order: str, direction: str) -> dict[str, Any]:
    """Return how the curve of an order from one of its ends is drawn, told apart without colour too."""
    colour, width = palette.ORDER_COLOURS[order], _WIDTH[order]
    hollow = direction != DIRECTIONS[0]
    return {
        "color": colour,
        "lw": width,
        "ls": _STYLES[direction],
        "marker": _MARKERS[order],
        "ms": 4,
        "mfc": "white" if hollow else colour,
        "mew": 0.8,
    }


def _draw_legend(figure: Figure) -> None:
    """Explain colours, markers and strokes below the panels."""
    orders = [Line2D([], [], **_stroke(order, DIRECTIONS[0]), label=f"by {text}") for order, text in _TEXT.items()]
    strokes = [
        Line2D([], [], color=palette.INK, ls=style, marker="o", ms=4, mfc=face, label=direction)
        for (direction, style), face in zip(_STYLES.items(), (palette.INK, "white"), strict=True)
    ]
    mean = Line2D([], [], color=palette.FAINT, lw=1.5, label="in random order, mean")
    handles = [*orders, mean, *strokes, Patch(color=palette.BAND, label="range of random orders")]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, handlelength=3)
