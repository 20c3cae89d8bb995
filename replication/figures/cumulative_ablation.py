"""Accuracy lost when a layer's units are ablated one after another, ordered by indicators of importance (abstract).

Based on the cumulative ablation curves of Morcos et al. 2018.  If an order indicates importance, its two curves lie far
apart: starting from one end, much accuracy is lost at once; from the other end, little.
"""

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from replication.architecture import HIDDEN_LAYER_NAMES
from replication.evidence import NetworkEvidence
from replication.figures import palette
from replication.figures.style import GRID_WIDTH, new_figure, styled
from replication.figures.subject import Subject, title_over
from replication.figures.table import Table, rows, tidy
from replication.schema import DIRECTIONS

_STYLES = dict(zip(DIRECTIONS, ("-", (0, (3, 1.5))), strict=True))
_SHOWN = {"magnitude": "magnitude", "selectivity": "AS", "impact": "impact"}
"""The paper's three indicators, and the names of the ends of their curves."""
_MUTED = {"combined": "all three"}
"""An order by the ranks of all three indicators, which shows how far one can get.  The order by size of AES is in the
data only."""
_MARKERS = dict(zip(_SHOWN, "os^", strict=True))
_MARKED_EVERY = 3
"""Number of levels between two markers of a curve."""
_PALE = "#7fb098"
"""Colour of the muted curves."""
_WORD_COLOURS = {**palette.ORDER_COLOURS, "selectivity": "#8a5200", "combined": "#3f7a5c"}
"""Colours of words; the paler curve colours would be illegible."""
_LINE_HEIGHT = 9.5
"""Minimum distance of two words beside the curves, in points."""


def data_of_cumulative_ablation(networks: tuple[NetworkEvidence, ...]) -> Table:
    """Return the accuracy lost along each order, from either end.

    Args:
        networks: Networks of all seeds, at least one.

    Returns:
        Columns ``order``, ``direction``, ``layer``, ``level`` and ``lost_pp`` (the mean over seeds and halves).
    """
    curves = xr.concat([network.cumulative_harm for network in networks], "seed")
    return tidy("lost_pp", curves.mean("seed"))


def data_of_random_orders(networks: tuple[NetworkEvidence, ...]) -> Table:
    """Return the accuracy lost in random orders.

    Args:
        networks: Networks of all seeds, at least one.

    Returns:
        Columns ``layer``, ``level``, ``lost_pp`` (the mean), and ``low_pp`` and ``high_pp`` (the range over the random
        orders of all seeds).
    """
    orders = xr.concat([network.random_harm_by_draw for network in networks], "seed")
    every = ("seed", "draw")
    ends = {"low_pp": orders.min(every).values.ravel(), "high_pp": orders.max(every).values.ravel()}
    return tidy("lost_pp", orders.mean(every)) | ends


@styled
def draw_cumulative_ablation(*subjects: Subject) -> Figure:
    """Plot the accuracy lost against the share of units ablated, one panel per layer.

    Args:
        *subjects: The networks of each data set.

    Returns:
        The figure, a row per data set.  Each indicator has a colour and a marker: solid lines with filled markers start
        from its highest end, dashed lines with hollow markers from its lowest.  All three together are pale; random
        orders are grey.  In the last panel of a row each curve is named at its end.
    """
    title = title_over(subjects, "accuracy lost as a layer's units are ablated one after another")
    figure = new_figure(title, height=1.0 + 2.3 * len(subjects), width=GRID_WIDTH)
    grid = figure.subplots(len(subjects), len(HIDDEN_LAYER_NAMES), sharex=True, sharey=True, squeeze=False)
    for line, subject in zip(grid, subjects, strict=True):
        ordered, random = data_of_cumulative_ablation(subject.networks), data_of_random_orders(subject.networks)
        for axes, layer in zip(line, HIDDEN_LAYER_NAMES, strict=True):
            _draw_layer(axes, rows(ordered, layer=layer), rows(random, layer=layer))
            axes.set_title(layer)
        line[0].set_ylabel(f"{subject.who}\naccuracy lost (pp)")
    grid[-1, 2].set_xlabel("units ablated (%)")
    _draw_legend(figure)
    figure.draw_without_rendering()  # fixes the height of the panels, which determines the minimum distance of names
    for axes in grid[:, -1]:
        _name_curves(axes)
    return figure


