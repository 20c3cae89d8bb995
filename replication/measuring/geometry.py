"""What is measured of the classes in an embedding: who neighbours whom, how dense they are and how far apart (§4.2)."""

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
    """Which embedding of which panel."""

    initialisation: Initialisation
    seed: int
    state: str
    panel: str


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


def geometry(embedding: NDArray[np.float64], labels: NDArray[np.int64], lost: NDArray[np.bool_]) -> Arrays:
    """Measure the classes in one panel of one embedding.

    Args:
        embedding: Coordinates, shape (n, 2).
        labels: Classes 0 to 9, shape (n,).
        lost: Which images the ablation has misclassified, shape (n,).

    Returns:
        The variables of the piece ``horizontal`` with the axis ``embedding_seed``, each without their common axes.
    """
    # Panels are made comparable by their radius: the root mean square distance to the centre.
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
    """Join what was measured in all embeddings.

    Args:
        measured: What ``geometry`` returned, by which embedding it was; initialisations may differ in the number of
            seeds, and a panel that ablation leaves as it is counts for both states.

    Returns:
        Arrays with the axes (initialisation, state, panel, embedding_seed, …); for embeddings that were not made −1
        in counts and NaN elsewhere.
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
