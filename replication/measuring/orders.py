"""Orders for cumulative ablation of the units of a layer, by indicators of unit importance."""

import numpy as np
from numpy.typing import NDArray

from replication import seeds
from replication.architecture import Layer
from replication.metrics import ablation_effect_selectivity, activation_selectivity, ranks_within_layers, unit_means

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

AES_DECIMALS = 12
"""AES is rounded to this number of decimals, so that floating-point error does not break ties, which are random."""


def indicators(neuron_means: FloatArray, lost: IntArray, gained: IntArray, n_images: IntArray) -> dict[str, FloatArray]:
    """Compute indicators of the importance of each unit.

    Source: abstract and §3.2.  Activations of a unit are means over its neurons.

    - ``magnitude``: mean activation, the mean of the ten class means.
    - ``selectivity``: AS of the class means, with μelse the mean of the other class means.
    - ``effect``: AES by the absolute formula, regardless of whether the ablation harms or helps.
    - ``impact``: number of images lost minus gained by ablating the unit alone, over all classes.
    - ``combined``: mean of the ranks within the layer by magnitude, selectivity and impact; tied values share their
      mean rank.

    Args:
        neuron_means: Mean activation per neuron and class, non-negative, shape (17280, 10).
        lost: Number of images classified correctly intact and wrongly with one unit ablated, shape (1216, 10).
        gained: Number of images classified wrongly intact and correctly with one unit ablated, shape (1216, 10).
        n_images: Number of images of each class, at least 1, shape (10,).

    Returns:
        One value per unit, shape (1216,), keyed by the names of ``schema.ORDERS``.  A dead unit has magnitude,
        selectivity, effect and impact 0.
    """
    means = unit_means(neuron_means)
    net = lost - gained
    found = {
        "magnitude": means.mean(axis=1),
        "selectivity": activation_selectivity(means).value,
        "effect": ablation_effect_selectivity(100 * net / n_images).value.round(AES_DECIMALS),
        "impact": net.sum(axis=1).astype(np.float64),
    }
    ranks = sum(ranks_within_layers(found[name]) for name in ("magnitude", "selectivity", "impact"))
    return found | {"combined": np.asarray(ranks / 3)}


def descending(values: FloatArray, ties: np.random.Generator) -> IntArray:
    """Order the units of a layer from the highest value to the lowest, ties at random.

    Args:
        values: One value per unit, shape (n_units,).
        ties: Random generator that breaks ties, so that the position of a unit in its layer never does.

    Returns:
        Permutation of the positions of the units in the layer, shape (n_units,).
    """
    shuffled = ties.permutation(len(values))
    order: IntArray = shuffled[np.argsort(-values[shuffled], kind="stable")]
    return order


def random_order(layer: Layer, draw: int) -> IntArray:
    """Return a random order of the units of a layer, shape (n_units,); a draw is the same in every network.

    Args:
        layer: The layer.
        draw: Number of the draw.
    """
    return seeds.generator("cumulative", "random order", layer.name, draw).permutation(layer.n_units)
