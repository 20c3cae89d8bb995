"""What is measured on a network, against literal loops over images, units and draws."""

import copy
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from heard import Heard
from hypothesis import given, strategies as st
from scipy.spatial.distance import cdist, pdist
from strategies import seeds

from replication import embedding
from replication.ablation import log_probabilities_by_weights, predictions_by_weights
from replication.activations import layer_activations
from replication.architecture import HIDDEN_LAYERS, UNITS, find_layer
from replication.data import Images
from replication.masks import draw_mask, single_unit_masks
from replication.measurements import build, validate
from replication.measuring import MEASURES, horizontal as measuring_horizontal, subject
from replication.measuring.activations import measure_activations
from replication.measuring.draws import measure_draws
from replication.measuring.horizontal import (
    PROCESS_BYTES,
    image_scatter,
    measure_horizontal,
    n_embedding_processes,
    standardised,
)
from replication.measuring.intact import measure_intact
from replication.measuring.units import mean_lost_by_class, measure_units
from replication.measuring.vertical import measure_vertical
from replication.metrics import populations
from replication.paper import ABLATION
from replication.schema import BASELINES, INITIALISATIONS, PARTS, PIECES
from replication.seeds import stream_seed

CONV1 = find_layer("conv1")


@pytest.fixture(scope="module")
def few(tiny_subject):
    """The tiny network with 40 test images: 32 that fill a batch, 8 that do not."""
    return replace(tiny_subject, test=tiny_subject.test.first(40))


def part_of(row, n_used):
    """In which part a test image lies."""
    return "rest" if row >= n_used else ("even", "odd")[row % 2]


def count(subject, counted):
    """Count, part by part and class by class, the images of which ``counted(row)`` holds."""
    counts = np.zeros((len(PARTS), 10), dtype=int)
    for row, label in enumerate(subject.test.labels.tolist()):
        counts[PARTS.index(part_of(row, subject.n_used)), label] += counted(row)
    return counts


def test_every_piece_has_its_measure():
    assert tuple(MEASURES) == PIECES


# The subject -------------------------------------------------------------------------------------------------------


def test_parts_share_out_the_test_images(tiny_subject):
    assert tiny_subject.n_used == 96
    assert len(tiny_subject.used) == 96
    rows = tiny_subject.rows_by_part
    assert {name: len(part) for name, part in rows.items()} == {"even": 48, "odd": 48, "rest": 4}
    assert sorted(np.concatenate(list(rows.values()))) == list(range(100))
    assert all(part_of(row, 96) == name for name, part in rows.items() for row in part)


def test_the_network_is_worth_measuring(tiny_subject):
    """It is right about many images and wrong about some, so that the counts below are not empty."""
    assert 0.4 < (tiny_subject.predictions == tiny_subject.labels).mean() < 0.95


def test_predictions_are_the_networks(tiny_subject):
    with torch.no_grad():
        alone = [int(tiny_subject.network(image[None]).argmax()) for image in tiny_subject.test.images]
    np.testing.assert_array_equal(tiny_subject.predictions, alone)


def test_networks_measured_at_a_time_share_the_memory_of_ablations(few, monkeypatch):
    shared = []
    monkeypatch.setattr(subject, "predictions_of_layers", lambda *_, n_at_once, **__: shared.append(n_at_once))
    few.ablated_predictions({}, "zero", what="none")
    replace(few, n_at_once=3).ablated_predictions({}, "zero", what="none")
    assert shared == [1, 3]


# Intact ------------------------------------------------------------------------------------------------------------


def test_confusion_is_counted_image_by_image(tiny_subject):
    confusion = measure_intact(tiny_subject)["confusion"]
    expected = np.zeros((3, 10, 10), dtype=int)
    for row, (label, predicted) in enumerate(zip(tiny_subject.labels, tiny_subject.predictions, strict=True)):
        expected[PARTS.index(part_of(row, 96)), label, predicted] += 1
    np.testing.assert_array_equal(confusion, expected)
    assert confusion.sum() == 100


