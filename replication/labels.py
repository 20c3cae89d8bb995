"""Validation of class labels with numpy alone, for rooms with and without torch."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


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
