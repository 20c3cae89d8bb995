"""What a network's neurons do over a set of images: class means, and activations as matrices (§3.2).

Everything is computed batch by batch, in the order of ``architecture.unit_of_neuron``.  What is returned are numpy
arrays of their own: no later forward pass can change them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from replication.architecture import LAYER_NAMES, N_CLASSES, N_NEURONS, find_layer
from replication.network import Network, activation_matrix

BATCH_SIZE = 256


@dataclass(frozen=True, eq=False)
class ClassMeans:
    """Mean activations of the 17,280 neurons.

    Attributes:
        means: Per neuron and class, shape (17280, 10); NaN for a class without images.
        sizes: Images of each class, shape (10,).
    """

    means: NDArray[np.float64]
    sizes: NDArray[np.int64]


@torch.inference_mode()
def class_means(network: Network, images: Tensor, labels: Tensor, *, batch_size: int = BATCH_SIZE) -> ClassMeans:
    """Mean activation of every neuron for every class, streamed over the images.

    The sums are float64 products with the classes' one-hot rows, so that no atomic addition makes them depend on
    the order in which a GPU's threads finish.

    Args:
        network: The network.
        images: Shape (n, 1, 28, 28), n at least 1, on the network's device.
        labels: Classes 0 to 9, shape (n,).
        batch_size: Images per forward pass; the result does not depend on it beyond what the forward pass does.

    Returns:
        Means per class, and how many images each rests on.

    Raises:
        ValueError: There is no image, not one label per image, or the images are not single-channel 28×28.
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
    means = np.divide(totals, sizes, out=np.full(totals.shape, np.nan), where=sizes > 0)
    return ClassMeans(means, sizes)


@torch.inference_mode()
def layer_activations(
    network: Network, images: Tensor, layer: str, *, batch_size: int = BATCH_SIZE
) -> NDArray[np.float32]:
    """One layer's activations, a row per image: what a horizontal embedding of the layer is made from.

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


@torch.inference_mode()
def neuron_responses(network: Network, images: Tensor, *, batch_size: int = BATCH_SIZE) -> NDArray[np.float32]:
    """Every neuron's activations over the images, a row per neuron: the paper's M transposed.

    This is what the vertical embedding is made from.  For 9,984 images it takes 690 MB.

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
    """The slices that cut n images into batches."""
    for start in range(0, n_images, batch_size):
        yield slice(start, min(start + batch_size, n_images))
