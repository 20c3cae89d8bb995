"""Neuron activations over a set of images: class means and activation matrices (§3.2).

Everything is computed batch by batch.  Neurons are ordered as in ``architecture.unit_of_neuron``.  All functions return
numpy arrays that own their memory, so no later forward pass can change them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from replication.architecture import LAYER_NAMES, LAYERS, N_CLASSES, N_NEURONS, find_layer
from replication.network import Network, activation_matrix
from replication.ratios import ratio_or_nan

BATCH_SIZE = 256


@dataclass(frozen=True, eq=False)
class ClassMeans:
    """Mean activations of the 17,280 neurons.

    Attributes:
        means: Mean per neuron and class, shape (17280, 10); NaN for a class without images.
        sizes: Number of images per class, shape (10,).
    """

    means: NDArray[np.float64]
    sizes: NDArray[np.int64]


@torch.inference_mode()
def class_means(network: Network, images: Tensor, labels: Tensor, *, batch_size: int = BATCH_SIZE) -> ClassMeans:
    """Compute the mean activation of every neuron for every class, batch by batch.

    Sums are float64 matrix products with one-hot labels.  This avoids atomic additions, whose result would depend on
    the order in which a GPU's threads finish.

    Args:
        network: The network.
        images: Shape (n, 1, 28, 28), n at least 1, on the network's device.
        labels: Classes 0 to 9, shape (n,).
        batch_size: Images per forward pass.  It affects the result only through rounding in the forward pass.

    Returns:
        Mean per neuron and class, and the number of images per class.

    Raises:
        ValueError: There is no image, the number of labels differs from that of images, or the images are not
            single-channel 28×28.
    """
    if len(images) == 0 or labels.shape != (len(images),):
        raise ValueError(
            f"images has shape {tuple(images.shape)} and labels {tuple(labels.shape)}; "
            "expected (n, 1, 28, 28) and (n,), with n at least 1"
        )
    sums = torch.zeros(N_CLASSES, N_NEURONS, dtype=torch.float64, device=images.device)
    for batch in _batches(len(images), batch_size):
        one_hot = functional.one_hot(labels[batch].to(images.device), N_CLASSES).double()
        sums += one_hot.T @ activation_matrix(network.activations(images[batch])).double()
    sizes = torch.bincount(labels, minlength=N_CLASSES).cpu().numpy()
    totals = sums.T.cpu().numpy()
    return ClassMeans(ratio_or_nan(totals, sizes), sizes)


@torch.inference_mode()
def layer_activations(
    network: Network, images: Tensor, layer: str, *, batch_size: int = BATCH_SIZE
) -> NDArray[np.float32]:
    """Return one layer's activations, one row per image: the input of the layer's horizontal embedding.

    Args:
        network: The network.
        images: Shape (n, 1, 28, 28), on the network's device.
        layer: One of ``LAYER_NAMES``; ``out`` gives log-probabilities.
        batch_size: Images per forward pass.

    Returns:
        Shape (n, neurons of the layer).

    Raises:
        ValueError: The network has no layer of that name.
    """
    activations = np.empty((len(images), find_layer(layer).n_neurons), dtype=np.float32)
    path = LAYER_NAMES[: LAYER_NAMES.index(layer) + 1]
    for batch in _batches(len(images), batch_size):
        activations[batch] = network.apply_layers(path, images[batch]).flatten(1).cpu().numpy()
    return activations


def activations_by_layer(
    network: Network, images: Tensor, *, batch_size: int = BATCH_SIZE
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield every layer's activations in turn, each computed from those of the layer before.

    Equal to ``layer_activations`` of each layer, on a CPU bit for bit, with a fifth of the work.  A layer's weights are
    read when the layer is asked for, so that the caller may change them between two layers.

    Args:
        network: The network.
        images: Shape (n, 1, 28, 28), on the network's device.
        batch_size: Images per forward pass.

    Yields:
        Name of the layer, in the order of ``LAYER_NAMES``, and its activations, shape (n, neurons of the layer).  They
        must not be changed before the next layer is asked for, because it is computed from them.
    """
    inputs = images
    for layer in LAYERS:
        activations = np.empty((len(images), layer.n_neurons), dtype=np.float32)
        with torch.inference_mode():
            for batch in _batches(len(images), batch_size):
                outputs = network.apply_layer(layer.name, inputs[batch].to(images.device))
                activations[batch] = outputs.flatten(1).cpu().numpy()
        inputs = images  # frees the layer before while the caller works: 500 MB of conv1
        yield layer.name, activations
        maps = (layer.map_side, layer.map_side) if layer.is_convolution else ()
        inputs = torch.from_numpy(activations).view(len(images), layer.n_units, *maps)


@torch.inference_mode()
def neuron_responses(network: Network, images: Tensor, *, batch_size: int = BATCH_SIZE) -> NDArray[np.float32]:
    """Return every neuron's activations over the images, one row per neuron: the transpose of the paper's M.

    This is the input of the vertical embedding.  For 9,984 images it takes 690 MB.

    Args:
        network: The network.
        images: Shape (n, 1, 28, 28), on the network's device.
        batch_size: Images per forward pass.

    Returns:
        Shape (17280, n).

    Raises:
        ValueError: The images are not single-channel 28×28.
    """
    responses = np.empty((N_NEURONS, len(images)), dtype=np.float32)
    for batch in _batches(len(images), batch_size):
        responses[:, batch] = activation_matrix(network.activations(images[batch])).T.cpu().numpy()
    return responses


def _batches(n_images: int, batch_size: int) -> Iterator[slice]:
    """Yield consecutive slices of at most ``batch_size`` images."""
    for start in range(0, n_images, batch_size):
        yield slice(start, min(start + batch_size, n_images))
