"""Planted evidence: made-up measurements of networks in which exactly the named facts hold.

A check counts only after it has been seen to say yes and no.  Each claim therefore names facts with which it must be
replicated and facts with which it must not.  This module turns facts into complete, valid measurements with noise that
varies by seed.  Without facts, classes, layers and panels are alike except for that noise.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import xarray as xr

from claims.planted_activations import activations, vertical
from claims.planted_counts import draws, intact, units
from claims.planted_cumulative import cumulative
from claims.planted_panels import horizontal
from claims.planted_world import World
from replication.evidence import NetworkEvidence
from replication.measurements import build

FACTS: Mapping[str, str] = {
    "accuracy": "top-1 accuracy in per cent by data set",
    "error_follows_harm": "rank correlation of prediction error and accuracy change over the classes",
    "harm": "accuracy change in pp by ablating half a layer, by layer, class, or both",
    "growth": "what share of that change is seen at each ablated fraction",
    "draws_follow": "what decides which random ablation harms: the units' 'impact', or something 'other'",
    "unit_impact": "what a unit's impact follows: 'free', its 'magnitude', or its 'selectivity'",
    "class_impact": "what a unit's impact on each class follows: 'magnitude' or 'selectivity' for that class",
    "flips": "images of a class and part that the unit of most impact loses, on average: fewer are more noise",
    "separates": "how far an order's two directions of cumulative ablation lie apart, over what is possible, by order",
    "effect": "images that a unit's ablation flips in the class it affects most",
    "affected": "how many units affect each class most, as a weight by class",
    "helpful": "which share of the units that affect a class most help it when ablated, by class",
    "effects_match_selectivity": "whether the class a unit affects most is the one it is most selective for",
    "selective": "how many units are most selective for each class, as a weight by class",
    "selectivity": "least and greatest AS of living neurons, by layer",
    "strength_spread": "how much the units' overall activity varies within a layer: standard deviation of its log",
    "twins": "pairs of classes that excite and need the same units",
    "map": "where neurons lie in the plane: 'random', or by the 'class' they are most selective for",
    "nh": "neighbourhood hit in per cent of the intact network, by panel, class, or both",
    "nh_ablated": "the same of the ablated network; as intact where nothing is said",
    "nh_lost": "neighbourhood hit in per cent of the images that the ablation loses, by panel",
    "nh_follows_selective": "correlation over classes of NH in the data with the number of selective neurons",
    "nh_follows_effect": "correlation over classes of NH in the data with the number of units by AES",
    "spread": "RMS distance of a class's points to their centroid in panel radii, by panel",
    "centroids": "distance of class centroids in panel radii, by panel, or by panel and two classes",
    "near": "pairs of classes whose centroids are close in the embedded data",
    "clusters": "clusters of a class's points in the intact network, by panel, class, or both",
    "clusters_ablated": "the same in the ablated network; as intact where nothing is said",
    "figure_harm": "accuracy change in pp by the one ablation that the ablated panels show, by class",
    "distance_correlation": "correlation of distances between images, intact with ablated",
    "image_scatter": "squared distance of images within classes over that between classes",
}
"""Every fact that can be planted, and its meaning."""

_LATENT = frozenset({"selective", "affected", "effects_match_selectivity", "nh_follows_selective", "nh_follows_effect"})
_UNITS = _LATENT | {"strength_spread", "selectivity", "unit_impact"}

_PIECES: Mapping[str, tuple[Callable[[World], dict[str, Any]], frozenset[str]]] = {
    "intact": (intact, frozenset({"accuracy", "error_follows_harm"})),
    "draws": (
        draws,
        _UNITS | {"accuracy", "error_follows_harm", "harm", "growth", "draws_follow"},
    ),
    "units": (units, _UNITS | {"class_impact", "flips", "effect", "helpful", "twins"}),
    "activations": (activations, _UNITS | {"twins"}),
    "cumulative": (cumulative, frozenset({"accuracy", "error_follows_harm", "separates"})),
    "horizontal": (
        horizontal,
        _LATENT
        | {
            "nh",
            "nh_ablated",
            "nh_lost",
            "spread",
            "centroids",
            "near",
            "clusters",
            "clusters_ablated",
            "figure_harm",
            "distance_correlation",
            "image_scatter",
        },
    ),
    "vertical": (vertical, _UNITS | {"map"}),
}
"""The function that makes each piece, and the facts on which the piece depends."""


def planted(dataset: str, facts: Mapping[str, Any], n_networks: int = 12) -> list[NetworkEvidence]:
    """Return the evidence of networks in which the facts hold.

    Args:
        dataset: Data set of the simulated networks.
        facts: Facts to plant, by names of ``FACTS``.
        n_networks: Number of networks, each with its own noise.

    Returns:
        Evidence of one network per seed, valid under the measurement schema.

    Raises:
        ValueError: A fact is not in ``FACTS``.
    """
    if unknown := sorted(set(facts) - set(FACTS)):
        raise ValueError(f"no facts named {unknown}: there are {', '.join(FACTS)}")
    return [
        NetworkEvidence(
            f"{dataset}/seed={seed}",
            {piece: _piece(piece, seed, _relevant(piece, dataset, facts)) for piece in _PIECES},
        )
        for seed in range(n_networks)
    ]


def _relevant(piece: str, dataset: str, facts: Mapping[str, Any]) -> "_Facts":
    """Return the facts relevant to one piece, resolved for one data set."""
    relevant = {name: value for name, value in facts.items() if name in _PIECES[piece][1]}
    return _Facts(
        {
            name: value[dataset] if isinstance(value, Mapping) and dataset in value else value
            for name, value in relevant.items()
        }
    )


class _Facts(dict[str, Any]):
    """Facts that hash by their text, so that equal pieces are made only once."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(repr(sorted(self.items())))


@lru_cache(maxsize=400)
def _piece(piece: str, seed: int, facts: _Facts) -> xr.Dataset:
    """Return one piece of one network's measurements."""
    arrays = _PIECES[piece][0](World(seed, facts))
    made = build(piece, arrays, {"trained_on": "nothing: planted"})
    for array in made.data_vars.values():
        array.values.flags.writeable = False
    return made
