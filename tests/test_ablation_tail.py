"""The layers after an ablated one, many cases at once."""

import pytest
import torch
from ablation_cases import DEVICES, lively_network, random_images
from torch.nn import functional

from replication.ablation.tail import Tail, linear
from replication.ablation.workspace import Workspace
from replication.architecture import LAYER_NAMES


@torch.inference_mode()
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("layer", LAYER_NAMES[1:])
def test_running_on_from_a_layer_ends_at_the_networks_output(layer, device):
    network, images = lively_network(0, device=device), random_images(0, 6, device=device)
    values = images
    for name in LAYER_NAMES[: LAYER_NAMES.index(layer)]:
        values = network.apply_layer(name, values)
    preactivations = network.get_submodule(layer)(values.flatten(1) if layer == "fc1" else values)
    if preactivations.ndim == 4:
        preactivations = functional.max_pool2d(preactivations, 2)
    positions_first = (
        preactivations.flatten(2).permute(2, 0, 1) if values.ndim == 4 and layer != "fc1" else preactivations[None]
    )
    positions_first = positions_first.contiguous()
    units, positions = positions_first.shape[2], 9 if layer in {"conv2", "conv3"} else 1
    tail, workspace = Tail(network), Workspace(images)
    features = torch.empty(2, 3, positions * units, dtype=images.dtype, device=device)
    tail.features(layer, positions_first, features, workspace)
    scores = tail.scores(layer, features.flatten(0, 1))
    torch.testing.assert_close(scores.log_softmax(1), network(images), rtol=1e-9, atol=1e-9)
    assert len(scores.argmax(1).unique()) > 1


@torch.inference_mode()
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("cases", [1, 16, 256, 271, 272, 400])
def test_a_product_as_a_convolution_is_the_product(cases, device):
    generator = torch.Generator().manual_seed(cases)
    draw = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64).to(device)  # noqa: E731
    inputs, weight, bias = draw(cases, 33), draw(10, 33), draw(10)
    expected = inputs @ weight.T + bias
    torch.testing.assert_close(linear(inputs, weight, bias), expected, rtol=1e-12, atol=1e-12)
