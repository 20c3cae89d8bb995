"""Layers, units and neurons as §3.1 counts them."""

import numpy as np
import pytest

from replication.architecture import (
    HIDDEN_LAYERS,
    LAYERS,
    N_NEURONS,
    N_UNITS,
    UNIT_IDS,
    UNITS,
    find_layer,
    layer_of_unit,
    unit_of_neuron,
)


def test_the_numbers_of_the_paper():
    # 64·14² + 64·7² + 64·3² + 512 + 512
    assert [layer.n_neurons for layer in HIDDEN_LAYERS] == [12_544, 3_136, 576, 512, 512]
    assert N_NEURONS == 17_280
    # 3·64 + 2·512
    assert N_UNITS == len(UNITS) == len(set(UNIT_IDS)) == 1_216


def test_a_kernel_owns_its_map_and_a_neuron_itself():
    assert [layer.neurons_per_unit for layer in LAYERS] == [196, 49, 9, 1, 1, 1]
    assert [layer.name for layer in LAYERS if layer.is_convolution] == ["conv1", "conv2", "conv3"]


def test_maps_are_what_padding_and_pooling_leave_of_28():
    sides = [28]
    for _ in range(3):
        # A 5×5 kernel with padding 2 keeps the side; 2×2 pooling with stride 2 halves it, rounded down.
        sides.append((sides[-1] + 2 * 2 - 5 + 1) // 2)
    assert [layer.map_side for layer in HIDDEN_LAYERS[:3]] == sides[1:]


def test_neurons_are_owned_in_the_order_of_the_activation_vector():
    owners = unit_of_neuron()
    assert owners.shape == (17_280,)
    assert (np.diff(owners) >= 0).all()
    np.testing.assert_array_equal(np.bincount(owners), [unit.layer.neurons_per_unit for unit in UNITS])
    # The first neuron of conv2's kernel 3 comes after all of conv1 and three maps of 7×7.
    first = 12_544 + 3 * 49
    assert UNIT_IDS[owners[first]] == "conv2/3"
    assert UNIT_IDS[owners[first - 1]] == "conv2/2"
    assert UNIT_IDS[owners[-1]] == "fc2/511"


def test_layers_of_units():
    layers = layer_of_unit()
    assert layers.shape == (1_216,)
    assert [str(layers[i]) for i in (0, 63, 64, 191, 192, 703, 704, 1_215)] == [
        "conv1", "conv1", "conv2", "conv3", "fc1", "fc1", "fc2", "fc2",
    ]  # fmt: skip


def test_shared_arrays_cannot_be_changed():
    for array in (unit_of_neuron(), layer_of_unit()):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


def test_layers_are_found_by_name():
    assert [find_layer(layer.name) for layer in LAYERS] == list(LAYERS)
    with pytest.raises(ValueError, match="no layer named 'conv4': the network has conv1, conv2, conv3, fc1, fc2, out"):
        find_layer("conv4")
