"""Populations of neurons and how they lie on the map, against literal computations."""

import math
from itertools import pairwise, permutations

import numpy as np
import pytest
import xarray as xr
from claims_networks import CLASSES, FIRST, Few
from small_evidence import small_network

from claims import REGISTRY, populations
from claims.planted import planted
from claims.populations import (
    _shared_bits,
    activity_clusters,
    clustering_of_selective_neurons,
    jaccard,
    living,
    overlap_between_halves,
    share_by_selectivity,
    share_of_like_colours,
    share_of_selective_among_most_active,
    share_of_shared_regions,
)
from replication.choices import DEFAULTS
from replication.evidence import NetworkEvidence
from replication.metrics.populations import normalised_by_layer


@pytest.fixture
def network():
    return small_network("mnist/seed=0")


def test_jaccard_of_sets():
    # {0, 1} and {1, 2} share one of three; nothing shares with nothing.
    both, n = np.array([[2, 1, 0], [1, 2, 0], [0, 0, 0]]), np.array([2, 2, 0])
    assert jaccard(both, n, n) == pytest.approx(np.array([[1, 1 / 3, 0], [1 / 3, 1, 0], [0, 0, 0]]))


def test_jaccard_of_a_single_neuron_with_itself():
    one = np.array([1])
    assert jaccard(one[None], one, one) == 1


def test_overlap_between_halves_is_that_of_the_most_active_tenths(network):
    n = round(len(living(network)) / 10)
    even, odd = map(normalised_by_layer, network.pieces["activations"]["class_mean"].values.astype(np.float64))
    one, other = set(np.argsort(-even[:, 2])[:n]), set(np.argsort(-odd[:, 7])[:n])
    assert overlap_between_halves(network)[2, 7] == pytest.approx(len(one & other) / len(one | other))


def test_selective_among_most_active_compares_sets_of_one_size(network):
    responses = normalised_by_layer(network.class_means.values)
    for label in (0, 6):
        selective = set(np.flatnonzero(network.neuron_preferred == label))
        active = set(np.argsort(-responses[:, label])[: len(selective)])
        found = share_of_selective_among_most_active(network)[label]
        assert found == pytest.approx(len(selective & active) / len(selective))


def test_of_a_single_selective_neuron_all_or_none_is_most_active():
    network = Few(
        neuron_preferred=np.array([4, 7, 7, -1]),
        n_preferring_active=xr.DataArray([0, 0, 0, 0, 1, 0, 0, 1, 0, 0], dims="class"),
    )
    found = share_of_selective_among_most_active(network)
    assert (found[4], found[7], np.isnan(found).sum()) == (1, 1 / 2, 8)


def test_shared_regions_have_no_majority(network):
    rows = network.neuron_neighbours
    shared = [max(np.bincount(network.neuron_preferred[row], minlength=10)) <= 3 for row in rows[::50]]
    assert share_of_shared_regions(network) == pytest.approx(np.mean(shared), abs=0.1)
    assert share_of_shared_regions(planted("mnist", {"map": "class"}, 1)[0]) == 0


def test_like_colours_are_counted_among_neurons_that_both_colour():
    one, other = np.array([0, 0, 0, 1, 2, -1, -1, 3]), np.array([0, 0, 1, 1, 0, -1, 2, -1])
    assert share_of_like_colours(one, other) == share_of_like_colours(other, one) == 3 / 5
    assert math.isnan(share_of_like_colours(one, np.full(8, -1)))


def test_of_a_class_that_no_neuron_is_most_selective_for_nothing_is_said():
    (network,) = planted("mnist", {"selective": {9: 0.0}, "map": "class"}, 1)
    assert network.n_selective.values[9] == 0
    for found in (clustering_of_selective_neurons(network), share_of_selective_among_most_active(network)):
        assert np.isnan(found).tolist() == [False] * 9 + [True]
    assert REGISTRY["4.3/most-selective-not-most-active"].value_of(network) == 1


def test_clustering_of_a_few_neurons_is_the_excess_over_the_mean_of_all_permutations():
    # the living: four in conv1, one in conv2, two in conv3, and in fc1 one; in fc2 none is
    conv1, conv2, conv3, fc1 = FIRST[:4]
    alive = [conv1, conv1 + 1, conv1 + 2, conv1 + 3, conv2, conv3, conv3 + 1, fc1]
    preferred = np.full(FIRST[-1], -1)
    preferred[alive] = [4, 4, 7, 7, 4, 4, 7, 4]
    rows = np.array(alive)[[[0, 1, 4], [1, 0, 2], [2, 3, 5], [3, 7, 1], [4, 7, 0], [5, 6, 0], [6, 4, 5], [7, 4, 3]]]

    def together(classes, label):
        return np.mean([classes[other] == label for own, *others in rows for other in others if classes[own] == label])

    orders = [(*one, 4, *two, 7) for one in permutations(range(4)) for two in permutations(range(5, 7))]
    for label in (4, 7):
        means = []
        for order in orders:
            permuted = preferred.copy()
            permuted[alive] = preferred[alive][list(order)]
            means.append(together(permuted, label))
        found = clustering_of_selective_neurons(Few(neuron_preferred=preferred, neuron_neighbours=rows))[label]
        assert found == pytest.approx(together(preferred, label) - np.mean(means))


