"""Functional neuron populations (§4.3): which neurons a class excites most, and whether they lie together.

Everything is over the neurons that are not dead, in the order of ``NetworkEvidence.neuron_neighbours``.
"""

from itertools import pairwise

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from replication.architecture import HIDDEN_LAYERS, N_CLASSES
from replication.evidence import NetworkEvidence
from replication.remembered import remembered
from replication.seeds import generator

TOP_SHARE = 0.1
"""The most active neurons are the most active tenth: with ten classes, as many as a class's fair share."""

N_PERMUTATIONS = 39
"""Above all of so many permutations lies a statistic with probability 1/40 by chance."""

_FIRST_OF_LAYER = np.cumsum([0, *(layer.n_neurons for layer in HIDDEN_LAYERS)])

BoolTable = NDArray[np.bool_]
Table = NDArray[np.float64]


@remembered
def living(network: NetworkEvidence) -> NDArray[np.int64]:
    """Return the numbers of the neurons that some class excites, ascending."""
    return np.flatnonzero(network.neuron_preferred >= 0)


def normalised_by_layer(means: Table) -> Table:
    """Return activations scaled to [0, 1] within each layer and class (§4.3 ¶2), shape (17280, 10)."""
    scaled = np.zeros_like(means)
    for start, end in pairwise(_FIRST_OF_LAYER):
        block = means[start:end]
        low = block.min(axis=0)
        span = block.max(axis=0) - low
        np.divide(block - low, span, out=scaled[start:end], where=span > 0)
    return scaled


@remembered
def responses(network: NetworkEvidence) -> Table:
    """Return how strongly each class excites each neuron, scaled to [0, 1] within layers, shape (17280, 10)."""
    return normalised_by_layer(network.class_means.values)


def highest(values: Table, n: NDArray[np.int64]) -> BoolTable:
    """Return which rows hold the highest values of each column.

    Args:
        values: Shape (n_rows, n_columns).
        n: How many of each column, shape (n_columns,).

    Returns:
        Of the shape of the values; of values that tie any may be taken.
    """
    chosen = np.zeros(values.shape, dtype=bool)
    for column, size in enumerate(n):
        if size > 0:
            rows = np.argpartition(-values[:, column], size - 1)[:size]
            chosen[rows, column] = True
    return chosen


def most_active(values: Table, n_living: int) -> BoolTable:
    """Return which neurons are among the most active tenth for each class.

    Args:
        values: Mean activation of each neuron for each class, shape (17280, 10).
        n_living: Neurons of which that is a tenth.

    Returns:
        Of the shape of the values.
    """
    return highest(values, np.full(N_CLASSES, round(TOP_SHARE * n_living)))


@remembered
def active_populations(network: NetworkEvidence) -> BoolTable:
    """Return the most active neurons of each class, shape (17280, 10)."""
    return most_active(responses(network), len(living(network)))


def jaccard(one: BoolTable, other: BoolTable) -> Table:
    """Return how much populations overlap: neurons in both over neurons in either.

    Args:
        one: Which neurons are in each class's population, shape (n_neurons, 10).
        other: The same of the populations they are compared with.

    Returns:
        Shape (10, 10), in [0, 1]; 0 where both populations are empty.
    """
    both = one.T.astype(np.float64) @ other.astype(np.float64)
    either = one.sum(axis=0)[:, None] + other.sum(axis=0)[None] - both
    return np.asarray(np.divide(both, either, out=np.zeros_like(both), where=either > 0))


@remembered
def overlap_of_active_populations(network: NetworkEvidence) -> Table:
    """Return the overlap of the most active neurons of two classes, shape (10, 10)."""
    return jaccard(active_populations(network), active_populations(network))


@remembered
def overlap_between_halves(network: NetworkEvidence) -> Table:
    """Return the overlap of the most active neurons for one half of the test images with those for the other.

    The diagonal is the noise ceiling: how far one and the same class agrees with itself.  Shape (10, 10).
    """
    halves = (normalised_by_layer(means) for means in network.class_means_by_half.values)
    return jaccard(*(most_active(half, len(living(network))) for half in halves))


