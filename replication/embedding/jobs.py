"""Running several embeddings in parallel, one process each, since umap-learn with a seed uses one core."""

from collections.abc import Callable, Generator, Hashable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from replication.processes import in_workers

Key = TypeVar("Key", bound=Hashable)

Job = Callable[[], NDArray[np.float64]]
"""Function without arguments that computes an embedding: ``embed`` with its arguments bound."""


def embed_many(
    jobs: Mapping[Key, Job], *, n_processes: int = 1
) -> Generator[tuple[Key, NDArray[np.float64]], None, None]:
    """Run embedding jobs; the results do not depend on the number of processes.

    Each process first spends about ten seconds on numba's compilation, so that many jobs are best run in one call.
    Each process holds the arrays of its job.  The processes end when the generator is closed, also after an error.

    Args:
        jobs: Jobs by name; must be picklable for several processes.
        n_processes: Number of processes; 1 runs the jobs in this process, one after the other.  A script that asks for
            more must do so under ``if __name__ == "__main__":``, because each process imports the script.

    Returns:
        Generator of names and coordinates as jobs finish: in the order of ``jobs`` for one process, in any order for
        several.  ``dict(embed_many(jobs))`` collects them.

    Raises:
        ValueError: ``n_processes`` is below 1, or, when a job runs, its arguments are invalid.
    """
    if n_processes < 1:
        raise ValueError(f"n_processes={n_processes}: expected at least 1")
    if min(n_processes, len(jobs)) <= 1:
        return ((name, job()) for name, job in jobs.items())
    return in_workers(jobs, min(n_processes, len(jobs)))
