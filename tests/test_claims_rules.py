"""What decides each claim: its rule, and what its statistic holds its number against; and numbers as they are said.

Planted evidence lies far on either side of a bound, so that it would not tell whether one is moved by a little.
"""

from importlib import import_module

import numpy as np
import pytest
from scipy.stats import entropy
from small_evidence import small_network

from claims import REGISTRY
from claims.planted import planted
from replication.architecture import LAYER_NAMES
from replication.choices import DEFAULTS
from replication.evidence import NetworkEvidence
from replication.judging import Answer

NETWORKS = [f"mnist/seed={seed}" for seed in range(8)]


def fresh(name, choices=DEFAULTS):
    """A small network that remembers nothing, and leaves nothing in the memory of the one that tests share."""
    shared = small_network(name)
    return NetworkEvidence(shared.network, shared.pieces, choices)


def asked_by(claim):
    """The relation, the bound and the word that it reads, as a statistic asks for them; nothing where it names none."""
    answer = claim.answer_of(fresh(NETWORKS[0])) if claim.networks else None
    return f" asks {answer.relation} {answer.bound!r} for {answer.reads!r}" if isinstance(answer, Answer) else ""


BESIDE = {
    "claims.importance": ("LEAST_RELIABILITY", "LEAST_CLASSES"),
    "claims.populations": ("ALIKE", "N_PERMUTATIONS", "N_UNIT_PERMUTATIONS"),
    "claims.section_abstract_cumulative": ("LEAST_AGREEMENT",),
}
"""Numbers that decide besides, as which networks are undefined, by the module that they stand in."""


def test_rules_and_bounds_are_those_that_were_committed(file_regression):
    """Whatever changes here moves verdicts: it needs an entry under Rules in the changelog."""
    lines = [f"{claim.id}: {claim.rule!r}{asked_by(claim)}\n" for claim in REGISTRY.values()]
    lines += [f"{name} = {getattr(import_module(module), name)!r}\n" for module in BESIDE for name in BESIDE[module]]
    file_regression.check("".join(lines))


def numbers_of(claim_id, choices=DEFAULTS):
    """What a statistic holds against its bound, or says, on each network, and the networks."""
    networks = [fresh(name, choices) for name in NETWORKS]
    answers = [REGISTRY[claim_id].answer_of(network) for network in networks]
    return [answer.number if isinstance(answer, Answer) else float(answer) for answer in answers], networks


def test_the_layer_that_a_tenth_harms_most_decides_whether_a_tenth_matters():
    found, networks = numbers_of("4.1/robust-to-small-ablations")
    expected = [max(network.harm_at_fraction.sel(fraction=0.1).values) for network in networks]
    assert found == pytest.approx(expected)


def test_harm_that_grows_by_half_a_point_grows():
    growth = {0.1: 0.92, 0.2: 0.94, 0.3: 0.96, 0.4: 0.98, 0.5: 1.0}
    (network,) = planted("mnist", {"growth": growth}, 1)
    assert (network.harm_at_fraction.sum("layer").diff("fraction") < 1).all()
    assert REGISTRY["4.1/harm-grows-with-fraction"].value_of(network) == 1


def test_a_class_is_spread_over_layers_by_its_second_largest_share():
    found, networks = numbers_of("4.1/distributed-over-layers")
    expected = [min(sorted(of_class)[-2] for of_class in network.share_of_harm.values.T) for network in networks]
    assert found == pytest.approx(expected)


def test_evenness_over_the_convolutions_is_that_of_the_least_even_and_the_most():
    found, networks = numbers_of("4.1/1-8-9-even-over-conv-layers")
    for number, network in zip(found, networks, strict=True):
        shares = network.share_of_harm.sel(layer=["conv1", "conv2", "conv3"]).values
        even = [entropy(of_class) / np.log(3) if of_class.sum() > 0 else np.nan for of_class in shares.T]
        expected = np.min([even[1], even[8], even[9]]) - np.max([even[2], even[7]])
        assert number == pytest.approx(expected, nan_ok=True)


