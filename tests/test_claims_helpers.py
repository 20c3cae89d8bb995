"""What the claims measure beyond the evidence's own quantities, against literal computations."""

import math
from dataclasses import replace
from itertools import combinations, pairwise, permutations
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import rankdata, spearmanr
from small_evidence import small_network
from strategies import seeds

from claims import REGISTRY, populations
from claims.arithmetic import OWNED, as_lies_between_0_and_1
from claims.gains import gain_recurs
from claims.importance import (
    CONVOLUTIONS,
    LEAST_RELIABILITY,
    RECURS_TOO_LITTLE,
    _mean_where,
    agreement_of_halves,
    explained,
    explained_by_impact,
    explained_by_magnitude,
    explained_by_selectivity,
    explained_by_selectivity_per_class,
    explained_of_what_recurs,
    half_layer_masks,
    is_insufficient,
    reliability,
    reliability_of_overall_impact,
)
from claims.patterns import (
    PAIRS,
    near_pairs,
    similarity_of_activation,
    similarity_of_impact,
    similarity_of_selectivity,
    some_near_pair_is_dissimilar,
)
from claims.planted import planted
from claims.populations import (
    N_UNIT_PERMUTATIONS,
    _exchanged_units,
    _shared_bits,
    activity_clusters,
    clustering_of_selective_neurons,
    impact_clustering,
    impact_recurs,
    jaccard,
    living,
    overlap_between_halves,
    share_by_selectivity,
    share_of_like_colours,
    share_of_selective_among_most_active,
    share_of_shared_regions,
)
from claims.section_4_3_single_ablations import TWOFOLD
from claims.shares import evenness, ratio, total_variation, twice_as_much
from replication.architecture import HIDDEN_LAYERS, LAYER_NAMES, N_UNITS, UNITS, layer_of_unit, unit_of_neuron
from replication.audit import audit
from replication.choices import CHOICES, DEFAULTS, Choices
from replication.evidence import NetworkEvidence
from replication.metrics import relative_ranks, selectivity_for_classes
from replication.metrics.populations import normalised_by_layer
from replication.seeds import generator

CLASSES = range(10)
FIRST = np.cumsum([0, *(layer.n_neurons for layer in HIDDEN_LAYERS)])


class Few(SimpleNamespace):
    """A network of which but a few quantities are known."""

    def __init__(self, **quantities):
        super().__init__(memory={}, choices={}, choices_read=set(), **quantities)


@pytest.fixture
def network():
    return small_network("mnist/seed=0")


# Shares ----------------------------------------------------------------------------------------------------------


def test_evenness_of_one_two_and_three_layers():
    shares = np.array([[1, 1 / 2, 1 / 3, 0], [0, 1 / 2, 1 / 3, 0], [0, 0, 1 / 3, 0]])
    found = evenness(shares)
    assert found[:3] == pytest.approx([0, math.log(2) / math.log(3), 1])
    assert math.isnan(found[3])


@given(seeds, st.floats(0.1, 10))
def test_evenness_lies_between_0_and_1_whatever_the_scale(seed, scale):
    shares = np.random.default_rng(seed).exponential(size=(3, 4))
    assert ((evenness(shares) >= 0) & (evenness(shares) <= 1 + 1e-12)).all()
    assert evenness(scale * shares) == pytest.approx(evenness(shares))


def test_total_variation_is_0_for_the_like_and_1_for_strangers():
    shares = np.array([[1, 1, 0, 0.5], [0, 0, 1, 0.5]])
    assert total_variation(shares)[0] == pytest.approx([0, 0, 1, 0.5])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (6, 3, 2.0),
        (3, 0.5, 6.0),
        (0, 3, 0.0),
        (3, 0, math.inf),
        (0.5, 0, math.inf),
        (1, -2, math.inf),
        (0, 0, math.nan),
        (-1, 0, math.nan),
    ],
)
def test_something_is_infinitely_more_than_nothing_and_nothing_says_nothing(one, other, expected):
    assert ratio(one, other) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(("amounts", "expected"), [((3, 1, 2), 3.0), ((2, 2, 2), 1.0), ((0, 5, 1), math.inf)])
def test_twice_as_much_compares_the_most_with_the_least(amounts, expected):
    answer = twice_as_much(xr.DataArray(list(amounts), dims="class"), "of it", reads="more")
    assert (answer.number, float(answer)) == (expected, float(expected >= 2))


