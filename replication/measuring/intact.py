"""Predictions of the intact network on the test images (§3.1)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from replication.architecture import N_CLASSES
from replication.measuring.subject import Subject


def measure_intact(subject: Subject) -> dict[str, NDArray[Any]]:
    """Count test images by true and predicted class in each part of the test set.

    Args:
        subject: The network and its test images.

    Returns:
        Arrays of the piece ``intact``: these counts and the training losses.
    """
    confusion = np.zeros((len(subject.rows_by_part), N_CLASSES, N_CLASSES), dtype=np.int64)
    for part, rows in enumerate(subject.rows_by_part.values()):
        np.add.at(confusion[part], (subject.labels[rows], subject.predictions[rows]), 1)
    return {"confusion": confusion, "training_loss": np.array(subject.losses)}