@remembered
def share_of_selective_among_most_active(network: NetworkEvidence) -> Table:
    """Return, by class, how many of its most selective neurons are among as many most active ones, shape (10,).

    NaN for a class that no neuron is most selective for.
    """
    selective = network.neuron_preferred[:, None] == np.arange(N_CLASSES)
    n = selective.sum(axis=0)
    both = (selective & highest(responses(network), n)).sum(axis=0)
    return np.asarray(np.divide(both, n, out=np.full(N_CLASSES, np.nan), where=n > 0))


@remembered
def activity_clusters(network: NetworkEvidence) -> bool:
    """Return whether most active neurons lie together more than within all of 39 permutations of their layers.

    What is compared is the share of a member's 6 nearest neurons that are members too, the classes' mean.
    """
    members = active_populations(network)
    bits = (members << np.arange(N_CLASSES)).sum(axis=1).astype(np.uint16)
    rows = network.neuron_neighbours
    found = _shared_bits(bits, rows)
    rng = generator("claims", "permuted activity", network.network)
    return all(found > _shared_bits(_permuted(bits, living(network), rng), rows) for _ in range(N_PERMUTATIONS))


def _shared_bits(bits: NDArray[np.uint16], rows: NDArray[np.int64]) -> int:
    """Return in how many classes' populations neurons are together with their neighbours, summed over pairs."""
    of_neurons = bits[rows]
    return int(np.bitwise_count(of_neurons[:, 1:] & of_neurons[:, :1]).sum())


def _permuted(bits: NDArray[np.uint16], alive: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.uint16]:
    """Return the memberships exchanged among the living neurons of each layer."""
    permuted = bits.copy()
    for start, end in zip(*_layer_bounds(alive), strict=True):
        permuted[alive[start:end]] = bits[rng.permutation(alive[start:end])]
    return permuted


def _layer_bounds(alive: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the layers start and end among the living neurons."""
    bounds = np.searchsorted(alive, _FIRST_OF_LAYER)
    return bounds[:-1], bounds[1:]


@remembered
def clustering_of_selective_neurons(network: NetworkEvidence) -> Table:
    """Return, by class, how much more its most selective neurons lie together than by chance, shape (10,).

    The share of their 6 nearest neurons that are of the same class, minus the exact mean of that share over all
    permutations within layers.  NaN for a class that no neuron is most selective for.
    """
    rows, alive = network.neuron_neighbours, living(network)
    preferred = network.neuron_preferred
    layer = np.searchsorted(_FIRST_OF_LAYER, np.arange(_FIRST_OF_LAYER[-1]), side="right") - 1
    n_layers = len(HIDDEN_LAYERS)
    pairs = np.zeros((n_layers, n_layers))
    np.add.at(pairs, (layer[rows[:, :1]], layer[rows[:, 1:]]), 1)
    n = np.bincount(layer[alive], minlength=n_layers).astype(np.float64)
    excess = np.full(N_CLASSES, np.nan)
    agrees = preferred[rows[:, 1:]] == preferred[rows[:, :1]]
    for label in range(N_CLASSES):
        members = preferred == label
        m = np.bincount(layer[members], minlength=n_layers).astype(np.float64)
        if m.sum() == 0:
            continue
        # Two neurons of one layer are drawn without replacement.
        together = np.outer(m, m) - np.diag(m)
        possible = np.outer(n, n) - np.diag(n)
        chance = np.divide(together, possible, out=np.zeros_like(together), where=possible > 0)
        observed = agrees[members[rows[:, 0]]].sum()
        excess[label] = (observed - (pairs * chance).sum()) / (m.sum() * (rows.shape[1] - 1))
    return excess


@remembered
def share_of_shared_regions(network: NetworkEvidence) -> float:
    """Return the share of living neurons in whose neighbourhood of 7 no class holds a majority by AS."""
    preferred = network.neuron_preferred[network.neuron_neighbours]
    counts = (preferred[:, :, None] == np.arange(N_CLASSES)).sum(axis=1)
    return float((2 * counts.max(axis=1) <= preferred.shape[1]).mean())


def selectivity_in(network: NetworkEvidence, layer: str) -> Table:
    """Return AS of the living neurons of one layer.

    Args:
        network: The network.
        layer: A hidden layer's name.
    """
    number = [one.name for one in HIDDEN_LAYERS].index(layer)
    value: xr.DataArray = network.neuron_selectivity["value"]
    alive = living(network)
    start, end = (bounds[number] for bounds in _layer_bounds(alive))
    return np.asarray(value.values[alive[start:end]])
