"""How much of importance an indicator explains, against literal computations."""

import math

import numpy as np
import pytest
from claims_networks import CLASSES, by_half, without_effects
from scipy.stats import rankdata, spearmanr
from small_evidence import small_network

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
from claims.planted import planted
from replication.architecture import HIDDEN_LAYERS, N_UNITS, UNITS, layer_of_unit
from replication.choices import CHOICES, DEFAULTS
from replication.evidence import NetworkEvidence
from replication.metrics import relative_ranks, selectivity_for_classes


@pytest.fixture
def network():
    return small_network("mnist/seed=0")


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
