"""The fast way gives the predictions of the paper's way."""

import copy

import numpy as np
import pytest
import torch
from ablation_cases import (
    DEVICES,
    baselines,
    copied_parameters,
    layers,
    lively_network,
    mask_tables,
    predictions_by_reuse,
    random_images,
    same_bits,
)
from agreement import compare_predictions, top_two_margins
from heard import Heard
from hypothesis import given, settings, strategies as st

from replication.ablation import (
    by_reuse,
    log_probabilities_by_weights,
    outcomes_of_layers,
    predictions_by_weights,
    predictions_of_layers,
)
from replication.architecture import HIDDEN_LAYERS, find_layer
from replication.masks import draw_masks, single_unit_masks
from replication.network import Network

cases = layers.flatmap(lambda layer: st.tuples(st.just(layer), mask_tables(layer)))


@pytest.mark.parametrize("device", DEVICES)
@given(cases, baselines, st.integers(1, 4))
@settings(max_examples=12)
def test_it_equals_the_weight_zeroing_loop_in_float64(device, case, baseline, n_images):
    layer, masks = case
    network, images = lively_network(0, device=device), random_images(0, n_images, device=device)
    before = copied_parameters(network)
    fast = predictions_by_reuse(network, images, layer, masks, baseline=baseline)
    assert fast.dtype == np.uint8
    assert np.array_equal(fast, predictions_by_weights(network, images, layer, masks, baseline=baseline))
    assert same_bits(network, before)


@pytest.mark.usefixtures("ieee")
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("baseline", ["zero", "mean"])
@pytest.mark.parametrize("layer", HIDDEN_LAYERS, ids=lambda layer: layer.name)
def test_in_float32_only_ties_differ(layer, baseline, device):
    network = lively_network(1, dtype=torch.float32, device=device)
    images = random_images(1, 30, dtype=torch.float32, device=device)
    masks = np.concatenate([draw_masks(layer, 0.5, 8), draw_masks(layer, 0.1, 4)])
    reference = log_probabilities_by_weights(network, images, layer.name, masks, baseline=baseline)
    fast = predictions_by_reuse(network, images, layer.name, masks, baseline=baseline)
    comparison = compare_predictions(reference.argmax(2).astype(np.uint8), fast, top_two_margins(reference))
    assert comparison.agree, comparison
    assert comparison.n_flips <= 1
    assert len(np.unique(fast)) > 3, "predictions that never vary would prove nothing"


