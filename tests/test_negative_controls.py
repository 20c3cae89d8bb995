"""The whole registry on networks that lack what it speaks of: what must then come out otherwise, and what must not.

The tables below were written before any control was measured.  Most claims ask whether a quantity passes a threshold;
compared is the quantity behind it, network by network, since a few networks decide no verdict and since a threshold
hides how far a control has moved.  Predictions that such small networks do not settle are listed, with what was found.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from control_networks import measured_conditions

from claims import REGISTRY
from claims.populations import overlap_between_halves, share_by_selectivity
from replication.judging import judge_all

pytestmark = pytest.mark.slow

CONTROLS = ("untrained", "shuffled labels", "permuted units")
WITHOUT_TRAINING = ("untrained", "shuffled labels")
PERMUTED = ("permuted units",)
OFF_DIAGONAL = ~np.eye(10, dtype=bool)


# What a claim's threshold is put to -------------------------------------------------------------------------------


def statistic_of(claim_id):
    """The claim's own statistic, where it is a number or a truth value that must itself change."""
    return REGISTRY[claim_id].value_of


def rise_of_hit(network):
    """NH of fc2 minus NH of conv1, in pp."""
    hit = network.nh_overall.sel(state="intact")
    return float(hit.sel(panel="fc2") - hit.sel(panel="conv1"))


def overlap_in_fc1(network):
    """Mean spread of a class in fc1 over the distance to the nearest other class."""
    ratio = network.spread / network.nearest_centroid_distance
    return float(ratio.sel(state="intact", panel="fc1").mean())


def overlap_of_classes(network):
    """How far the most active neurons of two classes are the same, over how far those of one class are."""
    overlap = overlap_between_halves(network)
    return float(overlap[OFF_DIAGONAL].mean() / np.diag(overlap).mean())


def specific_in_conv2(network):
    """Share of conv2's neurons with AS above 1/2."""
    return share_by_selectivity(network, "conv2", 1 / 2, 1)


# The tables -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """What must become of a claim's quantity in some conditions: all networks beyond all trained ones."""

    claim_id: str
    conditions: tuple[str, ...]
    direction: str
    why: str
    quantity: Callable

    def __str__(self):
        return self.claim_id


CHANGES = (
    Change(
        "3.1/accuracy",
        WITHOUT_TRAINING,
        "falls",
        "nothing tells the classes apart",
        statistic_of("3.1/accuracy"),
    ),
    Change(
        "4.2/nh-rises-along-layers",
        WITHOUT_TRAINING,
        "falls",
        "layers of random weights only blur what conv1 passes on",
        rise_of_hit,
    ),
    Change(
        "4.2/more-distinct-to-fc1",
        WITHOUT_TRAINING,
        "rises",
        "nothing drives classes apart",
        overlap_in_fc1,
    ),
    Change(
        "4.3/classes-excite-different-neurons",
        WITHOUT_TRAINING,
        "rises",
        "random weights answer to what all images share",
        overlap_of_classes,
    ),
    Change(
        "4.3/early-layers-class-specific",
        WITHOUT_TRAINING,
        "falls",
        "random weights answer to what all digits share; clothes share less: test_untrained_networks.py",
        specific_in_conv2,
    ),
)

UNSETTLED = {
    "4.1/harm-grows-with-fraction": "what an untrained network loses by chance reaches what a small trained one loses",
    "4.1/harder-classes-more-sensitive": "the small trained networks do not show it either, so nothing can be lost",
    "4.2/denser-to-fc1": "an embedding of random fc1 shows classes about as dense as a trained one does",
    "5/metrics-colour-differently": "AS and AES of a unit name the same class no more often than those of two units do",
    "abstract/magnitude-insufficient": "single flips of so few images are mostly noise",
    "abstract/magnitude-insufficient-per-class": "single flips of so few images are mostly noise",
    "abstract/selectivity-insufficient": "single flips of so few images are mostly noise",
    "abstract/selectivity-insufficient-per-class": "single flips of so few images are mostly noise",
    "abstract/impact-insufficient": "so few random ablations hardly measure a kernel's importance",
    "abstract/magnitude-insufficient-cumulative": "an untrained network may depend on its strongest units as much",
    "abstract/impact-insufficient-cumulative": "single flips of so few images make no order that another half confirms",
}
"""Claims for which a change was predicted that two small networks do not settle: it came out one way or the other with
the number of threads that trained them.  The paper's networks have to be asked."""

OF_THE_IMAGES = ("4.1/3-and-7-equally-separated", "4.3/kmnist-samples-differ")
"""Claims about the test images alone: the network must make no difference at all."""

BY_CONSTRUCTION = ("4.3/co-active-neurons-cluster", "4.3/selective-neurons-cluster", "5/relative-positions-preserved")
"""Claims that any network is expected to meet: UMAP puts neurons with like responses side by side, and random layers
preserve distances.  Their truth says nothing about training."""

TIES_UNITS = (
    "4.3/like-impact-clusters",
    "5/metrics-colour-differently",
    *(claim_id for claim_id in REGISTRY if claim_id.startswith("abstract/")),
)
"""The claims that tie a unit's activation, or its part in ablations of many, to its effect when ablated alone."""


