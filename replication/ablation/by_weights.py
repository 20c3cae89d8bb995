"""Ablation as in the paper (§3.1): weights are set to zero and the whole network runs again for every mask.

This is the slow, literal reference for ``by_reuse``.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from replication.ablation.checks import check_baseline, check_forward, check_images, check_masks, check_network
from replication.architecture import LAYER_NAMES, N_CLASSES
from replication.network import Network

Baseline = Literal["zero", "mean"]
"""Output of an ablated unit: zero, or each neuron's mean over the images."""


@contextmanager
def ablated(network: Network, layer: str, mask: NDArray[np.bool_]) -> Iterator[Network]:
    """Set the incoming weights and biases of a layer's masked units to zero within a ``with`` block (§3.1).

    Leaving the block restores them bit for bit, also after an exception.  Blocks may be nested.

    Args:
        network: The network to ablate, in place.
        layer: A hidden layer's name.
        mask: Shape (n_units,), ``True`` where a unit is ablated.

    Yields:
        The same network, ablated.

    Raises:
        TypeError: ``network`` is not a ``Network``.
        ValueError: ``layer`` is not a hidden layer, or the mask does not fit it.
    """
    check_network(network)
    check_masks(layer, mask[None])
    units = torch.from_numpy(np.flatnonzero(mask))
    parameters = [parameter.data for parameter in network.parameters_of(layer)]
    saved = [parameter[units.to(parameter.device)].clone() for parameter in parameters]
    try:
        for parameter in parameters:
            parameter[units.to(parameter.device)] = 0
        yield network
    finally:
        for parameter, values in zip(parameters, saved, strict=True):
            parameter[units.to(parameter.device)] = values


@torch.inference_mode()
def mean_activations(
    network: Network, images: Tensor, layers: Sequence[str], batch_size: int = 500
) -> dict[str, Tensor]:
    """Compute each neuron's mean activation over the images, for mean ablation of its layer.

    Args:
        network: The intact network.
        images: Shape (n_images, 1, 28, 28), at least one image.
        layers: Names of hidden layers, at least one.
        batch_size: Images per forward pass.

    Returns:
        Means by layer, each of shape (units, side, side) or (units,), in the images' precision; sums are accumulated in
        float64.
    """
    sums: dict[str, Tensor] = {}
    path = LAYER_NAMES[: max(map(LAYER_NAMES.index, layers)) + 1]
    for batch in images.split(batch_size):
        activations = batch
        for layer in path:
            activations = network.apply_layer(layer, activations)
            if layer in layers:
                subtotal = activations.double().sum(0)
                sums[layer] = sums[layer] + subtotal if layer in sums else subtotal
    return {layer: (total / len(images)).to(images.dtype) for layer, total in sums.items()}


@torch.inference_mode()
def log_probabilities_by_weights(
    network: Network,
    images: Tensor,
    layer: str,
    masks: NDArray[np.bool_],
    *,
    baseline: Baseline = "zero",
    batch_size: int = 500,
) -> NDArray[np.floating]:
    """Run the network once per mask and return its log-probabilities.

    Args:
        network: The network, on the images' device; unchanged afterwards.
        images: Shape (n_images, 1, 28, 28).
        layer: A hidden layer's name.
        masks: Shape (n_masks, n_units), ``True`` where a unit is ablated.
        baseline: ``"zero"`` as in the paper, or ``"mean"``, which keeps the weights and replaces the units' output by
            each neuron's mean over these images.
        batch_size: Images per forward pass.

    Returns:
        Shape (n_masks, n_images, 10), in the images' precision.

    Raises:
        TypeError: ``network`` is not a ``Network``.
        ValueError: ``layer`` is not a hidden layer; images, masks or baseline are not as described; or the baseline is
            ``"mean"`` and the network overrides ``forward`` or ``apply_layers`` or has forward hooks, which mean
            ablation would bypass.
    """
    check_network(network)
    check_images(images)
    check_masks(layer, masks)
    check_baseline(baseline)
    check_forward(network, baseline)
    results = torch.empty(len(masks), len(images), N_CLASSES, dtype=images.dtype, device=images.device)
    if not results.numel():
        return results.cpu().numpy()
    if baseline == "zero":
        for mask, result in zip(masks, results, strict=True):
            with ablated(network, layer, mask):
                for batch, rows in zip(images.split(batch_size), result.split(batch_size), strict=True):
                    rows.copy_(network(batch))
        return results.cpu().numpy()
    up_to = LAYER_NAMES.index(layer) + 1
    means = mean_activations(network, images, [layer], batch_size)[layer]
    for mask, result in zip(masks, results, strict=True):
        units = torch.from_numpy(np.flatnonzero(mask)).to(images.device)
        for batch, rows in zip(images.split(batch_size), result.split(batch_size), strict=True):
            activations = network.apply_layers(LAYER_NAMES[:up_to], batch)
            activations[:, units] = means[units]
            rows.copy_(network.apply_layers(LAYER_NAMES[up_to:], activations))
    return results.cpu().numpy()


def predictions_by_weights(
    network: Network,
    images: Tensor,
    layer: str,
    masks: NDArray[np.bool_],
    *,
    baseline: Baseline = "zero",
    batch_size: int = 500,
) -> NDArray[np.uint8]:
    """Return the most probable classes according to ``log_probabilities_by_weights``.

    Args:
        network: The network, on the images' device; unchanged afterwards.
        images: Shape (n_images, 1, 28, 28).
        layer: A hidden layer's name.
        masks: Shape (n_masks, n_units), ``True`` where a unit is ablated.
        baseline: Output of an ablated unit, ``"zero"`` or ``"mean"``.
        batch_size: Images per forward pass.

    Returns:
        Classes 0 to 9, shape (n_masks, n_images); the lowest class in a tie.

    Raises:
        TypeError: ``network`` is not a ``Network``.
        ValueError: ``layer`` is not a hidden layer; images, masks or baseline are not as described; or the baseline is
            ``"mean"`` and the network overrides ``forward`` or ``apply_layers`` or has forward hooks, which mean
            ablation would bypass.
    """
    scores = log_probabilities_by_weights(network, images, layer, masks, baseline=baseline, batch_size=batch_size)
    classes: NDArray[np.uint8] = scores.argmax(axis=2).astype(np.uint8)
    return classes
