"""Readings: the results of one environment for the networks."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replication.choices import DEFAULTS
from replication.evidence import Evidence, NetworkEvidence
from replication.judging import Claim
from replication.judging.claim import check_name

N_KEPT = 200
"""Number of test images, counted from the first, whose log-probabilities are kept."""


@dataclass(frozen=True, eq=False)
class NetworkReading:
    """Results of one environment for one network.

    Attributes:
        sha256: Checksum of the network's weights; readings with the same id may be of different networks.
        log_probabilities: Log-probabilities of the first test images, shape (n_kept, 10), float32, in nats.
        predictions: Predicted classes of all test images, shape (n_images,).
        nh: Neighbourhood hit in the embedding of each panel, in per cent, by panel.
        nh_raw: Neighbourhood hit in each panel's own space, without an embedding.
        n_selective: Number of neurons most selective for each class by AS, shape (10,).
        n_effect_selective: Number of neurons most selective for each class by AES, shape (10,).  It is fractional if a
            unit affects several classes equally.
    """

    sha256: str
    log_probabilities: NDArray[np.float32]
    predictions: NDArray[np.uint8]
    nh: Mapping[str, float]
    nh_raw: Mapping[str, float]
    n_selective: tuple[float, ...]
    n_effect_selective: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Reading:
    """Results of one environment for all networks.

    Attributes:
        provenance: Software versions, device, instruction set, arithmetic, machine and commit; must be
            JSON-serialisable.
        networks: Readings by network id.
        answers: Answers to each statement, one per network: true, false, or None if undefined; by claim and network of
            the paper.
        verdicts: Outcomes of the networks' own run, judged anew in this environment from its original measurements, by
            the same keys; empty if that run holds no measurements.
        judged_sha256: Checksum of the measurements behind each verdict, by the same keys; verdicts on different
            measurements are not comparable.
        is_here: Whether it is the user's own reading, in contrast to shipped ones; not stored in the files.
    """

    provenance: Mapping[str, Any]
    networks: Mapping[str, NetworkReading]
    answers: Mapping[str, tuple[bool | None, ...]]
    verdicts: Mapping[str, str]
    judged_sha256: Mapping[str, str]
    is_here: bool = False

    @property
    def versions(self) -> tuple[str, str]:
        """Versions of torch and umap-learn, without the build suffix after ``+``."""
        return _versions(self.provenance)

    @property
    def device(self) -> str:
        """``cpu`` or ``cuda``."""
        return str(self.provenance["device"])

    @property
    def instructions(self) -> str:
        """The CPU instruction set used by torch, such as ``AVX2``; empty for a GPU."""
        return str(self.provenance["instructions"])

    @property
    def name(self) -> str:
        """File name of the reading, without extension."""
        return reading_name(self.provenance)

    @property
    def label(self) -> str:
        """The environment in words."""
        torch, umap = self.versions
        computed = ", ".join([*_computing(self.provenance), *(["here"] if self.is_here else [])])
        return f"torch {torch}, umap-learn {umap}, {self.device.upper()} {computed}"


def reading_name(provenance: Mapping[str, Any]) -> str:
    """Return the file name of a reading, without extension, from its provenance.

    Args:
        provenance: ``software`` with the versions of torch and umap-learn, ``device``, ``instructions`` of a CPU or
            ``device_name`` of a GPU, and ``precision``.

    Returns:
        A name without spaces or slashes.

    >>> versions = {"torch": "2.15.0+cpu", "umap-learn": "0.5.12"}
    >>> reading_name({"software": versions, "device": "cpu", "instructions": "AVX2", "precision": "ieee"})
    'torch2.15.0-umap0.5.12-cpu-avx2'
    """
    torch, umap = _versions(provenance)
    computed = (re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in _computing(provenance))
    return "-".join([f"torch{torch}", f"umap{umap}", provenance["device"], *computed])


def _versions(provenance: Mapping[str, Any]) -> tuple[str, str]:
    """Return the versions of torch and umap-learn, without the build suffix after ``+``."""
    torch, umap = (str(provenance["software"][name]).partition("+")[0] for name in ("torch", "umap-learn"))
    return torch, umap


def _computing(provenance: Mapping[str, Any]) -> list[str]:
    """Return the CPU's instruction set or the GPU's name, and the arithmetic unless it is IEEE."""
    computed = provenance["instructions"] if provenance["device"] == "cpu" else provenance["device_name"]
    return [str(computed), *([str(provenance["precision"])] if provenance["precision"] != "ieee" else [])]


def network_reading(evidence: NetworkEvidence, log_probabilities: NDArray[np.float32], sha256: str) -> NetworkReading:
    """Return the reading of one network.

    Args:
        evidence: Measurements of the network in this environment.
        log_probabilities: Log-probabilities of all test images, shape (n_images, 10), in nats.
        sha256: Checksum of the network's weights.

    Returns:
        The reading, under the default choices.
    """
    raw = evidence.under(DEFAULTS.but("nh-space", "raw"))
    return NetworkReading(
        sha256=sha256,
        log_probabilities=log_probabilities[:N_KEPT].astype(np.float32),
        predictions=log_probabilities.argmax(axis=1).astype(np.uint8),
        nh=_by_panel(evidence),
        nh_raw=_by_panel(raw),
        n_selective=tuple(evidence.n_selective.values.tolist()),
        n_effect_selective=tuple(evidence.n_effect_selective.values.tolist()),
    )


def answers(claims: Mapping[str, Claim], evidence: Evidence) -> dict[str, tuple[bool | None, ...]]:
    """Return the answer to every statement for each network separately.

    A few networks never decide a verdict, but each network has an answer, which can flip.

    Args:
        claims: The registry.
        evidence: Measurements of the networks in this environment.

    Returns:
        Answers in the order of the networks, by claim and network of the paper; None if the statistic is undefined.
        Claims that are not statements are left out.
    """
    found = {}
    for claim in claims.values():
        if claim.rule.family == "statement":
            for network in claim.networks:
                values = [claim.value_of(one) for one in evidence.networks(network)]
                found[check_name(claim.id, network)] = tuple(
                    None if math.isnan(value) else bool(value) for value in values
                )
    return found


def _by_panel(evidence: NetworkEvidence) -> dict[str, float]:
    """Return the neighbourhood hit of the intact network, by panel."""
    hit = evidence.nh_overall.sel(state="intact")
    return dict(zip(map(str, hit["panel"].values), hit.values.tolist(), strict=True))
