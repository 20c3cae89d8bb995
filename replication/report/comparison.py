"""The paper's numbers beside those of the networks here, a row per quantity: the study at a glance."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from replication.evidence import CORRELATIONS, Evidence, NetworkEvidence
from replication.measurements import PANELS
from replication.paper import CLASS_NAMES, REPORTED
from replication.report.quantities import true_minus
from replication.study import DATASETS

REHEARSAL = "rehearsal"


@dataclass(frozen=True)
class ComparedQuantity:
    """One quantity on each of the paper's networks.

    Attributes:
        text: What it is.
        reported: What the paper prints, by data set; nothing where it prints none.
        measured: What the networks give, by data set: mean and span, or the commonest class and how common it is;
            nothing where there is no network, ``"rehearsal"`` where those decide nothing about the paper.
    """

    text: str
    reported: dict[str, str]
    measured: dict[str, str]


def comparison(evidence: Evidence) -> tuple[ComparedQuantity, ...]:
    """Return accuracy, hit by panel, most and least harmed class and the three correlations.

    Args:
        evidence: Any; networks that stand in for the paper's count as a rehearsal.

    Returns:
        A row per quantity.
    """
    numbers: list[tuple[str, str, Callable[[NetworkEvidence], float], int, str]] = [
        ("accuracy", "accuracy", lambda network: network.accuracy, 2, " %"),
        *((f"NH of {'the images' if panel == PANELS[0] else panel}", "", _hit(panel), 1, " %") for panel in PANELS),
        *((f"r, {one.text}", f"{kind}-r", one.r, 2, "") for kind, one in CORRELATIONS.items()),
    ]
    rows = [
        ComparedQuantity(text, _reported(stem), _measured(evidence, _numbers_text, quantity, decimals, unit))
        for text, stem, quantity, decimals, unit in numbers
    ]
    ends = (("most", lambda network: network.most_harmed_class), ("least", lambda network: network.least_harmed_class))
    rows[1:1] = [
        ComparedQuantity(
            f"class harmed {end} by ablations",
            {dataset: _class_name(text, dataset) for dataset, text in _reported(f"{end}-harmed-class").items()},
            {
                dataset: _class_name(text, dataset) if text[:1].isdigit() else text
                for dataset, text in _measured(evidence, _class_text, of_network).items()
            },
        )
        for end, of_network in ends
    ]
    return tuple(rows)


def _hit(panel: str) -> Callable[[NetworkEvidence], float]:
    """Return what gives the NH of one panel of the intact network."""
    return lambda network: float(network.nh_overall.sel(state="intact", panel=panel))


def _reported(stem: str) -> dict[str, str]:
    """Return what is printed of a quantity, by data set."""
    found = {dataset: REPORTED.get(f"{stem}/{dataset}") for dataset in DATASETS}
    return {dataset: f"{one.text} {one.unit}" if one.unit == "%" else one.text for dataset, one in found.items() if one}


def _measured(
    evidence: Evidence, tell: Callable[..., str], of_network: Callable[[NetworkEvidence], float], *how: object
) -> dict[str, str]:
    """Return what the networks give, by data set."""
    told = {}
    for dataset in DATASETS:
        if networks := evidence.networks(dataset):
            is_paper = evidence.source(dataset)["kind"] == "paper"
            told[dataset] = tell([of_network(network) for network in networks], *how) if is_paper else REHEARSAL
    return told


def _numbers_text(values: Sequence[float], decimals: int, unit: str) -> str:
    """Return mean and span of the values, or the only one."""
    defined = [value for value in values if math.isfinite(value)]
    if not defined:
        return "undefined"
    mean = true_minus(f"{np.mean(defined):.{decimals}f}")
    if len(values) == 1:
        return f"{mean}{unit}"
    low, high = (true_minus(f"{end:.{decimals}f}") for end in (min(defined), max(defined)))
    return f"{mean}{unit} ({low} to {high})"


def _class_text(values: Sequence[float]) -> str:
    """Return the commonest class, of several the lowest, and of how many networks it is."""
    classes, counts = np.unique(values, return_counts=True)
    share = "" if len(values) == 1 else f" ({counts.max()} of {len(values)})"
    return f"{classes[counts.argmax()]:.0f}{share}"


def _class_name(text: str, dataset: str) -> str:
    """Return a class by number with its name, where it has one that says more."""
    number, _, rest = text.partition(" ")
    name = CLASS_NAMES.get(dataset, ())[int(number)] if dataset in CLASS_NAMES else number
    return " ".join(filter(None, (number, "" if name == number else name, rest)))