def test_an_embedding_on_one_spot_cannot_be_standardised():
    with pytest.raises(ValueError, match="all 5 points of an embedding are on one spot"):
        standardised(np.ones((5, 2)))


def test_losses_are_those_of_the_training(tiny_subject):
    assert measure_intact(tiny_subject)["training_loss"].tolist() == [2.5, 2.25]
    assert measure_intact(replace(tiny_subject, losses=()))["training_loss"].shape == (0,)


# Random ablations --------------------------------------------------------------------------------------------------


def test_draws_are_those_of_the_weights_set_to_zero(few):
    hits = measure_draws(few)["draw_hits"]
    validate(build("draws", {"draw_hits": hits}, {}))
    assert hits.shape == (2, 3, 5, 5, 3, 10)
    for (b, baseline), (i, layer) in product(enumerate(BASELINES), enumerate(HIDDEN_LAYERS)):
        # Three draws at 50 % with zeros as in the paper, two in every other case.
        n_draws = {fraction: 3 if baseline == "zero" and fraction == 0.5 else 2 for fraction in ABLATION.fractions}
        for f, n in enumerate(n_draws.values()):
            assert (hits[b, :, i, f, n:] == -1).all()
            assert (hits[b, :, i, f, :n] >= 0).all()
        # Two draws per layer by the paper's own way: the last at 50 %, and the first at 10 %.
        for fraction, draw in ((0.5, n_draws[0.5] - 1), (0.1, 0)):
            mask = draw_mask(layer, fraction, draw)
            images = few.test.images
            (predicted,) = predictions_by_weights(few.network, images, layer.name, mask[None], baseline=baseline)
            expected = count(few, lambda row, predicted=predicted: predicted[row] == few.labels[row])
            np.testing.assert_array_equal(hits[b, :, i, ABLATION.fractions.index(fraction), draw], expected)


# Single units ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def units(few):
    return measure_units(few)


@pytest.mark.parametrize("position", [0, 63, 64, 130, 191, 192, 500, 703, 704, 1_215])
def test_single_units_lose_and_gain_what_they_do_by_weights(few, units, position):
    unit = UNITS[position]
    mask = single_unit_masks(unit.layer)[unit.index]
    for b, baseline in enumerate(BASELINES):
        (after,) = predictions_by_weights(few.network, few.test.images, unit.layer.name, mask[None], baseline=baseline)
        right, still_right = few.predictions == few.labels, after == few.labels
        for name, changed in (("lost", right & ~still_right), ("gained", ~right & still_right)):
            expected = count(few, lambda row, changed=changed: changed[row])
            np.testing.assert_array_equal(units[name][b, :, position], expected)


@pytest.mark.parametrize("position", [0, 63, 64, 130, 191, 192, 500, 703, 704, 1_215])
def test_single_units_cost_the_log_probability_that_they_do_by_weights(few, units, position):
    """Compared with float64, since float32 rounds the log-softmax of a probability near 1."""
    unit, network = UNITS[position], copy.deepcopy(few.network).double()
    masks = np.stack([single_unit_masks(unit.layer)[unit.index] & keep for keep in (False, True)])
    intact, ablated = log_probabilities_by_weights(network, few.test.images.double(), unit.layer.name, masks)
    for half in range(2):
        for label in range(10):
            rows = [row for row in range(half, few.n_used, 2) if few.labels[row] == label]
            lost = [float(intact[row, label]) - float(ablated[row, label]) for row in rows]
            expected = np.mean(lost) if rows else np.nan
            found = units["lost_log_probability"][half, position, label]
            np.testing.assert_allclose(found, expected, rtol=1e-3, atol=3e-5)


def test_many_units_cost_far_more_log_probability_than_rounding(units):
    assert (np.nanmax(np.abs(units["lost_log_probability"]), axis=(0, 2)) > 1e-3).mean() > 1 / 2