def test_classes_become_more_distinct_by_the_largest_step_beyond_what_embeddings_span():
    found, networks = numbers_of("4.2/more-distinct-to-fc1", DEFAULTS.but("spread-fall", "banded"))
    for number, network in zip(found, networks, strict=True):
        spans, mean = [], []
        for layer in LAYER_NAMES[:4]:
            where = {"state": "intact", "panel": layer}
            mean.append(float((network.spread / network.nearest_centroid_distance).sel(where).mean()))
            nearest = network.nearest_centroid_distance_by_embedding.sel(where)
            overlaps = (network.spread_by_embedding.sel(where) / nearest).mean("class").values
            spans.append(max(overlaps) - min(overlaps))
        steps = [mean[n + 1] - mean[n] - max(spans[n], spans[n + 1]) for n in range(3)]
        assert number == pytest.approx(max(steps))


def test_lost_images_in_the_output_are_compared_with_the_other_layers_alone():
    found, networks = numbers_of("4.2/lost-images-not-apart-in-out")
    for number, network in zip(found, networks, strict=True):
        *before, out = (float(network.nh_of_lost.sel(panel=layer)) for layer in LAYER_NAMES)
        assert number == pytest.approx(out - min(before))


@pytest.mark.parametrize(("answer", "layers"), [("left-out", LAYER_NAMES[1:5]), ("counted", LAYER_NAMES[:5])])
def test_the_ablated_layer_counts_among_those_before_the_output_where_it_is_said_to(answer, layers):
    found, networks = numbers_of("4.2/hidden-separability-kept", DEFAULTS.but("ablated-layer", answer))
    for number, network in zip(found, networks, strict=True):
        nh = network.nh_overall
        changes = [abs(float(nh.sel(state="ablated", panel=one) - nh.sel(state="intact", panel=one))) for one in layers]
        assert number == pytest.approx(max(changes), nan_ok=True)


def test_positions_are_preserved_between_the_ablated_layer_and_the_output():
    found, networks = numbers_of("5/relative-positions-preserved")
    for number, network in zip(found, networks, strict=True):
        r = [float(network.distance_correlation.sel(panel=layer)) for layer in ("conv2", "conv3", "fc1", "fc2")]
        assert number == pytest.approx(np.mean(r))


def test_half_of_the_classes_are_localised_where_the_fifth_is():
    found, networks = numbers_of("5/localised-in-layers")
    for number, network in zip(found, networks, strict=True):
        largest = [max(of_class) for of_class in network.share_of_harm.values.T]
        assert number == pytest.approx(sorted(largest, reverse=True)[4])


def test_neurons_of_class_1_are_counted_against_those_of_class_2():
    by_as, networks = numbers_of("4.3/as-count-1-over-2")
    by_aes, _ = numbers_of("4.3/aes-count-1-over-2")
    more, _ = numbers_of("4.3/aes-more-for-1-than-2")
    for row, network in enumerate(networks):
        one, two = network.n_selective.values[1:3]
        assert by_as[row] == pytest.approx(one / two)
        one, two = network.n_effect_selective.values[1:3]
        assert by_aes[row] == pytest.approx((one + 0.5) / (two + 0.5))
        assert more[row] == pytest.approx(one / two)


@pytest.mark.parametrize(
    ("lost", "gained", "harmful"), [((), (), np.nan), ((1,), (), 1), ((1, 1), (), 1), ((1,), (1,), 0)]
)
def test_all_units_of_class_1_harm_it_where_there_are_any_and_none_helps(lost, gained, harmful):
    (network,) = planted("fashion", {}, 1)
    units = network.pieces["units"].copy(deep=True)
    for name, classes in (("lost", lost), ("gained", gained)):
        units[name].values[:] = 0
        for unit, label in enumerate(classes):
            units[name].values[:, :, unit + 10 * (name == "gained"), label] = 20
    affected = NetworkEvidence(network.network, {**network.pieces, "units": units})
    assert REGISTRY["4.3/class-1-units-all-harmful"].value_of(affected) == pytest.approx(harmful, nan_ok=True)


@pytest.mark.parametrize(("least", "most", "expected"), [(0.1, 0.2, 1), (0.1, 0.19, 0), (0.19, 0.2, 1), (0.2, 0.3, 0)])
def test_some_classes_share_half_of_what_one_has_in_common_with_itself_and_some_do_not(
    monkeypatch, least, most, expected
):
    overlap = np.full((10, 10), least)
    overlap[4, 5] = most
    np.fill_diagonal(overlap, 0.4)
    monkeypatch.setattr("claims.section_4_3_single_ablations.overlap_between_halves", lambda network: overlap)
    assert REGISTRY["4.3/classes-share-and-exclude"].value_of(fresh(NETWORKS[0])) == expected
