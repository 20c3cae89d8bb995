"""Activations: class means of every neuron, the response to one example of each class, and populations (§3.2, §4.3)."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from replication.activations import class_means
from replication.architecture import N_CLASSES
from replication.measuring.subject import Subject
from replication.metrics import populations
from replication.network import activation_matrix
from replication.schema import HALVES


@torch.inference_mode()
def measure_activations(subject: Subject) -> dict[str, NDArray[Any]]:
    """Compute class means of activations on even and on odd test images, and the neuron populations.

    Args:
        subject: The network and its test images.

    Returns:
        Arrays of the piece ``activations``.

    Raises:
        ValueError: A class has no test image in whole batches, or none in one of the halves.
    """
    examples = [np.flatnonzero(subject.labels[: subject.n_used] == label) for label in range(N_CLASSES)]
    if missing := [label for label, rows in enumerate(examples) if len(rows) == 0]:
        raise ValueError(f"{subject.name}: no test image of class {missing}; use more test images")
    first = torch.tensor([int(rows[0]) for rows in examples], device=subject.test.labels.device)
    halves = []
    for part in HALVES:
        rows_of_part = torch.from_numpy(subject.rows_by_part[part]).to(subject.test.labels.device)
        halves.append(
            class_means(subject.network, subject.test.images[rows_of_part], subject.test.labels[rows_of_part])
        )
    means, sizes = np.stack([half.means for half in halves]), np.stack([half.sizes for half in halves])
    by_example = activation_matrix(subject.network.activations(subject.test.images[first])).cpu().numpy()
    return {"class_mean": means, "example_activation": by_example, **populations(means, sizes, by_example)}
