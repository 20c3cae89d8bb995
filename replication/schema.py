"""Schema of the measurements of one network: each variable with its axes, unit and meaning.

Counts are stored instead of rates, so that denominator and test images can be chosen later.

Seven eighths of the data are arrays by neuron or image that no claim reads; figures of a single network and further
measures use them.  A condensed piece omits them, so that many networks can be shipped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from replication.architecture import HIDDEN_LAYER_NAMES, LAYER_NAMES, N_CLASSES, N_NEURONS, UNIT_IDS
from replication.metrics.populations import SELECTIVITY_LEVELS
from replication.paper import ABLATION

PARTS = ("even", "odd", "rest")
"""Parts of the test images: even and odd rows within whole batches, and the rest that does not fill a batch."""

HALVES = PARTS[:2]
"""The two halves of the images in whole batches, for cross-validation: one half defines, the other evaluates."""

PANELS = ("data", *LAYER_NAMES)
"""Panels of the horizontal embedding: the test images themselves, then each layer."""

STATES = ("intact", "ablated")
BASELINES: tuple[Literal["zero", "mean"], ...] = ("zero", "mean")
"""Output of an ablated unit: zero, as in the paper, or its mean over the test images."""

INITIALISATIONS: tuple[Literal["rescaled", "raw"], ...] = ("rescaled", "raw")
"""UMAP's treatment of the initial layout shared by all panels: rescaled, as today, or unchanged, as in 2020."""

CLUSTER_SIZES = ("5 %", "2 %", "10 %")

ORDERS = ("magnitude", "selectivity", "effect", "impact", "combined")
"""Criteria that order the units of a layer for cumulative ablation; ``measuring.orders`` defines them."""

DIRECTIONS = ("highest first", "lowest first")
LEVELS = tuple(eighths / 8 for eighths in range(1, 8))
"""Shares of a layer's units ablated in a cumulative ablation, the first units of an order."""

FIXED_AXES: Mapping[str, NDArray[Any]] = {
    "part": np.array(PARTS),
    "class": np.arange(N_CLASSES),
    "predicted": np.arange(N_CLASSES),
    "other": np.arange(N_CLASSES),
    "layer": np.array(HIDDEN_LAYER_NAMES),
    "fraction": np.array(ABLATION.fractions),
    "unit": np.array(UNIT_IDS),
    "neuron": np.arange(N_NEURONS),
    "baseline": np.array(BASELINES),
    "half": np.array(HALVES),
    "counted": np.array(["neurons", "units"]),
    "others": np.array(["classes", "images"]),
    "selectivity": SELECTIVITY_LEVELS,
    "intact_right": np.arange(2),
    "ablated_right": np.arange(2),
    "order": np.array(ORDERS),
    "direction": np.array(DIRECTIONS),
    "level": np.array(LEVELS),
    "panel": np.array(PANELS),
    "state": np.array(STATES),
    "initialisation": np.array(INITIALISATIONS),
    "k": np.array([5, 6]),
    "agreeing": np.arange(7),
    "cluster_size": np.array(CLUSTER_SIZES),
    "axis": np.array(["x", "y"]),
}
"""Axes with the same labels in every run; ``draw``, ``embedding_seed``, ``epoch`` and ``image`` are numbered."""


@dataclass(frozen=True)
class Variable:
    """One measured array.

    Attributes:
        axes: Names of the axes, in order.
        dtype: Stored dtype; counts are integers, with −1 for missing values.
        unit: Physical unit or counted item.
        meaning: Description of the values.
        low: Minimum valid value, apart from −1 for a missing count and NaN; None for no bound.
        high: Maximum valid value; None for no bound.
        step: Values are rounded to the nearest multiple of this step; None for no rounding.
        bits: Values are rounded to this many significant binary digits; None for no rounding.
        condensable: Whether a condensed piece omits the variable.
    """

    axes: tuple[str, ...]
    dtype: str
    unit: str
    meaning: str
    low: float | None = 0
    high: float | None = None
    step: float | None = None
    bits: int | None = None
    condensable: bool = False


_EMBEDDED = ("initialisation", "state", "panel", "embedding_seed")
"""Axes of measurements in embeddings; the raw initialisation has only the first embedding seed."""

