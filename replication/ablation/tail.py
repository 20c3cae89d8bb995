"""The layers after an ablated one, run on a great many cases at once, a case being one image under one mask.

Activations stand position first and unit last, (positions, cases, units): every layer is then a few large matrix
products, and pooling an element-wise maximum of whole blocks.
"""

import torch
from torch import Tensor

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
            self._linear[layer] = (weight.T, bias)

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
            weight, bias = self._linear[following]
            outputs = workspace.take(following, cases, len(bias))
            values = torch.addmm(bias, values.relu_(), weight, out=outputs)
        return values.argmax(1).to(torch.uint8)
