"""Planted panels: embedded test images of the intact and of an ablated network."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.planted_world import CLASSES, Table, World
from replication.architecture import N_CLASSES
from replication.paper import EMBEDDING
from replication.schema import CLUSTER_SIZES, PANELS, SCHEMA, STATES

N_PER_CLASS = 200
"""Number of embedded images per class; 5 % of them are wrong in any network."""

N_WRONG = 10
N_EMBEDDING_SEEDS = 3
KS = (EMBEDDING.n_hit_neighbours - 1, EMBEDDING.n_hit_neighbours)
NEAR, FAR = 0.3, 1.0

Arrays = dict[str, NDArray[Any]]


def horizontal(world: World) -> Arrays:
    """Return the piece ``horizontal``, condensed, because claims read no more."""
    rng = world.rng("horizontal")
    n_images = _outcomes(world, rng)
    by_panel = (len(STATES), len(PANELS), N_EMBEDDING_SEEDS)
    n_lost = int(n_images[:, 1, 0].sum())
    nh_lost = world.table("nh_lost", np.full(len(PANELS), 50.0), PANELS) + rng.normal(0, 0.5, len(PANELS))
    spread = world.table("spread", np.full(len(PANELS), 0.4), PANELS) * (1 + 0.002 * rng.normal(size=len(PANELS)))
    arrays = {
        "n_images": n_images,
        **_agreements(world, rng),
        "agreement_lost": np.repeat(_histogram(nh_lost, n_lost, KS[1])[:, None], N_EMBEDDING_SEEDS, axis=1),
        "spread": np.broadcast_to(spread[:, None, None], (*by_panel, N_CLASSES)),
        "centroid_distance": np.broadcast_to(_centroids(world, rng)[:, None], (*by_panel, N_CLASSES, N_CLASSES)),
        "n_clusters": np.broadcast_to(_clusters(world)[:, :, None, None], (*by_panel, len(CLUSTER_SIZES), N_CLASSES)),
        "distance_correlation": world.facts.get("distance_correlation", 0.5) + rng.normal(0, 0.01, len(PANELS)),
        "trustworthiness": np.full((len(STATES), len(PANELS)), 0.95),
        "continuity": np.full((len(STATES), len(PANELS)), 0.95),
        "image_scatter": np.where(np.eye(N_CLASSES) > 0, world.facts.get("image_scatter", 0.5), 1.0),
    }
    return {name: _from_both_starts(name, array) for name, array in arrays.items()}


def _from_both_starts(name: str, rescaled: NDArray[Any]) -> NDArray[Any]:
    """Return an array with the raw start beside the rescaled one; it repeats the last embedding of the latter."""
    initialisation, *axes = SCHEMA["horizontal"][name].axes
    if initialisation != "initialisation":
        return rescaled
    raw = np.full_like(rescaled, np.nan if rescaled.dtype.kind == "f" else -1)
    seeds = axes.index("embedding_seed")
    np.moveaxis(raw, seeds, 0)[0] = np.moveaxis(rescaled, seeds, 0)[-1]
    return np.stack([rescaled, raw])


def _outcomes(world: World, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return image counts by correctness of the intact and the ablated network, shape (class, intact, ablated)."""
    harm = world.table("figure_harm", np.full(N_CLASSES, 5.0), CLASSES) + rng.normal(0, 0.7, N_CLASSES)
    n_lost = np.rint(np.clip(harm, 0, 90) / 100 * N_PER_CLASS).astype(np.int64)
    counts = np.zeros((N_CLASSES, 2, 2), dtype=np.int64)
    counts[:, 0, 0] = N_WRONG
    counts[:, 1, 0] = n_lost
    counts[:, 1, 1] = N_PER_CLASS - N_WRONG - n_lost
    return counts


def _agreements(world: World, rng: np.random.Generator) -> Arrays:
    """Return agreement counts in the embeddings and in the panels' own spaces, equal up to noise."""
    alike = np.full((len(PANELS), N_CLASSES), 80.0)
    for fact in ("nh_follows_selective", "nh_follows_effect"):
        if fact in world.facts:
            alike[PANELS.index("data")] += 4 * world.class_latents(fact)[1]
    intact = world.table("nh", alike, PANELS, CLASSES) + rng.normal(0, 0.2, alike.shape)
    ablated = world.table("nh_ablated", intact, PANELS, CLASSES) + rng.normal(0, 0.1, alike.shape)
    nh = np.stack([intact, ablated])
    embedded = nh[:, :, None] + rng.normal(0, 0.1, (len(STATES), len(PANELS), N_EMBEDDING_SEEDS, N_CLASSES))
    in_data = nh[STATES.index("intact"), PANELS.index("data")]
    return {"agreement": _by_k(embedded), "agreement_raw": _by_k(nh), "agreement_start": _by_k(in_data)}


def _by_k(nh: Table) -> NDArray[np.int64]:
    """Return agreement counts by k for given neighbourhood hits, shape (..., k, class, agreeing)."""
    counts = np.zeros((*nh.shape[:-1], len(KS), N_CLASSES, KS[1] + 1), dtype=np.int64)
    for row, k in enumerate(KS):
        counts[..., row, :, : k + 1] = _histogram(nh, 1000, k)
    return counts


def _histogram(nh: Table, n_images: int, k: int) -> NDArray[np.int64]:
    """Return image counts by agreeing neighbours with a given mean: all or none agree, shape (..., k + 1)."""
    counts = np.zeros((*nh.shape, k + 1), dtype=np.int64)
    counts[..., k] = np.rint(n_images * np.clip(nh, 0, 100) / 100)
    counts[..., 0] = n_images - counts[..., k]
    return counts


def _centroids(world: World, rng: np.random.Generator) -> Table:
    """Return the distances of class centroids, shape (panel, class, other)."""
    distance = np.full((len(PANELS), N_CLASSES, N_CLASSES), FAR)
    facts = dict(world.facts.get("centroids", {})) | {("data", *pair): NEAR for pair in world.facts.get("near", ())}
    for key, value in facts.items():
        panel, *pair = key if isinstance(key, tuple) else (key,)
        for one, other in (pair, pair[::-1]) if pair else ((slice(None), slice(None)),):
            distance[PANELS.index(panel), one, other] = value
    noise = 1 + 0.02 * rng.normal(size=distance.shape)
    noisy = distance * (noise + noise.transpose(0, 2, 1)) / 2
    noisy[:, CLASSES, CLASSES] = 0
    return noisy


def _clusters(world: World) -> NDArray[np.int64]:
    """Return the numbers of clusters, shape (state, panel, class)."""
    intact = world.table("clusters", np.ones((len(PANELS), N_CLASSES)), PANELS, CLASSES)
    return np.stack([intact, world.table("clusters_ablated", intact, PANELS, CLASSES)]).astype(np.int64)
