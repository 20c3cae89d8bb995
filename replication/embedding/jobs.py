"""Several embeddings side by side, one process each: umap-learn with a seed runs on one core."""

from collections.abc import Callable, Generator, Hashable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from replication.processes import in_workers

Key = TypeVar("Key", bound=Hashable)

Job = Callable[[], NDArray[np.float64]]
"""An embedding to be made: ``embed`` with its arguments."""


def embed_many(
    jobs: Mapping[Key, Job], *, n_processes: int = 1
) -> Generator[tuple[Key, NDArray[np.float64]], None, None]:
    """Run embedding jobs, the results not depending on how many run at a time.

    Every process first spends some ten seconds on numba's compilation, so that many jobs are best run in one call, and
    each holds its own job's arrays.  They end once the generator is closed, be it by an error.

    Args:
        jobs: The jobs by name; several processes need such as can be pickled.
        n_processes: Processes to run them in; 1 runs them here, one after the other.

    Returns:
        Names and coordinates as they come, which ``dict(embed_many(jobs))`` gathers: in the order of ``jobs`` from one
        process, in any order from several.

    Raises:
        ValueError: ``n_processes`` is not positive, or, once its turn comes, a job's arguments do not fit.
    """
    if n_processes < 1:
        raise ValueError(f"n_processes={n_processes}: expected at least 1")
    if min(n_processes, len(jobs)) <= 1:
        return ((name, job()) for name, job in jobs.items())
    return in_workers(jobs, min(n_processes, len(jobs)))
