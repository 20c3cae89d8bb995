"""What the claims say of the class that a unit's ablation affects most, and where ablations do nothing."""

import math

import numpy as np
import pytest
from claims_networks import without_effects
from small_evidence import small_network

from claims import REGISTRY
from claims.planted import planted
from claims.populations import N_UNIT_PERMUTATIONS, _exchanged_units, impact_clustering, impact_recurs, living
from claims.section_4_3_single_ablations import TWOFOLD
from replication.architecture import HIDDEN_LAYERS, N_UNITS, layer_of_unit, unit_of_neuron
from replication.choices import Choices
from replication.evidence import NetworkEvidence
from replication.seeds import generator

NO_EFFECTS = {"effect": 0}
"""Units flip a few images of any class: which class a unit affects most is noise."""


@pytest.fixture
def network():
    return small_network("mnist/seed=0")


def test_colours_of_units_without_effects_are_undefined():
    assert math.isnan(REGISTRY["5/metrics-colour-differently"].value_of(without_effects()))


def test_colours_that_are_unlike_themselves_on_other_images_are_unlike_nothing():
    (noise,), (neutral,) = planted("mnist", NO_EFFECTS, 1), planted("mnist", {}, 1)
    assert impact_recurs(noise) == pytest.approx(0.1, abs=0.05)
    assert impact_recurs(neutral) > 0.9
    assert math.isnan(REGISTRY["5/metrics-colour-differently"].value_of(noise))
    assert REGISTRY["5/metrics-colour-differently"].value_of(neutral) == 1


def test_effects_on_one_half_of_the_images_alone_recur_nowhere():
    half = without_effects(parts=1)
    assert math.isnan(impact_recurs(half))
    assert math.isnan(REGISTRY["5/metrics-colour-differently"].value_of(half))
    assert math.isnan(REGISTRY["4.3/like-impact-clusters"].value_of(half))


def test_noise_of_classes_by_effect_does_not_excuse_other_colours_that_are_alike():
    (network,) = planted("mnist", NO_EFFECTS, 1)
    activations = network.pieces["activations"].copy(deep=True)
    activations["example_preferred"].values[:] = activations["preferred"].values
    alike = NetworkEvidence(network.network, {**network.pieces, "activations": activations})
    assert REGISTRY["5/metrics-colour-differently"].value_of(alike) == 0


def test_that_noise_lies_apart_says_nothing_of_like_impact():
    found = [REGISTRY["4.3/like-impact-clusters"].value_of(network) for network in planted("mnist", NO_EFFECTS, 12)]
    # By chance one network in forty has neurons of like impact together.
    assert sum(map(math.isnan, found)) >= 10
    assert 0 not in found


@pytest.mark.parametrize(
    ("share", "recurs", "expected"),
    [(0.01, 0.1, 1), (0.5, 0.1, math.nan), (0.5, math.nan, math.nan), (0.5, 0.5, 0), (1 / 40, 0.9, 1)],
)
def test_noise_of_classes_by_effect_leaves_undecided_only_what_lies_apart(monkeypatch, share, recurs, expected):
    monkeypatch.setattr("claims.section_4_3_populations.impact_clustering", lambda network: share)
    monkeypatch.setattr("claims.section_4_3_populations.impact_recurs", lambda network: recurs)
    claim = REGISTRY["4.3/like-impact-clusters"]
    assert claim.value_of(small_network("mnist/seed=0")) == pytest.approx(expected, nan_ok=True)


def test_clustering_by_impact_is_that_of_a_count_over_pairs(network):
    units = network.pieces["units"].copy(deep=True)
    for name in ("lost", "gained"):
        units[name].values[:, :, ::3] = 0
    network = NetworkEvidence(network.network, {**network.pieces, "units": units})
    owner, preferred = unit_of_neuron(), network.effect_selectivity["preferred"].values
    assert (preferred[::3] == -1).all(), "a third of the units have no effect and are like no other"
    rows = network.neuron_neighbours
    one, other = owner[rows[:, :1]], owner[rows[:, 1:]]

    def n_alike(classes):
        return np.count_nonzero((one != other) & (classes[one] == classes[other]) & (classes[one] >= 0))

    rng = generator("claims", "permuted impact", network.network)
    permuted = np.tile(preferred[:, None], (1, N_UNIT_PERMUTATIONS))
    for layer in HIDDEN_LAYERS:
        of_layer = layer_of_unit() == layer.name
        permuted[of_layer] = rng.permuted(permuted[of_layer], axis=0)
    assert all(sorted(column) == sorted(preferred) for column in permuted.T)
    n_as_often = 1 + sum(n_alike(column) >= n_alike(preferred) for column in permuted.T)
    assert impact_clustering(network) == n_as_often / (1 + N_UNIT_PERMUTATIONS)


def test_classes_of_units_are_exchanged_within_their_layers():
    preferred = np.arange(N_UNITS) % 10
    exchanged = preferred[_exchanged_units(small_network("mnist/seed=0"))]
    for layer in HIDDEN_LAYERS:
        rows = layer_of_unit() == layer.name
        expected = np.sort(preferred[rows])
        assert all(np.array_equal(np.sort(column), expected) for column in exchanged[rows].T)
        assert not all(np.array_equal(column, preferred[rows]) for column in exchanged[rows].T)


