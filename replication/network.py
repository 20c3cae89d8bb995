"""The paper's convolutional network (§3.1)."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import skip_init

from replication.architecture import HIDDEN_LAYER_NAMES, IMAGE_SIDE, KERNEL_SIDE, LAYER_NAMES, N_CLASSES, PADDING


def convolution_format(device: torch.device) -> torch.memory_format:
    """Return the layout of weights and images for convolutions on a device.

    On a CPU, oneDNN's convolutions are fastest with channels last.  On a GPU, where neither layout was measured, it is
    torch's default.

    Args:
        device: The device.
    """
    return torch.channels_last if device.type == "cpu" else torch.contiguous_format


class Network(nn.Module):
    """Three convolutional layers of 64 kernels, two fully connected layers of 512 neurons, ten outputs.

    The kernels are 5×5 with stride 1 and zero-padding 2.  Each convolutional layer is followed by ReLU and 2×2
    max-pooling with stride 2, each fully connected layer by ReLU, and the output layer by log-softmax (§3.1).

    Args:
        generator: Random number generator of the initial weights.  Weights and biases follow torch's default for
            these layers, uniform in ±1/√fan_in.
    """

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        # skip_init: torch's own initialisation would move the global generator.
        self.conv1 = skip_init(nn.Conv2d, 1, 64, kernel_size=KERNEL_SIDE, padding=PADDING)
        self.conv2 = skip_init(nn.Conv2d, 64, 64, kernel_size=KERNEL_SIDE, padding=PADDING)
        self.conv3 = skip_init(nn.Conv2d, 64, 64, kernel_size=KERNEL_SIDE, padding=PADDING)
        self.fc1 = skip_init(nn.Linear, 64 * 3 * 3, 512)
        self.fc2 = skip_init(nn.Linear, 512, 512)
        self.out = skip_init(nn.Linear, 512, N_CLASSES)
        with torch.no_grad():
            for name in LAYER_NAMES:
                weight, bias = self.parameters_of(name)
                bound = weight[0].numel() ** -0.5
                weight.uniform_(-bound, bound, generator=generator)
                bias.uniform_(-bound, bound, generator=generator)

    def parameters_of(self, layer: str) -> tuple[nn.Parameter, nn.Parameter]:
        """Return a layer's weight and bias; the first axis of both runs over the layer's units."""
        module = self.get_submodule(layer)
        assert isinstance(module, nn.Conv2d | nn.Linear)
        bias = module.bias
        assert isinstance(bias, nn.Parameter)
        weight = module.weight
        assert isinstance(weight, nn.Parameter)
        return weight, bias

    def apply_layer(self, layer: str, inputs: Tensor) -> Tensor:
        """Apply one layer to the output of the layer before it.

        Args:
            layer: One of ``LAYER_NAMES``.
            inputs: Activations of the preceding layer; the images for ``conv1``.

        Returns:
            Activations after ReLU and pooling, shape (images, units, side, side) or (images, units).  For ``out``,
            log-probabilities, shape (images, 10).
        """
        if layer == "fc1":
            inputs = inputs.flatten(1)
        preactivation = self.get_submodule(layer)(inputs)
        if layer == "out":
            return functional.log_softmax(preactivation, dim=1)
        if layer.startswith("conv"):
            return functional.max_pool2d(functional.relu(preactivation), 2)
        return functional.relu(preactivation)

    def apply_layers(self, layers: Sequence[str], inputs: Tensor) -> Tensor:
        """Apply consecutive layers in order.

        Args:
            layers: Consecutive names from ``LAYER_NAMES``; may be empty.
            inputs: Input of the first layer, as for ``apply_layer``.

        Returns:
            Output of the last layer, as from ``apply_layer``; ``inputs`` unchanged if ``layers`` is empty.
        """
        for layer in layers:
            inputs = self.apply_layer(layer, inputs)
        return inputs

    def forward(self, images: Tensor) -> Tensor:
        """Return log-probabilities, shape (images, 10), for images of shape (images, 1, 28, 28)."""
        return self.apply_layers(LAYER_NAMES, images)

    def activations(self, images: Tensor) -> dict[str, Tensor]:
        """Return the flattened output of every layer.

        Args:
            images: Shape (images, 1, 28, 28).

        Returns:
            Activations by layer name, ``out`` included, each of shape (images, neurons).  The 17,280 neurons of the
            hidden layers are ordered as in ``architecture.unit_of_neuron``.

        Raises:
            ValueError: The images are not single-channel 28×28.
        """
        if images.shape[1:] != (1, IMAGE_SIDE, IMAGE_SIDE):
            raise ValueError(f"images have shape {tuple(images.shape)}; expected (n, 1, {IMAGE_SIDE}, {IMAGE_SIDE})")
        outputs = {}
        for layer in LAYER_NAMES:
            images = self.apply_layer(layer, images)
            outputs[layer] = images.flatten(1)
        return outputs


def activation_matrix(outputs: dict[str, Tensor]) -> Tensor:
    """Concatenate the hidden layers' activations: the paper's matrix M, shape (images, 17280)."""
    return torch.cat([outputs[layer] for layer in HIDDEN_LAYER_NAMES], dim=1)
