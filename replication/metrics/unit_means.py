"""Units taken as wholes: the mean over the neurons that each of them owns."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from replication.architecture import N_NEURONS, unit_of_neuron


def unit_means(of_neurons: ArrayLike) -> NDArray[np.float64]:
    """Mean over the neurons that each unit owns: 196, 49 or 9 of a kernel, the one of a fully connected unit.

    Args:
        of_neurons: One row per neuron, in the order of the activation vector, shape (17280, n), n at least 1.

    Returns:
        One row per unit, shape (1216, n); NaN where a neuron of the unit has NaN.

    Raises:
        ValueError: There is not one row per neuron, or no column.
    """
    rows = np.asarray(of_neurons, dtype=np.float64)
    if rows.ndim != 2 or len(rows) != N_NEURONS or not rows.shape[1]:
        raise ValueError(
            f"of_neurons has shape {rows.shape}; expected ({N_NEURONS}, n), n at least 1, the paper's neurons; "
            "of another layer take of_layer.reshape(n_units, neurons_per_unit, n).mean(axis=1)"
        )
    owners = unit_of_neuron()
    sizes = np.bincount(owners)
    return np.stack([np.bincount(owners, weights=column) / sizes for column in rows.T], axis=1)
