"""Planted activations: class means of every neuron, and positions of neurons in the plane."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.planted_world import CLASSES, DEAD_UNIT, LAYER_OF_NEURON, LAYER_OF_UNIT, Table, World
from replication.architecture import N_CLASSES, N_NEURONS, unit_of_neuron
from replication.metrics import populations

LAYER_SCALES = np.array([1.0, 2.0, 3.0, 5.0, 8.0])
"""Scale of activations by layer."""


def unit_means(world: World) -> Table:
    """Return the noiseless mean activation of each unit for each class, shape (unit, class).

    With AS = a, the preferred class excites a unit (1 + a) / (1 − a) times as much as each other class.
    """
    ratio = (1 + world.unit_as) / (1 - world.unit_as)
    prefers = world.preferred[:, None] == np.array(CLASSES)
    means = np.where(prefers, ratio[:, None], 1.0)
    for pair in world.facts.get("twins", ()):
        for one, other in (pair, pair[::-1]):
            # Slightly less than the preferred class, which therefore stays the preferred one.
            means[world.preferred == one, other] = 0.97 * ratio[world.preferred == one]
    return np.asarray(means * (world.strength * LAYER_SCALES[LAYER_OF_UNIT])[:, None])


def activations(world: World) -> dict[str, NDArray[Any]]:
    """Return the piece ``activations``: the units' means with noise per neuron and per half.

    The piece is condensed, because claims read no more.
    """
    rng = world.rng("activations")
    means = unit_means(world)
    means[DEAD_UNIT] = 0
    per_neuron = means[unit_of_neuron()] * np.exp(0.1 * rng.normal(size=(N_NEURONS, 1)))
    halves = per_neuron * (1 + 0.005 * rng.normal(size=(2, N_NEURONS, N_CLASSES)))
    examples = per_neuron.mean(axis=1) * rng.exponential(size=(N_CLASSES, N_NEURONS))
    return dict(populations(halves, np.ones((2, N_CLASSES)), examples))


def vertical(world: World) -> dict[str, NDArray[Any]]:
    """Return the piece ``vertical``: neurons at random positions, or in islands by the class they prefer."""
    rng = world.rng("vertical")
    points = rng.normal(size=(N_NEURONS, 2)) + 3 * LAYER_OF_NEURON[:, None]
    if world.facts.get("map", "random") == "class":
        angle = 2 * np.pi * world.preferred[unit_of_neuron()] / N_CLASSES
        points = rng.normal(size=(N_NEURONS, 2)) + 20 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points[unit_of_neuron() == DEAD_UNIT] = np.nan
    return {"neuron_coordinates": points}