# Populations -----------------------------------------------------------------------------------------------------


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


# Patterns --------------------------------------------------------------------------------------------------------


def test_near_pairs_are_those_planted():
    pairs = [(0, 2), (1, 3), (4, 6), (5, 7), (8, 9)]
    found = near_pairs(planted("mnist", {"near": pairs}, 1)[0])
    assert list(zip(*PAIRS, strict=True)) == (of_classes := list(combinations(CLASSES, 2)))
    assert {of_classes[pair] for pair in found} == set(pairs)


def test_of_pairs_equally_near_the_first_count(monkeypatch):
    (network,) = planted("mnist", {}, 1)
    distance = network.centroid_distance.copy(deep=True)
    distance.values[:] = 1
    distance.loc[{"class": [1, 3, 5, 7]}] = 0.5
    monkeypatch.setattr(NetworkEvidence, "centroid_distance", distance)
    nearer = [n for n, (smaller, _) in enumerate(combinations(CLASSES, 2)) if smaller % 2]
    assert near_pairs(network).tolist() == nearer[:5]


def test_how_many_pairs_are_near_is_a_choice():
    (one,) = planted("mnist", {}, 1)
    by_answer = {answer: near_pairs(one.under(DEFAULTS.but("near-pairs", answer))) for answer in ("3", "5", "10")}
    assert [len(pairs) for pairs in by_answer.values()] == [3, 5, 10]
    assert by_answer["10"][:5].tolist() == by_answer["5"].tolist()


def test_a_near_pair_at_the_median_is_dissimilar_and_one_above_is_not():
    pairs = [(0, 2), (1, 3), (4, 6), (5, 7), (0, 8)]
    (network,) = planted("mnist", {"near": pairs}, 1)
    similarity = np.zeros((10, 10))
    assert some_near_pair_is_dissimilar(network, similarity)
    for pair in pairs:
        similarity[pair] = 1
    assert not some_near_pair_is_dissimilar(network, similarity)
    similarity[pairs[2]] = 0
    assert some_near_pair_is_dissimilar(network, similarity)


def test_dissimilar_is_what_is_no_more_similar_than_the_median_not_the_mean():
    pairs = [(0, 2), (1, 3), (4, 6), (5, 7), (0, 8)]
    (network,) = planted("mnist", {"near": pairs}, 1)
    similarity = np.zeros((10, 10))
    similarity[9] = similarity[:, 9] = 1  # in 9 of 45 pairs: the median is 0, the mean 1/5
    for pair in pairs:
        similarity[pair] = 0.1
    assert not some_near_pair_is_dissimilar(network, similarity)


def test_a_class_that_no_ablation_touches_is_as_similar_to_none():
    (network,) = planted("mnist", {}, 1)
    units = network.pieces["units"].copy(deep=True)
    for name in ("lost", "gained"):
        units[name].loc[{"class": 4}] = 0
    untouched = NetworkEvidence(network.network, {**network.pieces, "units": units})
    undefined = np.isnan(similarity_of_impact(untouched))
    assert undefined[4].all()
    assert undefined[:, 4].all()
    assert undefined.sum() == 19


def test_similarities_are_symmetric_and_1_with_themselves(network):
    for similarity in (similarity_of_activation, similarity_of_selectivity, similarity_of_impact):
        found = similarity(network)
        assert found == pytest.approx(found.T)
        assert np.diag(found) == pytest.approx(np.ones(10))


def test_similarity_of_impact_is_a_correlation(network):
    harm = network.unit_harm.values
    assert similarity_of_impact(network)[3, 8] == pytest.approx(np.corrcoef(harm[:, 3], harm[:, 8])[0, 1])


def test_similarity_of_impact_is_a_correlation_however_little_an_ablation_does():
    (network,) = planted("mnist", {}, 1)
    units = network.pieces["units"].copy(deep=True)
    for name in ("lost", "gained"):
        units[name].loc[{"class": [4, 6]}] = 0
    for unit, label in ((0, 4), (0, 6), (1, 6)):
        units["lost"].values[0, 0, unit, label] = 1
    few = NetworkEvidence(network.network, {**network.pieces, "units": units})
    harm = few.unit_harm.values[:, [4, 6]]
    assert similarity_of_impact(few)[4, 6] == pytest.approx(np.corrcoef(harm.T)[0, 1])


# Importance ------------------------------------------------------------------------------------------------------


