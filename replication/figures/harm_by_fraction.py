"""Accuracy lost against the ablated share of a layer's units, over draws and seeds (§4.1 ¶1)."""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from replication.architecture import HIDDEN_LAYER_NAMES, N_CLASSES
from replication.evidence import NetworkEvidence
from replication.figures import palette
from replication.figures.layers import draw_legend
from replication.figures.style import GRID_WIDTH, new_figure, styled
from replication.figures.subject import Subject, title_over
from replication.figures.table import Table, rows, tidy

ALL_CLASSES = -1
"""Value in the column ``class`` for the accuracy over all test images."""

PERCENTILES = (5, 95)
"""Percentiles of the pooled draws of all seeds that are shown."""

_DOTTED = (0, (1, 1.5))


def data_of_harm_by_fraction(networks: tuple[NetworkEvidence, ...]) -> Table:
    """Return the accuracy lost at each fraction of each layer.

    Args:
        networks: Networks of all seeds, at least one.

    Returns:
        Columns ``class`` (−1 for all test images), ``layer``, ``fraction``, ``mean_pp`` (over draws and seeds), and
        ``low_pp`` and ``high_pp`` (the 5th and 95th percentile of the draws of all seeds).
    """
    by_class = _pooled([network.draw_harm for network in networks])
    overall = _pooled([network.draw_harm_overall for network in networks]).expand_dims({"class": [ALL_CLASSES]})
    draws = xr.concat([overall, by_class], "class").transpose("class", "layer", "fraction", "pooled")
    low, high = np.nanpercentile(draws.values, PERCENTILES, axis=-1)
    return tidy("mean_pp", draws.mean("pooled")) | {"low_pp": low.ravel(), "high_pp": high.ravel()}


def _pooled(draws: list[xr.DataArray]) -> xr.DataArray:
    """Return the draws of all seeds along one axis ``pooled``."""
    return xr.concat([one.drop_vars("draw").rename(draw="pooled") for one in draws], "pooled")


@styled
def draw_harm_by_fraction(*subjects: Subject) -> Figure:
    """Plot the accuracy lost against the fraction, one panel per layer.

    Args:
        *subjects: The networks of each data set.

    Returns:
        The figure, a row per data set: the overall accuracy with its percentiles, and the classes as thin lines.
    """
    title = title_over(subjects, "accuracy lost by the share of units ablated")
    figure = new_figure(title, height=0.7 + 2.1 * len(subjects), width=GRID_WIDTH)
    n_columns = len(HIDDEN_LAYER_NAMES) + 1
    grid = figure.subplots(len(subjects), n_columns, sharey=True, squeeze=False, width_ratios=[1] * 5 + [0.9])
    for line, subject in zip(grid, subjects, strict=True):
        table = data_of_harm_by_fraction(subject.networks)
        for axes, layer in zip(line, HIDDEN_LAYER_NAMES, strict=False):
            _draw_layer(axes, rows(table, layer=layer))
            axes.set_title(layer)
        line[0].set_ylabel(f"{subject.who}\naccuracy lost (pp)")
        draw_legend(line[-1], subject)
    grid[-1, 2].set_xlabel("units ablated (%)")
    handles = [
        Line2D([], [], color=palette.INK, lw=2, label="all test images, mean over draws and seeds"),
        Line2D([], [], color=palette.INK, lw=1, ls=_DOTTED, label="5th and 95th percentile of the draws"),
        Line2D([], [], color=palette.CLASS_COLOURS[4], lw=0.9, label="one class, in its colour"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure


def _draw_layer(axes: Axes, table: Table) -> None:
    """Draw one layer's panel."""
    overall = rows(table, **{"class": ALL_CLASSES})
    per_cent = 100 * overall["fraction"]
    for c in range(N_CLASSES):
        line = rows(table, **{"class": c})
        axes.plot(100 * line["fraction"], line["mean_pp"], color=palette.CLASS_COLOURS[c], lw=0.9, label=f"class {c}")
    axes.plot(per_cent, overall["mean_pp"], color=palette.INK, lw=2, label="overall")
    # Lines, because on a grey band the pale classes would not be seen.
    for bound in ("low", "high"):
        axes.plot(per_cent, overall[f"{bound}_pp"], color=palette.INK, lw=1, ls=_DOTTED, label=f"overall, {bound}")
    axes.axhline(0, color=palette.INK, lw=0.6)
    axes.set_xticks(per_cent)
    axes.grid(axis="y")
