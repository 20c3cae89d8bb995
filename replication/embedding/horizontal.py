"""Horizontal reduction: every point is one test image as a layer sees it (§3.2, Fig. 3)."""

from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from replication.embedding.jobs import Job
from replication.embedding.layout import Initialisation, embed
from replication.embedding.neighbours import Neighbours
from replication.paper import EMBEDDING
from replication.seeds import stream_seed


def start(images: NDArray[np.floating], neighbours: Neighbours, *, seed: int) -> NDArray[np.float64]:
    """The coordinates from which the embeddings of all layers start.

    Source: §3.2: one embedding of the test images themselves, made with a minimum distance of 0.8, from which all
    panels start.  This embedding itself starts from umap-learn's spectral layout.

    Args:
        images: The test images as rows of pixels, shape (n, pixels).
        neighbours: Their nearest neighbours.
        seed: Any non-negative integer.

    Returns:
        Coordinates, shape (n, 2).

    Raises:
        ValueError: Images and neighbours are not equally many, fewer than 16, or the table has under 15 columns.
    """
    return embed(neighbours, seed=stream_seed("start", seed), points=images, min_dist=EMBEDDING.start_min_dist)


def horizontal_jobs(
    panels: Mapping[str, Neighbours],
    start: NDArray[np.floating],
    *,
    seed: int,
    initialisation: Initialisation = "rescaled",
    n_epochs: int | None = None,
) -> dict[str, Job]:
    """Embeddings to be made of the test images as each layer sees them, all from one start, by default parameters.

    Every panel draws from a stream of its own name, so that no panel changes when others join or leave.

    Args:
        panels: Nearest neighbours of the images by panel: among pixels for ``"data"``, among a layer's activations
            for the layers.
        start: What ``start`` returned for the images, shape (n, 2).
        seed: Any non-negative integer; other seeds give the other embeddings of an NH band.
        initialisation: Whether umap-learn stretches the start, as today, or not, as in 2020.
        n_epochs: Passes of the optimiser; by default umap-learn's.

    Returns:
        By panel; the coordinates they give, shape (n, 2), are not aligned with each other; see ``procrustes_chain``.
    """
    return {
        name: partial(
            embed,
            neighbours,
            seed=stream_seed("horizontal", seed, name),
            initial=start,
            initialisation=initialisation,
            n_epochs=n_epochs,
        )
        for name, neighbours in panels.items()
    }
