"""A step of many small kernels as one CUDA graph: launched at once, with nothing for Python to do in between."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

N_WARM_UP = 3
"""Runs before capture, in which libraries choose their kernels and take their workspaces."""


def capture(work: Callable[[], None], changed: Sequence[Tensor]) -> Callable[[], None]:
    """Return a function that does ``work`` over again, on the same tensors, as one launch.

    Args:
        work: Work on the current CUDA device on tensors that stay where they are.  It must not ask the device for a
            value, nor depend on values other than those in the tensors.
        changed: The tensors it changes.  They are put back as they were, since warming up runs the work.

    Returns:
        The replay; like ``work`` it returns before the device is done.
    """
    before = [tensor.detach().clone() for tensor in changed]
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(N_WARM_UP):
            work()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    with torch.no_grad():
        for tensor, value in zip(changed, before, strict=True):
            tensor.copy_(value)
    return graph.replay
