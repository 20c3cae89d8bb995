"""Which units are ablated: how many, which, and the same ones every time."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, strategies as st

from replication.architecture import HIDDEN_LAYERS, Layer, find_layer
from replication.masks import cumulative_masks, draw_mask, draw_masks, n_ablated, single_unit_masks

layers = st.sampled_from(HIDDEN_LAYERS)
permutations = st.integers(1, 12).flatmap(lambda n: st.permutations(range(n)))


@pytest.mark.parametrize(
    ("n_units", "fraction", "expected"),
    # 0.29 · 100 = 28.999… and 0.57 · 100 = 56.999… in binary; 0.3 · 10 = 3 either way; 0.1 · 64 = 6.4.
    [(100, 0.29, 29), (100, 0.57, 57), (10, 0.3, 3), (64, 0.1, 6), (512, 0.5, 256), (64, 0.0, 0), (64, 1.0, 64)],
)
def test_how_many_units(n_units, fraction, expected):
    assert n_ablated(Layer("some", n_units, 1), fraction) == expected


def test_multiplying_floats_would_ablate_one_unit_less():
    assert math.floor(0.29 * 100) == 28


@given(layers, st.integers(0, 100), st.integers(0, 10**6))
def test_a_mask_ablates_as_many_units_as_asked(layer, percent, draw):
    mask = draw_mask(layer, percent / 100, draw)
    assert mask.shape == (layer.n_units,)
    assert mask.dtype == np.bool_
    assert mask.sum() == Fraction(percent, 100) * layer.n_units // 1


def test_equal_names_give_equal_masks_and_different_names_different_ones():
    conv1, conv2 = find_layer("conv1"), find_layer("conv2")
    mask = draw_mask(conv1, 0.5, 3)
    assert np.array_equal(mask, draw_mask(conv1, 0.5, 3))
    assert np.array_equal(mask, draw_mask(conv1, np.float64(0.5), np.int64(3)))
    others = [draw_mask(conv1, 0.5, 4), draw_mask(conv1, 0.4, 3), draw_mask(conv2, 0.5, 3)]
    assert not any(np.array_equal(mask, other) for other in others)


def test_every_unit_is_drawn_as_often_as_any_other():
    """In 2,000 draws of half of the units a unit's count has mean 1,000 and standard deviation √500, 6 of them 134."""
    counts = draw_masks(find_layer("conv3"), 0.5, 2000).sum(axis=0)
    assert np.abs(counts - 1000).max() < 134


def test_many_draws_are_the_single_ones():
    layer = find_layer("fc1")
    masks = draw_masks(layer, 0.2, 4)
    assert np.array_equal(masks, [draw_mask(layer, 0.2, draw) for draw in range(4)])
    assert draw_masks(layer, 0.2, 0).shape == (0, 512)


@pytest.mark.parametrize("layer", HIDDEN_LAYERS, ids=lambda layer: layer.name)
def test_single_unit_masks_ablate_each_unit_alone(layer):
    masks = single_unit_masks(layer)
    assert np.array_equal(masks.argmax(axis=1), np.arange(layer.n_units))
    assert np.array_equal(masks.sum(axis=1), np.ones(layer.n_units))


def test_cumulative_masks_by_hand():
    # Order 2, 0, 1: after one step unit 2 is gone, after two units 2 and 0.
    masks = cumulative_masks([2, 0, 1], [0, 1, 2, 3])
    assert masks.astype(int).tolist() == [[0, 0, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1]]


@given(permutations)
def test_cumulative_masks_are_nested_and_follow_the_order(order):
    masks = cumulative_masks(np.array(order), range(len(order) + 1))
    assert np.array_equal(masks.sum(axis=1), np.arange(len(order) + 1))
    assert np.all(masks[1:] >= masks[:-1])
    assert np.array_equal((masks[1:] ^ masks[:-1]).argmax(axis=1), order)


@pytest.mark.parametrize("fraction", [-0.1, 1.01, math.nan])
def test_a_fraction_outside_the_unit_interval_is_refused(fraction):
    with pytest.raises(ValueError, match="expected a number from 0 to 1"):
        draw_mask(find_layer("conv1"), fraction, 0)


def test_a_negative_draw_is_refused():
    with pytest.raises(ValueError, match="draw -1: draws are counted from 0"):
        draw_mask(find_layer("conv1"), 0.5, -1)


@pytest.mark.parametrize("order", [[0, 0, 1], [1, 2, 3], [[0, 1]]])
def test_an_order_that_is_no_permutation_is_refused(order):
    with pytest.raises(ValueError, match="expected every index from 0 to"):
        cumulative_masks(order, [1])


@pytest.mark.parametrize("step", [-1, 4, 0.5])
def test_a_step_that_is_no_number_of_units_is_refused(step):
    with pytest.raises(ValueError, match="expected numbers of units from 0 to 3"):
        cumulative_masks([0, 1, 2], [step])


@pytest.mark.parametrize(
    "call",
    [
        lambda layer: n_ablated(layer, 0.5),
        lambda layer: draw_mask(layer, 0.5, 0),
        lambda layer: draw_masks(layer, 0.5, 0),
        single_unit_masks,
    ],
    ids=["n_ablated", "draw_mask", "draw_masks", "single_unit_masks"],
)
def test_the_name_of_a_layer_is_no_layer(call):
    with pytest.raises(TypeError, match=r"layer is 'stem': pass a Layer, such as Layer\('stem', n_units, map_side\)"):
        call("stem")
