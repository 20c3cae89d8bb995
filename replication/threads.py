"""How many threads this process computes in: torch's, and those of the libraries of linear algebra."""

import torch

from replication.machine import usable_cores


def set_threads(n_threads: int) -> None:
    """Let torch, and the libraries of linear algebra that are loaded, use so many threads from now on.

    Args:
        n_threads: 1 or more.
    """
    from threadpoolctl import threadpool_limits

    torch.set_num_threads(n_threads)
    threadpool_limits(n_threads)


def keep_to_usable_cores() -> None:
    """Take away from torch, and from the libraries of linear algebra that are loaded, threads beyond the usable cores.

    They count the cores of the machine and know of no quota, under which threads that are too many wait for one
    another.  Who asked for fewer, as by ``OMP_NUM_THREADS``, keeps fewer.
    """
    from threadpoolctl import ThreadpoolController

    n_cores = usable_cores()
    if torch.get_num_threads() > n_cores:
        torch.set_num_threads(n_cores)
    for library in ThreadpoolController().lib_controllers:
        if library.num_threads > n_cores:
            library.set_num_threads(n_cores)
