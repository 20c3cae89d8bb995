"""The layers after an ablated one, run on many cases at once; a case is one image under one mask.

Activations have shape (positions, cases, units).  In this layout every layer is a few large matrix products, and
pooling is an element-wise maximum of contiguous blocks.
"""

from torch import Tensor
from torch.nn import functional

from replication.ablation.fourier import FourierConvolution
from replication.ablation.workspace import Workspace
from replication.architecture import LAYER_NAMES, find_layer
from replication.network import Network

ROW = 16
"""Cases per row of pixels when a matrix product is computed as a convolution."""


class Tail:
    """The layers after conv2, prepared for many cases.

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
        """Compute the input of the first fully connected layer after ``layer``, before its ReLU.

        Args:
            layer: ``conv2`` to ``out``.
            values: The layer's preactivations, pooled in a convolutional layer, shape (positions, cases, units).
                Overwritten.
            out: Receives the result, shape (images, masks, positions · units), with images · masks = cases.
            workspace: Scratch memory.
        """
        if layer == "conv2":
            values = self._conv3(values.relu_(), workspace)
        images, masks, _ = out.shape
        positions, _, units = values.shape
        ordered = values.view(positions, images, masks, units).permute(1, 2, 0, 3)
        out.view(images, masks, positions, units).copy_(ordered)

    def scores(self, layer: str, features: Tensor) -> Tensor:
        """Return the network's output before the log-softmax for every case.

        Args:
            layer: The layer passed to ``features``.
            features: The result of ``features``, shape (cases, positions · units).  Overwritten.

        Returns:
            Shape (cases, 10).
        """
        first = max(LAYER_NAMES.index(layer) + 1, LAYER_NAMES.index("fc1"))
        for following in LAYER_NAMES[first:]:
            features = linear(features.relu_(), *self._linear[following])
        return features


def linear(inputs: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Compute ``inputs @ weight.T + bias``, on a CPU as a 1×1 convolution of images that are one row high.

    Torch computes matrix products with MKL, which uses only half the vector width on processors that are not Intel's,
    and convolutions of more than 16 images with oneDNN, which uses the full width.

    Args:
        inputs: Shape (cases, inputs).  The convolution is used on a CPU if cases is a multiple of ``ROW`` and greater
            than 16 · ``ROW``.
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
