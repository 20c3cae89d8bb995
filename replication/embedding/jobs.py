"""Several embeddings side by side, one process each: umap-learn with a seed runs on one core."""

from collections.abc import Hashable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from replication.embedding.layout import N_NEIGHBORS, Initialisation, embed
from replication.embedding.neighbours import Neighbours
from replication.processes import end_with_parent

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, eq=False)
class EmbeddingJob:
    """One embedding to be made; the attributes are the arguments of ``embed``."""

    neighbours: Neighbours
    seed: int
    initial: NDArray[np.floating] | None = None
    points: NDArray[np.floating] | None = None
    min_dist: float = 0.1
    n_neighbors: int = N_NEIGHBORS
    initialisation: Initialisation = "rescaled"
    n_epochs: int | None = None

    def run(self) -> NDArray[np.float64]:
        """Return the embedding, shape (n, 2); errors are those of ``embed``."""
        return embed(
            self.neighbours,
            seed=self.seed,
            initial=self.initial,
            points=self.points,
            min_dist=self.min_dist,
            n_neighbors=self.n_neighbors,
            initialisation=self.initialisation,
            n_epochs=self.n_epochs,
        )


def embed_many(jobs: Mapping[Key, EmbeddingJob], *, n_processes: int = 1) -> Iterator[tuple[Key, NDArray[np.float64]]]:
    """Run embedding jobs, the results not depending on how many run at a time.

    Every process first spends some ten seconds on numba's compilation, so that many jobs are best run in one call, and
    each holds its own job's arrays.

    Args:
        jobs: The jobs by name.
        n_processes: Processes to run them in; 1 runs them here, one after the other.

    Returns:
        Names and coordinates as they come: in the order of ``jobs`` from one process, in any order from several.

    Raises:
        ValueError: ``n_processes`` is not positive, or, once its turn comes, a job's arguments do not fit.
    """
    if n_processes < 1:
        raise ValueError(f"n_processes={n_processes}: expected at least 1")
    if min(n_processes, len(jobs)) <= 1:
        return ((name, job.run()) for name, job in jobs.items())
    return _side_by_side(jobs, min(n_processes, len(jobs)))


def _side_by_side(jobs: Mapping[Key, EmbeddingJob], n_processes: int) -> Iterator[tuple[Key, NDArray[np.float64]]]:
    """Yield what several processes make of the jobs."""
    # Spawned, because a fork would copy the locks of the threads that torch and numba have running.
    context = get_context("spawn")
    with ProcessPoolExecutor(n_processes, mp_context=context, initializer=end_with_parent) as pool:
        names = {pool.submit(job.run): name for name, job in jobs.items()}
        try:
            for done in as_completed(names):
                yield names[done], done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
