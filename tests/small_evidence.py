"""A small run made of seeded numbers: every piece valid by the schema, nothing trained, in well under a second."""

from functools import cache

import numpy as np

from claims import REGISTRY
from replication.architecture import HIDDEN_LAYER_NAMES, N_CLASSES, N_NEURONS, N_UNITS, unit_of_neuron
from replication.embedding import exact_neighbours
from replication.evidence import Evidence, NetworkEvidence
from replication.judging import judge_all
from replication.measurements import build
from replication.measuring.geometry import agreement_counts
from replication.measuring.horizontal import outcomes
from replication.metrics import agreement_histogram, populations
from replication.schema import BASELINES, CLUSTER_SIZES, FIXED_AXES, PANELS, PARTS, STATES
from replication.seeds import generator
from replication.study import DATASETS, PROFILES

N_DRAWS = 4
N_EMBEDDINGS = 2
N_REST = 2
"""Test images of each class that fill no batch."""


def small_evidence(datasets=DATASETS, n_seeds=1, *, n_images=200, profile="paper"):
    """A run of ``n_seeds`` networks per data set, on ``n_images`` embedded test images each."""
    networks = [small_network(f"{name}/seed={seed}", n_images) for name in datasets for seed in range(n_seeds)]
    return Evidence(PROFILES[profile], networks)


def networks(n_seeds=1):
    """The first small M-Nets."""
    return small_evidence(("mnist",), n_seeds).networks("mnist")


@cache
def small_verdicts(datasets=DATASETS, n_seeds=1, *, profile="paper"):
    """The verdicts of all claims on such a run."""
    return judge_all(REGISTRY, small_evidence(datasets, n_seeds, profile=profile))


@cache
def small_network(network, n_images=200):
    """One network, the same for the same name."""
    arrays = {
        "intact": _intact,
        "draws": _draws,
        "units": _units,
        "activations": _activations,
        "cumulative": _cumulative,
        "horizontal": _horizontal,
        "vertical": _vertical,
    }
    pieces = {
        piece: build(piece, make(generator("small", network, piece), n_images), {"trained_on": "nothing"})
        for piece, make in arrays.items()
    }
    return NetworkEvidence(network, pieces)


def stored(piece, variable):
    """What the first small M-Net holds under a name."""
    return small_network("mnist/seed=0").pieces[piece][variable].values


def _sizes(n_images):
    """Images of each class in each part, shape (part, class)."""
    half = n_images // (2 * N_CLASSES)
    return np.array([half, half, N_REST])[:, None].repeat(N_CLASSES, axis=1)


def _intact(random, n_images):
    wrong = random.integers(0, 3, (len(PARTS), N_CLASSES))
    confusion = np.zeros((len(PARTS), N_CLASSES, N_CLASSES))
    for c in range(N_CLASSES):
        confusion[:, c, c] = _sizes(n_images)[:, c] - wrong[:, c]
        confusion[:, c, (c + 1) % N_CLASSES] = wrong[:, c]
    return {"confusion": confusion, "training_loss": 1 / np.arange(1.0, 4.0)}


def _draws(random, n_images):
    sizes = _sizes(n_images)
    fractions = FIXED_AXES["fraction"]
    loss = random.uniform(0, 0.5, (len(HIDDEN_LAYER_NAMES), 1, 1, N_CLASSES)) * fractions[:, None, None]
    shape = (len(BASELINES), len(PARTS), len(HIDDEN_LAYER_NAMES), len(fractions), N_DRAWS, N_CLASSES)
    n = np.broadcast_to(sizes[:, None, None, None], shape)
    return {"draw_hits": random.binomial(n, np.broadcast_to(0.95 - loss, shape))}


