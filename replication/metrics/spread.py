"""How dense the classes of an embedding are, and how far apart (§4.2)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from replication.architecture import N_CLASSES


@dataclass(frozen=True, eq=False)
class ClassSpread:
    """The geometry of the ten classes in an embedding, in its own units of length.

    Attributes:
        mean_distance: Mean distance of a class's points to their centroid, shape (10,).
        rms_distance: Root of the mean squared distance to the centroid, shape (10,).
        centroid_distances: Distances between the class centroids, shape (10, 10).
        n_points: Points that entered, shape (10,).
    """

    mean_distance: NDArray[np.float64]
    rms_distance: NDArray[np.float64]
    centroid_distances: NDArray[np.float64]
    n_points: NDArray[np.int64]

    @property
    def within_to_between(self) -> float:
        """Mean ``rms_distance`` over the mean distance of two centroids; the lower, the denser and more distinct.

        It has no unit and does not change when the embedding is moved, turned, mirrored or scaled.  NaN with
        fewer than two classes, and where all centroids coincide.
        """
        pairs = self.centroid_distances[np.triu_indices(N_CLASSES, 1)]
        pairs = pairs[~np.isnan(pairs)]
        if pairs.size == 0 or pairs.mean() == 0:
            return float("nan")
        return float(np.nanmean(self.rms_distance) / pairs.mean())


def class_spread(points: ArrayLike, labels: ArrayLike) -> ClassSpread:
    """Spread of each class round its centroid, and distances between the centroids.

    Args:
        points: Coordinates, shape (n, dimensions); a point with a NaN coordinate is left out.
        labels: Classes 0 to 9, shape (n,).

    Returns:
        The geometry; NaN for classes without points.

    Raises:
        ValueError: The two do not fit together.
    """
    coordinates = np.asarray(points, dtype=np.float64)
    classes = np.asarray(labels)
    if coordinates.ndim != 2 or classes.shape != (len(coordinates),):
        raise ValueError(
            f"points has shape {coordinates.shape} and labels {classes.shape}; expected (n, dimensions) and (n,)"
        )
    placed = ~np.isnan(coordinates).any(axis=1)
    centroids = np.full((N_CLASSES, coordinates.shape[1]), np.nan)
    mean_distance = np.full(N_CLASSES, np.nan)
    rms_distance = np.full(N_CLASSES, np.nan)
    n_points = np.zeros(N_CLASSES, dtype=np.int64)
    for label in range(N_CLASSES):
        members = coordinates[placed & (classes == label)]
        n_points[label] = len(members)
        if len(members) > 0:
            centroids[label] = members.mean(axis=0)
            distances = np.linalg.norm(members - centroids[label], axis=1)
            mean_distance[label] = distances.mean()
            rms_distance[label] = np.sqrt(np.mean(distances**2))
    between = np.linalg.norm(centroids[:, None] - centroids[None], axis=2)
    return ClassSpread(mean_distance, rms_distance, between, n_points)
