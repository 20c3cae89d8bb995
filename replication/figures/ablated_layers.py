"""Figures 4, A.4 and A.6: the representations after half of conv1 was ablated, misclassified images in black."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from replication.architecture import N_CLASSES
from replication.evidence import NetworkEvidence
from replication.figures import palette
from replication.figures.layers import HEIGHT, draw_legend, draw_panels
from replication.figures.style import new_figure, signed, styled
from replication.figures.subject import Subject
from replication.figures.table import Table


def data_of_ablation_shown(network: NetworkEvidence) -> Table:
    """Return the effect of the shown ablation on each class (§4.2 ¶2).

    Args:
        network: The network.

    Returns:
        Ten rows with the columns ``class``, ``n_images``, ``n_wrong`` (images misclassified as a result of the
        ablation) and ``harm_pp`` (the class's loss of accuracy; NaN for a class without images).
    """
    return {
        "class": np.arange(N_CLASSES),
        "n_images": network.n_embedded.values,
        "n_wrong": network.figure_wrong.values,
        "harm_pp": network.figure_harm.values,
    }


@styled
def draw_ablated_layers(subject: Subject) -> Figure:
    """Draw the evolution of one ablated network's representation, and the effect of the ablation on each class.

    Args:
        subject: The network.

    Returns:
        The figure: test images and harm by class in the top row, followed by the layers.
    """
    figure = new_figure(subject.title("representations after half of conv1 was ablated"), height=HEIGHT)
    grid = figure.subplots(3, 3)
    draw_panels(subject, "ablated", [grid[0, 0], *grid[1:].flat])
    table = data_of_ablation_shown(subject.network)
    _draw_harm(grid[0, 1], table)
    black = f"misclassified as a\nresult ({table['n_wrong'].sum():,.0f} images)"
    draw_legend(grid[0, 2], subject, extra=((palette.MISCLASSIFIED, black),))
    return figure


def _draw_harm(axes: Axes, table: Table) -> None:
    """Draw each class's loss of accuracy under the shown ablation."""
    lengths = np.nan_to_num(table["harm_pp"])
    axes.barh(table["class"], lengths, color=palette.CLASS_COLOURS, height=0.75)
    for c, length in zip(table["class"], lengths, strict=True):
        side, place = (1, "left") if length >= 0 else (-1, "right")
        text = axes.annotate(signed(length), (length, c), (2 * side, 0), textcoords="offset points")
        text.set(ha=place, va="center")
    axes.axvline(0, color=palette.INK, lw=0.6)
    axes.margins(x=0.2)
    axes.set_box_aspect(1)
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set(yticks=range(N_CLASSES), xticks=[], ylim=(9.6, -0.6), title="accuracy lost by this ablation (pp)")
