"""Planted counts for the intact network, random ablations and single units."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.importance import half_layer_masks
from claims.planted_activations import unit_means
from claims.planted_world import CLASSES, LAYER_OF_UNIT, Table, World
from replication.architecture import HIDDEN_LAYER_NAMES, HIDDEN_LAYERS, N_CLASSES, N_UNITS
from replication.metrics import relative_ranks
from replication.paper import ABLATION
from replication.schema import BASELINES, PARTS

PART_SIZES = np.array([499, 499, 2])
"""Number of images of each class in each part."""

N_DRAWS = ABLATION.n_draws
N_DRAWS_SMALL = 10

Arrays = dict[str, NDArray[Any]]


def intact(world: World) -> Arrays:
    """Return the piece ``intact``: errors go to the next class."""
    hits = intact_hits(world)
    confusion = np.zeros((len(PARTS), N_CLASSES, N_CLASSES), dtype=np.int64)
    confusion[:, CLASSES, CLASSES] = hits
    confusion[:, CLASSES, np.roll(CLASSES, -1)] = PART_SIZES[:, None] - hits
    return {"confusion": confusion, "training_loss": np.linspace(1, 0.01, 20)}


def intact_hits(world: World) -> NDArray[np.int64]:
    """Return the hits of the intact network, shape (part, class)."""
    return np.rint(PART_SIZES[:, None] * (1 - world.error / 100)).astype(np.int64)


def draws(world: World) -> Arrays:
    """Return the piece ``draws``; the mean baseline causes half the harm of the zero baseline."""
    rng = world.rng("draws")
    n_layers, n_fractions = len(HIDDEN_LAYERS), len(ABLATION.fractions)
    harm = world.table("harm", np.full((n_layers, N_CLASSES), 5.0), HIDDEN_LAYER_NAMES, CLASSES)
    if "error_follows_harm" in world.facts:
        harm = harm + world.class_latents("error_follows_harm")[0]
    harm = harm + rng.normal(0, 0.15, harm.shape)
    growth = world.table("growth", np.array(ABLATION.fractions) / ABLATION.reported_fraction, ABLATION.fractions)
    change = harm[:, None, None, :] * growth[:, None, None]
    change = change + rng.normal(0, 0.5, (n_layers, n_fractions, N_DRAWS, N_CLASSES))
    if "draws_follow" in world.facts:
        change[:, -1] += 4 * _harm_of_masks(world)[:, :, None]
    right = intact_hits(world)
    hits = np.full((len(BASELINES), len(PARTS), n_layers, n_fractions, N_DRAWS, N_CLASSES), -1)
    for baseline, share in enumerate((1.0, 0.5)):
        for part, size in enumerate(PART_SIZES):
            left = np.rint(right[part] - size * share * change / 100)
            hits[baseline, part] = np.clip(left, 0, size)
    hits[:, :, :, :-1, N_DRAWS_SMALL:] = -1
    return {"draw_hits": hits}


def _harm_of_masks(world: World) -> Table:
    """Return the effect of each random ablation beyond the mean, shape (layer, draw): the sum of its units' impacts."""
    impact = world.impact
    if world.facts["draws_follow"] == "other" or impact is None:
        impact = world.rng("other impact").random(N_UNITS)
    sums = np.stack(
        [
            half_layer_masks(layer, N_DRAWS) @ impact[row == LAYER_OF_UNIT]
            for row, layer in enumerate(HIDDEN_LAYER_NAMES)
        ]
    )
    standardised: Table = (sums - sums.mean(axis=1, keepdims=True)) / sums.std(axis=1, keepdims=True)
    return standardised


def units(world: World) -> Arrays:
    """Return the piece ``units``: a few flips in every class, more in the class that a unit affects most.

    Each image lost loses one nat, and each image gained gains one.
    """
    rng = world.rng("units")
    rows = np.arange(N_UNITS)
    half = world.facts.get("effect", 6) // 2
    main = np.zeros((N_UNITS, N_CLASSES), dtype=np.int64)
    main[rows, world.affected] = half
    for pair in world.facts.get("twins", ()):
        for one, other in (pair, pair[::-1]):
            main[world.affected == one, other] = half - 1
    helpful_shares = world.table("helpful", np.full(N_CLASSES, 0.2), CLASSES)
    helps = _helpful(world.affected, helpful_shares, rng)
    lost, gained = main * ~helps[:, None], main * helps[:, None]
    shape = (len(BASELINES), len(PARTS), N_UNITS, N_CLASSES)
    expected = np.full(shape, 0.1)
    largest = world.facts.get("flips", 30.0)
    if world.impact is not None:
        expected += largest * world.impact[:, None]
    if "class_impact" in world.facts:
        expected += largest * _class_impact(world)
    arrays = {}
    for name, planned, mean in (("lost", lost, expected), ("gained", gained, 0.1)):
        noisy = planned + rng.poisson(mean, shape)
        noisy[:, 2] = 0
        arrays[name] = noisy
    lost_by_half = (arrays["lost"] - arrays["gained"])[0, :2]
    return {**arrays, "lost_log_probability": lost_by_half / PART_SIZES[:2, None, None]}


def _helpful(affected: NDArray[np.int64], shares: Table, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Choose which of the units that affect a class improve it, shape (1216,)."""
    helps = np.zeros(N_UNITS, dtype=bool)
    for label in CLASSES:
        members = np.flatnonzero(affected == label)
        helps[rng.permutation(members)[: round(shares[label] * len(members))]] = True
    return helps


def _class_impact(world: World) -> Table:
    """Return the quantity that a unit's impact on each class follows, as ranks within layers, shape (unit, class)."""
    means = unit_means(world)
    if world.facts["class_impact"] == "magnitude":
        return relative_ranks(means)
    # Written out, and not taken from the metrics, so that an error there would show.
    others = (means.sum(axis=1, keepdims=True) - means) / (N_CLASSES - 1)
    return relative_ranks((means - others) / (means + others))