def test_explained_is_the_squared_correlation_of_ranks_within_layers(network):
    indicator, importance = network.unit_magnitude.values, network.unit_harm_overall.values
    ranks = [np.empty(N_UNITS), np.empty(N_UNITS)]
    for values, found in zip((indicator, importance), ranks, strict=True):
        for layer in HIDDEN_LAYERS:
            rows = [i for i, unit in enumerate(UNITS) if unit.layer == layer]
            for i in rows:
                below = sum(values[j] < values[i] for j in rows)
                equal = sum(values[j] == values[i] for j in rows)
                found[i] = (below + (equal - 1) / 2) / (len(rows) - 1)
    assert explained(indicator, importance) == pytest.approx(np.corrcoef(*ranks)[0, 1] ** 2)


def test_explained_does_not_depend_on_the_layers_scales(network):
    values = network.unit_magnitude.values
    scale = np.where(layer_of_unit() == "fc1", 1e3, 1.0)
    harm = network.unit_harm_overall.values
    assert explained(values * scale, harm) == pytest.approx(explained(values, harm))
    assert explained(values, values) == pytest.approx(1)


def test_an_effect_of_a_single_unit_is_explained_by_itself():
    of_one = np.zeros(N_UNITS)
    of_one[7] = 1
    assert explained(of_one, of_one) == pytest.approx(1)


def test_nothing_explains_an_effect_that_is_constant():
    assert math.isnan(explained(np.arange(N_UNITS, dtype=float), np.zeros(N_UNITS)))


def by_half(network):
    return -network.net_gain_by_half.values.astype(float)


def test_reliability_is_spearman_brown_of_the_halves(network):
    halves = by_half(network).sum(axis=-1)
    half = np.corrcoef(*(relative_ranks(one) for one in halves))[0, 1]
    assert reliability(halves) == pytest.approx(max(0.0, 2 * half / (1 + half)))
    assert reliability(np.stack([halves[0], halves[0]])) == pytest.approx(1)
    assert reliability(np.stack([halves[0], -halves[0]])) == 0
    assert reliability(np.zeros((2, N_UNITS))) == 0
    assert agreement_of_halves(np.stack([halves[0], -halves[0]])) == 0


def test_what_recurs_just_as_much_as_is_asked_is_explained_and_less_is_not():
    values = np.arange(N_UNITS, dtype=float)
    indicator = np.column_stack([values] * 3)
    found = explained_of_what_recurs(indicator, -indicator, np.array([0.5, 0.25, 0.24]), 0.25)
    assert found == pytest.approx([2, 4, math.nan], nan_ok=True)


@pytest.mark.parametrize("source", ["magnitude", "selectivity"])
def test_noise_in_the_flips_does_not_make_an_indicator_insufficient(source):
    explains = {"magnitude": explained_by_magnitude, "selectivity": explained_by_selectivity}[source]
    for one in planted("mnist", {"unit_impact": source, "effect": 0, "flips": 0.4}, 6):
        indicator = one.unit_magnitude if source == "magnitude" else one.unit_selectivity["value"]
        assert explained(indicator.values, one.unit_harm_overall.values) < 0.45
        assert 0.8 < explains(one) < 1.2


@pytest.mark.parametrize("source", ["magnitude", "selectivity"])
def test_where_importance_would_not_recur_nothing_is_said(source):
    explains = {"magnitude": explained_by_magnitude, "selectivity": explained_by_selectivity}[source]
    assert all(
        math.isnan(explains(one)) for one in planted("mnist", {"effect": 0, "unit_impact": source, "flips": 0.03}, 3)
    )


def test_per_class_it_is_the_median_of_the_classes_whose_impact_would_recur():
    (one,) = planted("mnist", {"class_impact": "selectivity", "effect": 0, "flips": 2.0}, 1)
    units = one.pieces["units"].copy(deep=True)
    for name in ("lost", "gained"):
        units[name].loc[{"class": [0, 3, 7]}] = 0
    one = NetworkEvidence(one.network, {**one.pieces, "units": units})
    indicator = selectivity_for_classes(one.unit_class_means.values)
    per_class = [
        float(explained(indicator[:, c], one.unit_harm.values[:, c]) / reliability(by_half(one)[..., c]))
        for c in CLASSES
        if reliability(by_half(one)[..., c]) >= LEAST_RELIABILITY["1/4"]
    ]
    assert len(per_class) == 7
    assert explained_by_selectivity_per_class(one) == pytest.approx(np.median(per_class))


