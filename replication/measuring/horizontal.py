"""The horizontal reduction: test images as points, in each layer of the intact and of an ablated network (§4.2)."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist

from replication.ablation import ablated, draw_mask
from replication.activations import layer_activations
from replication.architecture import LAYER_NAMES, N_CLASSES, find_layer
from replication.embedding import (
    Neighbours,
    exact_neighbours,
    horizontal,
    neighbour_ranks,
    procrustes_chain,
    start,
)
from replication.measurements import CLUSTER_SIZES, PANELS, STATES
from replication.measuring.subject import Subject
from replication.metrics import agreement, agreement_histogram, class_clusters, class_spread, trustworthiness
from replication.paper import ABLATION, EMBEDDING, FIGURES
from replication.seeds import stream_seed
from replication.stats import pearson

K = EMBEDDING.n_hit_neighbours
N_NEIGHBOURS = 15
"""UMAP's default, the point itself counted; the neighbourhood hit needs fewer."""

ABLATED_LAYER = "conv1"
DRAW_OF_FIGURE = {"mnist": FIGURES["A.4"].ablation_seed, "fashion": FIGURES["A.6"].ablation_seed}
"""Draws shown by the paper's figures of ablated networks; the one for K-Net is not given, so the first is taken."""

N_DISTANCE_IMAGES = 1000
MANY_IMAGES = 4096
"""From here on embeddings take long enough to pay for a second process."""

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Space:
    """What is kept of one panel's own space once its activations are let go.

    Attributes:
        neighbours: The images' nearest neighbours.
        distances: Pairwise distances between the first images.
    """

    neighbours: Neighbours
    distances: NDArray[np.float64]


def measure_horizontal(subject: Subject) -> Arrays:
    """Embed the test images layer by layer, intact and ablated, and measure the classes in every panel.

    Args:
        subject: The network and its test images; its profile says how many embeddings per panel.

    Returns:
        The arrays of the piece ``horizontal``.
    """
    labels = subject.labels[: subject.n_used]
    mask = draw_mask(find_layer(ABLATED_LAYER), ABLATION.reported_fraction, DRAW_OF_FIGURE.get(subject.dataset) or 0)
    n_seeds = subject.profile.n_embedding_seeds
    # Ablation leaves the images as they are: what is found in the panel "data" stands for both states.
    panels = {"intact": PANELS, "ablated": LAYER_NAMES}
    n_steps = (n_seeds + 2) * sum(map(len, panels.values()))
    with subject.progress.task(f"{subject.name}: embed test images", n_steps) as task:

        def step(name: str = "") -> None:
            task.advance(note=name)

        spaces: dict[str, dict[str, Space]] = {}
        predictions = np.empty((len(STATES), len(labels)), dtype=np.int8)
        for row, state in enumerate(STATES):
            spaces[state] = {PANELS[0]: spaces["intact"][PANELS[0]]} if state == "ablated" else {}
            for panel, points in _points(subject, state, mask):
                neighbours = exact_neighbours(points, N_NEIGHBOURS)
                spaces[state][panel] = Space(neighbours, pdist(points[:N_DISTANCE_IMAGES].astype(np.float64)))
                if panel == "out":
                    predictions[row] = points.argmax(axis=1)
                step(f"neighbours of {panel}, {state}")
        pixels = subject.used.images.flatten(1).cpu().numpy()
        common = start(pixels, spaces["intact"]["data"].neighbours, seed=stream_seed("start", subject.name))
        n_processes = (os.cpu_count() or 1) if len(labels) >= MANY_IMAGES else 1
        embeddings: dict[str, list[dict[str, NDArray[np.float64]]]] = {}
        for state in STATES:
            embeddings[state] = []
            for seed in range(n_seeds):
                neighbours_of = {panel: spaces[state][panel].neighbours for panel in panels[state]}
                layouts = horizontal(
                    neighbours_of,
                    common,
                    seed=stream_seed("horizontal", subject.name, seed),
                    n_processes=n_processes,
                    finished=step,
                )
                embeddings[state].append({**embeddings["intact"][seed], **layouts} if state == "ablated" else layouts)
        lost = (predictions[0] == labels) & (predictions[1] != labels)
        arrays = _stack([[_geometry(one, labels) for one in embeddings[state]] for state in STATES])
        quality: list[dict[str, tuple[float, float]]] = []
        for state in STATES:
            found = _quality(subject, state, mask, spaces[state], embeddings[state][0], step)
            quality.append({**quality[0], **found} if quality else found)
    chains = [procrustes_chain(embeddings[state][0]).coordinates for state in STATES]
    return {
        **arrays,
        "trustworthiness": np.array([[of_state[panel][0] for panel in PANELS] for of_state in quality]),
        "continuity": np.array([[of_state[panel][1] for panel in PANELS] for of_state in quality]),
        "coordinates": np.stack([np.stack([chain[panel] for panel in PANELS]) for chain in chains]),
        "start": common,
        "label": labels,
        "prediction": predictions,
        "agreement_raw": np.stack(
            [
                np.stack([_agreement(spaces[state][panel].neighbours.indices, labels) for panel in PANELS])
                for state in STATES
            ]
        ),
        "agreement_lost": _agreement_of_lost(embeddings["ablated"], labels, lost),
        "distance_correlation": np.array(
            [pearson(spaces["intact"][panel].distances, spaces["ablated"][panel].distances).r for panel in PANELS]
        ),
        "image_scatter": image_scatter(pixels, labels),
    }