@pytest.mark.parametrize("layout", ["random", "class"])
def test_clustering_of_selective_neurons_is_the_excess_over_all_permutations(layout):
    """The exact mean over permutations within layers, against 200 of them drawn."""
    (network,) = planted("mnist", {"map": layout}, 1)
    rows, preferred = network.neuron_neighbours, network.neuron_preferred
    alive = living(network)
    rng = np.random.default_rng(0)

    def together(classes):
        members = classes[rows[:, 0]] == 4
        return (classes[rows[members, 1:]] == 4).mean()

    drawn = []
    for _ in range(200):
        permuted = preferred.copy()
        for start, end in pairwise(FIRST):
            of_layer = alive[(alive >= start) & (alive < end)]
            permuted[of_layer] = preferred[rng.permutation(of_layer)]
        drawn.append(together(permuted))
    expected = together(preferred) - np.mean(drawn)
    error = 4 * np.std(drawn) / math.sqrt(len(drawn))
    assert clustering_of_selective_neurons(network)[4] == pytest.approx(expected, abs=error)


def test_activity_clusters_where_like_neurons_lie_together_only():
    for layout, expected in (("class", True), ("random", False)):
        facts = {"strength_spread": 0.2, "map": layout}
        assert all(activity_clusters(one) == expected for one in planted("mnist", facts, 3))


def test_activity_clusters_only_if_that_of_every_class_does(monkeypatch):
    (one,) = planted("mnist", {"strength_spread": 0.2, "map": "class"}, 1)
    rows, active = one.neuron_neighbours, one.active
    bits = (active << np.arange(10)).sum(axis=1).astype(np.uint16)
    expected = [sum(active[near, c] & active[row[0], c] for row in rows for near in row[1:]) for c in CLASSES]
    assert populations._shared_bits(bits, rows).tolist() == expected

    shared = populations._shared_bits
    assert activity_clusters(one)
    one.memory.clear()
    monkeypatch.setattr(populations, "_shared_bits", lambda *of: shared(*of) * (np.arange(10) != 4))
    assert not activity_clusters(one)


def test_activity_clusters_only_if_it_does_more_than_in_every_permutation(monkeypatch):
    (one,) = planted("mnist", {}, 1)
    for permuted, expected in (([4] * 39, True), ([4] * 38 + [5], False), ([5] * 39, False)):
        counts = iter([5, *permuted])
        monkeypatch.setattr(populations, "_shared_bits", lambda *of, counts=counts: np.full(10, next(counts)))
        assert activity_clusters(NetworkEvidence(one.network, one.pieces)) == expected


def test_what_is_compared_are_neighbours_that_are_most_active_for_a_class_together(monkeypatch):
    (network,) = planted("mnist", {"strength_spread": 0.2}, 1)
    seen = []
    monkeypatch.setattr(
        "claims.populations._shared_bits", lambda *arguments: seen.append(_shared_bits(*arguments)) or np.zeros(10)
    )
    assert not activity_clusters(network), "as many as permuted are no more"
    active, (own, *others) = network.active, network.neuron_neighbours.T
    expected = sum((active[own] & active[other]).sum(axis=0) for other in others)
    assert np.array_equal(seen[0], expected)


def test_activity_clusters_is_the_same_each_time():
    (one,) = planted("mnist", {}, 1)
    again = NetworkEvidence(one.network, one.pieces)
    assert activity_clusters(one) == activity_clusters(again)


@pytest.mark.parametrize("others", ["classes", "images"])
@pytest.mark.parametrize(("low", "high"), [(-1, 0.2), (0.2, 0.5), (0.5, 1), (-1, 1)])
def test_share_by_selectivity_is_that_of_a_layers_living_neurons(network, others, low, high):
    network = network.under(DEFAULTS.but("as-others", others))
    rows = [n for n in range(FIRST[2], FIRST[3]) if network.neuron_preferred[n] >= 0]
    values = network.neuron_selectivity["value"].values[rows]
    expected = sum(low < value <= high for value in values) / len(rows)
    assert share_by_selectivity(network, "conv3", low, high) == pytest.approx(expected)


@pytest.mark.parametrize(("low", "high"), [(0.21, 0.5), (0.2, 0.51)])
def test_neurons_are_not_counted_between_other_bounds(network, low, high):
    with pytest.raises(ValueError, match=f"AS from {low} to {high}: neurons are counted by intervals that end at"):
        share_by_selectivity(network, "conv3", low, high)
