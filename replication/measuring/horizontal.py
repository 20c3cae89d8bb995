"""Horizontal reduction: test images as points, in each layer of the intact network and of an ablated one (§4.2)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial.distance import pdist

from replication.ablation import ablated
from replication.activations import activations_by_layer
from replication.architecture import LAYER_NAMES, N_CLASSES, find_layer
from replication.embedding import (
    N_NEIGHBORS,
    Initialisation,
    Neighbours,
    embed_many,
    exact_neighbours,
    horizontal_jobs,
    neighbour_ranks,
    start,
)
from replication.machine import usable_cores, usable_memory
from replication.masks import draw_mask
from replication.measuring.geometry import Arrays, K, Which, agreement_counts, geometry, stack
from replication.measuring.subject import Subject
from replication.metrics import trustworthiness
from replication.paper import ABLATION, FIGURES
from replication.ratios import ratio_or_nan
from replication.schema import INITIALISATIONS, PANELS, STATES
from replication.seeds import stream_seed
from replication.stats import pearson

DRAW_OF_FIGURE = {"mnist": FIGURES["A.4"].ablation_seed, "fashion": FIGURES["A.6"].ablation_seed}
"""Ablation draws shown in the paper's figures of ablated networks; not given for K-Net, which uses the first draw."""

N_DISTANCE_IMAGES = 1000
MANY_IMAGES = 4096
"""Number of images from which embeddings take long enough to justify a second process."""
PROCESS_BYTES = 2**29
"""Memory allowed for each embedding process; 0.35 GiB were measured with 9,984 images."""

EMBEDDED_PANELS = {"intact": PANELS, "ablated": LAYER_NAMES}
"""Panels to embed by state; the panel "data" is not affected by ablation and is used for both states."""


@dataclass(frozen=True, eq=False)
class Space:
    """Properties of the space of one panel that are kept after its activations are released.

    Attributes:
        neighbours: Nearest neighbours of the images.
        distances: Pairwise distances between the first ``N_DISTANCE_IMAGES`` images.
    """

    neighbours: Neighbours
    distances: NDArray[np.float64]


def measure_horizontal(subject: Subject) -> Arrays:
    """Embed the test images in each layer, intact and ablated, and measure the classes in every panel.

    Args:
        subject: The network and its test images; its profile sets the number of embeddings per panel.

    Returns:
        Arrays of the piece ``horizontal``.
    """
    labels = subject.labels[: subject.n_used]
    mask = draw_mask(
        find_layer(ABLATION.shown_layer), ABLATION.reported_fraction, DRAW_OF_FIGURE.get(subject.dataset) or 0
    )
    # The raw start is an alternative answer to an open question, and one embedding suffices.
    n_embeddings: dict[Initialisation, int] = {"rescaled": subject.profile.n_embedding_seeds, "raw": 1}
    n_steps = (sum(n_embeddings.values()) + 2) * sum(map(len, EMBEDDED_PANELS.values()))
    with subject.progress.task(f"{subject.name}: embed test images", n_steps) as task:

        def step(name: str) -> None:
            task.advance(note=name)

        spaces: dict[str, dict[str, Space]] = {state: {} for state in STATES}
        predictions = np.empty((len(STATES), len(labels)), dtype=np.int8)
        for row, state in enumerate(STATES):
            for panel, points in _points(subject, state, mask):
                # UMAP needs more neighbours than NH does.
                neighbours = exact_neighbours(points, N_NEIGHBORS)
                spaces[state][panel] = Space(neighbours, pdist(points[:N_DISTANCE_IMAGES].astype(np.float64)))
                if panel == "out":
                    predictions[row] = points.argmax(axis=1)
                step(f"neighbours of {panel}, {state}")
        pixels = subject.used.images.flatten(1).cpu().numpy()
        common = start(pixels, spaces["intact"]["data"].neighbours, seed=stream_seed("start", subject.name))
        lost = (predictions[0] == labels) & (predictions[1] != labels)
        jobs = {
            Which(how, seed, state, panel): job
            for how, n in n_embeddings.items()
            for seed in range(n)
            for state, panels in EMBEDDED_PANELS.items()
            for panel, job in horizontal_jobs(
                {panel: spaces[state][panel].neighbours for panel in panels},
                common,
                seed=stream_seed("horizontal", subject.name, seed),
                initialisation=how,
            ).items()
        }
        n_processes = n_embedding_processes(len(labels), subject.n_at_once)
        measured: dict[Which, Arrays] = {}
        shown: dict[str, dict[str, NDArray[np.float64]]] = {state: {} for state in STATES}
        # Close explicitly: after an interruption the traceback would keep the generator and its processes alive.
        with closing(embed_many(jobs, n_processes=n_processes)) as embedded:
            for which, layout in embedded:
                measured[which] = geometry(layout, labels, lost)
                if which[:2] == (INITIALISATIONS[0], 0):
                    shown[which.state][which.panel] = layout
                step(f"embedding of {which.panel}, {which.state}")
        quality = {state: _quality(subject, state, mask, spaces[state], shown[state], step) for state in STATES}
    arrays = stack(measured)
    of_states: tuple[dict[str, dict[str, Any]], ...] = (spaces, shown, quality)
    for found in of_states:
        found["ablated"]["data"] = found["intact"]["data"]
    return {
        **arrays,
        "trustworthiness": np.array([[quality[state][panel][0] for panel in PANELS] for state in STATES]),
        "continuity": np.array([[quality[state][panel][1] for panel in PANELS] for state in STATES]),
        "coordinates": np.stack(
            [np.stack([standardised(shown[state][panel]) for panel in PANELS]) for state in STATES]
        ),
        "start": common,
        "label": labels,
        "prediction": predictions,
        "n_images": outcomes(predictions, labels),
        "agreement_start": agreement_counts(exact_neighbours(common, K + 1).indices, labels),
        "agreement_raw": np.stack(
            [
                np.stack([agreement_counts(spaces[state][panel].neighbours.indices, labels) for panel in PANELS])
                for state in STATES
            ]
        ),
        "agreement_lost": arrays["agreement_lost"][:, STATES.index("ablated")],
        "distance_correlation": np.array(
            [pearson(spaces["intact"][panel].distances, spaces["ablated"][panel].distances).r for panel in PANELS]
        ),
        "image_scatter": image_scatter(pixels, labels),
    }


