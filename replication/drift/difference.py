"""Differences between environments on the same networks, relative to a reference reading."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from replication.drift.reading import NetworkReading, Reading
from replication.judging.verdict import DECIDED

_INSTRUCTIONS = ("DEFAULT", "AVX2", "AVX512")
"""Instruction sets by their torch names, in increasing order."""


@dataclass(frozen=True)
class NetworkDifference:
    """Difference between two environments on one network.

    Attributes:
        network: Network id.
        log_probability: Largest absolute difference of a log-probability, in nats.
        n_flipped: Number of test images whose predicted class differs.
        n_images: Number of test images compared.
        nh_pp: Change of the neighbourhood hit in each panel's embedding, in percentage points, by panel.
        nh_raw_pp: Change of the neighbourhood hit in each panel's own space.
        n_selective: Largest change in a class's number of selective neurons by AS.
        n_effect_selective: Largest change in a class's number of selective neurons by AES.
    """

    network: str
    log_probability: float
    n_flipped: int
    n_images: int
    nh_pp: Mapping[str, float]
    nh_raw_pp: Mapping[str, float]
    n_selective: float
    n_effect_selective: float


@dataclass(frozen=True)
class Difference:
    """Difference between one environment and the reference.

    Attributes:
        reading: The environment's reading.
        networks: Differences on the networks that both measured; networks that share an id but not the weights are left
            out.
        flipped_answers: Statements with a differing answer for some network, as ``"claim [network]"``.
        n_answers: Number of statements compared.
        flipped_verdicts: Verdicts that differ, named in the same way.
        n_verdicts: Number of verdicts compared: those on the same measurements that at least one reading decided.
    """

    reading: Reading
    networks: tuple[NetworkDifference, ...]
    flipped_answers: tuple[str, ...]
    n_answers: int
    flipped_verdicts: tuple[str, ...]
    n_verdicts: int


def reference_of(readings: Sequence[Reading]) -> Reading:
    """Return the reference reading.

    A CPU reading is preferred, then the newest torch, the newest umap-learn, and the largest known instruction set.

    Args:
        readings: At least one.

    Raises:
        ValueError: There are no readings.
    """
    if not readings:
        raise ValueError("no reading of any environment: make one with: replication drift")
    return max(
        readings,
        key=lambda one: (one.device == "cpu", *map(_numbers, one.versions), _rank(one.instructions)),
    )


def differences(readings: Sequence[Reading]) -> tuple[Difference, ...]:
    """Return the difference between each environment and the reference, without the reference itself.

    Args:
        readings: Readings of any environments, in any order.

    Returns:
        Differences in the order of the readings; empty for fewer than two readings.
    """
    if not readings:
        return ()
    reference = reference_of(readings)
    return tuple(_difference(one, reference) for one in readings if one is not reference)


def _difference(reading: Reading, reference: Reading) -> Difference:
    """Return the difference between a reading and the reference."""
    common = [
        network
        for network, one in reading.networks.items()
        if network in reference.networks and reference.networks[network].sha256 == one.sha256
    ]
    # Answers are matched by position, so both readings must have the same networks.
    asked = len(common) == len(reading.networks) == len(reference.networks)
    verdicts, others = _on_the_same(reading, reference), _on_the_same(reference, reading)
    return Difference(
        reading=reading,
        networks=tuple(
            _on_network(network, reading.networks[network], reference.networks[network]) for network in common
        ),
        flipped_answers=_flipped(reading.answers, reference.answers) if asked else (),
        n_answers=len(reading.answers.keys() & reference.answers.keys()) if asked else 0,
        flipped_verdicts=_flipped(verdicts, others),
        n_verdicts=_n_decided(verdicts, others),
    )


def _on_the_same(one: Reading, other: Reading) -> dict[str, str]:
    """Return the verdicts of one reading that rest on the same measurements as those of the other."""
    return {
        name: outcome
        for name, outcome in one.verdicts.items()
        if one.judged_sha256[name] == other.judged_sha256.get(name)
    }


def _n_decided(verdicts: Mapping[str, str], others: Mapping[str, str]) -> int:
    """Return the number of common verdicts that at least one of two readings decided."""
    return sum(bool({verdicts[name], others[name]} & DECIDED) for name in verdicts.keys() & others.keys())


def _on_network(network: str, one: NetworkReading, other: NetworkReading) -> NetworkDifference:
    """Return the difference between two readings of one network."""
    gaps = np.abs(one.log_probabilities.astype(np.float64) - other.log_probabilities)
    return NetworkDifference(
        network=network,
        log_probability=float(gaps.max()),
        n_flipped=int((one.predictions != other.predictions).sum()),
        n_images=len(one.predictions),
        nh_pp={panel: one.nh[panel] - other.nh[panel] for panel in other.nh},
        nh_raw_pp={panel: one.nh_raw[panel] - other.nh_raw[panel] for panel in other.nh_raw},
        n_selective=_largest_change(one.n_selective, other.n_selective),
        n_effect_selective=_largest_change(one.n_effect_selective, other.n_effect_selective),
    )


def _largest_change(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the largest absolute difference of a count."""
    return float(np.abs(np.subtract(one, other)).max())


def _flipped(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the common names whose values differ."""
    return tuple(name for name, found in one.items() if name in other and other[name] != found)


def _numbers(version: str) -> tuple[int, ...]:
    """Return a version as a sortable tuple of numbers."""
    return tuple(int(number) for number in re.findall(r"\d+", version))


def _rank(instructions: str) -> int:
    """Return the rank of an instruction set; unknown ones come first."""
    return _INSTRUCTIONS.index(instructions) if instructions in _INSTRUCTIONS else -1
