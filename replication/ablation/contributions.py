"""What each unit of a layer adds to the next layer's preactivations: ablating units leaves out their summands."""

import torch
from torch import Tensor
from torch.nn import functional

from replication.network import Network

PADDING = 2


def contributions(network: Network, layer: str, activations: Tensor, fixed: Tensor) -> Tensor:
    """Return the summands of a layer's preactivations, one for each unit of the layer before it.

    A preactivation is linear in the activations that feed it, so under any mask it is the sum of the summands of the
    kept units and of the last summand, which is always kept: the bias and what ablated units still put out.

    Args:
        network: The intact network.
        layer: The layer that is fed, ``conv2`` to ``out``.
        activations: What the layer before it puts out, shape (images, units, side, side) or (images, units).
        fixed: What an ablated unit puts out in their stead, shape (units, side, side) or (units,).

    Returns:
        Shape (positions, units + 1, windows, images, outputs): for a convolutional layer the positions after pooling
        and the 4 places of the pooling window (a last row and column that pooling never reads are left out), for the
        others 1 and 1.
    """
    weight, bias = (parameter.detach() for parameter in network.parameters_of(layer))
    summands = _summands(weight, activations - fixed)
    constant = _summands(weight, fixed[None]).sum(1, keepdim=True) + bias
    return torch.cat([summands, constant.expand_as(summands[:, :1])], dim=1)


def _summands(weight: Tensor, activations: Tensor) -> Tensor:
    """Return what each unit adds, shape (positions, units, windows, images, outputs)."""
    images, units = activations.shape[:2]
    if weight.ndim == 2:
        columns = weight.view(len(weight), units, -1)
        return torch.bmm(activations.view(images, units, -1).transpose(0, 1), columns.permute(1, 2, 0))[None, :, None]
    side = activations.shape[-1] // 2
    padded = functional.pad(activations.permute(1, 2, 3, 0), (0, 0, *[PADDING] * 4)).contiguous()
    unit, row, column, image = padded.stride()
    patches = padded.as_strided(
        (units, 5, 5, side, side, 2, 2, images), (unit, row, column, 2 * row, 2 * column, row, column, image)
    )
    patches = patches.reshape(units, 25, -1)
    kernels = weight.flatten(2).permute(1, 2, 0)
    added = torch.bmm(patches.transpose(1, 2), kernels)
    return added.view(units, side**2, 4, images, len(weight)).transpose(0, 1)