def checks():
    for change in CHANGES:
        for condition in change.conditions:
            yield pytest.param(change, condition, id=f"{change.claim_id}-{condition}")


def test_what_is_unsettled_is_said_of_known_claims_that_are_not_claimed_settled():
    assert set(UNSETTLED) <= set(REGISTRY)
    assert not set(UNSETTLED) & {change.claim_id for change in CHANGES}


def lies_beyond(control, trained, direction):
    """Whether every control network lies beyond every trained one; an undefined quantity no longer comes out."""
    if np.isnan(trained).any():
        return False
    defined = [value for value in control if not np.isnan(value)]
    if direction == "falls":
        return max(defined, default=-np.inf) < min(trained)
    return min(defined, default=np.inf) > max(trained)


# Measured once ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def conditions():
    return measured_conditions()


@pytest.fixture(scope="module")
def values(conditions):
    """Every claim's value per network, by condition and claim."""
    on_networks = [claim for claim in REGISTRY.values() if claim.networks and not claim.against]
    return {
        condition: {
            claim.id: np.array([claim.value_of(network) for network in evidence.all_networks()])
            for claim in on_networks
        }
        for condition, evidence in conditions.items()
    }


@pytest.fixture(scope="module")
def outcomes(conditions):
    """Every verdict's outcome, by condition, claim and data set."""
    return {
        condition: {(verdict.id, verdict.network): verdict.outcome for verdict in judge_all(REGISTRY, evidence)}
        for condition, evidence in conditions.items()
    }


@pytest.mark.parametrize("condition", ["trained", *CONTROLS])
def test_the_whole_registry_is_judged_under_every_condition(condition, outcomes):
    assert {claim_id for claim_id, _ in outcomes[condition]} == set(REGISTRY)
    assert "not testable" not in outcomes[condition].values()


# What must change -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "condition"), list(checks()))
def test_what_training_or_the_unit_explains_is_gone_without_it(change, condition, conditions):
    control, trained = (
        [change.quantity(network) for network in conditions[name].all_networks()] for name in (condition, "trained")
    )
    assert lies_beyond(control, trained, change.direction), f"{change.why}: {control} against {trained} when trained"


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_trained_networks_are_not_told_from_themselves(change, conditions):
    trained = [change.quantity(network) for network in conditions["trained"].all_networks()]
    assert not lies_beyond(trained, trained, change.direction)


def test_what_is_undefined_counts_as_gone_in_a_control_and_proves_nothing_when_trained():
    assert not lies_beyond([0.0], [float("nan")], "falls")
    assert lies_beyond([float("nan")], [0.0], "falls")
    for control in ([float("nan"), 0.0], [0.0, float("nan")]):
        assert not lies_beyond(control, [0.0, 1.0], "falls")
        assert lies_beyond(control, [0.5, 1.0], "falls")
        assert lies_beyond(control, [-1.0, -0.5], "rises")


# What must not change ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("control", CONTROLS)
def test_verdicts_without_a_network_stay(control, outcomes):
    arithmetic = [key for key in outcomes["trained"] if not REGISTRY[key[0]].networks]
    assert arithmetic
    assert {key: outcomes[control][key] for key in arithmetic} == {key: outcomes["trained"][key] for key in arithmetic}


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("claim_id", OF_THE_IMAGES)
def test_claims_about_the_images_alone_stay(claim_id, control, values):
    assert np.array_equal(values[control][claim_id], values["trained"][claim_id])


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("claim_id", BY_CONSTRUCTION)
def test_claims_that_hold_by_construction_hold_without_training(claim_id, control, values):
    assert values["trained"][claim_id].all()
    assert values[control][claim_id].all()


def test_permuted_units_leave_every_claim_alone_that_does_not_tie_them_together(values, outcomes):
    (control,) = PERMUTED
    for claim_id in set(values["trained"]) - set(TIES_UNITS):
        before, after = values["trained"][claim_id], values[control][claim_id]
        assert np.allclose(before, after, rtol=1e-9, atol=0, equal_nan=True), claim_id
    alone = {key: outcome for key, outcome in outcomes["trained"].items() if key[0] not in TIES_UNITS}
    assert {key: outcomes[control][key] for key in alone} == alone


def test_permuted_units_go_in_another_order_where_it_is_that_of_their_ablation(conditions):
    for trained, permuted in zip(*(conditions[name].all_networks() for name in ("trained", *PERMUTED)), strict=True):
        for order in ("magnitude", "selectivity"):
            one, other = (network.cumulative_harm.sel(order=order) for network in (trained, permuted))
            assert np.array_equal(one, other), order
        for order in ("effect", "impact", "combined"):
            one, other = (network.cumulative_harm.sel(order=order) for network in (trained, permuted))
            assert not np.array_equal(one, other), order
        assert np.array_equal(trained.random_harm, permuted.random_harm)


def test_permuted_units_are_the_same_units_in_another_order(conditions):
    for trained, permuted in zip(*(conditions[name].all_networks() for name in ("trained", *PERMUTED)), strict=True):
        assert not np.array_equal(trained.unit_harm, permuted.unit_harm)
        assert np.allclose(trained.n_effect_selective, permuted.n_effect_selective)
        assert np.array_equal(np.sort(trained.unit_harm_overall), np.sort(permuted.unit_harm_overall))