def test_log_probability_lost_is_averaged_over_the_images_of_each_class():
    log_probabilities = np.log([[0.5, 0.5, 0.8], [0.25, 0.5, 0.8], [0.5, 1.0, 0.4]])
    found = mean_lost_by_class(log_probabilities, np.array([3, 3, 7]))
    np.testing.assert_allclose(found[:, 3], [np.log(2) / 2, -np.log(2) / 2])
    np.testing.assert_allclose(found[:, 7], [0, np.log(2)], atol=1e-15)
    assert np.isnan(np.delete(found, [3, 7], axis=1)).all()


def test_what_rounding_decides_is_no_effect_of_a_unit(few, units):
    """Elsewhere the intact network may be computed in another arithmetic, and choose another class in a tie."""
    other = replace(few)
    vars(other)["predictions"] = (few.predictions + 1) % 10
    for name, counts in measure_units(other).items():
        np.testing.assert_array_equal(counts, units[name])


def test_units_lose_only_what_was_right_and_gain_only_what_was_wrong(few, units):
    right = count(few, lambda row: few.predictions[row] == few.labels[row])
    wrong = count(few, lambda row: few.predictions[row] != few.labels[row])
    assert (units["lost"] <= right[:, None]).all()
    assert (units["gained"] <= wrong[:, None]).all()
    assert units["lost"].any()
    validate(build("units", units, {}))


# Activations -------------------------------------------------------------------------------------------------------


def test_class_means_are_averages_over_single_images(tiny_subject):
    found = measure_activations(tiny_subject)
    with torch.no_grad():
        outputs = tiny_subject.network.activations(tiny_subject.test.images)
    matrix = np.concatenate([outputs[layer.name].numpy() for layer in HIDDEN_LAYERS], axis=1).astype(np.float64)
    labels = tiny_subject.labels
    for half, label in product(range(2), range(10)):
        members = [row for row in range(half, 96, 2) if labels[row] == label]
        expected = matrix[members].mean(axis=0)
        np.testing.assert_allclose(found["class_mean"][half, :, label], expected, rtol=1e-4, atol=1e-6)
    for label in range(10):
        first = labels.tolist().index(label)
        np.testing.assert_allclose(found["example_activation"][label], matrix[first], rtol=1e-4, atol=1e-6)
    sizes = [[sum(labels[row] == c for row in range(half, 96, 2)) for c in range(10)] for half in range(2)]
    expected = populations(found["class_mean"], sizes, found["example_activation"])
    assert found.keys() == {"class_mean", "example_activation", *expected}
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array, err_msg=name)
    validate(build("activations", found, {}))


def test_a_class_without_images_is_refused(tiny_subject):
    test = tiny_subject.test
    kept = test.labels != 3
    with pytest.raises(ValueError, match=r"digits/seed=0: no test image of class \[3\]; use more test images"):
        measure_activations(replace(tiny_subject, test=Images(test.images[kept], test.labels[kept])))


# Horizontal --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n_images", "n_threads", "n_cores", "n_with_memory", "n_at_once", "expected"),
    [
        pytest.param(9984, 8, 64, 100, 1, 8, id="a thread each"),
        pytest.param(9984, 64, 2, 100, 1, 2, id="but no more than there are cores"),
        pytest.param(9984, 64, 64, 20, 1, 20, id="nor than there is memory for"),
        pytest.param(9984, 64, 64, 20, 3, 6, id="which networks measured at a time share"),
        pytest.param(9984, 64, 64, 0, 1, 1, id="one with no memory to spare"),
        pytest.param(4095, 64, 64, 100, 1, 1, id="one where embeddings are soon done"),
    ],
)
def test_embeddings_get_as_many_processes_as_cores_and_memory_allow(
    monkeypatch, n_images, n_threads, n_cores, n_with_memory, n_at_once, expected
):
    monkeypatch.setattr(torch, "get_num_threads", lambda: n_threads)
    monkeypatch.setattr(measuring_horizontal, "usable_cores", lambda: n_cores)
    monkeypatch.setattr(measuring_horizontal, "usable_memory", lambda: n_with_memory * PROCESS_BYTES + 1)
    assert n_embedding_processes(n_images, n_at_once) == expected


