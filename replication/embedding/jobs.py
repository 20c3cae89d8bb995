"""Several embeddings side by side, one process each: umap-learn with a seed runs on one core."""

from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from replication.embedding.layout import N_NEIGHBORS, Initialisation, embed
from replication.embedding.neighbours import Neighbours


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
        """Return the embedding, shape (n, 2)."""
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


def embed_many(
    jobs: Mapping[str, EmbeddingJob],
    *,
    n_processes: int = 1,
    finished: Callable[[str], None] = lambda name: None,
) -> dict[str, NDArray[np.float64]]:
    """Run embedding jobs, the results not depending on how many run at a time.

    Every process first spends some ten seconds on numba's compilation, and each holds its own job's arrays.

    Args:
        jobs: The jobs by name.
        n_processes: Processes to run them in; 1 runs them here, one after the other.
        finished: Called here with the name of each job as it is done.

    Returns:
        Coordinates by name, in the order of ``jobs``.

    Raises:
        ValueError: ``n_processes`` is not positive, or a job's arguments do not fit.
    """
    if n_processes < 1:
        raise ValueError(f"n_processes={n_processes}: expected at least 1")
    layouts: dict[str, NDArray[np.float64]] = {}
    if min(n_processes, len(jobs)) <= 1:
        for name, job in jobs.items():
            layouts[name] = job.run()
            finished(name)
        return layouts
    # Spawned, because a fork would copy the locks of the threads that torch and numba have running.
    with ProcessPoolExecutor(min(n_processes, len(jobs)), mp_context=get_context("spawn")) as pool:
        names = {pool.submit(job.run): name for name, job in jobs.items()}
        try:
            for done in as_completed(names):
                layouts[names[done]] = done.result()
                finished(names[done])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return {name: layouts[name] for name in jobs}
