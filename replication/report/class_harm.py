"""Harm of ablation by class over the seeds, and the classes harmed most and least.

Source: §4.1, Figs. 2, A.1 and A.2.
"""

from dataclasses import dataclass

import numpy as np

from replication.architecture import N_CLASSES
from replication.evidence import Evidence
from replication.paper import REPORTED, class_label
from replication.report.trained import TrainedOn, trained_on


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
    """

    trained: TrainedOn
    rows: tuple[ClassRow, ...]


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
    return HarmTable(trained, rows)


def _said(dataset: str, label: int) -> str:
    """Return whether the paper calls a class the most or the least harmed, summed over the layers."""
    for rank in ("most", "least"):
        reported = REPORTED.get(f"{rank}-harmed-class/{dataset}")
        if reported is not None and reported.value == label:
            return rank
    return ""
