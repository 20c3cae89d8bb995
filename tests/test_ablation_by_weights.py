"""Ablation by zeroed weights: what a zeroed unit does, and that nothing of it remains afterwards."""

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
    random_images,
    same_bits,
)
from hypothesis import given, settings, strategies as st
from reference.ablation import predictions_one_by_one

from replication.ablation import ablated, log_probabilities_by_weights, predictions_by_weights
from replication.ablation.by_weights import mean_activations
from replication.architecture import HIDDEN_LAYERS, find_layer, unit_of_neuron
from replication.network import Network

cases = layers.flatmap(lambda layer: st.tuples(st.just(layer), mask_tables(layer)))


@pytest.mark.parametrize("layer", HIDDEN_LAYERS, ids=lambda layer: layer.name)
def test_a_zeroed_unit_puts_out_exactly_zero_and_the_others_what_they_did(layer):
    network, images = lively_network(0, dtype=torch.float32), random_images(0, 3, dtype=torch.float32)
    mask = np.arange(layer.n_units) % 3 == 0
    with torch.inference_mode():
        intact = network.activations(images)[layer.name]
        with ablated(network, layer.name, mask):
            zeroed = network.activations(images)[layer.name]
    of_ablated = torch.from_numpy(mask.repeat(layer.neurons_per_unit))
    assert torch.equal(zeroed[:, of_ablated], torch.zeros_like(zeroed[:, of_ablated]))
    assert torch.equal(zeroed[:, ~of_ablated], intact[:, ~of_ablated])
    assert intact[:, of_ablated].any()


@pytest.mark.parametrize("layer", ["conv1", "conv2", "conv3", "fc1"])
def test_a_zeroed_unit_passes_nothing_on(layer):
    """Whatever weights the next layer gives to a zeroed unit, the output stays the same to the bit."""
    network, images = lively_network(1, dtype=torch.float32), random_images(1, 3, dtype=torch.float32)
    unit = 5
    mask = np.arange(find_layer(layer).n_units) == unit
    following = {"conv1": "conv2", "conv2": "conv3", "conv3": "fc1", "fc1": "fc2"}[layer]
    network = copy.deepcopy(network)
    with torch.inference_mode(), ablated(network, layer, mask):
        before = network(images)
        weight, _ = network.parameters_of(following)
        weight.view(len(weight), find_layer(layer).n_units, -1)[:, unit] += 1000
        after = network(images)
    assert torch.equal(before, after)
    with torch.inference_mode():
        assert not torch.equal(network(images), before)


@given(cases)
@settings(max_examples=6)
def test_weights_are_restored_to_the_bit(case):
    layer, masks = case
    network = copy.deepcopy(lively_network(2, dtype=torch.float32))
    network.conv1.weight.data[0, 0, 0, 0] = -0.0
    before = copied_parameters(network)
    for mask in masks:
        with ablated(network, layer, mask) as same:
            assert same is network
    assert same_bits(network, before)


def test_weights_differ_within_the_block():
    network = lively_network(2)
    before = copied_parameters(network)
    with ablated(network, "fc2", np.arange(512) == 7):
        assert not same_bits(network, before)


@given(cases, cases)
@settings(max_examples=6)
def test_nested_ablations_add_up_and_unwind(outer, inner):
    network, images = lively_network(3), random_images(3, 2)
    before = copied_parameters(network)
    with ablated(network, outer[0], outer[1][0]):
        between = copied_parameters(network)
        with ablated(network, inner[0], inner[1][0]), torch.inference_mode():
            nested = network(images)
        assert same_bits(network, between)
    assert same_bits(network, before)
    if outer[0] == inner[0]:
        with ablated(network, outer[0], outer[1][0] | inner[1][0]), torch.inference_mode():
            assert torch.equal(nested, network(images))


def test_weights_are_restored_after_an_exception():
    network = lively_network(4)
    before = copied_parameters(network)
    with pytest.raises(ZeroDivisionError, match="planted"):
        fail_while_ablated(network)
    assert same_bits(network, before)


def fail_while_ablated(network):
    with ablated(network, "conv2", np.ones(64, dtype=bool)):
        raise ZeroDivisionError("planted")


def test_a_mean_is_that_of_all_images_whatever_the_batches():
    network, images = lively_network(5), random_images(5, 7)
    with torch.inference_mode():
        activations = network.activations(images)
    for batch_size in (1, 3, 100):
        means = mean_activations(network, images, ["fc1", "conv3"], batch_size)
        assert {layer: mean.shape for layer, mean in means.items()} == {"conv3": (64, 3, 3), "fc1": (512,)}
        for layer, mean in means.items():
            torch.testing.assert_close(mean.flatten(), activations[layer].mean(0), rtol=1e-12, atol=1e-12)
            alone = mean_activations(network, images, [layer], batch_size)
            assert torch.equal(alone[layer], mean), "the same bits with and without other layers"


def test_the_units_that_are_replaced_are_those_that_own_the_neurons():
    """Ablating to the mean leaves every image with the mean activation vector when all units go."""
    network, images = lively_network(6), random_images(6, 4)
    everything = np.ones((1, 64), dtype=bool)
    scores = log_probabilities_by_weights(network, images, "conv2", everything, baseline="mean")[0]
    np.testing.assert_allclose(scores, np.broadcast_to(scores[0], scores.shape), rtol=0, atol=1e-12)
    assert len(unit_of_neuron()) == 17_280