def test_how_well_importance_must_be_known_is_a_choice():
    assert set(LEAST_RELIABILITY) == set(CHOICES["known-importance"].options)
    facts = {"unit_impact": "magnitude", "effect": 0, "flips": 0.2}
    networks = [one for one in planted("mnist", facts, 6) if 0.02 < reliability_of_overall_impact(one) < 0.98]
    assert networks
    for network in networks:
        recurs = reliability_of_overall_impact(network)
        for answer, least in LEAST_RELIABILITY.items():
            told = explained_by_magnitude(network.under(DEFAULTS.but("known-importance", answer)))
            assert math.isnan(told) == (recurs < least)


@pytest.mark.parametrize(("least", "says"), [(10, True), (11, False)])
def test_per_class_too_few_classes_say_nothing(monkeypatch, least, says):
    (one,) = planted("mnist", {"class_impact": "selectivity", "effect": 0, "flips": 2.0}, 1)
    assert all(reliability(by_half(one)) >= LEAST_RELIABILITY[one.choice("known-importance")])
    monkeypatch.setattr("claims.importance.LEAST_CLASSES", least)
    assert math.isfinite(explained_by_selectivity_per_class(one)) == says


def test_what_is_undefined_since_too_little_recurs_says_so():
    assert is_insufficient(math.nan).silence == RECURS_TOO_LITTLE
    assert math.isnan(float(is_insufficient(math.nan)))
    assert [float(is_insufficient(share)) for share in (0.49, 0.5, 1.1)] == [1, 0, 0]
    assert math.isnan(explained_by_impact(without_effects()))


def test_impact_explains_importance_where_it_decides_the_draws_and_only_there():
    for follows, low, high in (("impact", 0.7, 1.5), ("other", 0.0, 0.3)):
        facts = {"unit_impact": "free", "draws_follow": follows}
        found = [explained_by_impact(one) for one in planted("mnist", facts, 6)]
        assert low <= np.mean(found) <= high


def test_what_impact_explains_of_importance_against_a_loop():
    (network,) = planted("mnist", {"unit_impact": "free", "draws_follow": "impact"}, 1)
    harm = network.draw_harm.sel(fraction=0.5)
    names = ("importance", "on even draws", "on odd draws", "impact", "on even images", "on odd images")
    found = {name: [] for name in names}
    layers = layer_of_unit()
    for layer in CONVOLUTIONS:
        change = [float((harm.sel(layer=layer, draw=draw) * network.n_images).sum()) for draw in harm["draw"].values]
        masks = half_layer_masks(layer, len(change))
        for name, draws in zip(names[:3], (range(100), range(0, 100, 2), range(1, 100, 2)), strict=True):
            importance = [
                np.mean([change[draw] for draw in draws if masks[draw, kernel]])
                - np.mean([change[draw] for draw in draws if not masks[draw, kernel]])
                for kernel in range(masks.shape[1])
            ]
            found[name].extend(rankdata(importance))
        by_half = -network.net_gain_by_half.values.sum(axis=-1)[:, layers == layer]
        for name, impact in zip(names[3:], (by_half.sum(axis=0), *by_half), strict=True):
            found[name].extend(rankdata(impact))

    def r(one, other):
        return np.corrcoef(found[one], found[other])[0, 1]

    recurs = [r(*names[1:3]), r(*names[4:])]
    recurs_on_both = np.prod([2 * half / (1 + half) for half in recurs])
    assert explained_by_impact(network) == pytest.approx(r("importance", "impact") ** 2 / recurs_on_both)


def test_draws_that_were_not_made_do_not_count_towards_importance(monkeypatch):
    (network,) = planted("mnist", {"unit_impact": "free", "draws_follow": "impact"}, 1)
    expected = explained_by_impact(network)
    monkeypatch.setattr(NetworkEvidence, "draw_harm", network.draw_harm.reindex(draw=range(120)))
    assert explained_by_impact(NetworkEvidence(network.network, network.pieces)) == expected > 0


def test_a_mean_over_draws_takes_one_at_least():
    assert _mean_where(np.array([[1.0, 0, 1], [0, 0, 1]]), np.array([2.0, 4])) == pytest.approx(
        [2, math.nan, 3], nan_ok=True
    )


