"""Number of clusters of each class in an embedding (§4.2: classes in more than one piece)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from replication.architecture import N_CLASSES
from replication.labels import placed_points


def class_clusters(
    points: ArrayLike, labels: ArrayLike, min_cluster_shares: Sequence[float], n_classes: int = N_CLASSES
) -> NDArray[np.int64]:
    """Count the density clusters of each class of an embedding.

    The paper counts by eye; here HDBSCAN counts (Campello et al. 2013, excess of mass, one cluster allowed).  HDBSCAN
    has no length scale, so that the counts are invariant to translation and scaling of the embedding, and it uses no
    random numbers.  Groups separated by a gap that is small compared with their width count as one, as they would by
    eye.  Where reachability distances tie, as those of an isolated point do, two counts can be valid; the order of the
    points then decides.

    Args:
        points: Coordinates, shape (n, dimensions); points with a NaN coordinate are ignored.
        labels: Classes 0 to n_classes − 1, shape (n,).
        min_cluster_shares: Minimum cluster sizes to try, as shares of the points of a class, each in (0, 1].
        n_classes: Number of classes.

    Returns:
        Counts, shape (n_shares, n_classes); 0 for a class without points, otherwise at least 1: a class without a
        denser group counts as one cluster.

    Raises:
        ValueError: ``points`` and ``labels`` differ in length, ``points`` is not two-dimensional, a label is outside
            the classes, or a share is outside (0, 1].
    """
    from sklearn.cluster import HDBSCAN

    coordinates, classes = placed_points(points, labels, n_classes)
    n_clusters = np.zeros((len(min_cluster_shares), n_classes), dtype=np.int64)
    for row, share in enumerate(min_cluster_shares):
        if not 0 < share <= 1:
            raise ValueError(f"min_cluster_shares holds {share}; expected shares above 0 and at most 1")
        for label in range(n_classes):
            members = coordinates[classes == label]
            smallest = max(2, int(np.ceil(share * len(members))))
            if smallest > len(members):
                n_clusters[row, label] = min(len(members), 1)
                continue
            clustering = HDBSCAN(min_cluster_size=smallest, allow_single_cluster=True, copy=True).fit(members)
            n_clusters[row, label] = max(1, clustering.labels_.max() + 1)
    return n_clusters