@pytest.mark.parametrize("layer", HIDDEN_LAYERS, ids=lambda layer: layer.name)
def test_the_predictions_depend_on_the_masks(layer):
    network, images = lively_network(1), random_images(1, 30)
    predictions = predictions_by_reuse(network, images, layer.name, draw_masks(layer, 0.5, 4))
    assert (predictions != predictions[0]).any()


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("layer", HIDDEN_LAYERS, ids=lambda layer: layer.name)
def test_single_units_take_a_way_of_their_own_to_the_same_predictions(layer, device):
    """With one mask of two units among them, single units and none go the way of any mask."""
    network, images = lively_network(2, device=device), random_images(2, 3, device=device)
    singles = single_unit_masks(layer)[:: max(1, layer.n_units // 16)]
    masks = np.concatenate([singles, np.zeros_like(singles[:1]), singles[:1] | singles[1:2]])
    mixed = predictions_by_reuse(network, images, layer.name, masks)
    assert np.array_equal(predictions_by_reuse(network, images, layer.name, masks[:-1]), mixed[:-1])
    with torch.inference_mode():
        assert np.array_equal(mixed[-2], network(images).argmax(1).cpu().numpy())


@given(cases, st.integers(0, 2**32 - 1))
@settings(max_examples=6)
def test_masks_and_images_keep_their_order(case, seed):
    layer, masks = case
    network, images = lively_network(3), random_images(3, 5)
    generator = np.random.default_rng(seed)
    rows, columns = generator.permutation(len(masks)), generator.permutation(len(images))
    predictions = predictions_by_reuse(network, images, layer, masks)
    shuffled = predictions_by_reuse(network, images[torch.from_numpy(columns)], layer, masks[rows])
    assert np.array_equal(shuffled, predictions[rows][:, columns])


@given(cases, baselines, st.sampled_from([1, 2**16, 2**19, 2**21, 2**23, 2**25]))
@settings(max_examples=10)
def test_the_working_memory_changes_no_prediction(case, baseline, memory_bytes):
    """From one image and one mask at a time to everything at once."""
    layer, masks = case
    network, images = lively_network(4), random_images(4, 5)
    usual = predictions_by_reuse(network, images, layer, masks, baseline=baseline)
    chunked = predictions_by_reuse(network, images, layer, masks, baseline=baseline, memory_bytes=memory_bytes)
    assert np.array_equal(chunked, usual)


@pytest.mark.parametrize("n_threads", [1, 2, 3])
def test_the_number_of_threads_changes_no_prediction_and_is_put_back(n_threads):
    network, images = lively_network(5), random_images(5, 7)
    masks = {layer.name: draw_masks(layer, 0.3, 3) for layer in HIDDEN_LAYERS}
    usual, before = predictions_of_layers(network, images, masks), torch.get_num_threads()
    try:
        torch.set_num_threads(n_threads)
        threaded = predictions_of_layers(network, images, masks)
        assert torch.get_num_threads() == n_threads
    finally:
        torch.set_num_threads(before)
    for layer in masks:
        assert np.array_equal(threaded[layer], usual[layer])


def test_several_layers_at_once_are_the_layers_one_by_one():
    network, images = lively_network(6), random_images(6, 5)
    masks = {"fc1": draw_masks(find_layer("fc1"), 0.5, 3), "conv2": single_unit_masks(find_layer("conv2"))[:4]}
    together = predictions_of_layers(network, images, masks)
    assert list(together) == ["fc1", "conv2"]
    for layer, of_layer in masks.items():
        assert np.array_equal(together[layer], predictions_by_reuse(network, images, layer, of_layer))


@pytest.mark.parametrize("device", DEVICES)
@given(cases, baselines, st.sampled_from([None, 2**19, 2**23]))
@settings(max_examples=12)
def test_log_probabilities_of_true_classes_are_those_of_the_weight_zeroing_loop(device, case, baseline, memory_bytes):
    layer, masks = case
    network, images = lively_network(0, device=device), random_images(0, 5, device=device)
    labels = torch.tensor([3, 0, 9, 3, 7], device=device)
    options = {"baseline": baseline, "memory_bytes": memory_bytes}
    found = outcomes_of_layers(network, images, labels, {layer: masks}, **options)[layer]
    reference = log_probabilities_by_weights(network, images, layer, masks, baseline=baseline)
    np.testing.assert_allclose(
        found.log_probabilities, reference[:, np.arange(5), labels.cpu().numpy()], rtol=1e-9, atol=1e-9
    )
    assert found.log_probabilities.dtype == np.float64
    assert np.array_equal(found.predictions, predictions_by_reuse(network, images, layer, masks, **options))


def test_a_probability_near_1_keeps_its_digits_in_float32():
    """Where float32 rounds the log-softmax to 0 or to a few steps."""
    network, images = (copy.deepcopy(lively_network(1)), random_images(1, 40))
    for parameter in network.parameters_of("out"):
        parameter.requires_grad_(requires_grad=False).mul_(5)
    masks = {"fc2": single_unit_masks(find_layer("fc2"))[:3]}
    labels = network(images).argmax(1)
    exact = outcomes_of_layers(network, images, labels, masks)["fc2"].log_probabilities
    found = outcomes_of_layers(network.float(), images.float(), labels, masks)["fc2"].log_probabilities
    sure = (exact > -1e-6) & (exact < -1e-12)
    assert sure.sum() > 10
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[sure], exact[sure], rtol=1e-3)


@pytest.mark.usefixtures("ieee")
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("layer", HIDDEN_LAYERS, ids=lambda layer: layer.name)
def test_a_dead_unit_costs_no_log_probability_at_all(layer, device):
    """Else rounding would give it a class that it affects most."""
    network = copy.deepcopy(lively_network(1, dtype=torch.float32, device=device))
    images, labels = random_images(1, 40, dtype=torch.float32, device=device), torch.arange(40, device=device) % 10
    with torch.no_grad():
        network.parameters_of(layer.name)[1][5] = -1e4
    masks = np.concatenate([np.zeros((1, layer.n_units), bool), single_unit_masks(layer)])
    found = outcomes_of_layers(network, images, labels, {layer.name: masks})[layer.name].log_probabilities
    assert np.array_equal(found[1 + 5], found[0])
    assert (found[1:] != found[0]).any(axis=1).sum() > layer.n_units / 4


@pytest.mark.parametrize("labels", [torch.zeros(3, dtype=torch.int64), torch.zeros(2), torch.zeros(2, 1).long()])
def test_labels_that_do_not_fit_are_refused(labels):
    masks = {"fc1": np.zeros((1, 512), bool)}
    with pytest.raises(ValueError, match=r"expected torch.int64 of shape \(2,\), one for each image"):
        outcomes_of_layers(lively_network(7), random_images(7, 2), labels, masks)


def test_no_masks_no_images_and_no_layers_give_empty_predictions():
    network = lively_network(7)
    assert predictions_by_reuse(network, random_images(7, 2), "fc1", np.zeros((0, 512), bool)).shape == (0, 2)
    assert predictions_by_reuse(network, random_images(7, 0), "fc1", np.zeros((2, 512), bool)).shape == (2, 0)
    assert predictions_of_layers(network, random_images(7, 2), {}) == {}


def test_after_running_out_of_memory_the_work_goes_on_in_smaller_pieces(monkeypatch):
    """The workspace is made to hold no tensor above 256 KiB."""
    network, images = lively_network(8), random_images(8, 8)
    masks = draw_masks(find_layer("fc1"), 0.5, 40)
    usual = predictions_by_reuse(network, images, "fc1", masks)

    class SmallWorkspace(by_reuse.Workspace):
        def take(self, name, *shape):
            taken = super().take(name, *shape)
            if taken.nbytes > 2**18:
                raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
            return taken

    monkeypatch.setattr(by_reuse, "Workspace", SmallWorkspace)
    heard = Heard()
    smaller = predictions_by_reuse(network, images, "fc1", masks, progress=heard)
    assert np.array_equal(smaller, usual)
    assert heard.said
    assert all("going on with half" in line for line in heard.said)
    assert [(title, total) for title, total, _ in heard.tasks] == [("ablating fc1", 8)]


def test_another_error_in_a_worker_comes_out_and_the_threads_are_put_back(monkeypatch):
    def broken(self, *arguments):
        raise ZeroDivisionError("planted")

    before = torch.get_num_threads()
    monkeypatch.setattr(by_reuse.LayerAblation, "scores", broken)
    with pytest.raises(ZeroDivisionError, match="planted"):
        predictions_by_reuse(lively_network(9), random_images(9, 3), "conv1", np.zeros((1, 64), bool))
    assert torch.get_num_threads() == before


@pytest.mark.parametrize("layer", ["out", "conv4"])
def test_a_layer_that_is_not_hidden_is_refused(layer):
    with pytest.raises(ValueError, match=f"layer '{layer}' cannot be ablated: expected one of conv1, conv2"):
        predictions_by_reuse(lively_network(9), random_images(9, 1), layer, np.zeros((1, 10), bool))


def test_masks_images_and_baselines_that_do_not_fit_are_refused():
    network, images, masks = lively_network(9), random_images(9, 1), np.zeros((1, 64), bool)
    with pytest.raises(ValueError, match=r"masks of conv1 are bool of shape \(64,\); expected"):
        predictions_by_reuse(network, images, "conv1", masks[0])
    with pytest.raises(ValueError, match=r"expected floating point of shape \(n, 1, 28, 28\)"):
        predictions_by_reuse(network, images[0], "conv1", masks)
    with pytest.raises(ValueError, match="baseline 'median': expected 'zero' or 'mean'"):
        predictions_by_reuse(network, images, "conv1", masks, baseline="median")


def test_a_module_that_is_no_network_of_the_paper_is_refused():
    with pytest.raises(TypeError, match=r"network is a Flatten; .* takes a replication\.network\.Network"):
        predictions_of_layers(torch.nn.Flatten(), torch.zeros(2, 3, 32, 32), {"stem": np.zeros((1, 16), bool)})


@pytest.mark.parametrize(
    ("method", "function"),
    [
        ("forward", lambda self, images: -Network.forward(self, images)),
        ("apply_layer", lambda self, layer, inputs: Network.apply_layer(self, layer, inputs) + 1),
        ("apply_layers", lambda self, layers, inputs: -Network.apply_layers(self, layers, inputs)),
    ],
)
@pytest.mark.parametrize("on", ["class", "instance"])
def test_what_a_network_computes_by_itself_is_refused_not_ignored(method, function, on):
    network, images, masks = copy.deepcopy(lively_network(9)), random_images(9, 2), np.zeros((1, 64), bool)
    if on == "class":
        network.__class__ = type("Own", (Network,), {method: function})
    else:
        setattr(network, method, function.__get__(network))
    message = rf"the {type(network).__name__} has its own {method}, .* leave out: use predictions_by_weights"
    with pytest.raises(ValueError, match=message):
        predictions_by_reuse(network, images, "conv1", masks)


@pytest.mark.parametrize("where", ["", "fc2"])
@pytest.mark.parametrize("kind", ["register_forward_hook", "register_forward_pre_hook"])
def test_a_hook_is_refused_not_ignored(where, kind):
    network, images, masks = copy.deepcopy(lively_network(9)), random_images(9, 2), np.zeros((1, 64), bool)
    with getattr(network.get_submodule(where), kind)(lambda module, *given: None):  # noqa: SIM117
        with pytest.raises(ValueError, match=r"the Network has its own forward hooks, .* use predictions_by_weights"):
            predictions_by_reuse(network, images, "conv1", masks)
    assert predictions_by_reuse(network, images, "conv1", masks).shape == (1, 2)


def test_a_subclass_that_overrides_nothing_is_a_network():
    network, images = copy.deepcopy(lively_network(9)), random_images(9, 2)
    network.__class__ = type("Own", (Network,), {"name": "mine"})
    masks = draw_masks(find_layer("conv2"), 0.5, 3)
    usual = predictions_by_reuse(lively_network(9), images, "conv2", masks)
    assert np.array_equal(predictions_by_reuse(network, images, "conv2", masks), usual)