def test_noise_in_the_flips_does_not_make_impact_insufficient():
    found = planted("mnist", {"unit_impact": "free", "draws_follow": "impact", "effect": 0, "flips": 0.4}, 6)
    assert 0.7 < np.mean([explained_by_impact(one) for one in found]) < 1.3


def test_where_impact_would_not_recur_it_neither_suffices_nor_fails_to():
    found = planted("mnist", {"unit_impact": "free", "draws_follow": "impact", "effect": 0, "flips": 0.02}, 3)
    assert all(math.isnan(explained_by_impact(one)) for one in found)


def test_importance_from_too_few_ablations_is_undefined(network):
    assert network.pieces["draws"].sizes["draw"] == 4
    assert math.isnan(explained_by_impact(network))


def test_masks_are_those_of_the_ablations():
    for layer in CONVOLUTIONS:
        assert half_layer_masks(layer, 5).sum(axis=1) == pytest.approx(np.full(5, 32))


def test_ranks_agree_with_spearman_in_a_single_layer(network):
    rows = layer_of_unit() == "fc2"
    a, b = network.unit_magnitude.values[rows], network.unit_harm_overall.values[rows]
    alone_a, alone_b = np.zeros(N_UNITS), np.zeros(N_UNITS)
    alone_a[rows], alone_b[rows] = a, b
    assert explained(alone_a, alone_b) == pytest.approx(spearmanr(a, b).statistic ** 2)


# Gains that recur --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("even", "odd", "recurs"),
    [
        ([0, 5, 1], [0, 3, 1], 1.0),
        ([0, 1, 0], [0, 1, 0], 1.0),
        ([0, 5, 1], [4, -1, 1], 0.0),
        ([0, 5, 1], [9, 3, 1], math.nan),
        ([-1, -2, -3], [-1, -2, -3], 0.0),
        ([0, 0, 0], [0, 0, 0], 0.0),
        ([0, -1, -1], [2, 5, -1], 0.0),
        ([4, 4, 4], [3, 1, -9], 1.0),
        ([4, 4, 0], [3, -1, 1], math.nan),
        ([4, 4, 4], [9, 0, 0], math.nan),
        ([4, 4, 3], [-1, -1, 5], math.nan),
    ],
    ids=[
        "on both",
        "a single image on both",
        "on neither",
        "one way only",
        "only harm",
        "nothing",
        "no gain to recur on one half",
        "most of equally good ones",
        "half of equally good ones",
        "one of equally good ones, and much",
        "another than the equally good ones",
    ],
)
def test_a_gain_recurs_if_the_best_of_each_half_gains_on_the_other(even, odd, recurs):
    assert gain_recurs(np.array([even, odd])) == pytest.approx(recurs, nan_ok=True)


@given(hnp.arrays(np.int64, (2, 6), elements=st.integers(-2, 2)), st.permutations(range(6)))
def test_the_order_of_the_units_does_not_tell_whether_a_gain_recurs(net_gain, order):
    """Gains are a few images, so that the best is often one of several."""
    assert gain_recurs(net_gain[:, order]) == pytest.approx(gain_recurs(net_gain), nan_ok=True)


def test_gains_by_chance_seldom_recur():
    rng = generator("test", "gains")
    found = [gain_recurs(rng.poisson(1.0, (2, 500)) - rng.poisson(1.0, (2, 500))) for _ in range(200)]
    assert np.mean([one == 1 for one in found]) < 1 / 4


# Comparisons -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["4.1/error-predicts-harm", "4.3/as-count-predicts-nh", "4.3/aes-count-predicts-nh"],
)
def test_correlations_are_compared_on_fishers_z(name):
    (network,) = planted("fashion", {}, 1)
    compared = [claim for claim in REGISTRY.values() if claim.id.startswith(f"{name}-better")]
    assert len(compared) in {1, 2}
    for claim in compared:
        assert claim.value_of(network) == pytest.approx(np.arctanh(REGISTRY[name].value_of(network)))


def test_the_embeddings_of_the_images_count_equally():
    (network,) = planted("mnist", {}, 1)
    hit = network.data_nh_by_embedding
    differences = hit.sel({"class": 3}) - hit.sel({"class": 7})
    found = REGISTRY["4.1/3-and-7-equally-separated"].value_of(network)
    assert found == pytest.approx(float(np.mean(differences.values)))
    assert found != pytest.approx(float(differences.values[np.abs(differences.values).argmax()]))


# Neighbourhood hit and ties ----------------------------------------------------------------------------------------


