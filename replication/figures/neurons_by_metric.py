"""Figures 5, 6, A.7 and A.8: the neurons coloured by one image's activation, by AS and by AES, for two classes."""

from typing import Literal, get_args

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from numpy.typing import ArrayLike, NDArray

from replication.architecture import HIDDEN_LAYER_NAMES, N_CLASSES, unit_of_neuron
from replication.evidence import NetworkEvidence
from replication.figures import palette
from replication.figures.neurons_by_layer import POINT_SIZE, data_of_neurons_by_layer, height_per_width
from replication.figures.style import PAGE_WIDTH, dot, frame_embedding, new_figure, styled
from replication.figures.subject import Subject
from replication.figures.table import Table, rows, stacked
from replication.metrics import normalised_by_layer, rescale_by_sign
from replication.seeds import generator

Metric = Literal["activation", "AS", "AES"]
METRICS: tuple[Metric, ...] = get_args(Metric)

ROW_TITLES = {
    "activation": "activation by one image of class {}",
    "AS": "most selective for class {} (AS)",
    "AES": "affects class {} most (AES)",
}


def data_of_neurons_by_metric(network: NetworkEvidence, class_: int) -> Table:
    """Return the neurons as points with their strength by each metric, for one class (§4.3, Fig. 5).

    Args:
        network: The network.
        class_: The class, 0 to 9.

    Returns:
        Columns ``metric``, ``class``, ``neuron``, ``x``, ``y``, ``layer``, ``coloured`` and ``strength``, three rows
        per living neuron.  For activation, every neuron is coloured; for AS and AES, a neuron is coloured if it prefers
        the class.  The strength by activation is the response to the class's first image, divided by the layer's range,
        in [0, 1].  The strength by AS is AS, in [0, 1].  The strength by AES is positive for harm, and each sign is
        divided by its maximum over all units, in [−1, 1]; all neurons of a kernel are equal.

    Raises:
        ValueError: There is no such class.
        CondensedError: The network's pieces are condensed.
    """
    if class_ not in range(N_CLASSES):
        raise ValueError(f"no class {class_}: there are classes 0 to {N_CLASSES - 1}")
    places = data_of_neurons_by_layer(network)
    living = places["neuron"]
    selectivity, effect = network.neuron_selectivity, network.effect_selectivity
    owners = unit_of_neuron()
    activation = network.of_whole("activations", "example_activation").sel({"class": class_}).values.astype(np.float64)
    scaled = rescale_by_sign(effect["value"].values, effect["sign"].values)
    marks = {
        "activation": (np.ones(len(owners), dtype=bool), normalised_by_layer(activation)),
        "AS": (selectivity["preferred"].values == class_, selectivity["value"].values),
        "AES": ((effect["preferred"].values == class_)[owners], scaled[owners]),
    }
    return stacked(
        [
            {
                "metric": np.full(len(living), metric),
                "class": np.full(len(living), class_),
                **places,
                "coloured": coloured[living],
                "strength": strength[living],
            }
            for metric, (coloured, strength) in marks.items()
        ]
    )


@styled
def draw_neurons_by_metric(subject: Subject, *, classes: tuple[int, int]) -> Figure:
    """Draw one network's neuron population by the three metrics, for one class on the left and another on the right.

    Args:
        subject: The network.
        classes: The two classes.

    Returns:
        The figure, three rows by two columns.

    Raises:
        ValueError: There is no such class.
    """
    labels = [subject.class_labels[c] if c in range(N_CLASSES) else str(c) for c in classes]
    title = f"neuron population for classes {labels[0]} and {labels[1]}"
    shape = height_per_width(data_of_neurons_by_layer(subject.network))
    figure = new_figure(subject.title(title), height=1.2 + len(METRICS) * shape * PAGE_WIDTH / 2)
    grid = figure.subplots(len(METRICS), 2)
    for column, (c, label) in enumerate(zip(classes, labels, strict=True)):
        table = data_of_neurons_by_metric(subject.network, c)
        for row, metric in enumerate(METRICS):
            marks = rows(table, metric=metric)
            _draw_marks(grid[row, column], marks, shape)
            text = ROW_TITLES[metric].format(label)
            count = "" if metric == "activation" else f": {marks['coloured'].sum():,} neurons"
            grid[row, column].set_title(f"{'abcdef'[2 * row + column]}) {text}{count}")
    _explain(figure)
    return figure


def _draw_marks(axes: Axes, marks: Table, shape: float) -> None:
    """Draw one panel: uncoloured neurons in grey, the others over them, the strongest on top, ties in random order."""
    points = np.column_stack([marks["x"], marks["y"]])
    grey = ~marks["coloured"]
    _scatter(axes, points[grey], palette.OTHER, 0.8 * POINT_SIZE, "others")
    colours = _colours(marks)
    strength = marks["strength"]
    order = generator("figure", "order of points", len(points)).permutation(len(points))
    order = order[np.argsort(np.abs(strength[order]), kind="stable")]
    order = order[marks["coloured"][order]]
    if (marks["metric"] == "AES").all():
        order = order[strength[order] != 0]
        _draw_effects(axes, points[order], colours[order], helps=strength[order] < 0)
    else:
        _scatter(axes, points[order], colours[order], POINT_SIZE, "coloured")
    frame_embedding(axes, points, height_per_width=shape)


def _draw_effects(
    axes: Axes, points: NDArray[np.float64], colours: NDArray[np.float64], *, helps: NDArray[np.bool_]
) -> None:
    """Draw a circle for harm and a triangle of the same area for help; one artist, so that neither covers the other."""
    circle, triangle = (mark.get_path().transformed(mark.get_transform()) for mark in map(MarkerStyle, "o^"))
    area_per_box = np.where(helps, 1 / 2, np.pi / 4)
    drawn = _scatter(axes, points, colours, 2.5 * POINT_SIZE * (np.pi / 4) / area_per_box, "effects")
    drawn.set_paths([triangle if up else circle for up in helps])


def _scatter(
    axes: Axes, points: NDArray[np.float64], colours: ArrayLike, size: float | NDArray[np.float64], label: str
) -> PathCollection:
    """Draw points in the given order."""
    return axes.scatter(points[:, 0], points[:, 1], c=colours, s=size, lw=0, rasterized=True, label=label)


def _colours(marks: Table) -> NDArray[np.float64]:
    """Return the colour of each neuron, shape (n, 3): by layer for activation and AS, by harm or help for AES."""
    strength = np.abs(marks["strength"])
    by_effect = (marks["metric"] == "AES")[:, None]
    colours = np.zeros((len(strength), 3))
    for layer, colour in palette.LAYER_COLOURS.items():
        members = marks["layer"] == layer
        colours[members] = palette.saturated(colour, strength[members])
    helps = (marks["strength"] < 0)[:, None]
    effect = np.where(helps, palette.saturated(palette.HELP, strength), palette.saturated(palette.HARM, strength))
    return np.where(by_effect, effect, colours)


def _explain(figure: Figure) -> None:
    """Put a legend of all colours under the panels."""
    handles = [dot(palette.LAYER_COLOURS[layer], layer) for layer in HIDDEN_LAYER_NAMES]
    handles += [dot(palette.OTHER, "other class or none"), dot(palette.HARM, "harms"), dot(palette.HELP, "helps", "^")]
    title = (
        "Stronger colour: higher activation (relative to its layer's range), AS or AES (relative to its sign's maximum)"
    )
    figure.legend(handles=handles, loc="outside lower center", ncols=8, columnspacing=1, handletextpad=0.2, title=title)
