"""The layers after an ablated one, run on a great many cases at once, a case being one image under one mask.

Activations stand position first and unit last, (positions, cases, units): every layer is then a few large matrix
products, and pooling an element-wise maximum of whole blocks.
"""

import torch
from torch import Tensor
from torch.nn import functional

from replication.ablation.fourier import FourierConvolution
from replication.ablation.workspace import Workspace
from replication.architecture import LAYER_NAMES, find_layer
from replication.network import Network

ROW = 16
"""Cases in a row of pixels, where a matrix product is computed as a convolution."""


class Tail:
    """The layers after conv2, prepared for running on.

    Args:
        network: The intact network.
    """

    def __init__(self, network: Network) -> None:
        self._conv3 = FourierConvolution(*(parameter.detach() for parameter in network.parameters_of("conv3")))
        self._linear = {}
        for layer in ("fc1", "fc2", "out"):
            weight, bias = (parameter.detach() for parameter in network.parameters_of(layer))
            if layer == "fc1":
                positions = find_layer("conv3").neurons_per_unit
                weight = weight.view(len(weight), -1, positions).transpose(1, 2).flatten(1)
            self._linear[layer] = (weight, bias)

    def features(self, layer: str, values: Tensor, out: Tensor, workspace: Workspace) -> None:
        """Bring what a layer starts from to what the first fully connected layer after it reads.

        Args:
            layer: ``conv2`` to ``out``.
            values: The layer's preactivations, in a convolutional layer the maxima of the pooling windows; shape
                (positions, cases, units).  Overwritten.
            out: Where the result is written, ReLU still to come; shape (images, masks, positions · units), images
                times masks being the cases.
            workspace: Scratch memory.
        """
        if layer == "conv2":
            values = self._conv3(values.relu_(), workspace)
        images, masks, _ = out.shape
        positions, _, units = values.shape
        ordered = values.view(positions, images, masks, units).permute(1, 2, 0, 3)
        out.view(images, masks, positions, units).copy_(ordered)

    def classify(self, layer: str, features: Tensor) -> Tensor:
        """Return the predicted class of every case.

        Args:
            layer: The layer given to ``features``.
            features: Its result, shape (cases, positions · units).  Overwritten.

        Returns:
            uint8, shape (cases,).
        """
        first = max(LAYER_NAMES.index(layer) + 1, LAYER_NAMES.index("fc1"))
        for following in LAYER_NAMES[first:]:
            features = linear(features.relu_(), *self._linear[following])
        return features.argmax(1).to(torch.uint8)


def linear(inputs: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return ``inputs @ weight.T + bias``, on the CPU as a 1×1 convolution of images one row high.

    Torch computes matrix products with MKL, which uses half the vector width of other makers' processors, and
    convolutions of more than 16 images with oneDNN, which uses all of it.

    Args:
        inputs: Shape (cases, inputs); taken for a convolution where the cases are a multiple of ``ROW``.
        weight: Shape (outputs, inputs).
        bias: Shape (outputs,).

    Returns:
        Shape (cases, outputs).
    """
    cases, n_inputs = inputs.shape
    if inputs.device.type != "cpu" or cases % ROW or cases <= 16 * ROW:
        return functional.linear(inputs, weight, bias)
    pixels = inputs.view(-1, 1, ROW, n_inputs).permute(0, 3, 1, 2)
    return functional.conv2d(pixels, weight[:, :, None, None], bias).permute(0, 2, 3, 1).reshape(cases, -1)
