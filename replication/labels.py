"""Validation of class labels, and of points that have one, with numpy alone, for rooms with and without torch."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def placed_points(
    points: ArrayLike, labels: ArrayLike, n_classes: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Validate the points of an embedding with their classes, and leave out those without a place.

    Args:
        points: Coordinates, shape (n, dimensions).
        labels: Classes 0 to n_classes − 1, shape (n,).
        n_classes: Number of classes.

    Returns:
        Coordinates and classes of the points none of whose coordinates is NaN.

    Raises:
        ValueError: ``points`` and ``labels`` differ in length, ``points`` is not two-dimensional, or a label is
            outside the classes.
    """
    coordinates, classes = np.asarray(points, dtype=np.float64), np.asarray(labels)
    if coordinates.ndim != 2 or classes.shape != (len(coordinates),):
        raise ValueError(
            f"points has shape {coordinates.shape} and labels {classes.shape}; expected (n, dimensions) and (n,)"
        )
    placed = ~np.isnan(coordinates).any(axis=1)
    return coordinates[placed], checked_labels(classes, n_classes)[placed]


def checked_labels(labels: ArrayLike, n_classes: int) -> NDArray[np.int64]:
    """Validate class labels and return them as int64, in which products of labels do not overflow as in a byte.

    Args:
        labels: Classes 0 to n_classes − 1, of any integer or boolean dtype and any shape; may be empty.
        n_classes: Number of classes.

    Returns:
        The labels as int64, with the same shape.

    Raises:
        ValueError: The labels are not integers, or a label lies outside 0 to n_classes − 1 and would not be counted.
    """
    classes = np.asarray(labels)
    if classes.size == 0:
        return classes.astype(np.int64)
    if classes.dtype.kind not in "biu":
        raise ValueError(f"labels are {classes.dtype}; expected whole numbers")
    low, high = int(classes.min()), int(classes.max())
    if low < 0 or high >= n_classes:
        raise ValueError(
            f"labels must be classes 0 to {n_classes - 1}, as n_classes={n_classes} says; they reach {low} to {high}"
        )
    return classes.astype(np.int64)
