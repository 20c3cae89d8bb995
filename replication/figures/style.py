"""Style and building blocks of all figures: fonts, frames, points and legends.

Matplotlib's global state changes only while one figure is drawn, and pyplot is never imported.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from textwrap import fill
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike, NDArray

from replication.figures import palette
from replication.seeds import generator
from replication.words import true_minus

PAGE_WIDTH = 7.2
"""Width of a figure over both columns, in inches."""

GRID_WIDTH = 9.0
"""Width of a figure with panels for many layers or networks, in inches."""

_TITLE_CHARACTERS_PER_INCH = 12

PNG_DPI = 200
CLOUD_DPI = 150
"""Resolution of point clouds, which vector formats embed as images."""

_NOT_OURS = {"backend", "backend_fallback", "interactive", "toolbar", "timezone", "webagg.address", "webagg.port"}

RC: Any = {name: value for name, value in mpl.rcParamsDefault.items() if name not in _NOT_OURS} | {
    "font.family": ["DejaVu Sans"],
    "font.size": 8,
    "axes.titlesize": 8.5,
    "axes.titlelocation": "left",
    "axes.titlepad": 4,
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "axes.edgecolor": palette.INK,
    "axes.labelcolor": palette.INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "text.color": palette.INK,
    "xtick.color": palette.INK,
    "ytick.color": palette.INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "grid.color": "#e3e3e3",
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.2,
    "hatch.linewidth": 0.5,
    "figure.titlesize": 10,
    "figure.titleweight": "bold",
    "svg.fonttype": "path",
    "svg.hashsalt": "under-the-hood",
    "pdf.fonttype": 42,
}
"""Matplotlib's defaults with our own settings on top, so that a user's matplotlibrc has no effect."""

P = ParamSpec("P")
R = TypeVar("R")


def styled(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function to draw or write in this style and restore matplotlib's settings afterwards."""

    @wraps(function)
    def within(*args: P.args, **kwargs: P.kwargs) -> R:
        with mpl.rc_context(RC):
            return function(*args, **kwargs)

    return within


def new_figure(title: str, *, height: float, width: float = PAGE_WIDTH) -> Figure:
    """Return an empty figure with a left-aligned title, wrapped to the width; sizes in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.suptitle(fill(title, int(width * _TITLE_CHARACTERS_PER_INCH)), x=0.012, ha="left")
    return figure


def point_cloud(axes: Axes, points: NDArray[np.float64], colours: ArrayLike, *, size: float, label: str) -> None:
    """Draw points in random order, so that no colour covers another throughout; rasterised in vector files.

    Args:
        axes: Axes to draw on.
        points: Shape (n, 2).
        colours: Colour of each point, n colours.
        size: Area of a point in square points.
        label: Name of the artist, to find it again.
    """
    order = generator("figure", "order of points", len(points)).permutation(len(points))
    of_points = np.asarray(colours)[order]
    axes.scatter(points[order, 0], points[order, 1], c=of_points, s=size, lw=0, rasterized=True, label=label)


def frame_embedding(axes: Axes, points: NDArray[np.float64], *, height_per_width: float = 1.0) -> None:
    """Set up axes for an embedding: equal aspect, frame around all points, no ticks (the axes have no meaning)."""
    low, high = points.min(axis=0), points.max(axis=0)
    width = 1.06 * max(float(high[0] - low[0]), float(high[1] - low[1]) / height_per_width, 1e-6)
    (x, y), height = (low + high) / 2, width * height_per_width
    axes.set(
        xlim=(x - width / 2, x + width / 2),
        ylim=(y - height / 2, y + height / 2),
        aspect="equal",
        xticks=[],
        yticks=[],
    )
    for side in axes.spines.values():
        side.set(visible=True, color="#c8c8c8")


def dots_legend(place: Axes | Figure, entries: Iterable[tuple[str, str]], **options: Any) -> None:
    """Add a legend of coloured dots; ``entries`` are pairs of colour and text."""
    place.legend(handles=[dot(colour, text) for colour, text in entries], handletextpad=0.2, **options)


def dot(colour: str, text: str, marker: str = "o") -> Line2D:
    """Return a legend entry: a dot and its text."""
    return Line2D([], [], ls="", marker=marker, ms=5, mew=0, color=colour, label=text)


def signed(value: float, decimals: int = 1) -> str:
    """Return a number with a true minus sign, and no sign before a rounded zero."""
    return true_minus(f"{value:z.{decimals}f}")


def dodged(n: int, reach: float) -> NDArray[np.float64]:
    """Return offsets for ``n`` dots side by side, within ± ``reach`` of their position; 0 for one dot."""
    return np.linspace(-reach, reach, n) if n > 1 else np.zeros(n)
