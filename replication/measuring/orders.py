"""Orders in which the units of a layer are ablated one after another, by what might tell how important they are."""

import numpy as np
from numpy.typing import NDArray

from replication import seeds
from replication.architecture import Layer
from replication.metrics import ablation_effect_selectivity, activation_selectivity, ranks_within_layers, unit_means

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

AES_DECIMALS = 12
"""Beyond these, AES of equal fractions differ by rounding, which must not decide what a tie is left to chance for."""


def indicators(neuron_means: FloatArray, lost: IntArray, gained: IntArray, n_images: IntArray) -> dict[str, FloatArray]:
    """What might tell how important each unit is, measured on the images the arguments were measured on.

    Source: abstract and §3.2; a unit is taken as a whole, by the mean over the neurons it owns.

    - ``magnitude``: its mean activation, the mean of its ten class means.
    - ``selectivity``: AS of its class means, the mean of the other classes' means being μelse.
    - ``effect``: the size of its AES by the absolute formula, whether its ablation harms or helps.
    - ``impact``: the images lost by ablating it alone, less those gained, over all classes.
    - ``combined``: the mean of its ranks within its layer by magnitude, selectivity and impact.

    Args:
        neuron_means: Mean activation per neuron and class, shape (17280, 10), not negative.
        lost: Images right when intact and wrong with one unit ablated, shape (1216, 10).
        gained: Images wrong when intact and right with one unit ablated, shape (1216, 10).
        n_images: Images of each class, shape (10,), each at least 1.

    Returns:
        One value per unit, shape (1216,), by the names of ``schema.ORDERS``.  A dead unit has magnitude,
        selectivity, effect and impact 0; equal values share their mean rank.
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
    """The units of a layer from the highest value to the lowest, equal values in an order of chance.

    Args:
        values: One per unit, shape (n_units,).
        ties: Decides between equal values; the position of a unit in its layer never does.

    Returns:
        Positions of the units in the layer, each once, shape (n_units,).
    """
    shuffled = ties.permutation(len(values))
    order: IntArray = shuffled[np.argsort(-values[shuffled], kind="stable")]
    return order


def random_order(layer: Layer, draw: int) -> IntArray:
    """The units of a layer in an order of chance, shape (n_units,); the same draw is the same in every network."""
    return seeds.generator("cumulative", "random order", layer.name, draw).permutation(layer.n_units)
