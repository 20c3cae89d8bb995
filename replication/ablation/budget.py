"""Working memory of the fast ablation, reduced when less is available than expected."""

import threading
from collections.abc import Callable

import torch

from replication.progress import Progress

MIB = 2**20
WORKER_BYTES = 36 * MIB
"""Memory per CPU thread: small enough for the data to stay in cache, which matters more than larger products."""
GPU_BYTES = 8192 * MIB
"""Maximum memory on a GPU: larger products are not faster."""
_OUT_OF_MEMORY = (
    "can't allocate memory",
    "not enough memory",
    "out of memory",
    "ALLOC_FAILED",
    "ALLOCATION_FAILED",
    "CUBLAS_STATUS_NOT_INITIALIZED",
    "CUDNN_STATUS_NOT_INITIALIZED",
    "unable to find an engine",
)
"""Phrases in out-of-memory messages: of torch on a CPU (the second on Windows), of CUDA's driver, of cuBLAS and cuDNN,
of these when nothing is left for their own start, and of torch if no cuDNN plan fits in memory."""
LEAST_BYTES = MIB
"""Minimum budget: below it the work cannot be split further than one image and one mask at a time."""


def default_bytes(device: torch.device, n_workers: int, n_at_once: int = 1) -> int:
    """Return the working memory to use on a device, in bytes.

    On a GPU it is a quarter of the free memory divided by ``n_at_once``, at most ``GPU_BYTES``; memory that torch keeps
    for this process and nothing uses counts as free.  On a CPU it is ``WORKER_BYTES`` per worker.

    Args:
        device: The device.
        n_workers: Number of worker threads on a CPU.
        n_at_once: Number of processes that share the GPU's free memory.
    """
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        free += torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return min(free // 4 // n_at_once, GPU_BYTES)
    return n_workers * WORKER_BYTES


class Budget:
    """Working memory per worker, halved for all workers when one runs out.

    Args:
        n_bytes: Initial memory per worker, in bytes.
        progress: Receives a line when the budget is halved.

    Attributes:
        n_bytes: Current memory per worker, in bytes.
    """

    def __init__(self, n_bytes: int, progress: Progress) -> None:
        self.n_bytes = n_bytes
        self._progress = progress
        self._lock = threading.Lock()

    def run(self, work: Callable[[int], None]) -> None:
        """Run a piece of work; after an out-of-memory error, restart it with half the budget.

        Args:
            work: Called with the number of bytes it may use; it may be called several times.

        Raises:
            RuntimeError: The work failed for another reason, or ``LEAST_BYTES`` does not suffice.
            MemoryError: ``LEAST_BYTES`` does not suffice.
        """
        while True:
            granted = self.n_bytes
            try:
                work(granted)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error) or granted <= LEAST_BYTES:
                    raise
            else:
                return
            self._halve(granted)

    def _halve(self, granted: int) -> None:
        """Halve the budget, once for all workers that were granted the same amount."""
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        with self._lock:
            if self.n_bytes == granted:
                self.n_bytes = granted // 2
                self._progress.say(f"out of memory with {granted / MIB:.0f} MiB per worker; going on with half")


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error means out of memory, for which torch often raises a plain ``RuntimeError``.

    Causes and contexts of a ``RuntimeError`` are searched as well: a graph capture that runs out of memory ends with
    another error.
    """
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    if isinstance(error, RuntimeError) and any(one in str(error) for one in _OUT_OF_MEMORY):
        return True
    before = error.__cause__ or error.__context__
    return isinstance(error, RuntimeError) and before is not None and is_out_of_memory(before)
