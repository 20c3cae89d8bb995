"""conv3 and its pooling in the frequency domain, for many 7×7 maps at once, in reused memory."""

import torch
from torch import Tensor

from replication.ablation.workspace import Workspace
from replication.fourier import correlation_waves, multiply

SIDE = 7
PLACES = (0, 2, 4, 1, 3, 5)
"""Positions of conv3's sums along either axis, grouped by place in the pooling window; pooling ignores the last."""
POOLED_SIDE = 3


class FourierConvolution:
    """conv3 followed by its pooling.

    Args:
        weight: Shape (outputs, units, 5, 5), with outputs equal to units.
        bias: Shape (outputs,).
    """

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        self._of_maps, self._of_sums, of_kernels = correlation_waves(SIDE, PLACES, weight.dtype, weight.device)
        kernels = weight.flatten(2).permute(2, 1, 0)
        self._real, self._imaginary = (
            part.view(-1, *kernels.shape[1:]) for part in of_kernels.analyse(kernels.flatten(1))
        )
        self._bias = bias

    def __call__(self, activations: Tensor, workspace: Workspace) -> Tensor:
        """Return the pooled preactivations.

        Args:
            activations: Activations of conv2, shape (49, cases, units).
            workspace: Scratch memory that holds the result.

        Returns:
            Shape (9, cases, outputs).
        """
        _, cases, units = activations.shape
        spectrum = self._of_maps.analyse(activations.flatten(1), workspace.take)
        real, imaginary = (part.view(-1, cases, units) for part in spectrum)
        real, imaginary = multiply((real, imaginary), (self._real, self._imaginary), workspace.take)
        sums = self._of_sums.synthesise((real.flatten(1), imaginary.flatten(1)), workspace.take)
        first, second = sums.view(2, POOLED_SIDE, 2 * POOLED_SIDE, cases, units)
        by_row = torch.maximum(first, second, out=workspace.take("by row", *first.shape))
        pooled = workspace.take("pooled", POOLED_SIDE, POOLED_SIDE, cases, units)
        torch.maximum(by_row[:, :POOLED_SIDE], by_row[:, POOLED_SIDE:], out=pooled)
        return pooled.flatten(0, 1).add_(self._bias)
