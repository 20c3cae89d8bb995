"""Ablation masks: random selections, single units, nested sets.  ``True`` marks an ablated unit."""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from replication import seeds
from replication.architecture import Layer

BoolArray = NDArray[np.bool_]


def n_ablated(layer: Layer, fraction: float) -> int:
    """Return floor(fraction · n_units), computed in decimal arithmetic.

    In binary floating point 0.29 · 100 is 28.999…; in decimal it is 29.

    Args:
        layer: The layer to ablate.
        fraction: From 0 to 1.

    Returns:
        Number of units ablated.

    Raises:
        TypeError: ``layer`` is not a ``Layer``.
        ValueError: ``fraction`` lies outside [0, 1].
    """
    _check_layer(layer)
    if not 0 <= fraction <= 1:
        raise ValueError(f"fraction {fraction}: expected a number from 0 to 1")
    return math.floor(Fraction(str(float(fraction))) * layer.n_units)


def draw_mask(layer: Layer, fraction: float, draw: int) -> BoolArray:
    """Draw a random mask of the units to ablate (§4.1), without replacement; the same mask applies to all images.

    Args:
        layer: The layer to ablate.
        fraction: Share of its units to ablate, from 0 to 1; ``n_ablated`` rounds down.
        draw: Index of the draw, from 0.  A given draw is the same mask in every network.

    Returns:
        Shape (n_units,), ``True`` where a unit is ablated; all ``False`` at fraction 0.

    Raises:
        TypeError: ``layer`` is not a ``Layer``.
        ValueError: ``fraction`` lies outside [0, 1], or ``draw`` is negative.
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
        layer: A layer of the paper's network, or any ``Layer(name, n_units, map_side)``.  Its name and number of
            units determine the draws.
        fraction: Share of units ablated in each draw, from 0 to 1.
        n_draws: Number of draws.  A larger number only appends draws.

    Returns:
        Shape (n_draws, n_units), ``True`` where a unit is ablated.

    Raises:
        TypeError: ``layer`` is not a ``Layer``.
        ValueError: ``fraction`` lies outside [0, 1], or ``n_draws`` is negative.
    """
    _check_layer(layer)
    masks = np.zeros((n_draws, layer.n_units), dtype=np.bool_)
    for draw in range(n_draws):
        masks[draw] = draw_mask(layer, fraction, draw)
    return masks


def single_unit_masks(layer: Layer) -> BoolArray:
    """Return one mask per unit that ablates this unit alone (§4.3), shape (n_units, n_units).

    Args:
        layer: The layer.

    Raises:
        TypeError: ``layer`` is not a ``Layer``.
    """
    _check_layer(layer)
    return np.eye(layer.n_units, dtype=np.bool_)


def cumulative_masks(order: NDArray[np.integer] | Sequence[int], steps: Sequence[int]) -> BoolArray:
    """Return nested masks for cumulative ablation curves, each ablating the first units of an order.

    The curves follow Morcos et al. 2018, *On the importance of single directions*.

    Args:
        order: Permutation of the layer's unit indices, in the order of ablation.
        steps: Number of units ablated at each step, from 0 to n_units.

    Returns:
        Shape (n_steps, n_units).  For increasing steps each mask contains the preceding one.

    Raises:
        ValueError: ``order`` is not a permutation of the units, or a step is no whole number from 0 to n_units.
    """
    units = np.asarray(order)
    if units.ndim != 1 or not np.array_equal(np.sort(units), np.arange(len(units))):
        raise ValueError(f"order of {units.size} units: expected every index from 0 to {units.size - 1} once")
    rank = np.empty(len(units), dtype=np.int64)
    rank[units] = np.arange(len(units))
    counts = np.asarray(steps)
    if np.any((counts < 0) | (counts > len(units)) | (counts % 1 != 0)):
        raise ValueError(f"steps {list(steps)}: expected numbers of units from 0 to {len(units)}")
    return rank < counts[:, None]


def _check_layer(layer: object) -> None:
    """Check that ``layer`` is a ``Layer``.

    Raises:
        TypeError: It is something else, such as a layer's name.
    """
    if not isinstance(layer, Layer):
        raise TypeError(
            f"layer is {layer!r}: pass a Layer, such as Layer('stem', n_units, map_side) or find_layer('conv1') of "
            "replication.architecture"
        )
