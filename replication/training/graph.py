"""Capture a step of many small kernels as one CUDA graph, which a single launch replays."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

N_WARM_UP = 3
"""Warm-up runs before capture, in which libraries choose kernels and allocate workspaces."""


def capture(work: Callable[[], None], changed: Sequence[Tensor]) -> Callable[[], None]:
    """Capture ``work`` as a CUDA graph and return a function that replays it on the same tensors.

    Args:
        work: Work on the current CUDA device, on tensors that stay at their addresses.  It must not read a value back
            from the device, nor depend on values outside the tensors.
        changed: The tensors that ``work`` modifies.  Their values are restored afterwards, because warm-up runs the
            work.

    Returns:
        The replay.  Like ``work``, it returns before the device has finished.
    """
    before = [tensor.detach().clone() for tensor in changed]
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(N_WARM_UP):
            work()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    # By default torch captures all graphs on one stream, whose cuBLAS workspace they share: it lies in the first one's
    # memory, and some releases free it with any of them.  This stream has had its own since the warm-up.
    with _no_garbage_collected(), torch.cuda.graph(graph, stream=stream):
        work()
    with torch.no_grad():
        for tensor, value in zip(changed, before, strict=True):
            tensor.copy_(value)
    return graph.replay


@contextmanager
def _no_garbage_collected() -> Iterator[None]:
    """Collect garbage now and none within the context.

    A capture fails if another graph is destroyed meanwhile, as may one that is kept alive by a reference cycle, such as
    the traceback of an exception.
    """
    was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
