"""Origin of the measurements: versions, devices, commits and wall times, as recorded in the pieces."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from replication.evidence import Evidence
from replication.measurements import provenance_of
from replication.schema import PIECES

LEFT_OUT = ("network", "wall_s", "training_wall_s")
"""Shown elsewhere: in the table of networks and in the wall times."""

MOST_SHOWN = 4


@dataclass(frozen=True)
class WallTime:
    """Duration of one step.

    Attributes:
        step: ``"training"`` or the name of a piece of measurements.
        median_s: Median over the networks.
        total_s: Sum over the networks.
        n_networks: Number of networks that record it.
    """

    step: str
    median_s: float
    total_s: float
    n_networks: int


@dataclass(frozen=True)
class Environment:
    """The origin of a run's measurements.

    Attributes:
        facts: Name and value of each recorded fact; several values if networks or pieces differ.
        wall_times: Duration of each step.
    """

    facts: tuple[tuple[str, str], ...]
    wall_times: tuple[WallTime, ...]


def environment(evidence: Evidence) -> Environment:
    """Return the origin of all measurements of a run."""
    values: dict[str, dict[str, None]] = {}
    seconds: dict[str, list[float]] = {}
    for network in evidence.all_networks():
        for piece in PIECES:
            provenance = provenance_of(network.pieces[piece])
            for name, value in _flat({key: value for key, value in provenance.items() if key not in LEFT_OUT}):
                values.setdefault(name, {})["–" if value is None else str(value)] = None
            if "wall_s" in provenance:
                seconds.setdefault(f"measuring: {piece}", []).append(float(provenance["wall_s"]))
        if "training_wall_s" in provenance:
            seconds.setdefault("training", []).append(float(provenance["training_wall_s"]))
    facts = tuple((name, _listed(list(found))) for name, found in sorted(values.items()))
    times = tuple(
        WallTime(step, float(np.median(found)), float(np.sum(found)), len(found)) for step, found in seconds.items()
    )
    return Environment(facts, tuple(sorted(times, key=lambda time: (time.step != "training", time.step))))


def _flat(provenance: Mapping[str, Any], stem: str = "") -> Iterator[tuple[str, object]]:
    """Yield the leaves of nested mappings, with names joined by dots."""
    for name, value in provenance.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{stem}{name}.")
        else:
            yield f"{stem}{name}", value


def _listed(values: list[str]) -> str:
    """Return the first few values in a row, and the number of the rest."""
    shown = "; ".join(values[:MOST_SHOWN])
    return shown if len(values) <= MOST_SHOWN else f"{shown}; and {len(values) - MOST_SHOWN} more"
