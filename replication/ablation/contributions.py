"""What each unit of a layer adds to the next layer's preactivations: an ablation leaves summands out."""

import torch
from torch import Tensor
from torch.nn import functional

from replication.ablation.workspace import Workspace
from replication.architecture import KERNEL_SIDE, PADDING

WINDOW = 2
"""Side of a pooling window."""


class Contributions:
    """The preactivations of one layer, taken apart into one summand for each unit of the layer before it.

    A preactivation is linear in the activations that feed it.  Under any mask it is therefore the sum of the kept
    units' summands and of a last one that is always kept: the bias, and what ablated units still put out.

    A convolution is computed only where pooling reads it, one pooling window at a time: its four kernel positions
    together see 6×6 inputs, so one matrix product with four shifted kernels gives all four sums.

    Args:
        weight: The layer's weights, shape (outputs, units, 5, 5) or (outputs, units · neurons_per_unit).
        bias: Shape (outputs,).
        fixed: What the units put out when ablated, shape (units, side, side) or (units,).
    """

    def __init__(self, weight: Tensor, bias: Tensor, fixed: Tensor) -> None:
        self._fixed = fixed
        self._is_convolution = weight.ndim == 4
        if self._is_convolution:
            last = WINDOW - 1
            shifted = [
                functional.pad(weight, (column, last - column, row, last - row))
                for row in range(WINDOW)
                for column in range(WINDOW)
            ]
            weight = torch.stack(shifted).flatten(0, 1)
        self._weight = weight.reshape(len(weight), len(fixed), -1).permute(1, 2, 0).contiguous()
        inputs = self._inputs(fixed[None])
        self._positions = inputs.shape[2]
        self._constant = torch.bmm(inputs.transpose(1, 2), self._weight).sum(0)
        self._constant += bias.repeat(self._constant.shape[1] // len(bias))

    def split(self, activations: Tensor, workspace: Workspace) -> Tensor:
        """Return the summands for some images.

        Args:
            activations: What the units put out, shape (images, units, side, side) or (images, units).
            workspace: Where the result lies.

        Returns:
            Shape (units + 1, positions · images, places · outputs): in a convolutional layer the positions after
            pooling and the 4 places of the pooling window, in a fully connected layer 1 and 1.
        """
        images, units = activations.shape[:2]
        summands = workspace.take("summands", units + 1, self._positions * images, self._weight.shape[2])
        inputs = self._inputs(activations - self._fixed)
        if inputs.shape[1] == 1:
            torch.mul(inputs.transpose(1, 2), self._weight, out=summands[:-1])
        else:
            torch.bmm(inputs.transpose(1, 2), self._weight, out=summands[:-1])
        summands[-1].view(self._positions, images, -1).copy_(self._constant[:, None])
        return summands

    def _inputs(self, activations: Tensor) -> Tensor:
        """Return what each sum reads of each unit, shape (units, inputs, positions · images)."""
        images, units = activations.shape[:2]
        if not self._is_convolution:
            return activations.reshape(images, units, -1).permute(1, 2, 0)
        seen = KERNEL_SIDE + WINDOW - 1
        # Views and one copy: torch's own unfold takes image by image, and another copy to put images last.
        padded = functional.pad(activations.permute(1, 2, 3, 0), (0, 0, *(PADDING,) * 4))
        patches = padded.unfold(1, seen, WINDOW).unfold(2, seen, WINDOW).permute(0, 4, 5, 1, 2, 3)
        return patches.reshape(units, seen**2, -1)
