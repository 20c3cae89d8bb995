"""How far apart orders of cumulative ablation keep their directions: by hand, against a loop, and its thresholds."""

import math

import numpy as np
import pytest
from small_evidence import small_network

from claims import REGISTRY
from claims.planted import planted
from claims.section_abstract_cumulative import does_not_separate, separations
from replication.evidence import NetworkEvidence
from replication.measurements import build
from replication.schema import DIRECTIONS, ORDERS

CLAIMS = {
    order: REGISTRY[f"abstract/{order}-insufficient-cumulative"] for order in ("magnitude", "selectivity", "impact")
}


def network(ordered=None, random=None):
    """Of 100 images in each half all are right; lost are as many as is said by order and direction, alike in layers.

    Args:
        ordered: Images lost at levels 1/8 and 1/4 by (order, direction); 0 elsewhere.
        random: Images lost at these levels in random order.
    """
    confusion = np.zeros((3, 10, 10), dtype=int)
    confusion[:2, 0, 0] = 100
    lost = np.zeros((2, 5, 2, 5, 7, 10), dtype=int)
    for (order, direction), counts in (ordered or {}).items():
        lost[:, ORDERS.index(order), DIRECTIONS.index(direction), :, :2, 0] = counts
    by_draw = np.zeros((2, 5, 7, 5, 10), dtype=int)
    by_draw[:, :, :2, :, 0] = np.array([0, 0] if random is None else random)[:, None]
    right = 100 * (np.arange(10) == 0)
    arrays = {
        "intact": {"confusion": confusion, "training_loss": np.zeros(0)},
        "cumulative": {"cumulative_hits": right - lost, "random_hits": right - by_draw},
    }
    return NetworkEvidence("mnist/seed=0", {piece: build(piece, of_piece, {}) for piece, of_piece in arrays.items()})


def of(found):
    return dict(zip(found["order"].values.tolist(), found.values.tolist(), strict=True))


def test_separations_by_hand():
    # The greatest harm at the two levels is 10 (impact) and 50 (random), the least 0: orders not named lose nothing.
    found = network(
        {
            ("magnitude", "highest first"): [6, 40],
            ("magnitude", "lowest first"): [1, 20],
            ("selectivity", "highest first"): [2, 10],
            ("selectivity", "lowest first"): [8, 34],
            ("impact", "highest first"): [10, 45],
        },
        random=[4, 50],
    )
    # The envelope is 10 + 50 in each of five layers; apart are 5 + 20, −6 − 24, 10 + 45.
    expected = {"magnitude": 25 / 60, "selectivity": -30 / 60, "effect": 0, "impact": 55 / 60, "combined": 0}
    assert of(separations(found)) == pytest.approx(expected)


def test_one_order_alone_makes_up_the_envelope():
    assert of(separations(network({("effect", "highest first"): [3, 7]})))["effect"] == 1
    assert of(separations(network({("effect", "lowest first"): [3, 7]})))["effect"] == -1


def test_help_widens_the_envelope_as_harm_does():
    help_and_harm = {("impact", "highest first"): [6, 6], ("impact", "lowest first"): [0, 0]}
    assert of(separations(network(help_and_harm, random=[-4, -4])))["impact"] == pytest.approx(12 / 20)


def test_where_every_order_does_the_same_harm_nothing_is_said():
    alike = {(order, direction): [5, 30] for order in ORDERS for direction in DIRECTIONS}
    for one in (network(), network(alike, random=[5, 30])):
        assert np.isnan(separations(one)).all()
        assert all(math.isnan(claim.value_of(one)) for claim in CLAIMS.values())


def test_separations_against_a_loop():
    one = small_network("mnist/seed=0")
    harm, random = one.cumulative_harm, one.random_harm
    envelope = 0.0
    for layer in harm["layer"].values:
        for level in harm["level"].values:
            cell = harm.sel(layer=layer, level=level).values.ravel().tolist()
            cell.append(float(random.sel(layer=layer, level=level)))
            envelope += max(cell) - min(cell)
    found = of(separations(one))
    for order in ORDERS:
        first, last = (harm.sel(order=order, direction=direction).values.sum() for direction in DIRECTIONS)
        assert found[order] == pytest.approx((first - last) / envelope)
        assert abs(found[order]) <= 1


@pytest.mark.parametrize("first", DIRECTIONS)
@pytest.mark.parametrize(("lost", "insufficient"), [([24, 25], 1), ([25, 25], 0), ([26, 25], 0)])
def test_half_of_the_envelope_suffices_whichever_way_round(first, lost, insufficient):
    one = network({("effect", "highest first"): [50, 50], ("selectivity", first): lost})
    assert float(does_not_separate(one, "selectivity")) == insufficient


@pytest.mark.parametrize("order", CLAIMS)
def test_each_claim_asks_for_its_own_order(order):
    for separating in ORDERS:
        facts = {"unit_impact": "free", "separates": {separating: 1.0}}
        values = [CLAIMS[order].value_of(one) for one in planted("mnist", facts, 2)]
        assert values == [float(separating != order)] * 2


def test_planted_orders_separate_as_far_as_is_said():
    facts = {"separates": {"effect": 1.0, "magnitude": 0.35, "selectivity": -0.65}}
    for one in planted("kmnist", facts, 3):
        found = of(separations(one))
        assert found == pytest.approx(
            {"magnitude": 0.35, "selectivity": -0.65, "effect": 1, "impact": 0, "combined": 0}, abs=0.03
        )
        # Random order lies between the two directions of an order that separates.
        between = one.cumulative_harm.sel(order="effect").mean("direction")
        assert np.abs(between - one.random_harm).max() < 1


def test_nothing_separates_in_the_neutral_world():
    for one in planted("mnist", {}, 3):
        assert np.abs(separations(one)).max() < 0.3


@pytest.mark.parametrize(("separation", "verdicts"), [(0.35, {"nan"}), (0.65, {"0.0"})], ids=["low", "high"])
def test_noise_in_the_flips_leaves_impact_undecided_unless_it_separates_all_the_same(separation, verdicts):
    facts = {"unit_impact": "free", "effect": 0, "flips": 0.1, "separates": {"magnitude": 1.0, "impact": separation}}
    assert {str(CLAIMS["impact"].value_of(one)) for one in planted("mnist", facts, 3)} == verdicts
