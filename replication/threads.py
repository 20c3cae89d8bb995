"""Number of compute threads of this process: of torch and of linear algebra libraries."""

import torch

from replication.machine import usable_cores


def set_threads(n_threads: int) -> None:
    """Set the number of threads of torch and of all loaded linear algebra libraries.

    Args:
        n_threads: Number of threads, at least 1.
    """
    from threadpoolctl import threadpool_limits

    torch.set_num_threads(n_threads)
    threadpool_limits(n_threads)


def keep_to_usable_cores() -> None:
    """Limit torch and all loaded linear algebra libraries to as many threads as there are usable cores.

    They count the machine's cores and ignore quotas, under which excess threads wait for each other.  A smaller number,
    set for example by ``OMP_NUM_THREADS``, is kept.
    """
    from threadpoolctl import ThreadpoolController

    n_cores = usable_cores()
    if torch.get_num_threads() > n_cores:
        torch.set_num_threads(n_cores)
    for library in ThreadpoolController().lib_controllers:
        if library.num_threads > n_cores:
            library.set_num_threads(n_cores)
