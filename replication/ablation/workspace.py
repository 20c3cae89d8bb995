"""Memory that is taken once and used again for every chunk of work.

Fresh memory costs more than the arithmetic on it: the operating system hands it out page by page, zeroed.
"""

import math

import torch
from torch import Tensor


class Workspace:
    """Named scratch tensors of one worker.

    Args:
        like: A tensor whose device and precision the scratch tensors have.
    """

    def __init__(self, like: Tensor) -> None:
        self._like = like
        self._blocks: dict[str, Tensor] = {}

    def take(self, name: str, *shape: int) -> Tensor:
        """Return an uninitialised tensor; it overlaps the one last taken under the same name.

        Args:
            name: What the memory is for.
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