def _draw_layer(axes: Axes, ordered: Table, random: Table) -> None:
    """Draw one layer's panel; every curve starts at zero units ablated and zero accuracy lost."""
    per_cent = np.concatenate([[0], 100 * random["level"]])
    low, high, mean = (np.concatenate([[0], random[name]]) for name in ("low_pp", "high_pp", "lost_pp"))
    axes.fill_between(per_cent, low, high, color=palette.BAND, alpha=0.6, lw=0, label="range of random orders")
    axes.plot(per_cent, mean, color=palette.FAINT, lw=1.5, label="random")
    for order in reversed((*_SHOWN, *_MUTED)):
        for direction in DIRECTIONS:
            lost = np.concatenate([[0], rows(ordered, order=order, direction=direction)["lost_pp"]])
            axes.plot(per_cent, lost, **_stroke(order, direction), label=f"{order}, {direction}")
    axes.axhline(0, color=palette.INK, lw=0.6)
    axes.set(xlim=(0, 90), xticks=range(0, 90, 25))
    axes.grid(axis="y")


def _stroke(order: str, direction: str) -> dict[str, Any]:
    """Return the line style of an order from one of its ends; the style is distinct even without colour."""
    if order in _MUTED:
        return {"color": _PALE, "lw": 1.1, "ls": _STYLES[direction]}
    colour = palette.ORDER_COLOURS[order]
    hollow = direction != DIRECTIONS[0]
    return {
        "color": colour,
        "lw": 1.6,
        "ls": _STYLES[direction],
        "marker": _MARKERS[order],
        "ms": 4,
        "mfc": "white" if hollow else colour,
        "mew": 0.8,
        # Markers of different orders are placed on different levels, so that they do not hide each other.
        "markevery": (1 + list(_SHOWN).index(order) % _MARKED_EVERY, _MARKED_EVERY),
    }


def _name_curves(axes: Axes) -> None:
    """Name each curve to the right of its end; shift names vertically to avoid overlap."""
    words = {f"{order}, {direction}": word for order, word in (_SHOWN | _MUTED).items() for direction in DIRECTIONS}
    curves = [line for line in axes.lines if line.get_label() in words | {"random": ""}]
    curves.sort(key=lambda line: float(np.asarray(line.get_ydata())[-1]))
    ends = np.array([np.asarray(line.get_ydata(), dtype=np.float64)[-1] for line in curves])
    low, high = axes.get_ylim()
    points_high = 72 * axes.get_window_extent().height / axes.figure.dpi
    places = spread(ends, _LINE_HEIGHT * (high - low) / points_high)
    for line, end, place in zip(curves, ends, places, strict=True):
        name = str(line.get_label())
        axes.annotate(
            words.get(name, name),
            (float(np.asarray(line.get_xdata())[-1]), end),
            (97, place),
            color=_WORD_COLOURS.get(name.partition(",")[0], palette.QUIET),
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "lw": 0.5,
                "color": palette.FAINT,
                "shrinkA": 1,
                "shrinkB": 2,
                "relpos": (0, 0.5),
            },
        )


def spread(ends: NDArray[np.float64], apart: float) -> NDArray[np.float64]:
    """Return positions for names as near to their ends as possible, at least ``apart`` apart and in the same order.

    Args:
        ends: Ascending, shape (n,).
        apart: Minimum distance.

    Returns:
        Ascending positions, shape (n,); names that would overlap are evenly spaced around the mean of their ends.

    >>> spread(np.array([0.0, 1.0, 10.0]), 3.0).tolist()
    [-1.0, 2.0, 10.0]
    """
    steps = apart * np.arange(len(ends))
    # Once the minimum steps are subtracted, valid positions are a monotone sequence.
    return np.asarray(isotonic_regression(ends - steps).x + steps)


def _draw_legend(figure: Figure) -> None:
    """Add a legend for line styles and greys below the panels; the curves themselves are named at their ends."""
    strokes = [
        Line2D([], [], color=palette.INK, ls=style, marker="o", ms=4, mfc=face, label=direction)
        for (direction, style), face in zip(_STYLES.items(), (palette.INK, "white"), strict=True)
    ]
    mean = Line2D([], [], color=palette.FAINT, lw=1.5, label="random order, mean")
    handles = [*strokes, mean, Patch(color=palette.BAND, alpha=0.6, label="range of random orders")]
    figure.legend(handles=handles, loc="outside lower center", ncols=4, handlelength=3)
