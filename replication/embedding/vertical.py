"""Vertical reduction: every point is one neuron as it responds to the whole test set (§3.2, Fig. 1)."""

import numpy as np
from numpy.typing import NDArray

from replication.embedding.layout import N_NEIGHBORS, embed
from replication.embedding.neighbours import exact_neighbours
from replication.seeds import stream_seed


def vertical(responses: NDArray[np.floating], *, seed: int, n_epochs: int | None = None) -> NDArray[np.float64]:
    """UMAP of neurons by their activations over the test set, by default parameters.

    Departs from the paper in that dead neurons are left out: they are one and the same point, which UMAP would spread
    over an island that means nothing.

    Args:
        responses: A row per neuron, shape (n_neurons, n_images), finite; may be a memory map.
        seed: Any non-negative integer.
        n_epochs: Passes of the optimiser; by default umap-learn's.

    Returns:
        Coordinates, shape (n_neurons, 2); NaN for dead neurons, which are 0 for every image.

    Raises:
        ValueError: No more neurons are alive than the 15 neighbours UMAP takes, or responses are not finite.
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
