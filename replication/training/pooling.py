"""2×2 max-pooling of maps with pixel axes before the other axes, by torch's kernels and with torch's gradient."""

from typing import Any

import torch
from torch import Tensor

WINDOW = [2, 2]


def pool(maps: Tensor) -> Tensor:
    """Return the maximum of each 2×2 window; among equal values the first receives the gradient.

    Args:
        maps: Shape (n, side, side, m), sides even, contiguous.

    Returns:
        Shape (n, side / 2, side / 2, m), contiguous.
    """
    pooled: Tensor = _Pool.apply(maps)
    return pooled


class _Pool(torch.autograd.Function):
    """``pool`` with its gradient; torch accepts the maps as channels-last images if all strides match this layout."""

    @staticmethod
    def forward(ctx: Any, maps: Tensor) -> Tensor:
        """Return the maxima."""
        images = maps.permute(0, 3, 1, 2)
        pooled, places = torch.ops.aten.max_pool2d_with_indices(images, WINDOW)
        ctx.save_for_backward(images, places)
        return pooled.permute(0, 2, 3, 1)  # type: ignore[no-any-return]

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        """Return the gradient with respect to the maps."""
        images, places = ctx.saved_tensors
        # The stride of a single image is arbitrary, but torch checks it and would otherwise copy everything twice.
        gradient = gradient.contiguous()
        strides = gradient[0].numel(), *gradient.stride()[1:]
        by_channel = gradient.as_strided(gradient.shape, strides).permute(0, 3, 1, 2)
        spread = torch.ops.aten.max_pool2d_with_indices_backward(
            by_channel, images, WINDOW, WINDOW, [0, 0], [1, 1], False, places
        )
        return spread.permute(0, 2, 3, 1)  # type: ignore[no-any-return]
