"""Harm of ablation by class over the seeds, and the classes harmed most and least.

Source: §4.1, Figs. 2, A.1 and A.2.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from replication.architecture import N_CLASSES
from replication.evidence import Evidence
from replication.paper import REPORTED, class_label
from replication.report.trained import TrainedOn, trained_on
from replication.stats import noise_ceiling
from replication.words import true_minus


@dataclass(frozen=True)
class ClassRow:
    """One class of one data set.

    Attributes:
        label: Number and, if any, name of the class.
        harm_pp: Mean over networks of the accuracy change summed over the layers, in percentage points.
        low_pp: Minimum over networks.
        high_pp: Maximum over networks.
        error_pp: Mean over networks of 100 − recall of the intact network, in percentage points.
        n_most: Number of networks in which it is the most harmed class; ties go to the lower label.
        n_least: Number of networks in which it is the least harmed class.
        said: What the paper says about the class: ``"most"``, ``"least"`` or nothing.
    """

    label: str
    harm_pp: float
    low_pp: float
    high_pp: float
    error_pp: float
    n_most: int
    n_least: int
    said: str


@dataclass(frozen=True)
class HarmTable:
    """The classes of one data set.

    Attributes:
        trained: The networks behind it.
        rows: The ten classes.
        ceiling: Noise ceiling of every statement on the order of the classes by harm, as a sentence; empty for a
            single network.
    """

    trained: TrainedOn
    rows: tuple[ClassRow, ...]
    ceiling: str


def harm_tables(evidence: Evidence) -> tuple[HarmTable, ...]:
    """Return one table per training data set."""
    return tuple(_table(trained) for trained in trained_on(evidence))


def _table(trained: TrainedOn) -> HarmTable:
    """Return the table of one data set."""
    harm = np.array([network.total_harm.values for network in trained.networks])
    error = np.array([network.error.values for network in trained.networks]).mean(axis=0)
    most = np.bincount(harm.argmax(axis=1), minlength=N_CLASSES)
    least = np.bincount(harm.argmin(axis=1), minlength=N_CLASSES)
    rows = tuple(
        ClassRow(
            label=class_label(trained.dataset, label),
            harm_pp=float(harm[:, label].mean()),
            low_pp=float(harm[:, label].min()),
            high_pp=float(harm[:, label].max()),
            error_pp=float(error[label]),
            n_most=int(most[label]),
            n_least=int(least[label]),
            said=_said(trained.dataset, label),
        )
        for label in range(N_CLASSES)
    )
    return HarmTable(trained, rows, _ceiling(harm))


def _ceiling(harm: NDArray[np.float64]) -> str:
    """Return the noise ceiling of the order of the classes; ``harm`` has shape (networks, classes)."""
    if len(harm) < 2 or not np.isfinite(harm).all():
        return ""
    ceiling = noise_ceiling(harm)
    if math.isnan(ceiling.lower) or math.isnan(ceiling.upper):
        return ""
    ends = true_minus(f"{ceiling.lower:.2f} to {ceiling.upper:.2f}")
    return (
        f"Noise ceiling: the best possible order of the classes would have a rank correlation of {ends} with a new "
        "network's."
    )


def _said(dataset: str, label: int) -> str:
    """Return whether the paper calls a class the most or the least harmed, summed over the layers."""
    for rank in ("most", "least"):
        reported = REPORTED.get(f"{rank}-harmed-class/{dataset}")
        if reported is not None and reported.value == label:
            return rank
    return ""
