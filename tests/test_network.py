"""The network of §3.1: its shapes, its arithmetic, its initial weights."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st
from reference import network as reference
from torch import nn

from replication.architecture import HIDDEN_LAYER_NAMES, LAYER_NAMES, LAYERS, N_NEURONS, N_UNITS
from replication.network import Network, activation_matrix
from replication.seeds import torch_generator

FAN_IN = {"conv1": 25, "conv2": 64 * 25, "conv3": 64 * 25, "fc1": 576, "fc2": 512, "out": 512}


@pytest.fixture(scope="module")
def network():
    return Network(torch_generator("test", "network"))


@pytest.fixture(scope="module")
def images():
    return torch.rand(3, 1, 28, 28, generator=torch_generator("test", "images")) * 2 - 1


def test_parameters_are_counted_by_hand(network):
    counts = {layer: sum(p.numel() for p in network.parameters_of(layer)) for layer in LAYER_NAMES}
    assert counts == {
        "conv1": 64 * 25 + 64,
        "conv2": 64 * 64 * 25 + 64,
        "conv3": 64 * 64 * 25 + 64,
        "fc1": 576 * 512 + 512,
        "fc2": 512 * 512 + 512,
        "out": 512 * 10 + 10,
    }
    assert sum(parameter.numel() for parameter in network.parameters()) == sum(counts.values())


def test_units_are_the_first_axis_of_weight_and_bias(network):
    for layer in LAYERS:
        assert [len(parameter) for parameter in network.parameters_of(layer.name)] == [layer.n_units] * 2
    assert sum(len(network.parameters_of(layer)[0]) for layer in HIDDEN_LAYER_NAMES) == N_UNITS


def test_outputs_have_the_papers_sizes(network, images):
    outputs = network.activations(images)
    assert {layer: tuple(output.shape) for layer, output in outputs.items()} == {
        layer.name: (3, layer.n_neurons) for layer in LAYERS
    }
    assert activation_matrix(outputs).shape == (3, N_NEURONS) == (3, 17_280)


def test_the_forward_pass_is_the_literal_one(images):
    network = Network(torch_generator("test", "network")).double()
    parameters = {layer: [p.detach().numpy() for p in network.parameters_of(layer)] for layer in LAYER_NAMES}
    with torch.no_grad():
        outputs = network.activations(images[:1].double())
        log_probabilities = network(images[:1].double())
    expected = reference.activations(parameters, images[0].double().numpy())
    for layer in LAYER_NAMES:
        np.testing.assert_allclose(outputs[layer][0], expected[layer], rtol=1e-10, atol=1e-13)
    assert torch.equal(log_probabilities, outputs["out"])
    assert (np.concatenate([expected[layer] for layer in HIDDEN_LAYER_NAMES]) > 0).mean() > 0.1


@pytest.mark.parametrize("n_first", range(len(LAYER_NAMES) + 1))
def test_layers_are_applied_one_after_the_other_from_wherever(network, images, n_first):
    halfway = network.apply_layers(LAYER_NAMES[:n_first], images)
    if n_first:
        layer = LAYER_NAMES[n_first - 1]
        assert torch.equal(halfway.flatten(1), network.activations(images)[layer])
    assert torch.equal(network.apply_layers(LAYER_NAMES[n_first:], halfway), network(images))


def test_without_weights_every_class_is_as_probable(images):
    network = Network(torch_generator("test", "zero"))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        outputs = network.activations(images)
    torch.testing.assert_close(outputs["out"], torch.full((3, 10), math.log(0.1)))
    assert not activation_matrix(outputs).any()


def test_one_path_through_the_network_by_hand():
    """A single bright pixel, one kernel that copies it, and one neuron per layer that passes it on."""
    network = Network(torch_generator("test", "path"))
    image = torch.zeros(1, 1, 28, 28)
    image[0, 0, 9, 17] = 2.0
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        for layer in ("conv1", "conv2", "conv3"):
            network.parameters_of(layer)[0][5, 0 if layer == "conv1" else 5, 2, 2] = 1.0
        # Pooling three times takes row 9 and column 17 to 9 // 8 = 1 and 17 // 8 = 2 of a 3×3 map.
        network.fc1.weight[7, 5 * 9 + 1 * 3 + 2] = 1.0
        network.fc2.weight[8, 7] = 1.0
        network.out.weight[4, 8] = 1.0
        outputs = network.activations(image)
    assert outputs["conv1"].nonzero().tolist() == [[0, 5 * 196 + 4 * 14 + 8]]
    assert outputs["conv3"].nonzero().tolist() == [[0, 5 * 9 + 5]]
    assert outputs["fc2"].nonzero().tolist() == [[0, 8]]
    # The scores are 2 for class 4 and 0 for the nine others.
    expected = torch.full((1, 10), -math.log(math.exp(2) + 9))
    expected[0, 4] += 2
    torch.testing.assert_close(outputs["out"], expected)


@settings(max_examples=8)
@given(st.integers(0, 2**32 - 1), st.floats(0.1, 100))
def test_hidden_activations_are_not_negative_and_probabilities_sum_to_one(network, seed, scale):
    noise = np.random.default_rng(seed).normal(scale=scale, size=(2, 1, 28, 28)).astype(np.float32)
    with torch.no_grad():
        outputs = network.activations(torch.from_numpy(noise))
    assert (activation_matrix(outputs) >= 0).all()
    torch.testing.assert_close(outputs["out"].exp().sum(dim=1), torch.ones(2))


def test_an_image_does_not_see_its_neighbours_in_the_batch(images):
    network = Network(torch_generator("test", "network")).double()
    with torch.no_grad():
        together = network(images.double())
        alone = torch.cat([network(image[None].double()) for image in images])
    torch.testing.assert_close(together, alone)


@pytest.mark.parametrize("shape", [(3, 28, 28), (3, 3, 28, 28), (3, 1, 32, 32), (28, 28)])
def test_images_of_another_shape_are_refused(network, shape):
    with pytest.raises(ValueError, match=r"images have shape \(.*\); expected \(n, 1, 28, 28\)"):
        network.activations(torch.zeros(shape))


# Initial weights -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", LAYER_NAMES)
def test_initial_weights_are_uniform_within_the_bound(network, layer):
    bound = FAN_IN[layer] ** -0.5
    for parameter in network.parameters_of(layer):
        assert parameter.abs().max() <= bound
    weight = network.parameters_of(layer)[0].detach().numpy().ravel() / bound
    # A uniform variable on [−1, 1] has mean 0, variance 1/3 and fourth moment 1/5; five standard errors either way.
    for power, moment in ((1, 0), (2, 1 / 3), (4, 1 / 5)):
        error = 5 * math.sqrt((1 / (2 * power + 1) - moment**2) / len(weight))
        assert abs((weight**power).mean(dtype=np.float64) - moment) < error


@pytest.mark.parametrize("layer", LAYER_NAMES)
def test_torch_itself_starts_from_the_same_distribution(network, layer):
    """Torch's own initialisation, drawn with its generator put back afterwards."""
    with torch.random.fork_rng():
        shape = network.parameters_of(layer)[0].shape
        module = nn.Conv2d(shape[1], shape[0], 5) if len(shape) == 4 else nn.Linear(shape[1], shape[0])
    for ours, torchs in zip(network.parameters_of(layer), module.parameters(), strict=True):
        bound = FAN_IN[layer] ** -0.5
        assert torchs.abs().max() <= bound
        quantiles = torch.linspace(0, 1, 9)
        difference = torch.quantile(ours.detach().flatten()[:100_000], quantiles) - torch.quantile(
            torchs.detach().flatten()[:100_000], quantiles
        )
        # Two samples' quantiles differ by at most some 4·√(½/n) of the distribution's width.
        assert difference.abs().max() < 2 * bound * min(1, 4 * math.sqrt(0.5 / min(ours.numel(), 100_000)))


def test_same_generator_same_weights_other_generator_others():
    one, same, other = (Network(torch_generator("test", name)).state_dict() for name in ("a", "a", "b"))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not any(torch.equal(one[name], other[name]) for name in one)


def test_the_global_generator_is_neither_read_nor_moved():
    before = torch.get_rng_state()
    first = Network(torch_generator("test", "a")).state_dict()
    assert torch.equal(before, torch.get_rng_state())
    with torch.random.fork_rng():
        torch.rand(1)
        second = Network(torch_generator("test", "a")).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
