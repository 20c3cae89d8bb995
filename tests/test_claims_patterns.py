"""Which classes are near, and how alike they are in activation, selectivity and impact."""

from itertools import combinations

import numpy as np
import pytest
from claims_networks import CLASSES
from small_evidence import small_network

from claims.patterns import (
    PAIRS,
    near_pairs,
    similarity_of_activation,
    similarity_of_impact,
    similarity_of_selectivity,
    some_near_pair_is_dissimilar,
)
from claims.planted import planted
from replication.choices import DEFAULTS
from replication.evidence import NetworkEvidence


@pytest.fixture
def network():
    return small_network("mnist/seed=0")


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
