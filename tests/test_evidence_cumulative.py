"""Curves of cumulative ablation against counts by hand and a literal loop over the stored hits."""

import numpy as np
import pytest
from small_evidence import small_network, stored

from replication.architecture import HIDDEN_LAYER_NAMES
from replication.choices import DEFAULTS
from replication.evidence import NetworkEvidence
from replication.measurements import build
from replication.schema import DIRECTIONS, HALVES, LEVELS, ORDERS

OTHER = {"even": 1, "odd": 0}
"""Where the half that judges stands among the parts, by the half that made the order."""


@pytest.fixture
def network():
    return small_network("mnist/seed=0").under(DEFAULTS)


def by_hand():
    """Even: 8 of 10 images right; odd: 27 of 30.  With one curve that leaves 2 of 10 and 15 of 30."""
    confusion = np.zeros((3, 10, 10), dtype=int)
    confusion[0, 4, 4], confusion[0, 4, 5] = 8, 2
    confusion[1, 4, 4], confusion[1, 6, 6], confusion[1, 6, 4] = 20, 7, 3
    # Images that fill no batch judge nothing.
    confusion[2, 4, 5] = 1000
    hits = np.zeros((2, 5, 2, 5, 7, 10), dtype=int)
    random = np.zeros((2, 5, 7, 3, 10), dtype=int)
    # The order made on even images is judged on the 30 odd ones, that made on odd ones on the 10 even ones.
    hits[0, 1, 0, 2, 3, 4], hits[0, 1, 0, 2, 3, 6] = 11, 4
    hits[1, 1, 0, 2, 3, 4] = 2
    random[0, 2, 3, :, 6] = [12, 15, 18]
    random[1, 2, 3, :, 4] = [2, 2, 5]
    arrays = {
        "intact": {"confusion": confusion, "training_loss": np.zeros(0)},
        "cumulative": {"cumulative_hits": hits, "random_hits": random},
    }
    return NetworkEvidence("mnist/seed=0", {piece: build(piece, of_piece, {}) for piece, of_piece in arrays.items()})


def test_accuracy_lost_by_hand():
    network = by_hand()
    one = {"order": "selectivity", "direction": "highest first", "layer": "conv3", "level": 0.5}
    # On odd images 27 − 15 of 30 are lost, 40 pp; on even ones 8 − 2 of 10, 60 pp.
    assert network.cumulative_harm_by_half.sel(one).sel(half=["even", "odd"]).values.tolist() == [40, 60]
    assert float(network.cumulative_harm.sel(one)) == 50
    # In random orders (27 − 12, 15, 18) / 30 are 50, 40 and 30 pp, and (8 − 2, 2, 5) / 10 are 60, 60 and 30 pp.
    random = {"layer": "conv3", "level": 0.5}
    assert network.random_harm_by_draw.sel(random).values.tolist() == [55, 50, 30]
    assert float(network.random_harm.sel(random)) == 45


def test_accuracy_lost_is_counted_on_the_half_that_did_not_make_the_order(network):
    confusion, hits = stored("intact", "confusion"), stored("cumulative", "cumulative_hits")
    found = network.cumulative_harm_by_half
    assert found.dims == ("half", "order", "direction", "layer", "level")
    for i, half in enumerate(HALVES):
        judged = confusion[OTHER[half]]
        for o, order in enumerate(ORDERS):
            for d, direction in enumerate(DIRECTIONS):
                for j, layer in enumerate(HIDDEN_LAYER_NAMES):
                    expected = [
                        100 * (np.trace(judged) - hits[i, o, d, j, k].sum()) / judged.sum() for k in range(len(LEVELS))
                    ]
                    curve = found.sel(half=half, order=order, direction=direction, layer=layer)
                    assert curve.values == pytest.approx(expected)


def test_random_orders_are_judged_by_the_same_halves(network):
    confusion, hits = stored("intact", "confusion"), stored("cumulative", "random_hits")
    lost = [
        100 * (np.trace(confusion[OTHER[half]]) - hits[i].sum(axis=-1)) / confusion[OTHER[half]].sum()
        for i, half in enumerate(HALVES)
    ]
    assert network.random_harm_by_draw.dims == ("layer", "level", "draw")
    np.testing.assert_allclose(network.random_harm_by_draw.values, (lost[0] + lost[1]) / 2)
    np.testing.assert_allclose(network.random_harm.values, network.random_harm_by_draw.values.mean(axis=-1))


def test_means_are_over_the_halves(network):
    expected = network.cumulative_harm_by_half.values.mean(axis=0)
    np.testing.assert_allclose(network.cumulative_harm.values, expected)
    assert network.cumulative_harm.dims == ("order", "direction", "layer", "level")


def test_a_missing_count_is_no_number():
    network = by_hand()
    hits = network.pieces["cumulative"]["cumulative_hits"].values.copy()
    hits[0, 2, 1, 4, 6] = -1
    pieces = dict(network.pieces)
    pieces["cumulative"] = pieces["cumulative"].assign(
        cumulative_hits=pieces["cumulative"]["cumulative_hits"].copy(data=hits)
    )
    assert np.argwhere(np.isnan(NetworkEvidence("x", pieces).cumulative_harm.values)).tolist() == [[2, 1, 4, 6]]


def test_it_depends_on_no_choice(network):
    for quantity in ("cumulative_harm", "random_harm"):
        assert getattr(network, quantity) is not None
    assert network.choices_read == set()
