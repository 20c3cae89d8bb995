"""Horizontal reduction: every point is one test image, by the activations of one layer (§3.2, Fig. 3)."""

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
    """Compute the coordinates from which the embeddings of all layers start.

    Source: §3.2.  An embedding of the pixels of the test images with a minimum distance of 0.8.  It starts itself from
    umap-learn's spectral layout.

    Args:
        images: Test images as rows of pixels, shape (n, pixels).
        neighbours: Nearest neighbours of ``images``.
        seed: Any non-negative integer.

    Returns:
        Coordinates, shape (n, 2).

    Raises:
        ValueError: ``images`` and ``neighbours`` differ in length, there are fewer than 16 images, or ``neighbours``
            has fewer than 15 columns.
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
    """Return the embedding jobs of all panels, with a common start and default parameters.

    Each panel has a random stream derived from its name, so that adding or removing panels does not change the others.

    Args:
        panels: Nearest neighbours of the images by panel: in pixel space for ``"data"``, in the activations of the
            layer otherwise.
        start: Coordinates from ``start`` for the same images, shape (n, 2).
        seed: Any non-negative integer; different seeds give the embeddings of an NH band.
        initialisation: ``"rescaled"``: umap-learn rescales the start, as it does today; ``"raw"``: it does not, as in
            2020.
        n_epochs: Number of optimisation epochs; umap-learn's default if None.

    Returns:
        Jobs by panel.  Each returns coordinates of shape (n, 2); panels are not aligned, see ``procrustes_chain``.
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
