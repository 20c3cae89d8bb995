"""What is measured of the classes in an embedding: who neighbours whom, how dense they are and how far apart (§4.2)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from replication.architecture import N_CLASSES
from replication.embedding import exact_neighbours
from replication.measurements import CLUSTER_SIZES, PANELS, STATES
from replication.metrics import agreement, agreement_histogram, class_clusters, class_spread
from replication.paper import EMBEDDING

K = EMBEDDING.n_hit_neighbours

Arrays = dict[str, NDArray[Any]]
Layouts = dict[str, NDArray[np.float64]]
"""One embedding's coordinates by panel."""


def agreement_counts(neighbours: NDArray[np.int64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count images by how many of their nearest others share their class, for k = 5 and k = 6.

    Args:
        neighbours: Nearest neighbours as indices, the point itself first, shape (n, 7 or more).
        labels: Classes 0 to 9, shape (n,).

    Returns:
        Shape (k, class, agreeing); at k = 5 nobody has six agreeing neighbours.
    """
    counts = np.zeros((2, N_CLASSES, K + 1), dtype=np.int64)
    for row, k in enumerate((K - 1, K)):
        counts[row, :, : k + 1] = agreement_histogram(agreement(neighbours, labels, k), labels, k)
    return counts


def geometry(embedding: Layouts, labels: NDArray[np.int64], lost: NDArray[np.bool_]) -> Arrays:
    """Measure the classes in every panel of one embedding.

    Args:
        embedding: The panels' coordinates, each of shape (n, 2).
        labels: Classes 0 to 9, shape (n,).
        lost: Which images the ablation has misclassified, shape (n,).

    Returns:
        The variables of the piece ``horizontal`` with the axis ``embedding_seed``, each without it and with the panels
        first.
    """
    rows = []
    for panel in PANELS:
        # Panels are made comparable by their radius: the root mean square distance to the centre.
        points = embedding[panel] - embedding[panel].mean(axis=0)
        points /= np.sqrt((points**2).sum(axis=1).mean())
        near = exact_neighbours(points, K + 1).indices
        spread = class_spread(points, labels)
        rows.append(
            {
                "agreement": agreement_counts(near, labels),
                "agreement_lost": np.bincount(agreement(near, labels, K)[lost], minlength=K + 1),
                "spread": spread.rms_distance,
                "centroid_distance": spread.centroid_distances,
                "n_clusters": class_clusters(points, labels, [float(size[:-1]) / 100 for size in CLUSTER_SIZES]),
            }
        )
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def stack(by_initialisation: list[list[list[Arrays]]]) -> Arrays:
    """Join what was measured in all embeddings.

    Args:
        by_initialisation: What ``geometry`` returned, by initialisation, embedding seed and state; the numbers of
            embedding seeds may differ.

    Returns:
        Arrays with the axes (initialisation, state, panel, embedding_seed, …); for embeddings that were not made −1
        in counts and NaN elsewhere.
    """
    n_seeds = max(map(len, by_initialisation))
    arrays = {}
    for name, first in by_initialisation[0][0][0].items():
        shape = (len(by_initialisation), len(STATES), len(PANELS), n_seeds, *first.shape[1:])
        arrays[name] = np.full(shape, np.nan if first.dtype.kind == "f" else -1, first.dtype)
        for row, seeds in enumerate(by_initialisation):
            for seed, states in enumerate(seeds):
                arrays[name][row, :, :, seed] = [of_state[name] for of_state in states]
    return arrays
