"""One training step of several networks at once, with parameters stacked along a leading axis.

Each network has its own images, and networks do not influence each other.  The computation is that of ``Network`` and
``torch.optim.SGD``, reordered to save multiplications and memory traffic; results differ at most by rounding:

- maps have their pixel axes first, (side, side, networks, images, channels), so that all work is on long rows;
- conv2 and conv3 are computed in the frequency domain with a sixth of the multiplications; see ``replication.fourier``;
- conv1 has one input channel and is a matrix product of 5×5 image windows with the weights, one row of pixels at a
  time: in a single product the weights' gradient would sum over all positions, which a GPU would not parallelise;
- the bias is added after pooling, at a quarter of the positions, because it is equal for the four of a window;
- ReLU is applied after pooling as well, because it commutes with the maximum.
"""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from replication.architecture import KERNEL_SIDE, PADDING
from replication.fourier import correlate
from replication.training.pooling import pool


def log_probabilities(parameters: Mapping[str, Tensor], images: Tensor) -> Tensor:
    """Return each network's log-probabilities for its images.

    Args:
        parameters: ``Network``'s parameters by name, each with a leading network axis.
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
        # Pooling ignores a last row and column that do not fill a window.
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
    """Take one step of stochastic gradient descent in place: v ← momentum·v + ∇ and w ← w − learning_rate·v.

    Args:
        parameters: ``Network``'s parameters w by name, stacked; each requires grad.
        momenta: v of each parameter, with the same names in the same order; zero before the first step.
        images: Shape (images, networks, 1, 28, 28).
        labels: Shape (images, networks).
        learning_rate: Step size, common to all networks.
        momentum: Momentum, common to all networks.

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
    """Add the bias, shape (networks, kernels), to maps (side, side, networks, images, kernels) and apply ReLU."""
    return (pooled + bias[:, None]).relu_()


def _windows(images: Tensor) -> Tensor:
    """Return the 5×5 windows of (images, networks, side, side), shape (networks · side, 25, side · images)."""
    padded = functional.pad(images.permute(1, 2, 3, 0), (0, 0, *(PADDING,) * 4))
    windows = padded.unfold(1, KERNEL_SIDE, 1).unfold(2, KERNEL_SIDE, 1)
    return windows.permute(0, 1, 4, 5, 2, 3).flatten(4).flatten(2, 3).flatten(0, 1)
