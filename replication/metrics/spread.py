"""Spread of the classes of an embedding, and distances between them (§4.2)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from replication.architecture import N_CLASSES
from replication.labels import placed_points


@dataclass(frozen=True, eq=False)
class ClassSpread:
    """Geometry of the classes of an embedding, in the embedding's units of length.

    Attributes:
        rms_distance: Root mean square distance of the points of each class to their centroid, shape (n_classes,).
        centroid_distances: Distances between the class centroids, shape (n_classes, n_classes).
    """

    rms_distance: NDArray[np.float64]
    centroid_distances: NDArray[np.float64]


def class_spread(points: ArrayLike, labels: ArrayLike, n_classes: int = N_CLASSES) -> ClassSpread:
    """Compute the spread of each class around its centroid and the distances between centroids.

    Args:
        points: Coordinates, shape (n, dimensions); points with a NaN coordinate are ignored.
        labels: Classes 0 to n_classes − 1, shape (n,).
        n_classes: Number of classes.

    Returns:
        The geometry; NaN for classes without points.

    Raises:
        ValueError: ``points`` and ``labels`` differ in length, ``points`` is not two-dimensional, or a label is
            outside the classes.
    """
    coordinates, classes = placed_points(points, labels, n_classes)
    centroids = np.full((n_classes, coordinates.shape[1]), np.nan)
    rms_distance = np.full(n_classes, np.nan)
    for label in range(n_classes):
        members = coordinates[classes == label]
        if len(members) > 0:
            centroids[label] = members.mean(axis=0)
            rms_distance[label] = np.sqrt(((members - centroids[label]) ** 2).sum(axis=1).mean())
    between = np.linalg.norm(centroids[:, None] - centroids[None], axis=2)
    return ClassSpread(rms_distance, between)
