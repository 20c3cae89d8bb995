"""Random ablations: hits left when a random fraction of the units of one layer is ablated (§4.1)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from replication.ablation import hits_by_class
from replication.architecture import HIDDEN_LAYERS, N_CLASSES
from replication.masks import draw_masks
from replication.measuring.subject import Subject
from replication.paper import ABLATION
from replication.schema import BASELINES


def measure_draws(subject: Subject) -> dict[str, NDArray[Any]]:
    """Count hits under every random draw of every layer and fraction.

    Args:
        subject: The network and its test images; its profile sets the number of draws.

    Returns:
        Arrays of the piece ``draws``; −1 for draws that are not made.
    """
    profile = subject.profile
    n_small = dict.fromkeys(ABLATION.fractions, profile.n_draws_small)
    # Mean ablation is only an alternative to the paper's zeroing, so that fewer draws suffice.
    n_draws = {"zero": n_small | {ABLATION.reported_fraction: profile.n_draws}, "mean": n_small}
    n_parts, n_layers, n_fractions = len(subject.rows_by_part), len(HIDDEN_LAYERS), len(ABLATION.fractions)
    most = max(max(by_fraction.values()) for by_fraction in n_draws.values())
    hits = np.full((len(BASELINES), n_parts, n_layers, n_fractions, most, N_CLASSES), -1)
    for which, baseline in enumerate(BASELINES):
        n_of = n_draws[baseline]
        masks = {
            layer.name: np.concatenate([draw_masks(layer, fraction, n) for fraction, n in n_of.items()])
            for layer in HIDDEN_LAYERS
        }
        predictions = subject.ablated_predictions(masks, baseline, what="random units")
        for row, layer in enumerate(HIDDEN_LAYERS):
            for part, rows in enumerate(subject.rows_by_part.values()):
                counts = hits_by_class(predictions[layer.name][:, rows], subject.labels[rows])
                by_fraction = np.split(counts, np.cumsum([*n_of.values()])[:-1])
                for column, counts_of_fraction in enumerate(by_fraction):
                    hits[which, part, row, column, : len(counts_of_fraction)] = counts_of_fraction
    return {"draw_hits": hits}