def without_effects(parts=slice(None)):
    """A network in which ablating a unit does nothing to some parts of the test images."""
    (network,) = planted("mnist", {}, 1)
    units = network.pieces["units"].copy(deep=True)
    for name in ("lost", "gained"):
        units[name].values[:, parts] = 0
    return NetworkEvidence(network.network, {**network.pieces, "units": units})


def test_colours_of_units_without_effects_are_undefined():
    assert math.isnan(REGISTRY["5/metrics-colour-differently"].value_of(without_effects()))


RISES = REGISTRY["4.2/nh-rises-along-layers"]


def with_nh(by_embedding, **choices):
    """A network whose layers have that NH in each embedding, and the mean of them in the spaces themselves."""
    (network,) = planted("mnist", {}, 1)
    panels = network.pieces["horizontal"].copy(deep=True)
    table = np.broadcast_to(
        np.asarray(by_embedding, dtype=np.float64).T[..., None, None], (6, len(by_embedding), 2, 10)
    )
    layers = {"state": "intact", "panel": list(LAYER_NAMES)}
    for name, nh in (("agreement", table), ("agreement_raw", table.mean(axis=1))):
        starts = {"initialisation": "rescaled"} if name == "agreement" else {}
        counts = panels[name].sel(**layers, **starts)
        axes = ("panel", *(["embedding_seed"] if starts else []), "k", "class", "agreeing")
        filled = np.zeros(counts.transpose(*axes).shape, dtype=np.int64)
        for row, k in enumerate(counts["k"].values):
            filled[..., row, :, int(k)] = np.rint(100 * nh[..., row, :])
            filled[..., row, :, 0] = 10_000 - filled[..., row, :, int(k)]
        panels[name].loc[{**layers, **starts}] = xr.DataArray(filled, dims=axes)
    return NetworkEvidence(network.network, {**network.pieces, "horizontal": panels}, Choices(tuple(choices.items())))


def test_nh_that_sinks_slowly_along_the_layers_does_not_rise():
    sinking = np.array([97.0, 96.6, 96.2, 95.8, 95.4, 95.0])
    assert RISES.value_of(with_nh([sinking, sinking + 0.1, sinking - 0.1])) == 0


@pytest.mark.parametrize(("fall", "span", "holds"), [(0.5, 0.1, 0), (0.5, 0.6, 1), (0.02, 0.1, 1), (0.02, 0.01, 0)])
def test_a_fall_of_nh_passes_only_where_embeddings_differ_by_as_much(fall, span, holds):
    nh = np.array([90.0, 92.0, 94.0, 96.0, 98.0, 98.0 - fall])
    apart = np.array([0, 0, 0, 0, 0, span / 2])
    network = with_nh([nh, nh - apart, nh + apart])
    assert RISES.value_of(network) == holds
    assert RISES.value_of(network.under(DEFAULTS.but("nh-rise", "strict"))) == 0


def test_the_span_of_other_layers_excuses_no_fall():
    nh = np.array([90.0, 92.0, 94.0, 96.0, 98.0, 97.5])
    apart = np.array([1, 0, 0, 0, 0, 0])
    assert RISES.value_of(with_nh([nh, nh + apart, nh - apart])) == 0


EVERYWHERE_ELSE = slice(1, -1)


@pytest.mark.parametrize(
    ("where", "span", "holds"), [(0, 0.45, 1), (0, 0.8, 0), (-1, 0.45, 1), (-1, 0.8, 0), (EVERYWHERE_ELSE, 0.8, 1)]
)
def test_the_whole_rise_of_nh_is_larger_than_what_its_ends_span(where, span, holds):
    nh = np.array([97.0, 97.1, 97.2, 97.3, 97.4, 97.5])
    apart = np.zeros(6)
    apart[where] = span / 2
    assert RISES.value_of(with_nh([nh, nh - apart, nh + apart])) == holds


def test_in_the_space_itself_no_fall_of_nh_passes():
    nh = np.array([90.0, 92.0, 94.0, 96.0, 98.0, 97.9])
    apart = [nh, nh - 0.5, nh + 0.5]
    assert RISES.value_of(with_nh(apart)) == 1
    assert RISES.value_of(with_nh(apart, **{"nh-space": "raw"})) == 0
    assert RISES.value_of(with_nh([np.sort(nh)] * 3, **{"nh-space": "raw"})) == 1


