"""The orders of cumulative ablation: what they go by, and that chance alone decides between equals."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from strategies import seeds

from replication.architecture import HIDDEN_LAYERS, N_NEURONS, N_UNITS, find_layer, unit_of_neuron
from replication.measuring.orders import descending, indicators, random_order
from replication.metrics import populations
from replication.schema import ORDERS

quick = settings(deadline=None, max_examples=60)


def nothing():
    """A network whose neurons never respond and whose units' ablation flips nothing."""
    return np.zeros((N_NEURONS, 10)), np.zeros((N_UNITS, 10), dtype=int), np.zeros((N_UNITS, 10), dtype=int)


def of_unit(position):
    """Which neurons a unit owns."""
    return unit_of_neuron() == position


# What orders go by -------------------------------------------------------------------------------------------------


def test_indicators_by_hand():
    means, lost, gained = nothing()
    # The first kernel: its first neuron responds with 196 to class 2 only, so that the unit's class means are
    # 1 there and 0 elsewhere: magnitude 1/10, AS (1 − 0) / (1 + 0) = 1.
    means[0, 2] = 196
    # A unit of fc1 with class means 9, 9 and eight times 0: magnitude 1.8, AS (9 − 1) / (9 + 1) = 0.8.
    means[of_unit(200), :2] = 9
    # It loses three images of class 5 and gains one of class 7 among 100 each: net 2, changes of 3 and −1 pp,
    # AES (3 − 1/9) / (3 + 1/9) = 26/28.
    lost[200, 5], gained[200, 7] = 3, 1
    # Another helps: it gains two images of class 7, net −2, and AES is 1 all the same.
    gained[201, 7] = 2
    found = indicators(means, lost, gained, np.full(10, 100))
    assert tuple(found) == ORDERS
    assert {name: round(values[0], 12) for name, values in found.items() if name != "combined"} == {
        "magnitude": 0.1,
        "selectivity": 1,
        "effect": 0,
        "impact": 0,
    }
    assert [found[name][200] for name in ORDERS[:4]] == pytest.approx([1.8, 0.8, 26 / 28, 2])
    assert [found[name][201] for name in ORDERS[:4]] == [0, 0, 1, -2]
    # In conv1 the first unit is highest by magnitude and by AS, rank 64, and ties with all others in impact, 32.5.
    assert found["combined"][0] == (64 + 64 + 32.5) / 3
    # The other 63 share the ranks 1 to 63, 32, by magnitude and AS.
    assert found["combined"][1] == (32 + 32 + 32.5) / 3
    # In fc1 the one unit is highest by all three; the one that helps is lowest by impact: 256, 256 and 1.
    assert found["combined"][200] == 512
    assert found["combined"][201] == (256 + 256 + 1) / 3


def test_units_are_taken_as_in_the_evidence():
    rng = np.random.default_rng(5)
    means, lost, gained = rng.exponential(size=(N_NEURONS, 10)), *nothing()[1:]
    of_units = populations(np.stack([means, means]), np.ones((2, 10)), means.T)["unit_mean"]
    found = indicators(means.astype(np.float32), lost, gained, np.ones(10, dtype=int))
    np.testing.assert_array_equal(found["magnitude"], of_units.mean(axis=1))


@quick
@given(seeds)
def test_equal_fractions_of_flips_are_equal_effects(seed):
    """The same flips of other classes of the same size make the same AES to the last bit."""
    rng = np.random.default_rng(seed)
    flips = rng.integers(0, 8, 10)
    means, lost, gained = nothing()
    lost[:64] = [rng.permutation(flips) for _ in range(64)]
    found = indicators(means, lost, gained, np.full(10, 499))["effect"]
    assert len(set(found[:64].tolist())) == 1


# Chance between equals ---------------------------------------------------------------------------------------------


@quick
@given(seeds, st.integers(1, 40), st.integers(1, 6))
def test_an_order_descends_and_has_every_unit_once(seed, n_units, n_values):
    rng = np.random.default_rng(seed)
    values = rng.integers(-2, n_values, n_units).astype(float)
    order = descending(values, rng)
    assert sorted(order) == list(range(n_units))
    assert (np.diff(values[order]) <= 0).all()


def test_unequal_values_leave_nothing_to_chance():
    values = np.array([0.5, -1.0, 7.0, 0.25])
    for seed in range(20):
        assert descending(values, np.random.default_rng(seed)).tolist() == [2, 0, 3, 1]


def test_among_equals_every_unit_comes_first_equally_often():
    values = np.array([3.0, 1.0, 1.0, 5.0, 1.0, 1.0])
    orders = np.array([descending(values, np.random.default_rng(seed)) for seed in range(800)])
    assert (orders[:, :2] == [3, 0]).all()
    first = np.bincount(orders[:, 2], minlength=6)
    assert first[[0, 3]].tolist() == [0, 0]
    # 200 expected each; by index it would be 800, 0, 0, 0.  Four standard deviations are 49.
    assert (np.abs(first[[1, 2, 4, 5]] - 200) < 49).all()


def test_the_same_stream_decides_alike_and_another_otherwise():
    values = np.zeros(64)
    one, again, other = (descending(values, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_random_orders_differ_by_draw_and_layer_and_recur():
    for layer in HIDDEN_LAYERS:
        assert sorted(random_order(layer, 0)) == list(range(layer.n_units))
    conv1, conv2 = find_layer("conv1"), find_layer("conv2")
    assert np.array_equal(random_order(conv1, 3), random_order(conv1, 3))
    assert not np.array_equal(random_order(conv1, 3), random_order(conv1, 4))
    assert not np.array_equal(random_order(conv1, 3), random_order(conv2, 3))
