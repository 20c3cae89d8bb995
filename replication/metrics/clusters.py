"""How many clusters a class falls into in an embedding (§4.2: classes in more than one piece)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from replication.architecture import N_CLASSES
from replication.labels import checked_labels


def class_clusters(
    points: ArrayLike, labels: ArrayLike, min_cluster_shares: Sequence[float], n_classes: int = N_CLASSES
) -> NDArray[np.int64]:
    """Number of density clusters in each class of an embedding.

    The paper judges by eye; here HDBSCAN counts (Campello et al. 2013, excess of mass, one cluster allowed).  It
    takes no length scale, so that moving or scaling the embedding changes nothing, and draws no random numbers.
    Groups whose gap is small against their own width count as one, as they would to the eye.  Where reachability
    distances tie, as several of a lone point do, two counts can be right; the order of the points then decides.

    Args:
        points: Coordinates, shape (n, dimensions); a point with a NaN coordinate is left out.
        labels: Classes 0 to n_classes − 1, shape (n,).
        min_cluster_shares: The smallest clusters to count, as shares of a class's points, each in (0, 1].
        n_classes: Classes there are.

    Returns:
        Shape (n_shares, n_classes).  At least 1 for a class with points, whose scatter as a whole counts as one cluster
        where no denser group stands out; 0 for a class without points.

    Raises:
        ValueError: Points and labels do not fit together, a label is none of the classes, or a share is outside (0, 1].
    """
    from sklearn.cluster import HDBSCAN

    coordinates = np.asarray(points, dtype=np.float64)
    classes = np.asarray(labels)
    if coordinates.ndim != 2 or classes.shape != (len(coordinates),):
        raise ValueError(
            f"points has shape {coordinates.shape} and labels {classes.shape}; expected (n, dimensions) and (n,)"
        )
    classes = checked_labels(classes, n_classes)
    placed = ~np.isnan(coordinates).any(axis=1)
    n_clusters = np.zeros((len(min_cluster_shares), n_classes), dtype=np.int64)
    for row, share in enumerate(min_cluster_shares):
        if not 0 < share <= 1:
            raise ValueError(f"min_cluster_shares holds {share}; expected shares above 0 and at most 1")
        for label in range(n_classes):
            members = coordinates[placed & (classes == label)]
            smallest = max(2, int(np.ceil(share * len(members))))
            if smallest > len(members):
                n_clusters[row, label] = min(len(members), 1)
                continue
            clustering = HDBSCAN(min_cluster_size=smallest, allow_single_cluster=True, copy=True).fit(members)
            n_clusters[row, label] = max(1, clustering.labels_.max() + 1)
    return n_clusters
