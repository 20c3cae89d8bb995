"""Class means and activation matrices: against one pass over all images, and against what could corrupt them."""

import numpy as np
import pytest
import torch

from replication.activations import activations_by_layer, class_means, layer_activations, neuron_responses
from replication.architecture import HIDDEN_LAYER_NAMES, LAYER_NAMES, LAYERS, N_NEURONS
from replication.network import Network, activation_matrix
from replication.seeds import torch_generator

N = 23


@pytest.fixture(scope="module")
def network():
    return Network(torch_generator("activations test"))


@pytest.fixture(scope="module")
def images():
    return torch.rand(N, 1, 28, 28, generator=torch_generator("activations images")) * 2 - 1


@pytest.fixture(scope="module")
def labels():
    # Class 9 has no image.
    return torch.arange(N) % 9


@pytest.fixture(scope="module")
def whole(network, images):
    with torch.no_grad():
        return activation_matrix(network.activations(images)).numpy()


def test_class_means_are_those_of_the_whole_matrix(network, images, labels, whole):
    found = class_means(network, images, labels, batch_size=7)
    assert found.means.shape == (N_NEURONS, 10)
    assert found.means.dtype == np.float64
    for label in range(9):
        members = whole[labels.numpy() == label].astype(np.float64)
        np.testing.assert_allclose(found.means[:, label], members.mean(axis=0), rtol=1e-5, atol=1e-7)
    np.testing.assert_array_equal(found.sizes, np.bincount(labels.numpy(), minlength=10))
    assert np.isnan(found.means[:, 9]).all()


def test_class_means_do_not_depend_on_the_batch_size(network, images, labels):
    # In float64, where the forward pass itself hardly depends on it.
    precise = Network(torch_generator("activations test")).double()
    means = [class_means(precise, images.double(), labels, batch_size=size).means[:, :9] for size in (1, 5, N, 1000)]
    for other in means[1:]:
        np.testing.assert_allclose(other, means[0], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_layers_are_those_of_the_network(network, images, layer):
    found = layer_activations(network, images, layer.name, batch_size=10)
    with torch.no_grad():
        expected = network.activations(images)[layer.name].numpy()
    assert found.dtype == np.float32
    assert found.shape == (N, layer.n_neurons)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("batch_size", [10, 256])
def test_layers_computed_from_the_one_before_are_bit_for_bit_those_computed_from_the_images(
    network, images, batch_size
):
    found = dict(activations_by_layer(network, images, batch_size=batch_size))
    assert list(found) == list(LAYER_NAMES)
    for name, activations in found.items():
        np.testing.assert_array_equal(activations, layer_activations(network, images, name, batch_size=batch_size))


def test_layers_computed_from_the_one_before_are_nobody_elses(network, images):
    kept = {name: (activations, activations.copy()) for name, activations in activations_by_layer(network, images)}
    assert not any(np.shares_memory(kept["fc1"][0], other) for name, (other, _) in kept.items() if name != "fc1")
    for activations, copy in kept.values():
        np.testing.assert_array_equal(activations, copy)


def test_responses_are_the_layers_side_by_side_transposed(network, images, whole):
    responses = neuron_responses(network, images, batch_size=10)
    assert responses.shape == (N_NEURONS, N)
    assert responses.flags.c_contiguous
    np.testing.assert_allclose(responses.T, whole, rtol=1e-5, atol=1e-6)
    side_by_side = [layer_activations(network, images, name, batch_size=10) for name in HIDDEN_LAYER_NAMES]
    np.testing.assert_array_equal(responses.T, np.concatenate(side_by_side, axis=1))


def test_what_is_returned_is_nobody_elses(network, images):
    kept = layer_activations(network, images, "fc2")
    copy = kept.copy()
    with torch.no_grad():
        layer_activations(network, images * 3, "fc2")
        network.activations(images)["fc2"].zero_()
    np.testing.assert_array_equal(kept, copy)
    kept[:] = 7
    assert not (layer_activations(network, images, "fc2") == 7).any()


def test_the_network_is_left_as_it_was(network, images, labels):
    before = {name: parameter.clone() for name, parameter in network.state_dict().items()}
    class_means(network, images, labels)
    assert network.training
    assert all(parameter.requires_grad and parameter.grad is None for parameter in network.parameters())
    for name, parameter in network.state_dict().items():
        assert torch.equal(parameter, before[name])


def test_unusable_arguments_are_named(network, images, labels):
    with pytest.raises(ValueError, match=r"images has shape \(23, 1, 28, 28\) and labels \(22,\)"):
        class_means(network, images, labels[:-1])
    with pytest.raises(ValueError, match="n at least 1"):
        class_means(network, images[:0], labels[:0])
    with pytest.raises(ValueError, match="no layer named 'conv4'"):
        layer_activations(network, images, "conv4")
