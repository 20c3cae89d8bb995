"""Correct predictions per class.  Ablations are stored as counts, from which rates are derived."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from replication.architecture import N_CLASSES
from replication.labels import checked_labels

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Flips:
    """Images per class whose prediction an ablation changes between right and wrong.

    Attributes:
        lost: Right in the intact network, wrong in the ablated one; shape (n_masks, n_classes).
        gained: Wrong in the intact network, right in the ablated one; shape (n_masks, n_classes).
    """

    lost: IntArray
    gained: IntArray


def hits_by_class(
    predictions: NDArray[np.integer], labels: NDArray[np.integer], n_classes: int = N_CLASSES
) -> IntArray:
    """Count the correctly predicted images of each class.

    Args:
        predictions: Predicted classes, shape (n_masks, n_images).
        labels: True classes, 0 to n_classes − 1, shape (n_images,).
        n_classes: Number of classes.

    Returns:
        Shape (n_masks, n_classes), from 0 to the class's number of images; 0 for a class without images.

    Raises:
        ValueError: The shapes do not match, the predictions are not integers, or a label lies outside 0 to
            n_classes − 1.
    """
    predictions, labels = np.asarray(predictions), np.asarray(labels)
    _check_predictions(predictions, labels)
    return _count_by_class(predictions == labels, labels, n_classes)


def flips_by_class(
    intact: NDArray[np.integer],
    predictions: NDArray[np.integer],
    labels: NDArray[np.integer],
    n_classes: int = N_CLASSES,
) -> Flips:
    """Count the images of each class that an ablation turns from right to wrong, and from wrong to right.

    In every class hits(ablated) − hits(intact) = gained − lost.  McNemar's test uses the two counts.

    Args:
        intact: The intact network's predictions, shape (n_images,).
        predictions: The ablated networks' predictions, shape (n_masks, n_images).
        labels: True classes, 0 to n_classes − 1, shape (n_images,).
        n_classes: Number of classes.

    Returns:
        Both counts per mask and class.

    Raises:
        ValueError: The shapes do not match, the predictions are not integers, or a label lies outside 0 to
            n_classes − 1.
    """
    intact, predictions, labels = np.asarray(intact), np.asarray(predictions), np.asarray(labels)
    _check_predictions(predictions, labels)
    if intact.shape != labels.shape:
        raise ValueError(f"intact has shape {intact.shape}; expected one per label, {labels.shape}")
    was_right, is_right = intact == labels, predictions == labels
    return Flips(
        lost=_count_by_class(was_right & ~is_right, labels, n_classes),
        gained=_count_by_class(~was_right & is_right, labels, n_classes),
    )


def _count_by_class(marked: NDArray[np.bool_], labels: NDArray[np.integer], n_classes: int) -> IntArray:
    """Count the marked images of each class; ``marked`` has shape (n_masks, n_images).

    Raises:
        ValueError: A label lies outside 0 to n_classes − 1.
    """
    classes = checked_labels(labels, n_classes)
    return np.stack([marked[:, classes == c].sum(axis=1, dtype=np.int64) for c in range(n_classes)], axis=1)


def _check_predictions(predictions: NDArray[np.integer], labels: NDArray[np.integer]) -> None:
    if predictions.ndim != 2 or labels.shape != predictions.shape[1:]:
        raise ValueError(
            f"predictions have shape {predictions.shape} and labels {labels.shape}; "
            "expected (n_masks, n_images) and (n_images,)"
        )
    if predictions.dtype.kind not in "biu":
        raise ValueError(f"predictions are {predictions.dtype}; expected classes, such as the argmax of outputs")
