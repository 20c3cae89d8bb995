"""Functional neuron populations: which neurons a class excites most, and which are most selective for it (§4.3).

The class means of 17,280 neurons are by far the largest measurement of a network.  The claims need only classes and
counts derived from them, which are computed here.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from replication.architecture import HIDDEN_LAYERS, N_CLASSES, N_NEURONS
from replication.labels import checked_labels
from replication.metrics.activation_selectivity import activation_selectivity
from replication.metrics.ranks import LayerSizes, checked_layer_sizes
from replication.metrics.unit_means import unit_means
from replication.ratios import ratio_or_nan

TOP_SHARE = 0.1
"""Share of neurons that count as the most active: a tenth, the fair share of one class in ten."""

SELECTIVITY_LEVELS = np.arange(21) / 20
"""Upper ends of the intervals of AS in which neurons are counted; the first interval is AS = 0."""

N_NEURONS_PER_LAYER = tuple(layer.n_neurons for layer in HIDDEN_LAYERS)
FIRST_OF_LAYER = np.cumsum([0, *N_NEURONS_PER_LAYER])

BoolTable = NDArray[np.bool_]
Table = NDArray[np.float64]


def populations(halves: ArrayLike, class_sizes: ArrayLike, examples: ArrayLike) -> dict[str, NDArray[np.generic]]:
    """Assign neurons to the classes that excite them and that they are selective for, and count them.

    Source: §3.2 and §4.3.  Among classes with equal means the lowest is preferred; among neurons with equal activations
    the first count as the most active.  Such ties occur in the background of the images, where all positions of a
    kernel respond alike.

    Args:
        halves: Mean activation of each neuron for each class on even and on odd test images, shape (2, 17280, 10),
            non-negative; converted to float32, the stored precision.
        class_sizes: Images of each class in each half, shape (2, 10), positive.
        examples: Activation of each neuron by one image of each class, shape (10, 17280).

    Returns:
        Arrays by their names in ``schema.SCHEMA["activations"]``:

        - ``unit_mean``: mean over both halves and over the neurons of a unit, shape (1216, 10).
        - ``preferred``: class of each neuron's highest mean, −1 for dead neurons, shape (17280,).
        - ``example_preferred``: class whose example excites the neuron most, −1 if none does, shape (17280,).
        - ``n_preferred``: number of neurons, and of units, that prefer each class on each half, shape (2, 2, 10).
        - ``active``: whether a neuron is among the most active tenth for a class, shape (17280, 10).  Here and below,
          activations are scaled to [0, 1] within each layer.
        - ``n_active_on_both``: number of neurons among the most active tenth for one class on even images and for
          another class on odd images, shape (10, 10).
        - ``n_preferring_active``: if n neurons prefer a class, how many of them are among the n most active for it,
          shape (10,).
        - ``n_selective_for_both``: number of neurons among the most selective tenth, by ``selectivity_for_classes``,
          for one class and for another, shape (10, 10).
        - ``response_cosine``: cosine of two classes' activations over all neurons, shape (10, 10).
        - ``n_by_selectivity``: number of living neurons of each layer in the intervals of AS that end at
          ``SELECTIVITY_LEVELS``, with μelse over classes and over images, shape (2, 5, 21).

    Raises:
        ValueError: The arrays do not have these shapes, those of the paper's network, or a class has no image in a
            half.
    """
    means, sizes = np.asarray(halves, dtype=np.float32).astype(np.float64), np.asarray(class_sizes, dtype=np.float64)
    by_example = np.asarray(examples, dtype=np.float64)
    expected = [(2, N_NEURONS, N_CLASSES), (2, N_CLASSES), (N_CLASSES, N_NEURONS)]
    if [means.shape, sizes.shape, by_example.shape] != expected:
        raise ValueError(
            f"halves, class_sizes and examples have shapes {means.shape}, {sizes.shape} and {by_example.shape}; "
            f"expected {', '.join(map(str, expected))}, the paper's; for other sizes take its parts, such as "
            "preferred_class, count_classes, normalised_by_layer and selectivity_for_classes"
        )
    if not (sizes > 0).all():
        raise ValueError(f"images of each class in each half: {sizes.tolist()}; expected at least 1, take more images")
    pooled = (means[0] * sizes[0] + means[1] * sizes[1]) / sizes.sum(axis=0)
    preferred = preferred_class(pooled)
    n_living = int((preferred >= 0).sum())
    responses = normalised_by_layer(pooled)
    on_even, on_odd = (_top_tenth(normalised_by_layer(half), n_living) for half in means)
    prefers = preferred[:, None] == np.arange(N_CLASSES)
    selective = _top_tenth(selectivity_for_classes(pooled), n_living)
    lengths = np.linalg.norm(responses, axis=0)
    norms = np.outer(lengths, lengths)
    return {
        "unit_mean": unit_means(pooled),
        "preferred": preferred,
        "example_preferred": preferred_class(by_example.T),
        "n_preferred": np.stack(
            [[count_classes(preferred_class(half)), count_classes(preferred_class(unit_means(half)))] for half in means]
        ),
        "active": _top_tenth(responses, n_living),
        "n_active_on_both": in_both(on_even, on_odd),
        "n_preferring_active": (prefers & highest(responses, prefers.sum(axis=0))).sum(axis=0),
        "n_selective_for_both": in_both(selective, selective),
        "response_cosine": ratio_or_nan(responses.T @ responses, norms),
        "n_by_selectivity": np.stack(
            [
                _by_selectivity(activation_selectivity(pooled, sizes.sum(axis=0), others=others).value, preferred)
                for others in ("classes", "images")
            ]
        ),
    }


def preferred_class(means: ArrayLike) -> NDArray[np.int64]:
    """Return the column of each row's highest value, the first if several are equal; −1 if no value is positive.

    Args:
        means: Mean activations, one row per neuron or unit, shape (n, n_classes).
    """
    values = np.asarray(means)
    return np.where(values.max(axis=1) > 0, values.argmax(axis=1), -1)


def count_classes(classes: NDArray[np.integer], n_classes: int = N_CLASSES) -> NDArray[np.int64]:
    """Count how often each class occurs, shape (n_classes,); −1 is not counted.

    Args:
        classes: Classes of neurons or units, as returned by ``preferred_class``.
        n_classes: Number of classes.

    Raises:
        ValueError: A class is outside 0 to n_classes − 1.
    """
    return np.bincount(checked_labels(classes[classes >= 0], n_classes), minlength=n_classes)


def normalised_by_layer(means: Table, layer_sizes: LayerSizes = N_NEURONS_PER_LAYER) -> Table:
    """Scale activations to [0, 1] within each layer and class (§4.3 ¶2).

    Args:
        means: Mean activations, one row per neuron, layer by layer, shape (n_neurons,) or (n_neurons, n_classes).
        layer_sizes: Number of neurons of each layer; by default those of the paper, 17,280 in all.

    Returns:
        Scaled activations, same shape; 0 in a layer whose neurons all respond to a class equally.

    Raises:
        ValueError: The layer sizes do not sum to the number of rows, or a layer has no neuron.
    """
    scaled = np.zeros_like(means)
    for start, end in pairwise(np.cumsum([0, *checked_layer_sizes(layer_sizes, len(means))])):
        block = means[start:end]
        low = block.min(axis=0)
        span = block.max(axis=0) - low
        np.divide(block - low, span, out=scaled[start:end], where=span > 0)
    return scaled


def highest(values: Table, n: NDArray[np.integer]) -> BoolTable:
    """Mark the rows with the highest values of each column.

    Args:
        values: Values, shape (n_rows, n_columns).
        n: Number of rows to mark in each column, shape (n_columns,).

    Returns:
        True for the marked rows, same shape as ``values``.  Among equal values the first rows are marked, on every
        processor.
    """
    chosen = np.zeros(values.shape, dtype=bool)
    for column, size in enumerate(n):
        rows = np.argsort(-values[:, column], kind="stable")[:size]
        chosen[rows, column] = True
    return chosen


def in_both(one: BoolTable, other: BoolTable) -> NDArray[np.int64]:
    """Count the neurons that two populations have in common.

    Args:
        one: Whether a neuron is in the population of a class, shape (n_neurons, n_classes).
        other: The populations to compare with, same shape.

    Returns:
        Counts, shape (n_classes, n_classes); rows are the populations of ``one``.
    """
    common: NDArray[np.int64] = one.T.astype(np.int64) @ other.astype(np.int64)
    return common


def selectivity_for_classes(means: Table) -> Table:
    """Compute the selectivity for each class, (μ − μelse) / (μ + μelse): AS with that class as the preferred one.

    Args:
        means: Mean activations, shape (n, n_classes), non-negative, at least 2 classes.

    Returns:
        Selectivities, same shape, in [−1, 1]; 0 for dead neurons.

    Raises:
        ValueError: The means have another shape.
    """
    if means.ndim != 2 or means.shape[1] < 2:
        raise ValueError(f"means has shape {means.shape}; expected (n, n_classes), 2 classes at least")
    others = (means.sum(axis=1, keepdims=True) - means) / (means.shape[1] - 1)
    total = means + others
    return np.asarray(np.divide(means - others, total, out=np.zeros_like(means), where=total > 0))


def _top_tenth(values: Table, n_living: int) -> BoolTable:
    """Mark the most active, or most selective, neurons for each class, as many as a tenth of the living neurons."""
    return highest(values, np.full(N_CLASSES, round(TOP_SHARE * n_living)))


def _by_selectivity(value: Table, preferred: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count living neurons by layer and interval of AS, shape (5, 21)."""
    interval = np.searchsorted(SELECTIVITY_LEVELS, value)
    return np.stack(
        [
            np.bincount(interval[start:end][preferred[start:end] >= 0], minlength=len(SELECTIVITY_LEVELS))
            for start, end in pairwise(FIRST_OF_LAYER)
        ]
    )
