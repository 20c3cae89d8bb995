"""§4.3 ¶2, ¶3: functional neuron populations by activation and by selectivity (Fig. 5, 6, A.7, A.8)."""

from dataclasses import replace

import numpy as np

from claims.populations import (
    ALIKE,
    IMPACT_IS_NOISE,
    activity_clusters,
    clustering_of_selective_neurons,
    impact_clustering,
    impact_recurs,
    overlap_between_halves,
    share_by_selectivity,
    share_of_selective_among_most_active,
    share_of_shared_regions,
)
from claims.registry import claim
from claims.shares import ratio, twice_as_much
from replication.evidence import NetworkEvidence
from replication.judging import Answer, Statement

ALL = ("fashion", "mnist", "kmnist")
FIGURES = "Fig. 5, 6, A.7, A.8"
EARLY_LAYERS = ("conv1", "conv2")
SIDE_BY_SIDE = (
    "UMAP places neurons with similar responses side by side in any network, so this says that such neurons exist."
)
UNTRAINED = "Untrained networks meet the claim as well."
SOME_UNTRAINED = 2 / 3
"""Four of six untrained F-Nets meet 4.3/classes-excite-different-neurons; no untrained M-Net or K-Net does."""

PART_OF_LAYER = 0.05
"""Minimum share of a layer's neurons that must have a feature for the layer to represent it."""


@claim(
    "4.3/classes-excite-different-neurons",
    place=f"§4.3 ¶2 s3, ¶4 s11, {FIGURES}",
    networks=ALL,
    said_of="fashion",
    rule=Statement(chance=SOME_UNTRAINED),
    holds={"strength_spread": 0.2},
    fails={"strength_spread": 3.0},
    caveat=(
        "'Different' is read as less than half in common: the most active tenths of neurons of two classes overlap "
        "less than half as much as those of one class on two halves of the test images. The paper looks at one image "
        "of a class. Here the mean over many images of a class is used, and two classes have more in common in their "
        "means. Most untrained F-Nets meet the claim as well."
    ),
)
def classes_excite_different_neurons(network: NetworkEvidence) -> Answer:
    """Different classes are represented by different sets of active neurons."""
    across = overlap_between_halves(network)[~np.eye(10, dtype=bool)].mean()
    within = np.diag(overlap_between_halves(network)).mean()
    shared = ratio(across, within)
    return Answer("overlap of two classes over that of one", shared, "less than", 1 / 2, reads="different sets")


@claim(
    "4.3/co-active-neurons-cluster",
    place=f"§4.3 ¶2 s3, ¶3 s6, {FIGURES}",
    networks=ALL,
    said_of="fashion",
    rule=Statement(chance=1.0),
    changed="2026-11-28",
    holds={"strength_spread": 0.2, "map": "class"},
    fails={"strength_spread": 0.2, "map": "random"},
    caveat=f"{SIDE_BY_SIDE} Each class's neurons must lie together more than in each of 39 permutations within layers.",
)
def jointly_active_neurons_form_clusters(network: NetworkEvidence) -> bool:
    """Neurons that are active together in response to a class form clusters, for every class."""
    return activity_clusters(network)


@claim(
    "4.3/selective-neurons-cluster",
    place=f"§4.3 ¶3 s4, s6, {FIGURES}",
    networks=ALL,
    said_of="fashion",
    rule=Statement(chance=1.0),
    holds={"map": "class"},
    fails={"map": "random"},
    caveat=(
        f"{SIDE_BY_SIDE} Each class's neurons must lie together more than they would on average if classes were "
        "permuted within layers."
    ),
)
def the_most_selective_neurons_of_every_class_form_clusters(network: NetworkEvidence) -> bool:
    """For every class, the neurons most selective for it form clusters."""
    return bool((clustering_of_selective_neurons(network) > 0).all())


@claim(
    "4.3/like-impact-clusters",
    place=f"Abstract s3, {FIGURES}",
    networks=ALL,
    rule=Statement(chance=1 / 40),
    changed="2026-11-26",
    holds={"effects_match_selectivity": True, "map": "class"},
    fails={"effects_match_selectivity": True, "map": "random"},
    caveat=(
        "Units have a similar impact if their ablation affects the same class most. Neurons of one kernel are alike by "
        "definition and are not compared with each other. Few images decide a unit's class. Where the two halves of "
        "the test images give fewer than half of the neurons the same class, noise alone would keep neurons apart. "
        "Such a network counts as undefined, unless its neurons lie together nevertheless."
    ),
)
def neurons_of_like_impact_form_clusters(network: NetworkEvidence) -> Answer:
    """Neurons whose ablation has a similar impact, on the same class most, form clusters."""
    share = impact_clustering(network)
    answer = Answer("share of permutations of units that lie together as often", share, "at most", 1 / 40)
    noise = float(answer) == 0 and not impact_recurs(network) >= ALIKE
    return replace(answer, silence=IMPACT_IS_NOISE if noise else "")