def n_embedding_processes(n_images: int, n_at_once: int) -> int:
    """Return the number of embedding processes that threads, cores and memory allow, at least 1.

    Args:
        n_images: Number of points of an embedding; below ``MANY_IMAGES`` one process is used.
        n_at_once: Number of networks measured at the same time, which share the memory.
    """
    if n_images < MANY_IMAGES:
        return 1
    return max(1, min(torch.get_num_threads(), usable_cores(), usable_memory() // n_at_once // PROCESS_BYTES))


def standardised(layout: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return an embedding centred and scaled to norm 1, as in the first step of its alignment (§3.2).

    Args:
        layout: Coordinates, shape (n, 2).

    Raises:
        ValueError: All points are equal, so that no scaling gives norm 1.
    """
    if (layout == layout[:1]).all():
        raise ValueError(f"all {len(layout)} points of an embedding are on one spot")
    centred: NDArray[np.float64] = layout - layout.mean(axis=0)
    centred /= np.linalg.norm(centred)
    return centred


def outcomes(predictions: NDArray[np.integer], labels: NDArray[np.integer]) -> NDArray[np.int64]:
    """Count images by class and by whether the intact and the ablated network classify them correctly.

    Args:
        predictions: Classes predicted by the intact and by the ablated network, shape (2, n).
        labels: Classes 0 to 9, shape (n,).

    Returns:
        Counts, shape (10, 2, 2), axes (class, intact correct, ablated correct).
    """
    counts = np.zeros((N_CLASSES, 2, 2), dtype=np.int64)
    np.add.at(counts, (labels, *(predictions == labels).astype(np.int64)), 1)
    return counts


def image_scatter(pixels: NDArray[np.floating], labels: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return the mean squared distance between images of two classes, over distinct pairs.

    Computed from class sums by E‖x − y‖² = E‖x‖² + E‖y‖² − 2 E⟨x, y⟩, without a loop over pairs.

    Args:
        pixels: Shape (n, pixels).
        labels: Classes 0 to 9, shape (n,).

    Returns:
        Shape (10, 10), symmetric, relative to the mean over all pairs of images; NaN for classes without pairs.
    """
    points = pixels.astype(np.float64)
    one_hot = (labels[:, None] == np.arange(N_CLASSES)).astype(np.float64)
    sizes, sums, squares = one_hot.sum(axis=0), one_hot.T @ points, one_hot.T @ (points**2).sum(axis=1)
    pairs = np.outer(sizes, sizes) - np.diag(sizes)
    totals = np.outer(squares, sizes) + np.outer(sizes, squares) - 2 * sums @ sums.T
    scatter: NDArray[np.float64] = ratio_or_nan(totals, pairs) / (totals.sum() / pairs.sum())
    return scatter


def _points(subject: Subject, state: str, mask: NDArray[np.bool_]) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield name and points of each panel: the pixels (intact state only), then the activations of each layer."""
    images = subject.used.images
    if state == "intact":
        yield "data", images.flatten(1).cpu().numpy()
    layers = activations_by_layer(subject.network, images)
    for _ in LAYER_NAMES:
        # Not while the caller works with the points, so that the network is as it was whenever the caller stops.
        with ablated(subject.network, ABLATION.shown_layer, mask) if state == "ablated" else nullcontext():
            found = next(layers)
        yield found


def _quality(
    subject: Subject,
    state: str,
    mask: NDArray[np.bool_],
    spaces: Mapping[str, Space],
    embedding: Mapping[str, NDArray[np.float64]],
    step: Callable[[str], None],
) -> dict[str, tuple[float, float]]:
    """Return trustworthiness and continuity of one embedding, by panel."""
    found = {}
    for panel, points in _points(subject, state, mask):
        near_there = spaces[panel].neighbours.indices[:, 1 : K + 1]
        near_here = exact_neighbours(embedding[panel], K + 1).indices[:, 1:]
        found[panel] = (
            trustworthiness(neighbour_ranks(points, near_here)),
            trustworthiness(neighbour_ranks(embedding[panel], near_there)),
        )
        step(f"trustworthiness of {panel}, {state}")
    return found
