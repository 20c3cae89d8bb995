"""One training step of several networks at once, their parameters stacked along a leading axis.

Each network sees its own images, and no number of one network enters another's.  The mathematics is ``Network``'s and
``torch.optim.SGD``'s, in an order that saves multiplications and bytes and changes at most the rounding:

- maps stand pixel first, (side, side, networks, images, channels), so that all work on them is on long rows;
- conv2 and conv3 are made between spectra, with a sixth of the multiplications; see ``replication.fourier``;
- conv1 has one input channel and is a product of the images' 5×5 windows with the weights, a row of pixels at a time:
  the weights' gradient sums over all places, more than a GPU would share among its processors in one product;
- the bias is added after pooling, on a quarter of the positions: it is the same for all four of a window;
- ReLU is applied after pooling, too: the greatest of four is cut at zero, whichever is done first.
"""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from replication.architecture import KERNEL_SIDE, PADDING
from replication.fourier import correlate
from replication.training.pooling import pool


def log_probabilities(parameters: Mapping[str, Tensor], images: Tensor) -> Tensor:
    """Return each network's log-probabilities of the classes of its images.

    Args:
        parameters: ``Network``'s parameters by name, each with a leading axis for the networks.
        images: Shape (images, networks, 1, 28, 28).

    Returns:
        Shape (networks, images, 10).
    """
    n_networks, side = images.shape[1], images.shape[-1]
    by_row = parameters["conv1.weight"].flatten(2).mT[:, None].expand(-1, side, -1, -1).flatten(0, 1)
    sums = torch.bmm(_windows(images.squeeze(2)).mT, by_row)
    pooled = pool(sums.view(n_networks, side, side, -1)).movedim(0, 2)
    maps = _with_bias(pooled.unflatten(3, (len(images), -1)), parameters["conv1.bias"])
    for layer in ("conv2", "conv3"):
        # Pooling passes over a last row and column that make no window.
        kept = len(maps) // 2 * 2
        sums = correlate(maps.flatten(0, 1), parameters[f"{layer}.weight"], kept)
        pooled = pool(sums.view(1, kept, kept, -1)).view(kept // 2, kept // 2, *sums.shape[1:])
        maps = _with_bias(pooled, parameters[f"{layer}.bias"])
    outputs = maps.permute(2, 3, 4, 0, 1).flatten(2)
    for layer in ("fc1", "fc2", "out"):
        weight, bias = parameters[f"{layer}.weight"], parameters[f"{layer}.bias"]
        outputs = torch.baddbmm(bias[:, None], outputs, weight.mT)
        if layer != "out":
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


def _with_bias(pooled: Tensor, bias: Tensor) -> Tensor:
    """Return activations from maps of shape (side, side, networks, images, kernels) and bias (networks, kernels)."""
    return (pooled + bias[:, None]).relu_()


def _windows(images: Tensor) -> Tensor:
    """Return the pixels around places of (images, networks, side, side): (networks · side, 25, side · images)."""
    padded = functional.pad(images.permute(1, 2, 3, 0), (0, 0, *(PADDING,) * 4))
    windows = padded.unfold(1, KERNEL_SIDE, 1).unfold(2, KERNEL_SIDE, 1)
    return windows.permute(0, 1, 4, 5, 2, 3).flatten(4).flatten(2, 3).flatten(0, 1)