@claim(
    "4.3/most-selective-not-most-active",
    place=f"§4.3 ¶3 s5, {FIGURES}",
    networks=ALL,
    said_of="fashion",
    rule=Statement(chance=1.0),
    holds={"strength_spread": 2.0},
    fails={"strength_spread": 0.1},
    caveat=(
        "'Not necessarily' needs only one counterexample and could hardly fail. The claim therefore asks for more: on "
        "average over the classes, fewer than half of a class's most selective neurons are among equally many most "
        "active ones. If the two properties were unrelated, about a tenth would be, so this hardly fails either."
    ),
)
def the_most_selective_neurons_are_not_the_most_active(network: NetworkEvidence) -> Answer:
    """The neurons most selective for a class are not necessarily those most active in response to it."""
    share = float(np.nanmean(share_of_selective_among_most_active(network)))
    return Answer("share among the most active", share, "less than", 1 / 2, reads="not necessarily")


@claim(
    "4.3/regions-shared",
    place=f"§4.3 ¶3 s6, {FIGURES}",
    networks=ALL,
    said_of="fashion",
    rule=Statement(chance=1.0),
    holds={"map": "random"},
    fails={"map": "class"},
    caveat=(
        "A region is shared if no class has a majority among a neuron and its 6 nearest neighbours. A neuron's class "
        "is the one for which it is most selective; the paper says this of activation as well. At least a tenth of "
        "all regions must be shared. If neurons were placed at random, nearly all regions would be."
    ),
)
def some_regions_are_shared_by_classes(network: NetworkEvidence) -> Answer:
    """Some regions of the neurons' embedding are shared by several classes."""
    share = share_of_shared_regions(network)
    return Answer("share of neurons in shared regions", share, "at least", 0.1, reads="some")


@claim(
    "4.3/early-layers-class-specific",
    place="§4.3 ¶3 s7, Fig. 5",
    networks="fashion",
    rule=Statement(chance=1.0),
    holds={"selectivity": {"conv1": (0.1, 0.9), "conv2": (0.1, 0.9)}},
    fails={"selectivity": {"conv2": (0.1, 0.9)}},
    caveat=(
        "A neuron is class-specific if its AS is above 1/2, which means more than three times the mean activity for "
        f"other classes. At least 5 % of the neurons of conv1 and of conv2 must be class-specific. {UNTRAINED}"
    ),
)
def early_layers_hold_class_specific_features(network: NetworkEvidence) -> Answer:
    """The early layers represent class-specific features."""
    least = min(share_by_selectivity(network, layer, 1 / 2, 1) for layer in EARLY_LAYERS)
    return Answer("lesser share of the two layers' neurons", least, "at least", PART_OF_LAYER, reads="represent")


@claim(
    "4.3/early-layers-shared",
    place="§4.3 ¶3 s7, Fig. 5",
    networks="fashion",
    rule=Statement(chance=1.0),
    holds={"selectivity": {"conv1": (0.1, 0.9), "conv2": (0.1, 0.9)}},
    fails={"selectivity": {"conv2": (0.1, 0.9)}},
    caveat=(
        "A neuron's feature is shared if its AS is at most 1/5, which means at most one and a half times the mean "
        "activity for other classes. At least 5 % of the neurons of conv1 and of conv2 must have such a feature. "
        f"{UNTRAINED}"
    ),
)
def early_layers_hold_cross_class_features(network: NetworkEvidence) -> Answer:
    """The early layers represent features that classes share as well."""
    least = min(share_by_selectivity(network, layer, -1, 1 / 5) for layer in EARLY_LAYERS)
    return Answer("lesser share of the two layers' neurons", least, "at least", PART_OF_LAYER, reads="represent")


@claim(
    "4.3/selective-counts-vary",
    place=f"§4.3 ¶3 s9, §1 ¶3 s5, {FIGURES}",
    networks=ALL,
    said_of="fashion",
    rule=Statement(chance=1.0),
    holds={"selective": {1: 3.0}},
    fails={},
    caveat=f"'Varies greatly' is read as at least twofold. {UNTRAINED}",
)
def numbers_of_selective_neurons_vary(network: NetworkEvidence) -> Answer:
    """The number of neurons most selective for a class varies greatly across classes."""
    return twice_as_much(network.n_selective, "neurons of a class", reads="varies greatly")


@claim(
    "4.3/as-count-1-over-2",
    place="§4.3 ¶3 s10, Fig. 5",
    networks="fashion",
    reported="as-count-ratio",
    rule=Statement(chance=1.0),
    holds={"selective": {1: 3.0}},
    fails={"selective": {2: 3.0}},
    caveat=UNTRAINED,
)
def twice_as_many_neurons_select_class_1_as_class_2(network: NetworkEvidence) -> Answer:
    """Class 1 has over double the most selective neurons that class 2 has."""
    return Answer("neurons of 1 over those of 2", ratio(*network.n_selective.sel({"class": [1, 2]})), "more than", 2)