SCHEMA: Mapping[str, Mapping[str, Variable]] = {
    "intact": {
        "confusion": Variable(
            ("part", "class", "predicted"), "int32", "images", "test images by true class and predicted class"
        ),
        "training_loss": Variable(("epoch",), "float32", "nats", "mean negative log-likelihood per training epoch"),
    },
    "draws": {
        "draw_hits": Variable(
            ("baseline", "part", "layer", "fraction", "draw", "class"),
            "int16",
            "images",
            "images classified rightly with a random fraction of one layer's units ablated; −1 where none was drawn",
        ),
    },
    "units": {
        "lost": Variable(
            ("baseline", "part", "unit", "class"),
            "int16",
            "images",
            "images right when intact and wrong with one unit ablated",
        ),
        "gained": Variable(
            ("baseline", "part", "unit", "class"),
            "int16",
            "images",
            "images wrong when intact and right with one unit ablated",
        ),
        "lost_log_probability": Variable(
            ("half", "unit", "class"),
            "float32",
            "nats",
            "mean log-probability of the true class lost with one unit ablated, its output zero; NaN if not measured",
            low=None,
            bits=8,
        ),
    },
    "activations": {
        "class_mean": Variable(
            ("half", "neuron", "class"),
            "float32",
            "activation",
            "mean activation of a neuron over a class's images",
            condensable=True,
        ),
        "example_activation": Variable(
            ("class", "neuron"),
            "float32",
            "activation",
            "activations for the first test image of each class",
            condensable=True,
        ),
        "unit_mean": Variable(
            ("unit", "class"),
            "float32",
            "activation",
            "mean activation over a class's images and a unit's neurons",
            bits=12,
        ),
        "preferred": Variable(("neuron",), "int8", "class", "class of the highest mean; −1 for dead neurons", high=9),
        "example_preferred": Variable(
            ("neuron",), "int8", "class", "class whose first test image excites it most; −1 where none does", high=9
        ),
        "n_preferred": Variable(
            ("half", "counted", "class"), "int32", "1", "neurons, and units, that prefer a class on one half alone"
        ),
        "active": Variable(
            ("neuron", "class"), "int8", "1", "1 for the most active tenth, activations scaled within layers", high=1
        ),
        "n_active_on_both": Variable(
            ("class", "other"),
            "int32",
            "neurons",
            "neurons among the most active tenth for one class on even images and for another on odd ones",
        ),
        "n_preferring_active": Variable(
            ("class",),
            "int32",
            "neurons",
            "neurons that prefer a class and are among as many most active for it",
        ),
        "n_selective_for_both": Variable(
            ("class", "other"),
            "int32",
            "neurons",
            "neurons among the most selective tenth for one class and for another",
        ),
        "response_cosine": Variable(
            ("class", "other"),
            "float32",
            "1",
            "cosine of two classes' activations over all neurons, scaled within layers",
            high=1.0001,
        ),
        "n_by_selectivity": Variable(
            ("others", "layer", "selectivity"),
            "int32",
            "neurons",
            "living neurons by AS, in intervals that hold their upper end, which labels them",
        ),
    },
    "cumulative": {
        "cumulative_hits": Variable(
            ("half", "order", "direction", "layer", "level", "class"),
            "int16",
            "images",
            "images of the other half classified rightly with the first units ablated of an order made on this half",
        ),
        "random_hits": Variable(
            ("half", "layer", "level", "draw", "class"),
            "int16",
            "images",
            "the same with the first units ablated of a random order, which is the same for both halves",
        ),
    },
    "horizontal": {
        "coordinates": Variable(
            ("state", "panel", "image", "axis"),
            "float32",
            "arbitrary",
            "embedded test images, up to shift, scale, turn and reflection; first embedding seed",
            low=None,
            step=2**-20,
            condensable=True,
        ),
        "start": Variable(
            ("image", "axis"),
            "float32",
            "arbitrary",
            "the start common to all panels",
            low=None,
            step=2**-10,
            condensable=True,
        ),
        "label": Variable(("image",), "int8", "class", "true class", high=9, condensable=True),
        "prediction": Variable(("state", "image"), "int8", "class", "predicted class", high=9, condensable=True),
        "n_images": Variable(
            ("class", "intact_right", "ablated_right"),
            "int32",
            "images",
            "embedded test images by whether the intact and the ablated network classify them rightly",
        ),
        "agreement": Variable(
            (*_EMBEDDED, "k", "class", "agreeing"),
            "int32",
            "images",
            "images of a class by how many of their k nearest others in the embedding share the class",
        ),
        "agreement_raw": Variable(
            ("state", "panel", "k", "class", "agreeing"),
            "int32",
            "images",
            "the same in the panel's own space, before any embedding",
        ),
        "agreement_start": Variable(
            ("k", "class", "agreeing"),
            "int32",
            "images",
            "the same in the start that all panels share, before it is rounded",
        ),
        "agreement_lost": Variable(
            ("initialisation", "panel", "embedding_seed", "agreeing"),
            "int32",
            "images",
            "ablated: images lost by the ablation, by how many of their 6 nearest others share their true class",
        ),
        "spread": Variable(
            (*_EMBEDDED, "class"),
            "float32",
            "panel radius",
            "root mean square distance of a class's points to their centroid",
        ),
        "centroid_distance": Variable(
            (*_EMBEDDED, "class", "other"),
            "float32",
            "panel radius",
            "distance between the centroids of two classes",
        ),
        "n_clusters": Variable(
            (*_EMBEDDED, "cluster_size", "class"), "int16", "clusters", "HDBSCAN clusters of one class's points"
        ),
        "distance_correlation": Variable(
            ("panel",),
            "float32",
            "1",
            "Pearson correlation of pairwise distances, intact with ablated, between fixed images in the panel's space",
            low=-1,
            high=1,
        ),
        "trustworthiness": Variable(
            ("state", "panel"), "float32", "1", "trustworthiness of the first embedding at k = 6", high=1
        ),
        "continuity": Variable(
            ("state", "panel"), "float32", "1", "continuity of the first embedding at k = 6", high=1
        ),
        "image_scatter": Variable(
            ("class", "other"),
            "float32",
            "1",
            "mean squared distance between images of two classes, in units of the mean over all pairs of images",
        ),
    },
    "vertical": {
        "neuron_coordinates": Variable(
            ("neuron", "axis"), "float32", "arbitrary", "embedded neurons; NaN for dead ones", low=None, step=2**-10
        ),
    },
}

PIECES = tuple(SCHEMA)
