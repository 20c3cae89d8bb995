"""Several embeddings side by side, one process each: umap-learn with a seed runs on one core."""

from collections.abc import Generator, Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from replication.embedding.layout import N_NEIGHBORS, Initialisation, embed
from replication.embedding.neighbours import Neighbours
from replication.processes import in_workers

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


def embed_many(
    jobs: Mapping[Key, EmbeddingJob], *, n_processes: int = 1
) -> Generator[tuple[Key, NDArray[np.float64]], None, None]:
    """Run embedding jobs, the results not depending on how many run at a time.

    Every process first spends some ten seconds on numba's compilation, so that many jobs are best run in one call, and
    each holds its own job's arrays.  They end once the generator is closed, be it by an error.

    Args:
        jobs: The jobs by name.
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
        return ((name, job.run()) for name, job in jobs.items())
    return in_workers({name: job.run for name, job in jobs.items()}, min(n_processes, len(jobs)))
