"""Vertical reduction: every point is one neuron, by its responses to the test set (§3.2, Fig. 1)."""

import numpy as np
from numpy.typing import NDArray

from replication.embedding.layout import N_NEIGHBORS, embed
from replication.embedding.neighbours import exact_neighbours
from replication.seeds import stream_seed


def vertical(responses: NDArray[np.floating], *, seed: int, n_epochs: int | None = None) -> NDArray[np.float64]:
    """Compute the UMAP embedding of neurons by their activations over the test set, with default parameters.

    Departs from the paper in that dead neurons are excluded: they are all the same point, which UMAP would spread over
    a meaningless island.

    Args:
        responses: One row per neuron, finite, shape (n_neurons, n_images); may be a memory map.
        seed: Any non-negative integer.
        n_epochs: Number of optimisation epochs; umap-learn's default if None.

    Returns:
        Coordinates, shape (n_neurons, 2); NaN for dead neurons, which are 0 for every image.

    Raises:
        ValueError: Fewer than 16 neurons are alive, because UMAP uses 15 neighbours, or ``responses`` is not finite.
    """
    dead = np.array([not row.any() for row in responses], dtype=bool)
    if (~dead).sum() <= N_NEIGHBORS:
        raise ValueError(f"{(~dead).sum()} of {len(dead)} neurons are alive; UMAP needs more than {N_NEIGHBORS}")
    alive = responses[~dead] if dead.any() else responses
    coordinates = np.full((len(responses), 2), np.nan)
    coordinates[~dead] = embed(
        exact_neighbours(alive, N_NEIGHBORS),
        seed=stream_seed("vertical", seed),
        points=alive,
        n_epochs=n_epochs,
    )
    return coordinates
