"""Planted cumulative ablations: curves with the distance that the facts set."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.planted_counts import PART_SIZES, intact_hits
from claims.planted_world import World
from replication.architecture import HIDDEN_LAYERS, N_CLASSES
from replication.schema import DIRECTIONS, HALVES, LEVELS, ORDERS

N_RANDOM_ORDERS = 5
ALL_LOST_PP, REACH_PP = 80.0, 15.0
"""Accuracy lost without the layer, and the maximum distance of an order from random order at half of its units."""


def cumulative(world: World) -> dict[str, NDArray[Any]]:
    """Return the piece ``cumulative``: random order loses accuracy with the squared level; others follow the facts."""
    rng = world.rng("cumulative")
    levels = np.array(LEVELS)
    random = ALL_LOST_PP * levels**2
    reach = 4 * REACH_PP * levels * (1 - levels)
    separation = world.table("separates", np.zeros(len(ORDERS)), ORDERS)
    either_way = np.array([1.0, -1.0])
    change = random + separation[:, None, None, None] * either_way[:, None, None] * reach
    halves, layers = len(HALVES), len(HIDDEN_LAYERS)
    ordered = np.broadcast_to(change[..., None], (halves, len(ORDERS), len(DIRECTIONS), layers, len(levels), N_CLASSES))
    by_draw = np.broadcast_to(random[:, None, None], (halves, layers, len(levels), N_RANDOM_ORDERS, N_CLASSES))
    return {
        name: np.stack([_left(world, lost[half], 1 - half, rng) for half in range(halves)])
        for name, lost in (("cumulative_hits", ordered), ("random_hits", by_draw))
    }


def _left(world: World, lost_pp: NDArray[np.float64], part: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the remaining hits of a part for a given accuracy loss, classes last, with noise."""
    size = PART_SIZES[part]
    lost = size * (lost_pp + rng.normal(0, 0.5, lost_pp.shape)) / 100
    return np.asarray(np.clip(np.rint(intact_hits(world)[part] - lost), 0, size))
