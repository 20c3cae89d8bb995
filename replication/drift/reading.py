"""What one environment made of the networks."""

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

N_KEPT = 200
"""Test images, from the front, whose log-probabilities are kept."""


@dataclass(frozen=True, eq=False)
class NetworkReading:
    """What one environment made of one network.

    Attributes:
        sha256: Checksum of the network's weights: readings of the same id may be of other networks.
        log_probabilities: Of the first test images, shape (n_kept, 10), float32, in nats.
        predictions: Predicted classes of all test images, shape (n_images,).
        nh: Neighbourhood hit in the embedding of each panel, in per cent, by panel.
        nh_raw: The same in the panel's own space, which no embedding has touched.
        n_selective: Neurons most selective for each class by AS, shape (10,).
        n_effect_selective: Neurons that affect each class most selectively when ablated, by AES, shape (10,);
            fractions where a unit affects several classes equally.
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
    """What one environment made of all networks.

    Attributes:
        provenance: Software versions, device, instruction set, arithmetic, machine and commit; anything JSON can hold.
        networks: By network id.
        answers: To each statement, one per network asked: true, false, or None where undefined; by claim and network
            of the paper.
        verdicts: Outcomes of the run the networks come from, as it was measured, judged anew in this environment; by
            the same keys; empty where nothing of that run was measured.
        judged_sha256: Checksum of the measurements that each verdict rests on, by the same keys: verdicts on others do
            not compare.
        is_here: Whether it is the user's own beside those that ship; its files do not say.
    """

    provenance: Mapping[str, Any]
    networks: Mapping[str, NetworkReading]
    answers: Mapping[str, tuple[bool | None, ...]]
    verdicts: Mapping[str, str]
    judged_sha256: Mapping[str, str]
    is_here: bool = False

    @property
    def versions(self) -> tuple[str, str]:
        """Versions of torch and umap-learn, without what a build adds after ``+``."""
        return _versions(self.provenance)

    @property
    def device(self) -> str:
        """``cpu`` or ``cuda``."""
        return str(self.provenance["device"])

    @property
    def instructions(self) -> str:
        """The instruction set that torch uses of a CPU, such as ``AVX2``; nothing for a GPU."""
        return str(self.provenance["instructions"])

    @property
    def name(self) -> str:
        """What its files are called."""
        return reading_name(self.provenance)

    @property
    def label(self) -> str:
        """The environment as people are told of it."""
        torch, umap = self.versions
        computed = ", ".join([*_computing(self.provenance), *(["here"] if self.is_here else [])])
        return f"torch {torch}, umap-learn {umap}, {self.device.upper()} {computed}"


def reading_name(provenance: Mapping[str, Any]) -> str:
    """Return what the files of a reading from that environment are called.

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
    """Return the versions of torch and umap-learn, without what a build adds after ``+``."""
    torch, umap = (str(provenance["software"][name]).partition("+")[0] for name in ("torch", "umap-learn"))
    return torch, umap


def _computing(provenance: Mapping[str, Any]) -> list[str]:
    """Return what computed, a CPU's instruction set or the GPU's name, and its arithmetic unless that is IEEE's."""
    computed = provenance["instructions"] if provenance["device"] == "cpu" else provenance["device_name"]
    return [str(computed), *([str(provenance["precision"])] if provenance["precision"] != "ieee" else [])]


def network_reading(evidence: NetworkEvidence, log_probabilities: NDArray[np.float32], sha256: str) -> NetworkReading:
    """Read off what is kept of one network.

    Args:
        evidence: What was measured on it in this environment.
        log_probabilities: Of all test images, shape (n_images, 10), in nats.
        sha256: Checksum of its weights.

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
    """Ask every statement of every network on its own.

    Few networks never decide a verdict, but each of them has an answer, and that can flip.

    Args:
        claims: The registry.
        evidence: The networks, as measured in this environment.

    Returns:
        Answers in the order of the networks, by claim and network of the paper; None where the statistic is
        undefined; claims that are no statements are left out.
    """
    found = {}
    for claim in claims.values():
        if claim.rule.family == "statement":
            for network in claim.networks:
                values = [claim.value_of(one) for one in evidence.networks(network)]
                found[f"{claim.id} [{network}]"] = tuple(None if math.isnan(value) else bool(value) for value in values)
    return found


def _by_panel(evidence: NetworkEvidence) -> dict[str, float]:
    """Return the neighbourhood hit of the intact network by panel."""
    hit = evidence.nh_overall.sel(state="intact")
    return dict(zip(map(str, hit["panel"].values), hit.values.tolist(), strict=True))