@pytest.fixture(scope="module")
def heard():
    return Heard()


@pytest.fixture(scope="module")
def weights(tiny_subject):
    """Those before anything is embedded."""
    return {name: tensor.clone() for name, tensor in tiny_subject.network.state_dict().items()}


@pytest.fixture(scope="module")
def horizontal(tiny_subject, heard, weights):
    """With two embedding seeds, of which the raw start has one."""
    profile = replace(tiny_subject.profile, n_embedding_seeds=2)
    return measure_horizontal(replace(tiny_subject, profile=profile, progress=heard))


def agreement_by_search(points, labels):
    """Counts of images by class and by how many of the 6 nearest others share it, by a plain search."""
    distances = cdist(points, points)
    np.fill_diagonal(distances, np.inf)
    counts = np.zeros((10, 7), dtype=int)
    for row, nearest in enumerate(distances.argsort(axis=1)[:, :6]):
        counts[labels[row], (labels[nearest] == labels[row]).sum()] += 1
    return counts


EMBEDDED = ("agreement", "agreement_lost", "spread", "centroid_distance", "n_clusters")


@pytest.mark.slow
class TestHorizontal:
    def test_it_is_a_piece(self, horizontal):
        validate(build("horizontal", horizontal, {}))

    def test_the_points_are_the_images_that_fill_batches(self, tiny_subject, horizontal):
        np.testing.assert_array_equal(horizontal["label"], tiny_subject.labels[:96])
        assert horizontal["coordinates"].shape == (2, 7, 96, 2)
        assert horizontal["coordinates"].mean(axis=2) == pytest.approx(np.zeros((2, 7, 2)), abs=1e-12)
        assert np.linalg.norm(horizontal["coordinates"], axis=(2, 3)) == pytest.approx(np.ones((2, 7)))
        np.testing.assert_array_equal(*horizontal["coordinates"][:, 0])

    def test_predictions_are_those_of_the_intact_and_of_the_ablated_network(self, tiny_subject, horizontal):
        np.testing.assert_array_equal(horizontal["prediction"][0], tiny_subject.predictions[:96])
        mask = draw_mask(CONV1, 0.5, 0)
        images = tiny_subject.used.images
        (after,) = predictions_by_weights(tiny_subject.network, images, ABLATION.shown_layer, mask[None])
        np.testing.assert_array_equal(horizontal["prediction"][1], after)

    def test_every_image_of_a_class_is_counted_once(self, horizontal):
        sizes = np.bincount(horizontal["label"], minlength=10)
        rescaled, raw = horizontal["agreement"]
        for counts in (rescaled, raw[:, :, :1], horizontal["agreement_raw"]):
            totals = counts.sum(axis=-1)
            np.testing.assert_array_equal(totals, np.broadcast_to(sizes, totals.shape))
            # At k = 5 nobody has six agreeing neighbours.
            assert not counts[..., 0, :, 6].any()

    def test_lost_images_are_counted_once_per_panel(self, horizontal):
        label, (before, after) = horizontal["label"], horizontal["prediction"]
        n_lost = ((before == label) & (after != label)).sum()
        assert n_lost > 0
        rescaled, raw = horizontal["agreement_lost"]
        np.testing.assert_array_equal(rescaled.sum(axis=-1), np.full((7, 2), n_lost))
        np.testing.assert_array_equal(raw[:, 0].sum(axis=-1), np.full(7, n_lost))

    def test_agreement_of_the_images_themselves_is_that_of_a_plain_search(self, tiny_subject, horizontal):
        expected = agreement_by_search(tiny_subject.used.images.flatten(1).numpy(), horizontal["label"])
        np.testing.assert_array_equal(horizontal["agreement_raw"][0, 0, 1], expected)

    def test_agreement_in_the_start_is_that_of_a_plain_search(self, horizontal):
        expected = agreement_by_search(horizontal["start"], horizontal["label"])
        np.testing.assert_array_equal(horizontal["agreement_start"][1], expected)

    def test_images_are_counted_by_who_is_right(self, horizontal):
        label, (before, after) = horizontal["label"], horizontal["prediction"]
        for c, intact, ablated in product(range(10), range(2), range(2)):
            members = (label == c) & ((before == label) == intact) & ((after == label) == ablated)
            assert horizontal["n_images"][c, intact, ablated] == members.sum()

    @pytest.mark.parametrize(("row", "initialisation"), [*enumerate(INITIALISATIONS)])
    def test_what_is_embedded_starts_as_it_is_said_to(self, tiny_subject, horizontal, row, initialisation):
        """The last layer, embedded once more by itself."""
        out = layer_activations(tiny_subject.network, tiny_subject.used.images, "out")
        job = embedding.horizontal_jobs(
            {"out": embedding.exact_neighbours(out, 15)},
            horizontal["start"],
            seed=stream_seed("horizontal", tiny_subject.name, 0),
            initialisation=initialisation,
        )["out"]
        expected = agreement_by_search(job(), horizontal["label"])
        np.testing.assert_array_equal(horizontal["agreement"][row, 0, 6, 0, 1], expected)

    def test_the_raw_start_is_embedded_once(self, horizontal):
        for name in EMBEDDED:
            n_seeds_axis = 2 if name == "agreement_lost" else 3
            rescaled, (once, never) = horizontal[name][0], np.moveaxis(horizontal[name][1], n_seeds_axis - 1, 0)
            missing = np.isnan if rescaled.dtype.kind == "f" else lambda counts: counts == -1
            assert missing(never).all(), name
            assert not missing(rescaled).all(), name
            assert not missing(once).all(), name

    def test_every_step_is_counted(self, horizontal, heard):
        ((_, announced, task),) = heard.tasks
        assert task.done == announced

    def test_ablation_leaves_the_images_alone_and_moves_the_layers(self, horizontal):
        correlation = horizontal["distance_correlation"]
        np.testing.assert_allclose(correlation[0], 1)
        assert (correlation[1:] < 0.9999).all()
        np.testing.assert_array_equal(horizontal["agreement_raw"][0, 0], horizontal["agreement_raw"][1, 0])

    @pytest.mark.usefixtures("horizontal")
    def test_the_network_is_whole_afterwards(self, tiny_subject, weights):
        for name, tensor in tiny_subject.network.state_dict().items():
            assert torch.equal(tensor, weights[name])


