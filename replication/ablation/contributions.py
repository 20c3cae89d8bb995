"""Contributions of a layer's units to the next layer's preactivations; an ablation omits some of them."""

import torch
from torch import Tensor
from torch.nn import functional

from replication.ablation.workspace import Workspace
from replication.architecture import KERNEL_SIDE, PADDING

WINDOW = 2
"""Side of a pooling window."""


class Contributions:
    """One layer's preactivations, decomposed into one summand per unit of the preceding layer.

    A preactivation is linear in its inputs.  Under any mask it is the sum of the kept units' summands and a constant
    summand: the bias plus the contribution of all units at their ablated output.

    A convolution is computed only where pooling reads it, one pooling window at a time.  The four kernel positions of a
    window together cover 6×6 inputs, so one matrix product with four shifted kernels gives all four sums.

    Args:
        weight: The layer's weights, shape (outputs, units, 5, 5) or (outputs, units · neurons_per_unit).
        bias: Shape (outputs,).
        fixed: Output of the units when ablated, shape (units, side, side) or (units,).
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
            activations: Output of the units, shape (images, units, side, side) or (images, units).
            workspace: Scratch memory that holds the result.

        Returns:
            Shape (units + 1, positions · images, places · outputs), the constant summand last.  For a convolutional
            layer, positions are those after pooling and places the 4 positions in a pooling window; for a fully
            connected layer both are 1.
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
        """Return the inputs of each sum from each unit, shape (units, inputs, positions · images)."""
        images, units = activations.shape[:2]
        if not self._is_convolution:
            return activations.reshape(images, units, -1).permute(1, 2, 0)
        seen = KERNEL_SIDE + WINDOW - 1
        # Views and one copy; torch's unfold works image by image and needs another copy to put images last.
        padded = functional.pad(activations.permute(1, 2, 3, 0), (0, 0, *(PADDING,) * 4))
        patches = padded.unfold(1, seen, WINDOW).unfold(2, seen, WINDOW).permute(0, 4, 5, 1, 2, 3)
        return patches.reshape(units, seen**2, -1)
