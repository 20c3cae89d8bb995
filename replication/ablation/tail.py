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

    def predict(self, layer: str, preactivations: Tensor, workspace: Workspace) -> Tensor:
        """Return the predicted class of every case.

        Args:
            layer: The layer whose preactivations are given, ``conv2`` to ``out``.
            preactivations: In a convolutional layer the maxima of the pooling windows; shape (positions, cases,
                units).  Overwritten.
            workspace: Scratch memory.

        Returns:
            uint8, shape (cases,).
        """
        if layer == "conv2":
            preactivations = self._conv3(preactivations.relu_(), workspace)
            layer = "conv3"
        positions, cases, units = preactivations.shape
        values = workspace.take("features", cases, positions * units)
        values.view(cases, positions, units).copy_(preactivations.transpose(0, 1))
        for following in LAYER_NAMES[LAYER_NAMES.index(layer) + 1 :]:
            values = linear(values.relu_(), *self._linear[following])
        return values.argmax(1).to(torch.uint8)


def linear(inputs: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return ``inputs @ weight.T + bias``, on the CPU as a 1×1 convolution.

    Torch computes matrix products with MKL, which uses half the vector width of other makers' processors, and
    convolutions of more than 16 images with oneDNN, which uses all of it.

    Args:
        inputs: Shape (cases, inputs).
        weight: Shape (outputs, inputs).
        bias: Shape (outputs,).

    Returns:
        Shape (cases, outputs).
    """
    cases, n_inputs = inputs.shape
    row = next((row for row in (16, 8, 4) if cases % row == 0 and cases > 16 * row), None)
    if row is None or inputs.device.type != "cpu":
        return functional.linear(inputs, weight, bias)
    pixels = inputs.view(-1, 1, row, n_inputs).permute(0, 3, 1, 2)
    return functional.conv2d(pixels, weight[:, :, None, None], bias).permute(0, 2, 3, 1).reshape(cases, -1)
