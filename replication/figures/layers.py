"""Figures 3, A.3 and A.5: how the representation of the test images evolves along the layers."""

from typing import Literal

import matplotlib.patheffects as effects
import numpy as np
import scipy
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from replication.architecture import N_CLASSES
from replication.embedding import procrustes_chain
from replication.evidence import NetworkEvidence
from replication.figures import palette
from replication.figures.style import dots_legend, frame_embedding, new_figure, point_cloud, styled
from replication.figures.subject import Subject
from replication.figures.table import Table, rows
from replication.schema import PANELS

State = Literal["intact", "ablated"]

START = "start"
"""Name of the initialisation panel, in addition to the panels of the measurements."""

TITLES = {"data": "test images", START: "initialisation"}
HEIGHT = 7.4
_POINT_AREA = 9_000.0
"""Total area of all points of a panel, in square points; each point has at most ``_LARGEST_POINT``."""
_LARGEST_POINT = 8.0


def data_of_layers(network: NetworkEvidence, state: State = "intact") -> Table:
    """Return the points of every panel: the test images, the start, and each layer (§4.2, Fig. 3 and 4).

    Args:
        network: The network.
        state: ``"intact"``, or ``"ablated"`` for the network with half of conv1 ablated.

    Returns:
        Eight rows per image with the columns ``panel``, ``image``, ``x``, ``y``, ``class`` and ``wrong`` (whether the
        ablated network misclassifies the image as a result of the ablation).

    Raises:
        CondensedError: The network's pieces are condensed.
    """
    labels = network.of_whole("horizontal", "label").values.astype(np.int64)
    coordinates = network.of_whole("horizontal", "coordinates").sel(state=state)
    clouds = procrustes_chain({panel: coordinates.sel(panel=panel).values for panel in PANELS})
    clouds[START] = network.of_whole("horizontal", "start").values
    points = np.concatenate(list(clouds.values())).astype(np.float64)
    n = len(clouds)
    return {
        "panel": np.repeat(list(clouds), len(labels)),
        "image": np.tile(np.arange(len(labels)), n),
        "x": points[:, 0],
        "y": points[:, 1],
        "class": np.tile(labels, n),
        "wrong": np.tile(wrong_images(network), n),
    }


def wrong_images(network: NetworkEvidence) -> NDArray[np.bool_]:
    """Return which images are misclassified as a result of the shown ablation, shape (n_images,).

    Raises:
        CondensedError: The network's pieces are condensed.
    """
    right = network.of_whole("horizontal", "prediction") == network.of_whole("horizontal", "label")
    wrong = ~right.sel(state="ablated")
    if network.choice("wrong-images") == "lost":
        wrong &= right.sel(state="intact")
    return np.asarray(wrong.values, dtype=bool)


def title_of_panel(network: NetworkEvidence, state: State, panel: str) -> str:
    """Return a panel's title: its name, the NH of the embedding shown, and the range over embedding seeds."""
    if panel == START:
        choices = network.choices.but("data-panel", "start").but("nh-space", "embedding")
        return f"{TITLES[panel]}, NH {network.under(choices).data_nh_overall:.1f} %"
    hits = network.nh_overall_by_embedding.sel(state=state, panel=panel).values
    spread = f" ({hits.min():.1f}–{hits.max():.1f})" if len(hits) > 1 else ""
    return f"{TITLES.get(panel, panel)}, NH {hits[0]:.1f} %{spread}"


@styled
def draw_layers(subject: Subject) -> Figure:
    """Draw the evolution of one intact network's representation.

    Args:
        subject: The network.

    Returns:
        The figure: test images and initialisation in the top row, followed by the layers.
    """
    figure = new_figure(subject.title("representations of the test images, layer by layer"), height=HEIGHT)
    grid = figure.subplots(3, 3)
    draw_panels(subject, "intact", [grid[0, 0], *grid[1:].flat])
    start = rows(data_of_layers(subject.network), panel=START)
    draw_classes(grid[0, 1], start)
    grid[0, 1].set_title(title_of_panel(subject.network, "intact", START))
    draw_legend(grid[0, 2], subject)
    return figure


def draw_panels(subject: Subject, state: State, axes: list[Axes]) -> None:
    """Draw the test images and the six layers, one panel each."""
    table = data_of_layers(subject.network, state)
    for panel, frame in zip(PANELS, axes, strict=True):
        draw_classes(frame, rows(table, panel=panel), blacken=state == "ablated")
        frame.set_title(title_of_panel(subject.network, state, panel))


def draw_classes(axes: Axes, cloud: Table, *, blacken: bool = False) -> None:
    """Draw one panel's points in class colours, with the class numbers on them.

    Args:
        axes: Axes to draw on.
        cloud: Rows of ``data_of_layers`` for the panel.
        blacken: Whether to draw misclassified images in black, on top of the others.
    """
    points = np.column_stack([cloud["x"], cloud["y"]])
    size = min(_LARGEST_POINT, _POINT_AREA / len(points))
    black = cloud["wrong"] if blacken else np.zeros(len(points), dtype=bool)
    colours = np.array(palette.CLASS_COLOURS)[cloud["class"]]
    point_cloud(axes, points[~black], colours[~black], size=size, label="images")
    if black.any():
        blackened = np.full(black.sum(), palette.MISCLASSIFIED)
        point_cloud(axes, points[black], blackened, size=1.6 * size, label="misclassified")
    frame_embedding(axes, points)
    for c in range(N_CLASSES):
        members = points[cloud["class"] == c]
        if len(members):
            x, y = densest(members)
            text = axes.text(x, y, str(c), ha="center", va="center", weight="bold", size=8)
            text.set_path_effects([effects.withStroke(linewidth=2.5, foreground="white")])


def densest(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the point in the densest region, shape (2,); the centroid of a split class may have no point near it.

    The distances of two points to their n/5-th neighbours differ by at most the distance between the points.  So every
    tenth point bounds the distances of the others, and only the remaining candidates are examined.

    Args:
        points: Shape (n, 2), n ≥ 1.

    Returns:
        The point whose n/5-th nearest neighbour is nearest; the first one if tied.
    """
    k = min(max(1, len(points) // 5), len(points) - 1)
    apart = scipy.spatial.distance.cdist(points[::10], points)
    reach = np.partition(apart, k, axis=1)[:, k]
    least = (reach[:, None] - apart).max(axis=0)
    slack = 1e-9 * apart.max()  # far above the rounding error of distances
    candidates = points[least <= reach.min() + slack]
    reach = np.partition(scipy.spatial.distance.cdist(candidates, points), k, axis=1)[:, k]
    return np.asarray(candidates[reach.argmin()])


def draw_legend(axes: Axes, subject: Subject, *, extra: tuple[tuple[str, str], ...] = ()) -> None:
    """Fill an empty frame with the colours and names of the classes and of anything else coloured."""
    axes.set_axis_off()
    entries = [*zip(palette.CLASS_COLOURS, subject.class_labels, strict=True), *extra]
    dots_legend(axes, entries, loc="center left", title="class", alignment="left", bbox_to_anchor=(0.02, 0.5))
