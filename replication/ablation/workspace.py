"""Scratch memory that is allocated once and reused for every chunk of work.

Allocating memory anew costs more than the arithmetic on it, because the operating system provides it as zeroed pages.
"""

import math

import torch
from torch import Tensor


class Workspace:
    """Named scratch tensors of one worker.

    Args:
        like: A tensor with the device and dtype of the scratch tensors.
    """

    def __init__(self, like: Tensor) -> None:
        self._like = like
        self._blocks: dict[str, Tensor] = {}

    def take(self, name: str, *shape: int) -> Tensor:
        """Return an uninitialised tensor, which shares memory with the last one taken under the same name.

        Args:
            name: Name of the memory block.
            shape: The tensor's shape.

        Returns:
            A contiguous tensor.
        """
        size = math.prod(shape)
        block = self._blocks.get(name)
        if block is None or block.numel() < size:
            self._blocks.pop(name, None)
            block = self._blocks[name] = torch.empty(size, dtype=self._like.dtype, device=self._like.device)
        return block[:size].view(shape)
