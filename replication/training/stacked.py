"""One training step of several networks at once, their parameters stacked along a leading axis.

Batches have shape (images, networks, …): each network sees its own images, and no number of one network enters
another's.  The mathematics is ``Network``'s and ``torch.optim.SGD``'s, with three rearrangements that change at most
the rounding and keep most of the bytes off the memory bus:

- conv1 has one input channel, for which torch's grouped convolution falls back to a depthwise kernel made for a few
  outputs each; it is a product of the weights with the images' 5×5 windows instead;
- the bias is added after pooling, on a quarter of the positions: it is the same for all four of a window;
- ReLU is applied after pooling, too: the greatest of four is cut at zero, whichever is done first.
"""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from replication.architecture import KERNEL_SIDE, LAYERS, PADDING


def log_probabilities(parameters: Mapping[str, Tensor], images: Tensor) -> Tensor:
    """Return each network's log-probabilities of the classes of its images.

    Args:
        parameters: ``Network``'s parameters by name, each with a leading axis for the networks.
        images: Shape (images, networks, 1, 28, 28).

    Returns:
        Shape (networks, images, 10).
    """
    outputs = images
    for layer in LAYERS:
        weight, bias = parameters[f"{layer.name}.weight"], parameters[f"{layer.name}.bias"]
        if layer.is_convolution:
            pooled = functional.max_pool2d(_convolve(outputs, weight), 2)
            outputs = functional.relu(pooled.view(-1, *bias.shape, *pooled.shape[2:]) + bias[..., None, None])
            continue
        if layer.name == "fc1":
            outputs = outputs.flatten(2).transpose(0, 1)
        outputs = torch.baddbmm(bias[:, None], outputs, weight.mT)
        if layer.name != "out":
            outputs = functional.relu(outputs)
    return functional.log_softmax(outputs, dim=-1)


def step(
    parameters: Mapping[str, Tensor],
    momenta: Mapping[str, Tensor],
    images: Tensor,
    labels: Tensor,
    *,
    learning_rate: float,
    momentum: float,
) -> Tensor:
    """Make one step of stochastic gradient descent in place: v ← momentum·v + ∇ and w ← w − learning_rate·v.

    Args:
        parameters: ``Network``'s parameters by name, stacked; each requires its gradient.
        momenta: v of each parameter, under the same names in the same order; zero before the first step.
        images: Shape (images, networks, 1, 28, 28).
        labels: Shape (images, networks).
        learning_rate: Of every network.
        momentum: Of every network.

    Returns:
        Each network's mean negative log-likelihood before the step, shape (networks,).
    """
    by_class = log_probabilities(parameters, images)
    by_image = functional.nll_loss(by_class.flatten(0, 1), labels.T.flatten(), reduction="none")
    losses = by_image.view(labels.T.shape).mean(1)
    gradients = torch.autograd.grad(losses.sum(), list(parameters.values()))
    with torch.no_grad():
        changed = list(momenta.values())
        torch._foreach_mul_(changed, momentum)
        torch._foreach_add_(changed, gradients)
        torch._foreach_add_(list(parameters.values()), changed, alpha=-learning_rate)
    return losses.detach()


def _convolve(inputs: Tensor, weight: Tensor) -> Tensor:
    """Return each network's convolution without bias.

    Args:
        inputs: Shape (images, networks, channels, side, side).
        weight: Shape (networks, kernels, channels, 5, 5).

    Returns:
        Shape (images, networks·kernels, side, side).
    """
    if inputs.shape[2] == 1:
        sums = weight.flatten(2) @ _windows(inputs.squeeze(2))
        return sums.view(len(inputs), -1, *inputs.shape[-2:])
    return functional.conv2d(inputs.flatten(1, 2), weight.flatten(0, 1), padding=PADDING, groups=len(weight))


def _windows(images: Tensor) -> Tensor:
    """Return the 25 pixels around each place of (images, networks, side, side): (images, networks, 25, side²)."""
    padded = functional.pad(images, (PADDING,) * 4)
    windows = padded.unfold(2, KERNEL_SIDE, 1).unfold(3, KERNEL_SIDE, 1)
    return windows.permute(0, 1, 4, 5, 2, 3).flatten(4).flatten(2, 3)
