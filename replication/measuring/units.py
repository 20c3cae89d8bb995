"""Single-unit ablations: images lost and gained when each of the 1,216 units is ablated (§3.2)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from replication.ablation import flips_by_class
from replication.architecture import HIDDEN_LAYERS, N_CLASSES, N_UNITS
from replication.masks import single_unit_masks
from replication.measuring.subject import Subject
from replication.schema import BASELINES


def measure_units(subject: Subject) -> dict[str, NDArray[Any]]:
    """Count the images lost and gained when each unit is ablated.

    Args:
        subject: The network and its test images.

    Returns:
        Arrays of the piece ``units``.
    """
    shape = (len(BASELINES), len(subject.rows_by_part), N_UNITS, N_CLASSES)
    lost, gained = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    # The first mask ablates no unit: intact predictions must come from the same arithmetic, else rounding differences
    # would count as effects.
    none = {layer.name: np.zeros((1, layer.n_units), dtype=np.bool_) for layer in HIDDEN_LAYERS}
    masks = {layer.name: np.concatenate([none[layer.name], single_unit_masks(layer)]) for layer in HIDDEN_LAYERS}
    for which, baseline in enumerate(BASELINES):
        predictions = subject.ablated_predictions(masks, baseline, what="single units")
        first = 0
        for layer in HIDDEN_LAYERS:
            units = slice(first, first + layer.n_units)
            intact, ablated = predictions[layer.name][0], predictions[layer.name][1:]
            for part, rows in enumerate(subject.rows_by_part.values()):
                flips = flips_by_class(intact[rows], ablated[:, rows], subject.labels[rows])
                lost[which, part, units], gained[which, part, units] = flips.lost, flips.gained
            first += layer.n_units
    return {"lost": lost, "gained": gained}
