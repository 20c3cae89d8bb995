"""Readings set against one of them: how far environments differ on the same networks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from replication.drift.reading import NetworkReading, Reading
from replication.judging.verdict import DECIDED

_INSTRUCTIONS = ("DEFAULT", "AVX2", "AVX512")
"""Sets of instructions as torch calls them, from small to large."""


@dataclass(frozen=True)
class NetworkDifference:
    """How far two environments differ on one network.

    Attributes:
        network: Its id.
        log_probability: Largest |Δ| of a log-probability, in nats.
        n_flipped: Test images whose predicted class differs.
        n_images: Test images compared.
        nh_pp: Change of the neighbourhood hit in each panel's embedding, in percentage points, by panel.
        nh_raw_pp: The same in the panel's own space.
        n_selective: Largest change of a class's count of selective neurons by AS.
        n_effect_selective: The same by AES.
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
    """How far one environment differs from the reference.

    Attributes:
        reading: The environment's reading.
        networks: Differences on the networks that both have measured; networks of the same id that are not the same
            are left out.
        flipped_answers: Statements whose answer for some network differs, as ``"claim [network]"``.
        n_answers: Statements compared.
        flipped_verdicts: Verdicts that differ, by the same names.
        n_verdicts: Verdicts compared: those on the same measurements that either reading has decided.
    """

    reading: Reading
    networks: tuple[NetworkDifference, ...]
    flipped_answers: tuple[str, ...]
    n_answers: int
    flipped_verdicts: tuple[str, ...]
    n_verdicts: int


def reference_of(readings: Sequence[Reading]) -> Reading:
    """Return the reading that the others are set against.

    It is one on a CPU, with the newest torch, then the newest umap-learn, then the largest of the known instruction
    sets.

    Args:
        readings: At least one.

    Raises:
        ValueError: There is none.
    """
    if not readings:
        raise ValueError("no reading of any environment: make one with: replication drift")
    return max(
        readings,
        key=lambda one: (one.device == "cpu", *map(_numbers, one.versions), _rank(one.instructions)),
    )


def differences(readings: Sequence[Reading]) -> tuple[Difference, ...]:
    """Return how far each environment differs from the reference, the reference itself left out.

    Args:
        readings: Of any environments, in any order.

    Returns:
        Differences in the order of the readings; none where there are fewer than two.
    """
    if not readings:
        return ()
    reference = reference_of(readings)
    return tuple(_difference(one, reference) for one in readings if one is not reference)


def _difference(reading: Reading, reference: Reading) -> Difference:
    """Return how far a reading differs from the reference."""
    common = [
        network
        for network, one in reading.networks.items()
        if network in reference.networks and reference.networks[network].sha256 == one.sha256
    ]
    # Answers are told apart by their place among the networks, so all of these must be the same.
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
    """Return the verdicts of one reading that rest on the same measurements as the other's."""
    return {
        name: outcome
        for name, outcome in one.verdicts.items()
        if one.judged_sha256[name] == other.judged_sha256.get(name)
    }


def _n_decided(verdicts: Mapping[str, str], others: Mapping[str, str]) -> int:
    """Return how many of the verdicts that both give are decided by one of the two at least."""
    return sum(bool({verdicts[name], others[name]} & DECIDED) for name in verdicts.keys() & others.keys())


def _on_network(network: str, one: NetworkReading, other: NetworkReading) -> NetworkDifference:
    """Return how far two readings of one network differ."""
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
    """Return the largest |Δ| of a count."""
    return float(np.abs(np.subtract(one, other)).max())


def _flipped(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names that both have and that differ."""
    return tuple(name for name, found in one.items() if name in other and other[name] != found)


def _numbers(version: str) -> tuple[int, ...]:
    """Return a version as numbers that sort."""
    return tuple(int(number) for number in re.findall(r"\d+", version))


def _rank(instructions: str) -> int:
    """Return the place of an instruction set among those known; unknown ones come first."""
    return _INSTRUCTIONS.index(instructions) if instructions in _INSTRUCTIONS else -1
