"""Functional neuron populations (§4.3): the neurons that a class excites most, and whether they cluster.

All functions consider only living neurons, in the order of ``NetworkEvidence.neuron_neighbours``.
"""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from replication.architecture import HIDDEN_LAYERS, N_CLASSES, N_UNITS, layer_of_unit, unit_of_neuron
from replication.evidence import NetworkEvidence
from replication.metrics.populations import FIRST_OF_LAYER
from replication.ratios import ratio_or_nan
from replication.remembered import remembered
from replication.seeds import generator
from replication.words import true_minus

ALIKE = 1 / 2
"""Two colourings are alike if they give at least half of the neurons the same class."""

IMPACT_IS_NOISE = "whose classes by ablation effect do not recur on other test images"

RECURRING_R = {"fashion": (0.78, 0.95), "kmnist": (0.25, 0.93), "mnist": (-0.24, 0.66)}
"""Range over networks of the correlation of AES counts between the two halves of the test images."""

COUNTS_RECUR = (
    "Few images decide which class a unit affects most. In the recorded networks, counts from one half of the test "
    "images correlate with those from the other half: r from {} in F-Net, {} in K-Net, {} in M-Net."
).format(*(true_minus(f"{low:.2f} to {high:.2f}") for low, high in RECURRING_R.values()))

N_PERMUTATIONS = 39
"""Number of permutations; a statistic exceeds all of them with probability 1/40 by chance."""

N_UNIT_PERMUTATIONS = 399
"""Number of permutations of units, large enough that the random choice hardly matters."""

Table = NDArray[np.float64]


@remembered
def living(network: NetworkEvidence) -> NDArray[np.int64]:
    """Return the indices of the neurons that at least one class excites, ascending."""
    return np.flatnonzero(network.neuron_preferred >= 0)


def jaccard(both: NDArray[np.number], n_one: NDArray[np.number], n_other: NDArray[np.number]) -> Table:
    """Return the Jaccard overlap of populations: neurons in both over neurons in either.

    Args:
        both: Number of neurons in both of two populations, shape (10, 10).
        n_one: Number of neurons in each population of the rows, shape (10,).
        n_other: Number of neurons in each population of the columns, shape (10,).

    Returns:
        Shape (10, 10), in [0, 1]; 0 if both populations are empty.
    """
    either = n_one[:, None] + n_other[None] - both
    return np.asarray(np.divide(both, either, out=np.zeros(both.shape), where=either > 0))


@remembered
def overlap_between_halves(network: NetworkEvidence) -> Table:
    """Return the overlap of the most active neurons between the two halves of the test images.

    The diagonal is the noise ceiling: the agreement of a class with itself.  Shape (10, 10).
    """
    # Populations are a tenth of the neurons, so both halves have equal numbers.
    n = network.active.sum(axis=0)
    return jaccard(network.n_active_on_both.values, n, n)


@remembered
def share_of_selective_among_most_active(network: NetworkEvidence) -> Table:
    """Return the share of each class's most selective neurons that are among as many most active ones, shape (10,).

    NaN for a class without a neuron that prefers it.
    """
    both = network.n_preferring_active.values
    n = np.bincount(network.neuron_preferred[living(network)], minlength=N_CLASSES)
    return ratio_or_nan(both, n)


@remembered
def activity_clusters(network: NetworkEvidence) -> bool:
    """Return whether each class's most active neurons cluster more than in all of 39 permutations within layers.

    The statistic is the share of a member's 6 nearest neurons that are also members.
    """
    bits = (network.active << np.arange(N_CLASSES)).sum(axis=1).astype(np.uint16)
    rows = network.neuron_neighbours
    found = _shared_bits(bits, rows)
    rng = generator("claims", "permuted activity", network.network)
    return all((found > _shared_bits(_permuted(bits, living(network), rng), rows)).all() for _ in range(N_PERMUTATIONS))


