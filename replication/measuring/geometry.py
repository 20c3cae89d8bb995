"""Geometry of the classes in an embedding: neighbours, spread, distances and clusters (§4.2)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from replication.architecture import LAYER_NAMES, N_CLASSES
from replication.embedding import Initialisation, exact_neighbours
from replication.metrics import agreement, agreement_histogram, class_clusters, class_spread
from replication.paper import EMBEDDING
from replication.schema import CLUSTER_SIZES, INITIALISATIONS, PANELS, STATES

K = EMBEDDING.n_hit_neighbours

Arrays = dict[str, NDArray[Any]]


class Which(NamedTuple):
    """Key of one embedding of one panel."""

    initialisation: Initialisation
    seed: int
    state: str
    panel: str


def agreement_counts(neighbours: NDArray[np.int64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count images by class and number of nearest neighbours of the same class, for k = 5 and k = 6.

    Args:
        neighbours: Indices of the nearest neighbours, starting with the point itself, shape (n, 7 or more).
        labels: Classes 0 to 9, shape (n,).

    Returns:
        Counts, shape (2, 10, 7), axes (k, class, agreeing); the entries for k = 5 and six agreeing neighbours are 0.
    """
    counts = np.zeros((2, N_CLASSES, K + 1), dtype=np.int64)
    for row, k in enumerate((K - 1, K)):
        counts[row, :, : k + 1] = agreement_histogram(agreement(neighbours, labels, k), labels, k)
    return counts


def geometry(embedding: NDArray[np.float64], labels: NDArray[np.int64], lost: NDArray[np.bool_]) -> Arrays:
    """Measure the classes in one panel of one embedding.

    Args:
        embedding: Coordinates, shape (n, 2).
        labels: Classes 0 to 9, shape (n,).
        lost: Whether each image is misclassified because of the ablation, shape (n,).

    Returns:
        The variables of the piece ``horizontal`` that have the axis ``embedding_seed``, without the axes that ``stack``
        adds.
    """
    # Panels are scaled to radius 1, the root mean square distance to the centre, to be comparable.
    points = embedding - embedding.mean(axis=0)
    points /= np.sqrt((points**2).sum(axis=1).mean())
    near = exact_neighbours(points, K + 1).indices
    spread = class_spread(points, labels)
    return {
        "agreement": agreement_counts(near, labels),
        "agreement_lost": np.bincount(agreement(near, labels, K)[lost], minlength=K + 1),
        "spread": spread.rms_distance,
        "centroid_distance": spread.centroid_distances,
        "n_clusters": class_clusters(points, labels, [float(size[:-1]) / 100 for size in CLUSTER_SIZES]),
    }


def stack(measured: Mapping[Which, Arrays]) -> Arrays:
    """Stack the measurements of all embeddings.

    Args:
        measured: Results of ``geometry`` by embedding.  Initialisations may differ in the number of seeds.  The panel
            of the images themselves, which the ablation does not change, is used for both states.

    Returns:
        Arrays with the leading axes (initialisation, state, panel, embedding_seed); embeddings that were not made are
        −1 in counts and NaN in floats.
    """
    n_seeds = 1 + max(which.seed for which in measured)
    arrays = {}
    for name, first in next(iter(measured.values())).items():
        shape = (len(INITIALISATIONS), len(STATES), len(PANELS), n_seeds, *first.shape)
        arrays[name] = np.full(shape, np.nan if first.dtype.kind == "f" else -1, first.dtype)
        for which, found in measured.items():
            states = [STATES.index(which.state)] if which.panel in LAYER_NAMES else slice(None)
            row, column = INITIALISATIONS.index(which.initialisation), PANELS.index(which.panel)
            arrays[name][row, states, column, which.seed] = found[name]
    return arrays
