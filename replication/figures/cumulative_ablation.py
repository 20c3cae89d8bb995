"""Accuracy lost when a layer's units go one after another, in the order of what might tell their importance (abstract).

After the cumulative ablation curves of Morcos et al. 2018.  An order that tells importance makes two curves that lie
far apart: much is lost at once from its one end, little from the other.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from replication.architecture import HIDDEN_LAYER_NAMES
from replication.evidence import Evidence, NetworkEvidence
from replication.figures import palette
from replication.figures.style import new_figure, styled
from replication.figures.subject import all_seeds
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
_WIDTH = {"magnitude": 1.5, "selectivity": 1.5, "impact": 1.5, "effect": 0.8, "combined": 0.8}
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
def draw_cumulative_ablation(evidence: Evidence, dataset: str) -> Figure:
    """Draw the accuracy lost against the share of units ablated, one panel per layer.

    Args:
        evidence: The run.
        dataset: Which data set's networks.

    Returns:
        The figure: a colour per order, solid from its highest end and dashed from its lowest, random orders in grey.
    """
    subject = all_seeds(evidence, dataset)
    ordered, random = data_of_cumulative_ablation(subject.networks), data_of_random_orders(subject.networks)
    figure = new_figure(subject.title("accuracy lost as a layer's units go one after another"), height=4.3)
    grid = figure.subplots(2, 3, sharex=True, sharey=True)
    for axes, layer in zip(grid.flat, HIDDEN_LAYER_NAMES, strict=False):
        _draw_layer(axes, rows(ordered, layer=layer), rows(random, layer=layer))
        axes.set_title(layer)
    for axes in grid[:, 0]:
        axes.set_ylabel("accuracy lost (pp)")
    for axes in (*grid[1, :2], grid[0, 2]):
        axes.set_xlabel("units ablated (%)")
    grid[0, 2].tick_params(labelbottom=True)
    _draw_legends(figure, grid[1, 2])
    return figure


def _draw_layer(axes: Axes, ordered: Table, random: Table) -> None:
    """Draw one layer's panel; every curve starts where nothing is ablated and nothing lost."""
    per_cent = np.concatenate([[0], 100 * random["level"]])
    low, high, mean = (np.concatenate([[0], random[name]]) for name in ("low_pp", "high_pp", "lost_pp"))
    axes.fill_between(per_cent, low, high, color=palette.BAND, lw=0, label="range of random orders")
    axes.plot(per_cent, mean, color=palette.FAINT, lw=1.5, label="random")
    for order in reversed(ORDERS):
        for direction, style in _STYLES.items():
            lost = np.concatenate([[0], rows(ordered, order=order, direction=direction)["lost_pp"]])
            axes.plot(
                per_cent,
                lost,
                ls=style,
                lw=_WIDTH[order],
                color=palette.ORDER_COLOURS[order],
                label=f"{order}, {direction}",
            )
    axes.axhline(0, color=palette.INK, lw=0.6)
    axes.set(xlim=(0, 90), xticks=range(0, 90, 25))
    axes.grid(axis="y")


def _draw_legends(figure: Figure, empty: Axes) -> None:
    """Explain the colours in the empty panel, and the strokes below."""
    empty.set_axis_off()
    orders = [
        Line2D([], [], color=palette.ORDER_COLOURS[order], lw=_WIDTH[order], label=_TEXT[order]) for order in _TEXT
    ]
    empty.legend(handles=orders, loc="center left", title="units in the order of their", alignment="left")
    strokes = [Line2D([], [], color=palette.INK, ls=style, label=direction) for direction, style in _STYLES.items()]
    chance = [
        Line2D([], [], color=palette.FAINT, lw=1.5, label="random order, mean"),
        Patch(color=palette.BAND, label="range of random orders"),
    ]
    figure.legend(handles=[*strokes, *chance], loc="outside lower center", ncols=4)