@pytest.mark.parametrize("device", DEVICES)
@given(cases, baselines)
@settings(max_examples=5)
def test_predictions_equal_those_of_one_image_and_one_copy_at_a_time(device, case, baseline):
    layer, masks = case
    network, images = lively_network(7, device=device), random_images(7, 4, device=device)
    before = copied_parameters(network)
    fast = predictions_by_weights(network, images, layer, masks, baseline=baseline, batch_size=3)
    assert fast.dtype == np.uint8
    assert np.array_equal(fast, predictions_one_by_one(network, images, layer, masks, baseline))
    assert same_bits(network, before)


def test_no_masks_and_no_images_give_empty_predictions():
    network = lively_network(8)
    assert predictions_by_weights(network, random_images(8, 2), "fc1", np.zeros((0, 512), bool)).shape == (0, 2)
    for baseline in ("zero", "mean"):
        none = predictions_by_weights(network, random_images(8, 0), "fc1", np.zeros((2, 512), bool), baseline=baseline)
        assert none.shape == (2, 0)


@pytest.mark.parametrize("layer", ["out", "conv4"])
def test_a_layer_that_is_not_hidden_is_refused(layer):
    with pytest.raises(ValueError, match=f"layer '{layer}' cannot be ablated: expected one of conv1, conv2"):
        predictions_by_weights(lively_network(9), random_images(9, 1), layer, np.zeros((1, 10), bool))


@pytest.mark.parametrize(
    "masks", [np.zeros((1, 63), bool), np.zeros((1, 64), int), np.zeros(64, bool)], ids=["units", "type", "axes"]
)
def test_masks_that_do_not_fit_are_refused(masks):
    with pytest.raises(ValueError, match=r"masks of conv1 are .* expected bool of shape \(n, 64\)"):
        predictions_by_weights(lively_network(9), random_images(9, 1), "conv1", masks)


def test_a_mask_that_does_not_fit_is_refused_before_anything_is_zeroed():
    network = lively_network(9)
    before = copied_parameters(network)
    with pytest.raises(ValueError, match="masks of conv1 are"), ablated(network, "conv1", np.ones(512, bool)):
        pass
    assert same_bits(network, before)


@pytest.mark.parametrize("images", [torch.zeros(1, 28, 28), torch.zeros(1, 1, 28, 28, dtype=torch.uint8)])
def test_images_of_another_kind_are_refused(images):
    with pytest.raises(ValueError, match=r"expected floating point of shape \(n, 1, 28, 28\)"):
        predictions_by_weights(lively_network(9), images, "conv1", np.zeros((1, 64), bool))


def test_an_unknown_baseline_is_refused():
    with pytest.raises(ValueError, match="baseline 'median': expected 'zero' or 'mean'"):
        predictions_by_weights(
            lively_network(9), random_images(9, 1), "conv1", np.zeros((1, 64), bool), baseline="median"
        )


def test_a_module_that_is_no_network_of_the_paper_is_refused():
    module, images, masks = torch.nn.Flatten(), torch.zeros(2, 3, 32, 32), np.zeros((1, 16), bool)
    message = r"network is a Flatten; .* takes a replication\.network\.Network.* by a forward hook: README"
    with pytest.raises(TypeError, match=message):
        predictions_by_weights(module, images, "stem", masks)
    with pytest.raises(TypeError, match=message), ablated(module, "stem", masks[0]):
        pass


def subclassed(network, **overridden):
    """The network as one of a class that overrides methods."""
    network = copy.deepcopy(network)
    network.__class__ = type("Own", (Network,), overridden)
    return network


def negated(self, images):
    return -Network.forward(self, images)


def test_an_overridden_forward_is_run():
    network, images, masks = lively_network(10), random_images(10, 5), np.arange(64)[None] % 2 == 0
    scores = log_probabilities_by_weights(network, images, "conv1", masks)
    found = log_probabilities_by_weights(subclassed(network, forward=negated), images, "conv1", masks)
    np.testing.assert_array_equal(found, -scores)


@pytest.mark.parametrize("own", ["forward", "apply_layers", "forward hooks"])
def test_a_mean_baseline_refuses_a_forward_that_it_would_leave_out(own):
    overridden = {"forward": negated} if own == "forward" else {}
    overridden |= {"apply_layers": lambda *given: -Network.apply_layers(*given)} if own == "apply_layers" else {}
    network, images, masks = subclassed(lively_network(10), **overridden), random_images(10, 2), np.zeros((1, 64), bool)
    if own == "forward hooks":
        network.register_forward_hook(lambda module, given, output: -output)
    with pytest.raises(ValueError, match=f"leaves out the {own} of the Own: override apply_layer"):
        predictions_by_weights(network, images, "conv1", masks, baseline="mean")
    assert predictions_by_weights(network, images, "conv1", masks).shape == (1, 2)


def test_an_overridden_layer_is_run_with_either_baseline():
    def mirrored(self, layer, inputs):
        return Network.apply_layer(self, layer, inputs) * (-1.0 if layer == "fc1" else 1.0)

    network, images, masks = (
        subclassed(lively_network(10), apply_layer=mirrored),
        random_images(10, 4),
        np.zeros((1, 64), bool),
    )
    with torch.inference_mode():
        expected = network(images).argmax(1).numpy()
        assert not np.array_equal(expected, lively_network(10)(images).argmax(1).numpy())
    for baseline in ("zero", "mean"):
        (found,) = predictions_by_weights(network, images, "conv1", masks, baseline=baseline)
        assert np.array_equal(found, expected)
