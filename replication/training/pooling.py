"""2×2 max-pooling of maps whose pixels stand before whatever else they are of; torch's own, with torch's gradient."""

from typing import Any

import torch
from torch import Tensor

WINDOW = [2, 2]


def pool(maps: Tensor) -> Tensor:
    """Return the greatest value of each 2×2 window; of several equal ones the first passes the gradient on.

    Args:
        maps: Shape (n, side, side, m), sides even, contiguous.

    Returns:
        Shape (n, side / 2, side / 2, m), contiguous.
    """
    pooled: Tensor = _Pool.apply(maps)
    return pooled


class _Pool(torch.autograd.Function):
    """``pool`` with its gradient: torch takes pixels before channels for images, if all the strides say so."""

    @staticmethod
    def forward(ctx: Any, maps: Tensor) -> Tensor:
        """Return the maxima."""
        images = maps.permute(0, 3, 1, 2)
        pooled, places = torch.ops.aten.max_pool2d_with_indices(images, WINDOW)
        ctx.save_for_backward(images, places)
        return pooled.permute(0, 2, 3, 1)  # type: ignore[no-any-return]

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        """Return the gradient of the maps from that of their maxima."""
        images, places = ctx.saved_tensors
        # One image's stride may be anything, and torch, which asks for it, would then copy everything twice.
        gradient = gradient.contiguous()
        strides = gradient[0].numel(), *gradient.stride()[1:]
        by_channel = gradient.as_strided(gradient.shape, strides).permute(0, 3, 1, 2)
        spread = torch.ops.aten.max_pool2d_with_indices_backward(
            by_channel, images, WINDOW, WINDOW, [0, 0], [1, 1], False, places
        )
        return spread.permute(0, 2, 3, 1)  # type: ignore[no-any-return]
