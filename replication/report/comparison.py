"""The paper's numbers beside those measured here, one row per quantity."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from replication.choices import all_open
from replication.evidence import CORRELATIONS, Evidence, NetworkEvidence, ProfileCorrelation, multiverse
from replication.paper import REPORTED, class_label
from replication.schema import PANELS
from replication.stats import fisher_mean
from replication.study import DATASETS
from replication.words import true_minus

REHEARSAL = "rehearsal"

SPAN = "the same, over all answers to the open choices"
"""Text of the row below a correlation."""


@dataclass(frozen=True)
class ComparedQuantity:
    """One quantity for each of the paper's networks.

    Attributes:
        text: Name of the quantity.
        reported: Printed value by data set; no entry if the paper prints none.
        measured: Measured value by data set: mean (for correlations by Fisher's z) and range, or the most common class
            and its frequency.  No entry without networks; ``"rehearsal"`` if the networks decide nothing about the
            paper.
    """

    text: str
    reported: dict[str, str]
    measured: dict[str, str]


def comparison(evidence: Evidence) -> tuple[ComparedQuantity, ...]:
    """Return the accuracy, the most and least harmed class, the neighbourhood hit by panel, and the three correlations.

    The row below each correlation gives its range over the multiverse: the lowest and the highest mean over the
    networks among all combinations of answers to the open choices, and the number of combinations.

    Args:
        evidence: Any evidence; networks that stand in for the paper's count as a rehearsal.

    Returns:
        A row per quantity.
    """
    numbers: list[tuple[str, str, Callable[[NetworkEvidence], float], int, str]] = [
        ("accuracy", "accuracy", lambda network: network.accuracy, 2, " %"),
        *((f"NH of {'the images' if panel == PANELS[0] else panel}", "", _hit(panel), 1, " %") for panel in PANELS),
    ]
    accuracy, *hits = (
        ComparedQuantity(
            text, _reported(stem), _told(evidence, partial(_numbers_text, of_network, np.mean, decimals, unit))
        )
        for text, stem, of_network, decimals, unit in numbers
    )
    harmed = (
        ComparedQuantity(
            f"class harmed {end} by ablations",
            {dataset: class_label(dataset, int(text)) for dataset, text in _reported(f"{end}-harmed-class").items()},
            _told(evidence, partial(_class_text, of_network)),
        )
        for end, of_network in (
            ("most", lambda network: network.most_harmed_class),
            ("least", lambda network: network.least_harmed_class),
        )
    )
    correlations = (
        ComparedQuantity(text, reported, _told(evidence, tell))
        for kind, one in CORRELATIONS.items()
        for text, reported, tell in (
            (f"r, {one.text}", _reported(f"{kind}-r"), partial(_numbers_text, one.r, fisher_mean, 2, "")),
            (SPAN, {}, partial(_span_text, one)),
        )
    )
    return (accuracy, *harmed, *hits, *correlations)


def _hit(panel: str) -> Callable[[NetworkEvidence], float]:
    """Return a function that computes the NH of one panel of the intact network."""
    return lambda network: float(network.nh_overall.sel(state="intact", panel=panel))


def _reported(stem: str) -> dict[str, str]:
    """Return the printed values of a quantity, by data set."""
    found = {dataset: REPORTED.get(f"{stem}/{dataset}") for dataset in DATASETS}
    return {dataset: f"{one.text} {one.unit}" if one.unit == "%" else one.text for dataset, one in found.items() if one}


def _told(evidence: Evidence, tell: Callable[[Sequence[NetworkEvidence]], str]) -> dict[str, str]:
    """Return the measured values, by data set."""
    return {
        dataset: tell(networks) if evidence.source(dataset)["kind"] == "paper" else REHEARSAL
        for dataset in DATASETS
        if (networks := evidence.networks(dataset))
    }


def _numbers_text(
    of_network: Callable[[NetworkEvidence], float],
    mean_of: Callable[[list[float]], Any],
    decimals: int,
    unit: str,
    networks: Sequence[NetworkEvidence],
) -> str:
    """Return the mean and range of the networks' values, or the only value."""
    defined = [value for value in map(of_network, networks) if math.isfinite(value)]
    if not defined:
        return "undefined"
    mean = true_minus(f"{mean_of(defined):.{decimals}f}")
    if len(networks) == 1:
        return f"{mean}{unit}"
    low, high = (true_minus(f"{end:.{decimals}f}") for end in (min(defined), max(defined)))
    return f"{mean}{unit} ({low} to {high})"


def _span_text(correlation: ProfileCorrelation, networks: Sequence[NetworkEvidence]) -> str:
    """Return the smallest and largest mean over the networks, and the number of combinations of answers."""
    found = multiverse(correlation, networks)
    means = found.means[[all_open(choices) for choices in found.specifications]]
    if not np.isfinite(means).any():
        return "undefined"
    low, high = (true_minus(f"{end:.2f}") for end in (np.nanmin(means), np.nanmax(means)))
    return f"{low} to {high}, {len(means):,} ways"


def _class_text(of_network: Callable[[NetworkEvidence], float], networks: Sequence[NetworkEvidence]) -> str:
    """Return the most common class (all, if tied) and its number of networks."""
    dataset = networks[0].network.partition("/")[0]
    classes, counts = np.unique([of_network(network) for network in networks], return_counts=True)
    commonest = classes[counts == counts.max()]
    each = " each" if len(commonest) > 1 else ""
    share = "" if len(networks) == 1 else f" ({counts.max()} of {len(networks)}{each})"
    return " or ".join(class_label(dataset, int(label)) for label in commonest) + share
