"""Preactivations taken apart: the summands add up to the layer's own sums."""

import pytest
import torch
from ablation_cases import DEVICES, lively_network, random_images
from torch.nn import functional

from replication.ablation.contributions import Contributions
from replication.ablation.workspace import Workspace
from replication.architecture import HIDDEN_LAYER_NAMES, LAYER_NAMES

PAIRS = list(zip(HIDDEN_LAYER_NAMES, LAYER_NAMES[1:], strict=True))


def windows_of(sums):
    """Sums of shape (images, outputs, side, side) as (positions, images, 4 places, outputs), odd edges left out."""
    images, outputs, side, _ = sums.shape
    half = side // 2
    kept = sums[:, :, : 2 * half, : 2 * half].reshape(images, outputs, half, 2, half, 2)
    return kept.permute(2, 4, 0, 3, 5, 1).reshape(half * half, images, 4, outputs)


@torch.inference_mode()
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(("layer", "following"), PAIRS)
def test_each_summand_is_what_the_layer_makes_of_one_unit_alone(layer, following, device):
    network, images = lively_network(0, device=device), random_images(0, 3, device=device)
    activations = network.activations(images)[layer].view(3, *fixed_shape(layer))
    fixed = activations.mean(0)
    weight, bias = network.parameters_of(following)
    summands = Contributions(weight, bias, fixed).split(activations, Workspace(images))

    def layer_of(values, offset):
        if weight.ndim == 4:
            return windows_of(functional.conv2d(values, weight, offset, padding=2))
        return functional.linear(values.flatten(1), weight, offset)[None, :, None]

    units = len(fixed)
    for unit in [0, 3, units - 1]:
        alone = torch.zeros_like(activations)
        alone[:, unit] = activations[:, unit] - fixed[unit]
        expected = layer_of(alone, None)
        torch.testing.assert_close(summands[unit].view_as(expected), expected, rtol=1e-10, atol=1e-10)
    expected = layer_of(fixed.expand_as(activations), bias)
    torch.testing.assert_close(summands[-1].view_as(expected), expected, rtol=1e-10, atol=1e-10)
    expected = layer_of(activations, bias)
    torch.testing.assert_close(summands.sum(0).view_as(expected), expected, rtol=1e-10, atol=1e-10)


def fixed_shape(layer):
    return {"conv1": (64, 14, 14), "conv2": (64, 7, 7), "conv3": (64, 3, 3)}.get(layer, (512,))


def test_windows_by_hand():
    # A 3×3 map has one whole window, its upper left corner.
    sums = torch.arange(9.0).view(1, 1, 3, 3)
    assert windows_of(sums).flatten().tolist() == [0, 1, 3, 4]
