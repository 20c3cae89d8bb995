"""Cumulative ablation as measured: against literal loops, and that no order has seen the images that judge it."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from reference import cumulative as reference

from replication.architecture import HIDDEN_LAYERS, N_NEURONS, N_UNITS, UNITS, unit_of_neuron
from replication.data import Images
from replication.measurements import build, validate
from replication.measuring import Subject
from replication.measuring.activations import measure_activations
from replication.measuring.cumulative import N_RANDOM_ORDERS, measure_cumulative
from replication.measuring.units import measure_units
from replication.metrics import populations
from replication.schema import DIRECTIONS, HALVES, LEVELS, ORDERS
from replication.seeds import generator

N_MASKS = (len(ORDERS) * len(DIRECTIONS) + N_RANDOM_ORDERS) * len(LEVELS)


def with_pieces(subject):
    """The subject with what the orders are made from."""
    arrays = {"activations": measure_activations(subject), "units": measure_units(subject)}
    return replace(subject, pieces={piece: build(piece, found, {}) for piece, found in arrays.items()})


@pytest.fixture(scope="module")
def few(tiny_subject):
    """The tiny network on 36 test images: 32 that fill a batch, every class in both halves, and 4 that do not."""
    labels = tiny_subject.labels
    pairs = [np.flatnonzero(labels == label)[:2] for label in range(10)]
    rows = [*np.concatenate(pairs), *np.setdiff1d(np.arange(100), np.concatenate(pairs))[:16]]
    chosen = torch.tensor(np.array(rows))
    test = Images(tiny_subject.test.images[chosen], tiny_subject.test.labels[chosen])
    return with_pieces(replace(tiny_subject, test=test))


@pytest.fixture(scope="module")
def measured(few):
    return measure_cumulative(few)


def test_it_is_a_piece_with_an_entry_for_every_order_and_level(measured):
    piece = build("cumulative", measured, {})
    validate(piece)
    assert piece["cumulative_hits"].shape == (2, 5, 2, 5, 7, 10)
    assert piece["random_hits"].shape == (2, 5, 7, 5, 10)
    assert piece["level"].values.tolist() == [0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875]
    assert piece["direction"].values.tolist() == ["highest first", "lowest first"]
    assert piece["half"].values.tolist() == ["even", "odd"]


@pytest.mark.slow
@pytest.mark.parametrize("layer", HIDDEN_LAYERS, ids=lambda layer: layer.name)
def test_hits_are_those_of_weights_set_to_zero_one_level_after_the_other(few, measured, layer):
    units = [position for position, unit in enumerate(UNITS) if unit.layer == layer]
    j = HIDDEN_LAYERS.index(layer)
    for i, (half, other) in enumerate((("even", "odd"), ("odd", "even"))):
        neurons = few.pieces["activations"]["class_mean"].values[i].astype(np.float64)
        means = [neurons[unit_of_neuron() == position].mean(axis=0) for position in units]
        lost, gained = (few.pieces["units"][name].values[0, i, units] for name in ("lost", "gained"))
        sizes = np.bincount(few.labels[i:32:2], minlength=10)
        values = reference.values_of_layer(means, lost, gained, sizes)
        images, labels = few.test.images[1 - i : 32 : 2], few.labels[1 - i : 32 : 2]
        assert list(few.rows_by_part[other]) == list(range(1 - i, 32, 2))

        def left(order, n_gone, images=images, labels=labels):
            return reference.hits_left(few.network, images, labels, layer.name, set(order[:n_gone]))

        for k in range(1, 8):
            n_gone = layer.n_units * k // 8
            for o, name in enumerate(ORDERS):
                order = reference.highest_first(values[name], few.name, half, layer.name, name)
                assert left(order, n_gone) == measured["cumulative_hits"][i, o, 0, j, k - 1].tolist(), (name, k)
                assert left(order[::-1], n_gone) == measured["cumulative_hits"][i, o, 1, j, k - 1].tolist(), (name, k)
            for draw in range(N_RANDOM_ORDERS):
                order = generator("cumulative", "random order", layer.name, draw).permutation(layer.n_units).tolist()
                assert left(order, n_gone) == measured["random_hits"][i, j, k - 1, draw].tolist(), (draw, k)


def test_the_orders_make_a_difference(measured):
    """The comparison above would be empty if all curves were alike."""
    hits = measured["cumulative_hits"].sum(axis=-1)
    assert (hits[:, :, 0] != hits[:, :, 1]).mean() > 0.5
    assert (hits[0] != hits[1]).any()


# Halves ------------------------------------------------------------------------------------------------------------


class Asked(Subject):
    """Keeps which masks are asked for and on which images, and predicts class 3 whatever they are."""

    def ablated_predictions(self, masks, baseline, *, what, rows=None):
        assert baseline == "zero"
        self.__dict__.setdefault("asked", []).append((masks, rows))
        return {layer: np.full((len(some), len(rows)), 3, dtype=np.uint8) for layer, some in masks.items()}


def asked(subject):
    """The masks and the rows that measuring asks for, by half."""
    fields = {name: getattr(subject, name) for name in subject.__dataclass_fields__}
    listening = Asked(**fields)
    measure_cumulative(listening)
    return dict(zip(HALVES, listening.asked, strict=True))


def same_masks(one, other):
    return all(np.array_equal(one[layer.name], other[layer.name]) for layer in HIDDEN_LAYERS)


def test_orders_of_a_half_are_judged_by_the_other_half_alone(few):
    found = asked(few)
    for half, other in (("even", "odd"), ("odd", "even")):
        masks, rows = found[half]
        assert all(masks[layer.name].shape == (N_MASKS, layer.n_units) for layer in HIDDEN_LAYERS)
        np.testing.assert_array_equal(rows, few.rows_by_part[other])
        assert not set(rows) & set(few.rows_by_part[half])


@pytest.mark.parametrize(("half", "other"), [("even", "odd"), ("odd", "even")])
def test_an_order_depends_on_no_image_of_the_other_half(few, half, other):
    rows = torch.from_numpy(np.concatenate([few.rows_by_part[other], few.rows_by_part["rest"]]))
    images, labels = few.test.images.clone(), few.test.labels.clone()
    noise = np.random.default_rng(8).uniform(-1, 1, images[rows].shape)
    images[rows] = torch.from_numpy(noise).to(images)
    labels[rows] = labels[rows].roll(3)
    changed = asked(with_pieces(replace(few, test=Images(images, labels))))
    before = asked(few)
    assert same_masks(before[half][0], changed[half][0])
    assert not same_masks(before[other][0], changed[other][0])


# Orders as they are ablated ----------------------------------------------------------------------------------------


def by_order(masks):
    """Masks of one layer with axes (order and direction, then draws; level; unit)."""
    return masks.reshape(-1, len(LEVELS), masks.shape[-1])


def test_each_order_ablates_eighths_one_within_the_next_and_backwards_the_rest(few):
    for masks, _ in asked(few).values():
        for layer in HIDDEN_LAYERS:
            curves = by_order(masks[layer.name])
            assert len(curves) == len(ORDERS) * len(DIRECTIONS) + N_RANDOM_ORDERS
            assert (curves.sum(axis=-1) == layer.n_units * np.arange(1, 8) // 8).all()
            assert (curves[:, 1:] >= curves[:, :-1]).all()
            forwards, backwards = curves[:10:2], curves[1:10:2]
            np.testing.assert_array_equal(forwards, ~backwards[:, ::-1])


def flat(few, **changed):
    """The subject with all units alike: nothing responds, nothing flips; but for the arrays that are changed."""
    arrays = {
        "class_mean": np.zeros((2, N_NEURONS, 10)),
        "example_activation": np.zeros((10, N_NEURONS)),
        "lost": np.zeros((2, 3, N_UNITS, 10), dtype=int),
        "gained": np.zeros((2, 3, N_UNITS, 10), dtype=int),
        "lost_log_probability": np.zeros((2, N_UNITS, 10)),
    } | changed
    means, examples = arrays["class_mean"], arrays["example_activation"]
    found = populations(means, np.ones((2, 10)), examples)
    pieces = {
        "activations": build("activations", {"class_mean": means, "example_activation": examples, **found}, {}),
        "units": build("units", {name: arrays[name] for name in ("lost", "gained", "lost_log_probability")}, {}),
    }
    return replace(few, pieces=pieces)


def test_units_that_are_alike_go_in_an_order_of_chance_of_its_own(few):
    """Neither by index nor alike in two layers, halves or orders."""
    firsts = set()
    n_orders = 0
    for masks, _ in asked(flat(few)).values():
        for layer in HIDDEN_LAYERS[:3]:
            for curve in by_order(masks[layer.name])[:10:2]:
                firsts.add(tuple(np.flatnonzero(curve[0])))
                n_orders += 1
    assert len(firsts) == n_orders == 2 * 3 * 5
    assert tuple(range(8)) not in firsts


def test_chance_has_a_name_and_another_for_each_network(few):
    one, again = (asked(flat(few))["even"][0] for _ in range(2))
    other = asked(replace(flat(few), name="digits/seed=1"))["even"][0]
    assert same_masks(one, again)
    assert not same_masks(one, other)
    # The random orders are the same in every network and on both halves.
    odd = asked(flat(few))["odd"][0]
    for masks in (other, odd):
        np.testing.assert_array_equal(by_order(masks["fc1"])[10:], by_order(one["fc1"])[10:])


@pytest.mark.parametrize(
    ("name", "array", "index"),
    [
        # Unit 7 of conv1 owns the neurons from 7 · 196 on; on odd images nothing is known of it.
        ("magnitude", "class_mean", (0, slice(7 * 196, 8 * 196))),
        ("selectivity", "class_mean", (0, 7 * 196, 4)),
        ("effect", "gained", (0, 0, 7, 2)),
        ("impact", "lost", (0, 0, 7, 2)),
        ("combined", "lost", (0, 0, 7, 2)),
    ],
)
def test_the_one_unit_that_stands_out_on_a_half_goes_first_and_last_there(few, name, array, index):
    dtype = float if array == "class_mean" else int
    shape = (2, N_NEURONS, 10) if array == "class_mean" else (2, 3, N_UNITS, 10)
    values = np.zeros(shape, dtype=dtype)
    values[index] = 1
    found = asked(flat(few, **{array: values}))
    row = 2 * ORDERS.index(name)
    highest, lowest = by_order(found["even"][0]["conv1"])[row : row + 2, :, 7]
    assert highest.all()
    assert not lowest.any()
    on_odd = by_order(found["odd"][0]["conv1"])[row : row + 2, :, 7]
    assert on_odd.any()
    assert not on_odd.all()


def test_the_other_baseline_and_the_rest_of_the_images_do_not_count(few):
    lost = np.zeros((2, 3, N_UNITS, 10), dtype=int)
    lost[1, :, 7], lost[0, 2, 9] = 1, 1
    assert same_masks(asked(flat(few, lost=lost))["even"][0], asked(flat(few))["even"][0])


def test_hits_are_counted_by_class_on_the_other_half(few):
    """Whatever is ablated, class 3 is predicted: only its images in the other half are hits."""
    fields = {name: getattr(few, name) for name in few.__dataclass_fields__}
    found = measure_cumulative(Asked(**fields))
    for i, other in enumerate(reversed(HALVES)):
        expected = np.zeros(10)
        expected[3] = (few.labels[few.rows_by_part[other]] == 3).sum()
        assert (found["cumulative_hits"][i] == expected).all()
        assert (found["random_hits"][i] == expected).all()


@pytest.mark.parametrize("missing", ["activations", "units"])
def test_pieces_that_are_needed_must_have_been_measured(few, missing):
    pieces = {name: piece for name, piece in few.pieces.items() if name != missing}
    with pytest.raises(LookupError, match=f"digits/seed=0: the piece '{missing}' is needed and was not measured yet"):
        measure_cumulative(replace(few, pieces=pieces))
