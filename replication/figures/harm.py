"""Figures 2, A.1 and A.2: accuracy lost by each class when each layer is ablated, stacked over the layers."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from replication.architecture import HIDDEN_LAYER_NAMES, N_CLASSES
from replication.evidence import NetworkEvidence
from replication.figures import palette
from replication.figures.style import new_figure, signed, styled
from replication.figures.subject import Subject
from replication.figures.table import Table, rows, tidy


def data_of_harm(network: NetworkEvidence) -> Table:
    """Return the bars: mean accuracy change of each class when half of each layer is ablated (§4.1, Fig. 2).

    Args:
        network: The network.

    Returns:
        50 rows with the columns ``class``, ``layer``, ``harm_pp`` and ``bottom_pp`` (the start of the bar).  Harm
        stacks upwards from 0 and help downwards, so that a class's bars sum to its total.
    """
    harm = network.harm.transpose("class", "layer")
    values = harm.values
    bottoms = np.zeros_like(values)
    for side in (np.clip(values, 0, None), np.clip(values, None, 0)):
        below = np.cumsum(side, axis=1) - side
        bottoms = np.where(side != 0, below, bottoms)
    return tidy("harm_pp", harm) | {"bottom_pp": bottoms.ravel()}


@styled
def draw_harm(subject: Subject) -> Figure:
    """Draw the stacked bars of one network.

    Args:
        subject: The network.

    Returns:
        The figure.
    """
    table = data_of_harm(subject.network)
    error = subject.network.error.values
    figure = new_figure(subject.title("accuracy lost when half of a layer is ablated"), height=3.1)
    axes = figure.subplots()
    axes.grid(axis="y")
    for layer in HIDDEN_LAYER_NAMES:
        bars = rows(table, layer=layer)
        axes.bar(
            bars["class"],
            bars["harm_pp"],
            bottom=bars["bottom_pp"],
            width=0.72,
            color=palette.LAYER_COLOURS[layer],
            edgecolor="white",
            linewidth=0.6,
        )
    totals = np.bincount(table["class"], weights=table["harm_pp"], minlength=N_CLASSES)
    tops = np.bincount(table["class"], weights=np.clip(table["harm_pp"], 0, None), minlength=N_CLASSES)
    for c, (total, top) in enumerate(zip(totals, tops, strict=True)):
        axes.annotate(signed(total), (c, top), (0, 2), textcoords="offset points", ha="center", va="bottom")
    axes.axhline(0, color=palette.INK, lw=0.6)
    labels = [text.replace(" ", "\n", 1) for text in subject.class_labels]
    axes.set_xticks(range(N_CLASSES), [f"{text}\n({e:.1f} %)" for text, e in zip(labels, error, strict=True)])
    axes.tick_params(axis="x", length=0)
    axes.set(xlabel="class (in brackets, prediction error of the intact network)", ylabel="accuracy lost (pp, summed)")
    axes.margins(x=0.01, y=0.1)
    handles = [Patch(color=palette.LAYER_COLOURS[layer], label=layer) for layer in reversed(HIDDEN_LAYER_NAMES)]
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1, 1), title="ablated layer", alignment="left")
    return figure
