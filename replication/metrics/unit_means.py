"""Means over the neurons of each unit."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from replication.architecture import N_NEURONS, unit_of_neuron


def unit_means(of_neurons: ArrayLike) -> NDArray[np.float64]:
    """Average a table of neurons over the neurons of each unit.

    A kernel has 196, 49 or 9 neurons, a fully connected unit one.

    Args:
        of_neurons: Values of the neurons, in the order of the activation vector, shape (17280, n), n ≥ 1.

    Returns:
        Means of the units, shape (1216, n); NaN where any neuron of the unit is NaN.

    Raises:
        ValueError: ``of_neurons`` is not two-dimensional, does not have 17,280 rows, or has no column.
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
