"""How much working memory the fast ablation takes, and what it does when there is less than expected."""

import threading
from collections.abc import Callable

import torch

from replication.progress import Progress

MIB = 2**20
WORKER_BYTES = 36 * MIB
"""For each CPU thread: what is worked on then stays in the processor's cache, which larger products do not repay."""
GPU_BYTES = 8192 * MIB
"""At the most: larger products are no faster."""
_OUT_OF_MEMORY = (
    "can't allocate memory",
    "not enough memory",
    "out of memory",
    "ALLOC_FAILED",
    "ALLOCATION_FAILED",
    "unable to find an engine",
)
"""What says so in the messages of torch on a CPU (under Windows the second), of CUDA's driver, of cuBLAS and cuDNN, and
of torch where there was no memory for any of cuDNN's plans."""
LEAST_BYTES = MIB
"""Below this nothing becomes smaller: one image and one mask at a time."""


def default_bytes(device: torch.device, n_workers: int, n_at_once: int = 1) -> int:
    """Return the working memory to use on a device: a quarter of what is free on a GPU, little on a CPU.

    Args:
        device: The device.
        n_workers: Threads that work on a CPU.
        n_at_once: Processes that ask at about the same time, and share what is free on a GPU.
    """
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return min(free // 4 // n_at_once, GPU_BYTES)
    return n_workers * WORKER_BYTES


class Budget:
    """The working memory of each worker; halved for all of them when one runs out.

    Args:
        n_bytes: What each worker may take.
        progress: Told when it is halved.

    Attributes:
        n_bytes: What each worker may take now.
    """

    def __init__(self, n_bytes: int, progress: Progress) -> None:
        self.n_bytes = n_bytes
        self._progress = progress
        self._lock = threading.Lock()

    def run(self, work: Callable[[int], None]) -> None:
        """Do a piece of work within the budget, from its beginning again with half of it as often as need be.

        Args:
            work: Called with the bytes it may take.

        Raises:
            RuntimeError: Something else than memory is amiss, or the least does not suffice.
            MemoryError: The least does not suffice.
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
        """Go down to half of what was granted, once for all workers that were granted it."""
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        with self._lock:
            if self.n_bytes == granted:
                self.n_bytes = granted // 2
                self._progress.say(f"out of memory with {granted / MIB:.0f} MiB per worker; going on with half")


def is_out_of_memory(error: BaseException) -> bool:
    """Tell a lack of memory from other errors: torch often raises a plain ``RuntimeError`` for either.

    It may also lie behind another: a capture that memory fails ends with an error of its own.
    """
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    if isinstance(error, RuntimeError) and any(one in str(error) for one in _OUT_OF_MEMORY):
        return True
    before = error.__cause__ or error.__context__
    return isinstance(error, RuntimeError) and before is not None and is_out_of_memory(before)
