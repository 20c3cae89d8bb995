"""Networks whose predictions vary with the image and with the ablation, and masks to ablate them by."""

from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from replication.ablation import predictions_of_layers
from replication.architecture import HIDDEN_LAYER_NAMES, LAYER_NAMES, find_layer
from replication.network import Network
from replication.seeds import torch_generator

DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)]

layers = st.sampled_from(HIDDEN_LAYER_NAMES)
baselines = st.sampled_from(["zero", "mean"])


def random_images(seed, n, *, dtype=torch.float64, device="cpu"):
    images = torch.randn(n, 1, 28, 28, generator=torch_generator("test images", seed), dtype=torch.float64)
    return images.to(device, dtype)


@cache
@torch.no_grad()
def lively_network(seed, *, dtype=torch.float64, device="cpu"):
    """A random network with signals of constant size from layer to layer and no favourite class; not to be changed."""
    network = Network(torch_generator("test network", seed)).double()
    for layer in LAYER_NAMES:
        network.parameters_of(layer)[0].mul_(6**0.5)
    weight, bias = network.parameters_of("out")
    for parameter in (weight, bias):
        parameter.mul_(4)
    bias.sub_(network(random_images(seed, 50)).mean(0))
    return network.to(device, dtype)


def predictions_by_reuse(network, images, layer, masks, **options):
    """Of one layer, shape (n_masks, n_images)."""
    return predictions_of_layers(network, images, {layer: masks}, **options)[layer]


def mask_tables(layer, max_masks=5):
    """Masks of a layer: none, one, all, random, in any order, repeated or not."""
    n_units = find_layer(layer).n_units

    def draw(seed, kinds):
        generator = np.random.default_rng(seed)
        masks = np.zeros((len(kinds), n_units), dtype=bool)
        for mask, kind in zip(masks, kinds, strict=True):
            if kind == "one":
                mask[generator.integers(n_units)] = True
            elif kind == "all":
                mask[:] = True
            elif kind == "random":
                mask[:] = generator.random(n_units) < generator.random()
        return masks

    kinds = st.sampled_from(["none", "one", "all", "random"])
    seeds = st.integers(0, 2**32 - 1)
    some = st.lists(kinds, min_size=1, max_size=max_masks) | st.just(["one"] * max_masks)
    return st.builds(draw, seeds, some)


def copied_parameters(network):
    return [parameter.detach().clone() for parameter in network.parameters()]


def same_bits(network, parameters):
    return all(
        torch.equal(a.view(torch.uint8), b.view(torch.uint8))
        for a, b in zip(network.parameters(), parameters, strict=True)
    )
