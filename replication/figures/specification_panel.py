"""One network's specification curve: choices left open by the paper on the left, ruled-out ones on the right."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import NDArray

from replication.choices import CHOICES
from replication.figures import palette
from replication.figures.table import Table

DEFAULT = 0
"""Number of the specification with every default."""

MANY = 60
"""Number of specifications from which a block is rasterised in a vector file, with options as shades instead of
marks."""

OPEN, RULED_OUT = "left open", "ruled out"

UNDEFINED: Any = {"facecolor": "none", "edgecolor": palette.FAINT, "hatch": "////", "lw": 0}
"""Hatching of specifications without a coefficient; a plain grey would be that of the ranges."""

_GAP = 0.04
"""Gap between the blocks, as a share of the axis."""

_N_GROUPS = 30
"""Number of groups of neighbouring specifications; each has one range, and one shade in an option's row."""

_BETWEEN_CHOICES = 0.6
"""Gap between the rows of two choices, in rows."""


@dataclass(frozen=True)
class _Block:
    """The specifications of one kind, drawn side by side.

    Attributes:
        kind: ``OPEN`` or ``RULED_OUT``.
        curve: Rows of the curve for these specifications, in order.
        start: Start of the block on an axis from 0 to 1.
        end: End of the block.
    """

    kind: str
    curve: Table
    start: float
    end: float

    @property
    def colour(self) -> str:
        """Colour of the marks."""
        return palette.INK if self.kind == OPEN else palette.FAINT

    @property
    def many(self) -> bool:
        """Whether single marks would overlap."""
        return len(self.curve["mean"]) >= MANY

    @property
    def x(self) -> NDArray[np.float64]:
        """Position of each specification."""
        n = len(self.curve["mean"])
        return self.start + (np.arange(n) + 0.5) / n * (self.end - self.start)

    @property
    def groups(self) -> list[NDArray[np.int64]]:
        """Groups of neighbouring specifications of about equal size."""
        return np.array_split(np.arange(len(self.curve["mean"])), _N_GROUPS)

    @property
    def bounds(self) -> NDArray[np.float64]:
        """Positions of the groups' ends, one more than groups."""
        ends = [0, *(group[-1] + 1 for group in self.groups)]
        return self.start + np.array(ends) / len(self.curve["mean"]) * (self.end - self.start)


def blocks(curve: Table) -> tuple[_Block, ...]:
    """Return the blocks of open and of ruled-out specifications, each with half of the axis."""
    kinds = {OPEN: curve["open"], RULED_OUT: ~curve["open"]}
    held = [(kind, {name: column[of] for name, column in curve.items()}) for kind, of in kinds.items() if of.any()]
    width = (1 - _GAP * (len(held) - 1)) / len(held)
    starts = [number * (width + _GAP) for number in range(len(held))]
    return tuple(_Block(kind, rows, start, start + width) for (kind, rows), start in zip(held, starts, strict=True))


def draw_curve(axes: Axes, curve: Table) -> None:
    """Draw the means and ranges of both blocks, in order, with the number of specifications above each."""
    for block in blocks(curve):
        _draw_block(axes, block)
        n = len(block.curve["mean"])
        colour = palette.INK if block.kind == OPEN else palette.QUIET
        axes.text(block.start, 1.12, f"{block.kind}: {n:,}", color=colour, va="bottom")
    axes.axhline(0, color=palette.INK, lw=0.6)
    axes.set(xlim=(-0.02, 1.02), ylim=(-1.05, 1.4), yticks=np.linspace(-1, 1, 5), xticks=[])
    axes.grid(axis="y")


def _draw_block(axes: Axes, block: _Block) -> None:
    """Draw one block's means and ranges; hollow or grey if an answer is ruled out."""
    curve, x, pixels = block.curve, block.x, block.many
    if pixels:
        _draw_mean_ranges(axes, block)
    else:
        axes.vlines(x, curve["low"], curve["high"], color=palette.BAND, lw=3)
    axes.scatter(
        x,
        curve["mean"],
        s=3 if pixels else 12,
        color=block.colour if pixels or block.kind == OPEN else "white",
        ec=block.colour,
        lw=0 if pixels else 0.8,
        zorder=3,
        label="mean" if block.kind == OPEN else RULED_OUT,
        rasterized=pixels,
    )
    at = np.flatnonzero(curve["specification"] == DEFAULT)
    if len(at):
        axes.scatter(
            x[at],
            curve["mean"][at],
            s=34,
            marker="D",
            color=palette.HELP,
            ec="white",
            lw=0.6,
            zorder=4,
            label="default",
        )
    undefined = x[np.isnan(curve["mean"])]
    if len(undefined):
        half = (block.end - block.start) / len(x) / 2
        axes.axvspan(undefined[0] - half, undefined[-1] + half, **UNDEFINED, label="undefined")


def _draw_mean_ranges(axes: Axes, block: _Block) -> None:
    """Draw the mean range of each group; single ranges would overlap, so that only their envelope would be seen."""
    low, high = (
        np.array([_mean_where_defined(block.curve[end][group]) for group in block.groups]) for end in ("low", "high")
    )
    axes.bar(block.bounds[:-1], high - low, np.diff(block.bounds), low, align="edge", color=palette.BAND, lw=0)


def _mean_where_defined(values: NDArray[np.float64]) -> float:
    """Return the mean of the numbers among the values; NaN if there is none."""
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if len(defined) else math.nan


def draw_options(axes: Axes, curve: Table, names: list[str]) -> None:
    """Draw one row per option: a mark for each specification that takes it, or a shade per group of neighbours."""
    options = [(name, option) for name in names for option in CHOICES[name].options]
    y = np.array([row + _BETWEEN_CHOICES * names.index(name) for row, (name, _) in enumerate(options)])
    for block in blocks(curve):
        taken = np.array([block.curve[name] == option for name, option in options])
        if block.many:
            _shade(axes, block, y, taken)
        else:
            row, place = np.nonzero(taken)
            axes.scatter(block.x[place], y[row], s=9, marker="s", color=block.colour, lw=0, label=block.kind)
    axes.set_yticks(y, [f"{name}: {option}" for name, option in options])
    # An axes that shares another's labels has no labels of its own.
    for text, (name, option) in zip(axes.get_yticklabels(), options, strict=False):
        if not CHOICES[name].is_open(option):
            text.set(color=palette.QUIET, style="italic")
    axes.set(xlim=(-0.02, 1.02), ylim=(y[-1] + 0.6, -0.6), xticks=[])
    axes.tick_params(axis="y", length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def _shade(axes: Axes, block: _Block, y: NDArray[np.float64], taken: NDArray[np.bool_]) -> None:
    """Shade each group of neighbouring specifications by the share that takes an option, from white to full colour."""
    shares = np.array([taken[:, group].mean(axis=1) for group in block.groups]).T
    # Every row of shades has an empty row below it as the gap to the next.
    edges = np.column_stack([y - 0.4, y + 0.4]).ravel()
    rows = np.full((len(edges) - 1, _N_GROUPS), np.nan)
    rows[::2] = shares
    colours = LinearSegmentedColormap.from_list("shades", ["#ffffff", block.colour])
    axes.pcolormesh(block.bounds, edges, rows, cmap=colours, vmin=0, vmax=1, rasterized=True, label=block.kind)