def test_like_impact_does_not_depend_on_what_the_classes_are_called():
    (network,) = planted("mnist", {"map": "random"}, 1)
    units, intact = (network.pieces[piece].copy(deep=True) for piece in ("units", "intact"))
    for name in ("lost", "gained"):
        units[name].values[:] = units[name].values[..., ::-1]
    intact["confusion"].values[:] = intact["confusion"].values[:, ::-1, ::-1]
    otherwise = NetworkEvidence(network.network, {**network.pieces, "units": units, "intact": intact})
    assert 1 / 400 < impact_clustering(network) < 1
    assert impact_clustering(otherwise) == impact_clustering(network)


@pytest.mark.parametrize(("classes", "undefined"), [((0, 1), True), ((0,), True), ((4, 4), False), ((0, 0, 1), False)])
def test_like_impact_takes_two_units_that_affect_the_same_class(classes, undefined):
    network = without_effects()
    units = network.pieces["units"].copy(deep=True)
    for unit, label in enumerate(classes):
        units["lost"].values[:, :, 500 + unit, label] = 20
    affected = NetworkEvidence(network.network, {**network.pieces, "units": units})
    assert affected.effect_selectivity["preferred"].values[500 : 500 + len(classes)].tolist() == list(classes)
    assert math.isnan(impact_clustering(affected)) == undefined


def test_without_any_effect_there_is_no_like_impact():
    assert math.isnan(impact_clustering(without_effects()))
    assert math.isnan(REGISTRY["4.3/like-impact-clusters"].value_of(without_effects()))


def test_neurons_of_one_kernel_are_no_neighbours_of_like_impact():
    """Every kernel's neurons lie together and apart from all others': nothing is said of like impact."""
    (network,) = planted("mnist", {"effects_match_selectivity": True}, 1)
    owner = unit_of_neuron()
    vertical = network.pieces["vertical"].copy(deep=True)
    places = generator("test", "islands").normal(size=(N_UNITS, 2)) * 1000
    jitter = generator("test", "jitter").normal(size=(len(owner), 2))
    points = vertical["neuron_coordinates"].values
    points[:] = np.where(np.isnan(points), np.nan, places[owner] + jitter)
    islands = NetworkEvidence(network.network, {**network.pieces, "vertical": vertical})
    assert REGISTRY["4.3/like-impact-clusters"].value_of(islands) == 0


def test_of_classes_drawn_at_random_regions_are_always_shared_and_the_most_selective_never_the_most_active():
    """Both claims are said to be true by chance always: they are in a hundred worlds where classes mean nothing."""
    (network,) = planted("mnist", {"map": "class"}, 1)
    assert REGISTRY["4.3/regions-shared"].value_of(network) == 0
    rng = generator("test", "meaningless classes")
    neighbours, alive = network.neuron_neighbours, living(network)
    for _ in range(100):
        preferred = rng.integers(10, size=len(network.neuron_preferred))
        counts = (preferred[neighbours][:, :, None] == np.arange(10)).sum(axis=1)
        assert (2 * counts.max(axis=1) <= neighbours.shape[1]).mean() >= 0.1
        activity = rng.permuted(np.tile(np.arange(len(alive)), (10, 1)), axis=1)
        selective = preferred[alive] == np.arange(10)[:, None]
        among_most_active = activity < selective.sum(axis=1, keepdims=True)
        assert ((selective & among_most_active).sum(axis=1) / selective.sum(axis=1)).mean() < 1 / 2
    assert REGISTRY["4.3/regions-shared"].rule.chance == REGISTRY["4.3/most-selective-not-most-active"].rule.chance == 1


def test_classes_drawn_at_random_differ_twofold_as_often_as_is_said():
    owned = np.bincount(unit_of_neuron(), minlength=N_UNITS)
    rng, n, twofold = generator("test", "twofold"), 4000, 0
    for _ in range(n):
        counts = np.bincount(rng.integers(10, size=N_UNITS), weights=owned, minlength=10)
        twofold += counts.max() >= 2 * counts.min()
    assert twofold / n == pytest.approx(TWOFOLD, abs=0.02)


def test_symmetric_flips_prefer_no_class():
    """Where units flip images of any class alike, classes 1 and 2 are preferred equally often."""
    rng = generator("test", "symmetric flips")
    template = planted("fashion", {}, n_networks=1)[0]
    counts = np.zeros(10)
    for _ in range(5):
        units = template.pieces["units"].copy(deep=True)
        for name in ("lost", "gained"):
            units[name].values[:] = 0
            units[name].values[:, 0] = rng.poisson(0.3, units[name].values[:, 0].shape)
        network = NetworkEvidence("fashion/seed=0", {**template.pieces, "units": units}, Choices((("count", "units"),)))
        counts += network.n_effect_selective.values
    assert counts[1] / counts[2] == pytest.approx(1, abs=0.2)
    assert counts.max() / counts.min() < 1.3
