"""Single-unit ablations: what changes when each of the 1,216 units is ablated (§3.2)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from replication.ablation import flips_by_class
from replication.architecture import HIDDEN_LAYERS, N_CLASSES, N_UNITS
from replication.masks import single_unit_masks
from replication.measuring.subject import Subject
from replication.ratios import ratio_or_nan
from replication.schema import BASELINES, HALVES


def measure_units(subject: Subject) -> dict[str, NDArray[Any]]:
    """Count the images lost and gained when each unit is ablated, and measure the log-probability lost.

    Args:
        subject: The network and its test images.

    Returns:
        Arrays of the piece ``units``.
    """
    shape = (len(BASELINES), len(subject.rows_by_part), N_UNITS, N_CLASSES)
    lost, gained = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    lost_log_probability = np.zeros((len(HALVES), N_UNITS, N_CLASSES))
    # The first mask ablates no unit: the intact network must be computed by the same arithmetic, else rounding
    # differences would count as effects.
    none = {layer.name: np.zeros((1, layer.n_units), dtype=np.bool_) for layer in HIDDEN_LAYERS}
    masks = {layer.name: np.concatenate([none[layer.name], single_unit_masks(layer)]) for layer in HIDDEN_LAYERS}
    for which, baseline in enumerate(BASELINES):
        if baseline == "zero":
            outcomes = subject.ablated_outcomes(masks, what="single units")
            predictions = {layer: of_layer.predictions for layer, of_layer in outcomes.items()}
        else:
            predictions = subject.ablated_predictions(masks, baseline, what="single units")
        first = 0
        for layer in HIDDEN_LAYERS:
            units = slice(first, first + layer.n_units)
            intact, ablated = predictions[layer.name][0], predictions[layer.name][1:]
            for part, rows in enumerate(subject.rows_by_part.values()):
                flips = flips_by_class(intact[rows], ablated[:, rows], subject.labels[rows])
                lost[which, part, units], gained[which, part, units] = flips.lost, flips.gained
            if baseline == "zero":
                for half, name in enumerate(HALVES):
                    rows = subject.rows_by_part[name]
                    lost_log_probability[half, units] = mean_lost_by_class(
                        outcomes[layer.name].log_probabilities[:, rows], subject.labels[rows]
                    )
            first += layer.n_units
    return {"lost": lost, "gained": gained, "lost_log_probability": lost_log_probability}


def mean_lost_by_class(log_probabilities: NDArray[np.floating], labels: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return the mean log-probability that each ablation costs the images of each class.

    Args:
        log_probabilities: Of each image's true class in nats, shape (1 + n_ablations, n_images); the first row is of
            the intact network.
        labels: True classes, shape (n_images,).

    Returns:
        Nats, shape (n_ablations, 10); positive where an ablation harms; NaN for a class without images.
    """
    intact = log_probabilities[0].astype(np.float64)
    is_class = (labels[:, None] == np.arange(N_CLASSES)).astype(np.float64)
    n_images = is_class.sum(axis=0)
    lost = (intact - log_probabilities[1:]) @ is_class
    return ratio_or_nan(lost, n_images)
