"""Which units an ablation removes: random masks, single units, growing sets.  ``True`` means ablated."""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from replication import seeds
from replication.architecture import Layer

BoolArray = NDArray[np.bool_]


def n_ablated(layer: Layer, fraction: float) -> int:
    """Return floor(fraction · n_units), the fraction read as the decimal number it is written as.

    In binary 0.29 · 100 is 28.999…; read as a decimal it is 29.

    Args:
        layer: The layer to ablate.
        fraction: From 0 to 1.

    Returns:
        How many of the layer's units are ablated.

    Raises:
        TypeError: The layer is no ``Layer``.
        ValueError: The fraction lies outside [0, 1].
    """
    _check_layer(layer)
    if not 0 <= fraction <= 1:
        raise ValueError(f"fraction {fraction}: expected a number from 0 to 1")
    return math.floor(Fraction(str(float(fraction))) * layer.n_units)


def draw_mask(layer: Layer, fraction: float, draw: int) -> BoolArray:
    """Draw which units of a layer to ablate (§4.1), without replacement and fixed over all images.

    Args:
        layer: The layer to ablate.
        fraction: Share of its units to ablate, from 0 to 1; ``n_ablated`` rounds down.
        draw: Number of the draw, from 0.  The same draw is the same mask in every network.

    Returns:
        Shape (n_units,), ``True`` where a unit is ablated; all ``False`` at fraction 0.

    Raises:
        TypeError: The layer is no ``Layer``.
        ValueError: The fraction lies outside [0, 1] or the draw is negative.
    """
    n = n_ablated(layer, fraction)
    if draw < 0:
        raise ValueError(f"draw {draw}: draws are counted from 0")
    stream = seeds.generator("mask", layer.name, float(fraction), int(draw))
    mask = np.zeros(layer.n_units, dtype=np.bool_)
    mask[stream.choice(layer.n_units, size=n, replace=False)] = True
    return mask


def draw_masks(layer: Layer, fraction: float, n_draws: int) -> BoolArray:
    """Return draws 0 to ``n_draws`` − 1 of ``draw_mask``.

    Args:
        layer: The layer to ablate, of the paper's network or any ``Layer(name, n_units, map_side)``; its name and
            number of units decide the draws.
        fraction: Share of its units that each draw ablates, 0 to 1.
        n_draws: How many draws; more leave the first ones as they are.

    Returns:
        Shape (n_draws, n_units), ``True`` where a unit is ablated.

    Raises:
        TypeError: The layer is no ``Layer``.
        ValueError: The fraction lies outside [0, 1], or the number of draws is negative.
    """
    _check_layer(layer)
    masks = np.zeros((n_draws, layer.n_units), dtype=np.bool_)
    for draw in range(n_draws):
        masks[draw] = draw_mask(layer, fraction, draw)
    return masks


def single_unit_masks(layer: Layer) -> BoolArray:
    """Return one mask per unit of the layer, ablating it alone (§4.3), shape (n_units, n_units).

    Args:
        layer: The layer.

    Raises:
        TypeError: The layer is no ``Layer``.
    """
    _check_layer(layer)
    return np.eye(layer.n_units, dtype=np.bool_)


def cumulative_masks(order: NDArray[np.integer] | Sequence[int], steps: Sequence[int]) -> BoolArray:
    """Return nested masks that ablate the first units of an order, for curves of cumulative ablation.

    Cumulative ablation curves are those of Morcos et al. 2018, *On the importance of single directions*.

    Args:
        order: The layer's unit indices, each once, the first to go first.
        steps: How many units to ablate at each step, from 0 to n_units.

    Returns:
        Shape (n_steps, n_units); where steps grow, each mask contains the one before it.

    Raises:
        ValueError: The order is no permutation of the units, or a step is negative or asks for more than there are.
    """
    units = np.asarray(order)
    if units.ndim != 1 or not np.array_equal(np.sort(units), np.arange(len(units))):
        raise ValueError(f"order of {units.size} units: expected every index from 0 to {units.size - 1} once")
    rank = np.empty(len(units), dtype=np.int64)
    rank[units] = np.arange(len(units))
    counts = np.asarray(steps, dtype=np.int64)
    if np.any((counts < 0) | (counts > len(units))):
        raise ValueError(f"steps {list(steps)}: expected numbers of units from 0 to {len(units)}")
    return rank < counts[:, None]


def _check_layer(layer: object) -> None:
    """Refuse what is no layer.

    Raises:
        TypeError: It is something else, such as a layer's name.
    """
    if not isinstance(layer, Layer):
        raise TypeError(
            f"layer is {layer!r}: pass a Layer, such as Layer('stem', n_units, map_side) or find_layer('conv1') of "
            "replication.architecture"
        )
