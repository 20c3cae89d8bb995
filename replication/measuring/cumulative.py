"""Cumulative ablation: hits left when the units of a layer are ablated one after another (after Morcos et al. 2018).

An order must not be evaluated on the images that determined it, because a unit whose ablation lost most of these images
by chance would seem important.  Each order is therefore determined on one half of the test images and evaluated on the
other.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replication.ablation import hits_by_class
from replication.architecture import HIDDEN_LAYERS, N_CLASSES, Layer, layer_of_unit
from replication.masks import cumulative_masks, n_ablated
from replication.measuring.orders import descending, indicators, random_order
from replication.measuring.subject import Subject
from replication.schema import DIRECTIONS, HALVES, LEVELS, ORDERS
from replication.seeds import generator

N_RANDOM_ORDERS = 5


def measure_cumulative(subject: Subject) -> dict[str, NDArray[Any]]:
    """Count hits at every level of every order, forwards and backwards, and of random orders.

    Units are ablated by zeroing only, as in the paper.

    Args:
        subject: The network and its test images, with the pieces ``activations`` and ``units``, which determine the
            orders.

    Returns:
        Arrays of the piece ``cumulative``.

    Raises:
        LookupError: One of these pieces is missing.
        ValueError: A class has no image in one half of the test images.
    """
    ordered = (len(ORDERS), len(DIRECTIONS), len(LEVELS), N_CLASSES)
    random = (N_RANDOM_ORDERS, len(LEVELS), N_CLASSES)
    n_ordered = len(ORDERS) * len(DIRECTIONS) * len(LEVELS)
    steps = {layer: [n_ablated(layer, level) for level in LEVELS] for layer in HIDDEN_LAYERS}
    hits = np.empty((len(HALVES), len(HIDDEN_LAYERS), *ordered), dtype=np.int64)
    random_hits = np.empty((len(HALVES), len(HIDDEN_LAYERS), *random), dtype=np.int64)
    for i, (half, held_out) in enumerate(zip(HALVES, reversed(HALVES), strict=True)):
        values = indicators_on(subject, half)
        masks = {
            layer.name: np.concatenate(
                [cumulative_masks(order, steps[layer]) for order in _orders(subject, half, layer, values)]
            )
            for layer in HIDDEN_LAYERS
        }
        rows = subject.rows_by_part[held_out]
        predictions = subject.ablated_predictions(masks, "zero", what="units in order", rows=rows)
        for j, layer in enumerate(HIDDEN_LAYERS):
            counts = hits_by_class(predictions[layer.name], subject.labels[rows])
            hits[i, j] = counts[:n_ordered].reshape(ordered)
            random_hits[i, j] = counts[n_ordered:].reshape(random)
    return {
        "cumulative_hits": hits.transpose(0, 2, 3, 1, 4, 5),
        "random_hits": random_hits.transpose(0, 1, 3, 2, 4),
    }


def indicators_on(subject: Subject, half: str) -> dict[str, NDArray[np.float64]]:
    """Return the indicators of unit importance on one half of the test images, each of shape (1216,).

    Args:
        subject: The network and its test images, with the pieces ``activations`` and ``units``.
        half: One of ``schema.HALVES``.
    """
    means = subject.piece("activations")["class_mean"].sel(half=half).values.astype(np.float64)
    flips = subject.piece("units").sel(baseline="zero", part=half)
    lost, gained = (flips[name].values.astype(np.int64) for name in ("lost", "gained"))
    n_images = np.bincount(subject.labels[subject.rows_by_part[half]], minlength=N_CLASSES)
    return indicators(means, lost, gained, n_images)


def _orders(
    subject: Subject, half: str, layer: Layer, values: dict[str, NDArray[np.float64]]
) -> Iterator[NDArray[np.int64]]:
    """Yield each order of the units of a layer, forwards and backwards, then the random orders."""
    units = layer_of_unit() == layer.name
    for name in ORDERS:
        ties = generator("cumulative", "ties", subject.name, half, layer.name, name)
        highest_first = descending(values[name][units], ties)
        yield highest_first
        yield highest_first[::-1]
    for draw in range(N_RANDOM_ORDERS):
        yield random_order(layer, draw)