def _shared_bits(bits: NDArray[np.uint16], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of neighbour pairs in which both neurons are in each class's population, shape (10,)."""
    of_neurons = bits[rows]
    both = np.bincount((of_neurons[:, 1:] & of_neurons[:, :1]).ravel(), minlength=2**N_CLASSES)
    return both @ (np.arange(2**N_CLASSES)[:, None] >> np.arange(N_CLASSES) & 1)


def _permuted(bits: NDArray[np.uint16], alive: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.uint16]:
    """Return the memberships permuted among the living neurons of each layer."""
    permuted = bits.copy()
    for start, end in zip(*_layer_bounds(alive), strict=True):
        permuted[alive[start:end]] = bits[rng.permutation(alive[start:end])]
    return permuted


@remembered
def impact_clustering(network: NetworkEvidence) -> float:
    """Return the permutation p value that neighbouring neurons' units affect the same class.

    Neighbours are the 6 nearest neurons that belong to another unit.  The classes that units affect most when ablated
    (AES) are permuted among the units of each layer, 399 times.

    Returns:
        The share of permutations with at least as many agreeing neighbours, 1/400 to 1.  The network itself counts as
        one permutation, so that a value of at most 1/40 has probability 1/40 by chance.  NaN if no two units affect the
        same class, for example if no unit has an effect.
    """
    one, other, n_pairs = _neighbouring_units(network)
    preferred = network.effect_selectivity["preferred"].values
    if np.bincount(preferred[preferred >= 0], minlength=1).max() < 2:
        return float("nan")
    # One row per unit, so that a pair's classes in all permutations are contiguous; float32 counts exactly to 2²⁴.
    classes = preferred.astype(np.int8)[_exchanged_units(network)]
    no_class_is_none = np.where(classes < 0, np.int8(-2), classes)
    alike = classes[one] == no_class_is_none[other]
    n_alike = n_pairs.astype(np.float32) @ alike.astype(np.float32)
    return float((n_alike >= n_alike[0]).mean())


@remembered
def _neighbouring_units(network: NetworkEvidence) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs of different units with neighbouring neurons, and the number of neighbour pairs of each."""
    owner = unit_of_neuron()[network.neuron_neighbours]
    one, other = np.broadcast_arrays(owner[:, :1], owner[:, 1:])
    pairs = np.minimum(one, other) * N_UNITS + np.maximum(one, other)
    codes, n_pairs = np.unique(pairs[one != other], return_counts=True)
    return codes // N_UNITS, codes % N_UNITS, n_pairs


@remembered
def _exchanged_units(network: NetworkEvidence) -> NDArray[np.int16]:
    """Return the units in their order, and then permuted within each layer, shape (1216, 1 + 399)."""
    rng = generator("claims", "permuted impact", network.network)
    layers = layer_of_unit()
    units = np.tile(np.arange(N_UNITS, dtype=np.int16)[:, None], (1, 1 + N_UNIT_PERMUTATIONS))
    for layer in dict.fromkeys(layers):
        units[layers == layer, 1:] = rng.permuted(units[layers == layer, 1:], axis=0)
    return units


def share_of_like_colours(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Return the share of neurons with the same class, among those with a class in both; NaN if there are none.

    Args:
        one: Class of each neuron by one metric; −1 for none.
        other: Class of each neuron by another metric, or by the same metric on other images.
    """
    both = (one >= 0) & (other >= 0)
    return float((one == other)[both].mean()) if both.any() else float("nan")


@remembered
def impact_recurs(network: NetworkEvidence) -> float:
    """Return the share of neurons whose units affect the same class most on both halves of the test images."""
    return share_of_like_colours(*network.neuron_effect_preferred_by_half)


def harm_by_own_units(network: NetworkEvidence, label: int) -> Table:
    """Return the accuracy change of a class in pp for each unit that affects no class more; harm is positive.

    Args:
        network: The network; ``aes-ties`` sets whether units that affect another class equally are included.
        label: The class.
    """
    return np.asarray(network.unit_harm.values[network.effect_votes[:, label] > 0, label])


def _layer_bounds(alive: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the start and end of each layer among the living neurons."""
    bounds = np.searchsorted(alive, FIRST_OF_LAYER)
    return bounds[:-1], bounds[1:]


@remembered
def clustering_of_selective_neurons(network: NetworkEvidence) -> Table:
    """Return how much more each class's most selective neurons cluster than by chance, shape (10,).

    This is the share of their 6 nearest neurons of the same class, minus the exact mean of that share over all
    permutations within layers.  NaN for a class without a neuron that prefers it.
    """
    rows, alive = network.neuron_neighbours, living(network)
    preferred = network.neuron_preferred
    layer = np.searchsorted(FIRST_OF_LAYER, np.arange(FIRST_OF_LAYER[-1]), side="right") - 1
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
        # Two neurons of the same layer are drawn without replacement.
        together = np.outer(m, m) - np.diag(m)
        possible = np.outer(n, n) - np.diag(n)
        chance = np.divide(together, possible, out=np.zeros_like(together), where=possible > 0)
        observed = agrees[members[rows[:, 0]]].sum()
        excess[label] = (observed - (pairs * chance).sum()) / (m.sum() * (rows.shape[1] - 1))
    return excess


@remembered
def share_of_shared_regions(network: NetworkEvidence) -> float:
    """Return the share of living neurons whose neighbourhood of 7 has no majority class by AS."""
    preferred = network.neuron_preferred[network.neuron_neighbours]
    counts = (preferred[:, :, None] == np.arange(N_CLASSES)).sum(axis=1)
    return float((2 * counts.max(axis=1) <= preferred.shape[1]).mean())


def share_by_selectivity(network: NetworkEvidence, layer: str, low: float, high: float) -> float:
    """Return the share of a layer's living neurons with AS above ``low`` and at most ``high``.

    Args:
        network: The network.
        layer: A hidden layer's name.
        low: A multiple of 1/20, or below 0 for neurons of AS 0.
        high: A multiple of 1/20.

    Raises:
        ValueError: A bound is not an end of the intervals by which neurons are counted.
    """
    counts: xr.DataArray = network.n_by_selectivity.sel(layer=layer)
    ends = counts["selectivity"].values
    if not (low < 0 or low in ends) or high not in ends:
        raise ValueError(f"AS from {low} to {high}: neurons are counted by intervals that end at {ends.tolist()}")
    return float(counts.values[(ends > low) & (ends <= high)].sum() / counts.sum())