def _units(random, n_images):
    strength = random.exponential(0.4, (N_UNITS, 1))
    shape = (len(BASELINES), len(PARTS), N_UNITS, N_CLASSES)
    most = np.broadcast_to(_sizes(n_images)[:, None] // 3, shape)
    lost = np.minimum(random.poisson(strength, shape), most)
    gained = np.minimum(random.poisson(0.5 * strength, shape), most)
    rate = (lost - gained)[0, :2] / _sizes(n_images)[:2, None]
    return {"lost": lost, "gained": gained, "lost_log_probability": rate + 0.05 * random.standard_normal(rate.shape)}


def _activations(random, n_images):
    means = random.exponential(1.0, (2, N_NEURONS, N_CLASSES))
    means[:, dead_neurons()] = 0
    examples = random.exponential(1.0, (N_CLASSES, N_NEURONS))
    return {
        "class_mean": means,
        "example_activation": examples,
        **populations(means, _sizes(n_images)[:2], examples),
    }


def _cumulative(random, n_images):
    sizes = _sizes(n_images)[:2]
    n_random = 3
    ordered = tuple(len(FIXED_AXES[axis]) for axis in ("half", "order", "direction", "layer", "level", "class"))
    loss = random.uniform(0, 0.9, (*ordered[1:4], 1, 1)) * FIXED_AXES["level"][:, None]
    chance = 0.4 * random.uniform(0.8, 1.2, (ordered[3], 1, n_random, 1)) * FIXED_AXES["level"][:, None, None]
    by_draw = (*ordered[:1], *ordered[3:5], n_random, N_CLASSES)
    return {
        "cumulative_hits": random.binomial(
            np.broadcast_to(sizes[:, None, None, None, None], ordered), np.broadcast_to(0.95 - loss, ordered)
        ),
        "random_hits": random.binomial(
            np.broadcast_to(sizes[:, None, None, None], by_draw), np.broadcast_to(0.95 - chance, by_draw)
        ),
    }


def dead_neurons():
    """Neurons without activation or place: those of the last unit of fc2, and some of conv1."""
    return np.array([3, 5, N_NEURONS - 1])


def _horizontal(random, n_images):
    labels = np.arange(n_images) % N_CLASSES
    angle = 2 * np.pi * labels / N_CLASSES
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    scatter = np.linspace(0.35, 0.1, len(PANELS))[:, None, None]
    coordinates = circle + scatter * random.standard_normal((len(STATES), len(PANELS), n_images, 2))
    prediction = np.stack([labels, labels])
    prediction[0, :7] = (labels[:7] + 1) % N_CLASSES
    prediction[1, 5:25] = (labels[5:25] + 1) % N_CLASSES
    start = circle + 0.4 * random.standard_normal((n_images, 2))
    geometry = (len(STATES), len(PANELS), N_EMBEDDINGS)

    def agreement(k):
        return agreement_histogram(random.binomial(k, 0.9, n_images), labels, k)

    def histograms():
        return np.stack([np.pad(agreement(5), ((0, 0), (0, 1))), agreement(6)])

    def over(*axes):
        return np.array([histograms() for _ in range(np.prod(axes))]).reshape(*axes, 2, N_CLASSES, 7)

    def from_both_starts(rescaled, *, seeds):
        """The raw start's only embedding is as the last of the others; ``seeds`` is their axis."""
        raw = np.full_like(rescaled, np.nan if rescaled.dtype.kind == "f" else -1)
        np.moveaxis(raw, seeds, 0)[0] = np.moveaxis(rescaled, seeds, 0)[-1]
        return np.stack([rescaled, raw])

    return {
        "coordinates": coordinates,
        "start": start,
        "label": labels,
        "prediction": prediction,
        "n_images": outcomes(prediction, labels),
        "agreement_start": agreement_counts(exact_neighbours(start, 7).indices, labels),
        "agreement": from_both_starts(over(*geometry), seeds=2),
        "agreement_raw": over(*geometry[:2]),
        "agreement_lost": from_both_starts(random.integers(0, 9, (*geometry[1:], 7)), seeds=1),
        "spread": from_both_starts(random.uniform(0, 1, (*geometry, N_CLASSES)), seeds=2),
        "centroid_distance": from_both_starts(random.uniform(0, 1, (*geometry, N_CLASSES, N_CLASSES)), seeds=2),
        "n_clusters": from_both_starts(random.integers(1, 4, (*geometry, len(CLUSTER_SIZES), N_CLASSES)), seeds=2),
        "distance_correlation": random.uniform(0, 1, len(PANELS)),
        "trustworthiness": random.uniform(0, 1, geometry[:2]),
        "continuity": random.uniform(0, 1, geometry[:2]),
        "image_scatter": random.uniform(0, 1, (N_CLASSES, N_CLASSES)),
    }


def _vertical(random, n_images):
    centres = random.standard_normal((N_UNITS, 2))
    points = centres[unit_of_neuron()] + 0.05 * random.standard_normal((N_NEURONS, 2))
    points[dead_neurons()] = np.nan
    return {"neuron_coordinates": points}
