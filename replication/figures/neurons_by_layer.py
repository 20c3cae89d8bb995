"""Figure 1: the neurons embedded by their responses to the test images, coloured by layer."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from replication.architecture import HIDDEN_LAYER_NAMES, layer_of_unit, unit_of_neuron
from replication.evidence import NetworkEvidence
from replication.figures import palette
from replication.figures.style import PAGE_WIDTH, dots_legend, frame_embedding, new_figure, point_cloud, styled
from replication.figures.subject import Subject, note_over
from replication.figures.table import Table

POINT_SIZE = 1.1


def data_of_neurons_by_layer(network: NetworkEvidence) -> Table:
    """Return the neurons as points (§3.2, Fig. 1).

    Args:
        network: The network.

    Returns:
        Columns ``neuron``, ``x``, ``y`` and ``layer``, one row per living neuron; dead neurons have no position.
    """
    points = network.pieces["vertical"]["neuron_coordinates"].values.astype(np.float64)
    living = np.flatnonzero(np.isfinite(points).all(axis=1))
    return {
        "neuron": living,
        "x": points[living, 0],
        "y": points[living, 1],
        "layer": layer_of_unit()[unit_of_neuron()[living]],
    }


@styled
def draw_neurons_by_layer(*subjects: Subject) -> Figure:
    """Draw the neuron populations of the three networks, or of one of them.

    Args:
        *subjects: The network of each data set.

    Returns:
        The figure, one panel per network, F-Net first as in the paper.
    """
    subjects = tuple(sorted(subjects, key=lambda subject: subject.dataset))
    tables = [data_of_neurons_by_layer(subject.network) for subject in subjects]
    shape = max(map(height_per_width, tables))
    width = min(PAGE_WIDTH, 3.8 * len(subjects))
    title = f"Neuron populations by layer{note_over(subjects)}"
    figure = new_figure(title, width=width, height=0.95 + shape * width / len(subjects))
    grid = figure.subplots(1, len(subjects), squeeze=False)[0]
    for axes, subject, table, letter in zip(grid, subjects, tables, "abc", strict=False):
        _draw_population(axes, table, shape)
        axes.set_title(f"{letter}) {subject.who}\n{len(table['neuron']):,} living neurons")
    entries = [(palette.LAYER_COLOURS[layer], layer) for layer in HIDDEN_LAYER_NAMES]
    dots_legend(figure, entries, loc="outside lower center", ncols=5, columnspacing=1)
    return figure


def height_per_width(places: Table) -> float:
    """Return the aspect ratio (height/width) of a population's frame, limited at both ends."""
    return float(np.clip(np.ptp(places["y"]) / max(np.ptp(places["x"]), 1e-9), 0.6, 1.0))


def _draw_population(axes: Axes, table: Table, shape: float) -> None:
    """Draw one network's neurons."""
    points = np.column_stack([table["x"], table["y"]])
    colours = np.array([palette.LAYER_COLOURS[layer] for layer in table["layer"]])
    point_cloud(axes, points, colours, size=POINT_SIZE, label="neurons")
    frame_embedding(axes, points, height_per_width=shape)