def image_scatter(pixels: NDArray[np.floating], labels: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return how far images of two classes lie apart: mean squared distance over distinct pairs.

    E‖x − y‖² = E‖x‖² + E‖y‖² − 2 E⟨x, y⟩ is taken from class sums, without going through the pairs.

    Args:
        pixels: Shape (n, pixels).
        labels: Classes 0 to 9, shape (n,).

    Returns:
        Shape (10, 10), symmetric, in units of the mean over all pairs of images; NaN for a class with no pair.
    """
    points = pixels.astype(np.float64)
    one_hot = (labels[:, None] == np.arange(N_CLASSES)).astype(np.float64)
    sizes, sums, squares = one_hot.sum(axis=0), one_hot.T @ points, one_hot.T @ (points**2).sum(axis=1)
    pairs = np.outer(sizes, sizes) - np.diag(sizes)
    totals = np.outer(squares, sizes) + np.outer(sizes, squares) - 2 * sums @ sums.T
    mean = np.divide(totals, pairs, out=np.full(totals.shape, np.nan), where=pairs > 0)
    scatter: NDArray[np.float64] = mean / (totals.sum() / pairs.sum())
    return scatter


def _points(subject: Subject, state: str, mask: NDArray[np.bool_]) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield the panels' points, one panel at a time: of the intact state the pixels, then each layer's activations."""
    images = subject.used.images
    if state == "intact":
        yield PANELS[0], images.flatten(1).cpu().numpy()
    for layer in LAYER_NAMES:
        with ablated(subject.network, ABLATED_LAYER, mask) if state == "ablated" else nullcontext():
            points = layer_activations(subject.network, images, layer)
        yield layer, points


def _agreement(neighbours: NDArray[np.int64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return agreement counts, axes (k, class, agreeing)."""
    counts = np.zeros((2, N_CLASSES, K + 1), dtype=np.int64)
    for row, k in enumerate((K - 1, K)):
        counts[row, :, : k + 1] = agreement_histogram(agreement(neighbours, labels, k), labels, k)
    return counts


def _geometry(embedding: Mapping[str, NDArray[np.float64]], labels: NDArray[np.int64]) -> Arrays:
    """Return what is measured in every panel of one embedding seed, panels first."""
    rows = []
    for panel in PANELS:
        # Panels are made comparable by their radius: the root mean square distance to the centre.
        points = embedding[panel] - embedding[panel].mean(axis=0)
        points /= np.sqrt((points**2).sum(axis=1).mean())
        spread = class_spread(points, labels)
        rows.append(
            {
                "agreement": _agreement(exact_neighbours(points, K + 1).indices, labels),
                "spread": spread.rms_distance,
                "centroid_distance": spread.centroid_distances,
                "n_clusters": class_clusters(points, labels, [float(size[:-1]) / 100 for size in CLUSTER_SIZES]),
            }
        )
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def _quality(
    subject: Subject,
    state: str,
    mask: NDArray[np.bool_],
    spaces: Mapping[str, Space],
    embedding: Mapping[str, NDArray[np.float64]],
    step: Callable[[str], None],
) -> dict[str, tuple[float, float]]:
    """Return trustworthiness and continuity of one embedding's panels."""
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


def _agreement_of_lost(
    embeddings: list[dict[str, NDArray[np.float64]]], labels: NDArray[np.int64], lost: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return agreement counts of the lost images by true class, axes (panel, embedding_seed, agreeing)."""
    counts = np.zeros((len(PANELS), len(embeddings), K + 1), dtype=np.int64)
    for row, panel in enumerate(PANELS):
        for seed, embedding in enumerate(embeddings):
            agreeing = agreement(exact_neighbours(embedding[panel], K + 1).indices, labels, K)
            counts[row, seed] = np.bincount(agreeing[lost], minlength=K + 1)
    return counts


def _stack(by_state: list[list[Arrays]]) -> Arrays:
    """Return arrays with axes (state, panel, embedding_seed, …) of arrays with the panels first."""
    return {
        name: np.stack([np.stack([one[name] for one in seeds], axis=1) for seeds in by_state])
        for name in by_state[0][0]
    }