@given(seeds, st.integers(2, 25), st.integers(1, 10))
def test_image_scatter_is_the_mean_over_pairs(seed, n_images, n_classes):
    rng = np.random.default_rng(seed)
    pixels, labels = rng.normal(size=(n_images, 5)) + 3, rng.integers(0, n_classes, n_images)
    found = image_scatter(pixels, labels)
    overall = (pdist(pixels) ** 2).mean()
    for one, other in product(range(10), repeat=2):
        first, second = np.flatnonzero(labels == one), np.flatnonzero(labels == other)
        pairs = [((pixels[i] - pixels[j]) ** 2).sum() for i in first for j in second if i != j]
        expected = np.mean(pairs) / overall if pairs else np.nan
        np.testing.assert_allclose(found[one, other], expected, rtol=1e-9)
    np.testing.assert_array_equal(found, found.T)


# Vertical ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_neurons_are_embedded_and_the_dead_are_not(tiny_subject):
    found = measure_vertical(tiny_subject)
    validate(build("vertical", found, {}))
    with torch.no_grad():
        outputs = tiny_subject.network.activations(tiny_subject.used.images)
    matrix = np.concatenate([outputs[layer.name].numpy() for layer in HIDDEN_LAYERS], axis=1)
    dead = ~matrix.any(axis=0)
    np.testing.assert_array_equal(np.isnan(found["neuron_coordinates"]).all(axis=1), dead)
    assert 0 < dead.sum() < len(dead)