def test_of_a_single_embedding_nothing_is_said():
    rising = np.array([90.0, 92.0, 94.0, 96.0, 98.0, 99.0])
    network = with_nh([rising] * 3)
    once = network.pieces["horizontal"].isel(embedding_seed=[0])
    alone = {**network.pieces, "horizontal": once}
    twice = {**network.pieces, "horizontal": network.pieces["horizontal"].isel(embedding_seed=[0, 1])}
    assert RISES.value_of(network) == RISES.value_of(NetworkEvidence(network.network, twice)) == 1
    assert math.isnan(RISES.value_of(NetworkEvidence(network.network, alone)))
    assert not RISES.answer_of(NetworkEvidence(network.network, alone)).measured
    assert RISES.value_of(NetworkEvidence(network.network, alone, Choices((("nh-rise", "strict"),)))) == 1


# Clusters that become denser ---------------------------------------------------------------------------------------

BANDED = DEFAULTS.but("spread-fall", "banded")


def with_spread(by_embedding, choices=DEFAULTS):
    """A network whose classes spread that far in conv1 to fc1 of each embedding."""
    (network,) = planted("mnist", {}, 1)
    panels = network.pieces["horizontal"].copy(deep=True)
    for seed, spread in enumerate(by_embedding):
        where = {"initialisation": "rescaled", "state": "intact", "panel": list(LAYER_NAMES[:4])}
        where["embedding_seed"] = panels["embedding_seed"].values[seed]
        panels["spread"].loc[where] = np.asarray(spread)[:, None]
    return NetworkEvidence(network.network, {**network.pieces, "horizontal": panels}, choices)


@pytest.mark.parametrize("claim_id", ["4.2/denser-to-fc1", "4.2/more-distinct-to-fc1"])
@pytest.mark.parametrize(
    ("rise", "span", "strict", "banded"),
    [(0.02, 0.01, 0, 0), (0.02, 0.04, 0, 1), (-0.02, 0.04, 1, 1), (-0.02, 0, 1, 1)],
)
def test_a_step_within_what_embeddings_differ_by_is_a_fall_by_the_banded_reading_alone(
    claim_id, rise, span, strict, banded
):
    spread = np.array([0.7, 0.6, 0.4, 0.4 + rise])
    apart = np.array([0, 0, 0, span / 2])
    found = [
        REGISTRY[claim_id].value_of(with_spread([spread, spread - apart, spread + apart], choices))
        for choices in (DEFAULTS, BANDED)
    ]
    assert found == [strict, banded]


def test_clusters_that_hardly_change_become_no_denser_by_the_banded_reading():
    spread = np.array([0.41, 0.41, 0.405, 0.40])
    claim = REGISTRY["4.2/denser-to-fc1"]
    assert claim.value_of(with_spread([spread, spread - 0.05, spread + 0.05], BANDED)) == 0


@pytest.mark.parametrize(
    ("where", "span", "holds"), [(0, 0.05, 1), (0, 0.08, 0), (-1, 0.05, 1), (-1, 0.08, 0), (EVERYWHERE_ELSE, 0.08, 1)]
)
def test_the_whole_fall_is_larger_than_what_its_ends_span_by_the_banded_reading(where, span, holds):
    spread = np.array([0.46, 0.44, 0.42, 0.40])
    apart = np.zeros(4)
    apart[where] = span / 2
    network = with_spread([spread, spread - apart, spread + apart], BANDED)
    assert REGISTRY["4.2/denser-to-fc1"].value_of(network) == holds


@pytest.mark.parametrize(("layer", "excused"), [(0, 0), (1, 0), (2, 1), (3, 1)])
def test_a_rise_is_excused_by_the_span_of_either_of_its_two_layers_alone(layer, excused):
    spread = np.array([0.7, 0.6, 0.4, 0.42])
    apart = 0.03 * (np.arange(4) == layer)
    network = with_spread([spread, spread - apart, spread + apart], BANDED)
    assert REGISTRY["4.2/denser-to-fc1"].value_of(network) == excused


def test_of_a_single_embedding_the_banded_reading_says_nothing():
    network = with_spread([[0.7, 0.6, 0.5, 0.4]] * 3)
    twice = {**network.pieces, "horizontal": network.pieces["horizontal"].isel(embedding_seed=[0, 1])}
    once = {**network.pieces, "horizontal": network.pieces["horizontal"].isel(embedding_seed=[0])}
    claim = REGISTRY["4.2/denser-to-fc1"]
    assert claim.value_of(NetworkEvidence(network.network, once)) == 1
    assert math.isnan(claim.value_of(NetworkEvidence(network.network, once, BANDED)))
    assert not claim.answer_of(NetworkEvidence(network.network, once, BANDED)).measured
    assert claim.value_of(NetworkEvidence(network.network, twice, BANDED)) == 1


# Ablations too weak to show anything -------------------------------------------------------------------------------


@pytest.mark.parametrize("claim_id", ["4.2/out-separability-falls", "4.2/hidden-separability-kept"])
@pytest.mark.parametrize(("cost", "says"), [(1.0, False), (3.0, True)])
def test_nothing_is_said_of_separability_where_the_shown_ablation_costs_too_little(claim_id, cost, says):
    facts = {"figure_harm": dict.fromkeys(CLASSES, cost), "nh_ablated": {"out": 79.5}}
    for network in planted("mnist", facts, 3):
        assert network.figure_harm_overall == pytest.approx(cost, abs=0.8)
        assert math.isnan(REGISTRY[claim_id].value_of(network)) != says


# Classes by ablation effect ----------------------------------------------------------------------------------------

NO_EFFECTS = {"effect": 0}
"""Units flip a few images of any class: which class a unit affects most is noise."""


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


# The paper's arithmetic ---------------------------------------------------------------------------------------------


def test_as_that_is_left_undefined_where_nothing_is_active_is_not_in_the_unit_interval():
    assert as_lies_between_0_and_1.statistic()
    assert not as_lies_between_0_and_1.statistic(undefined=np.nan)


@pytest.mark.parametrize(
    ("claim_id", "arguments", "expected"),
    [
        ("3.1/architecture", {"kernel": 2, "padding": 0, "stride": 2, "pool": 1}, True),  # maps of 14, 7 and 3, too
        ("3.1/test-images", {"n_used": 9_983}, False),
        ("3.1/zeroed-unit-passes-nothing-on", {"bias": -0.1}, True),  # which ReLU cuts off
        ("3.1/zeroed-unit-passes-nothing-on", {"weight": 0.1}, False),
        ("3.1/kernel-is-25-neurons", {"owned": (25, 25, 24)}, False),
        ("3.1/kernel-is-25-neurons", {"owned": (25, 25, 26)}, False),
        ("3.2/neurons-17280", {"n_neurons": 17_279}, False),
        ("3.2/matrix-shape", {"shape": (9983, 17_280)}, False),
        ("3.2/as-in-unit-interval", {"least": -0.5}, False),  # a denominator is positive, the mean of the others is not
        ("3.2/as-in-unit-interval", {"undefined": -0.1}, False),
        ("3.2/as-in-unit-interval", {"undefined": 1.1}, False),
        ("3.2/aes-takes-both-signs", {"least": -100.0}, False),  # hardly any class gains
        ("4.2/conv2-wider-than-image", {"n_pixels": 64 * 7 * 7 - 1}, True),
        ("4.2/conv2-wider-than-image", {"n_pixels": 64 * 7 * 7}, False),
    ],
)
def test_arithmetic_says_no_on_either_side_of_what_is_so(claim_id, arguments, expected):
    assert REGISTRY[claim_id].statistic(**arguments) is expected


def test_kernels_of_the_three_convolutions_own_196_49_and_9_neurons():
    assert OWNED == (196, 49, 9)


def test_captions_that_are_merely_noted_do_not_name_the_same_networks(monkeypatch):
    (captions,) = (finding for finding in audit() if finding.id == "captions")
    for outcome, expected in (("holds", True), ("contradicted", False), ("remark", False)):
        monkeypatch.setattr("claims.arithmetic.audit", lambda figures, told=outcome: [replace(captions, outcome=told)])
        assert REGISTRY["A/captions-name-networks"].statistic() is expected


def test_all_nine_pairs_of_a_coefficient_and_its_p_value_must_be_there_and_hold(monkeypatch):
    nine = [finding for finding in audit() if finding.id.startswith("correlation/")]
    more, no_more_than_noted = [*nine, nine[0]], [*nine[1:], replace(nine[0], outcome="remark")]
    for found, expected in ((nine, True), (nine[1:], False), (more, False), (no_more_than_noted, False)):
        monkeypatch.setattr("claims.arithmetic.audit", lambda reported, found=found: found)
        assert REGISTRY["A/correlations-consistent"].statistic() is expected
