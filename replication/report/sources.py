"""What the verdicts rest on, read off the verdicts themselves, so that a rehearsal shows on the report's face."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from replication.judging.verdict import Verdict
from replication.report.cards import network_name
from replication.study import DATASETS, PROFILES, NetworkId

DATASET_NAMES: Mapping[str, str] = {
    "mnist": "MNIST",
    "kmnist": "KMNIST",
    "fashion": "Fashion-MNIST",
    "digits": "digits",
}


@dataclass(frozen=True)
class Source:
    """The networks that stand behind the verdicts on one of the paper's networks.

    Attributes:
        network: The paper's name of the network that the verdicts speak of.
        kind: ``"paper"``, or ``"rehearsal"`` where the verdicts decide nothing about the paper.
        profile: How the networks were trained and measured.
        trained_on_data: Data sets they were trained on.
        stands_in: Whether these are not the paper's data set.
        n_networks: How many networks.
        seeds: Their seeds, runs of consecutive ones joined.
        devices: What they were trained on.
    """

    network: str
    kind: str
    profile: str
    trained_on_data: str
    stands_in: bool
    n_networks: int
    seeds: str
    devices: str


def sources(verdicts: Sequence[Verdict]) -> tuple[Source, ...]:
    """Return one source per network of the paper that the verdicts speak of and some network stands behind."""
    found: dict[str, Source] = {}
    # A verdict that compares two data sets is of the poorer one's kind, and speaks last of its own networks.
    for verdict in sorted(verdicts, key=lambda verdict: "compared_with" in verdict.evidence):
        if verdict.evidence.get("networks") and verdict.network not in found:
            found[verdict.network] = _source(verdict.network, verdict.evidence)
    return tuple(found[network] for network in DATASETS if network in found)


def banner(found: Sequence[Source]) -> str:
    """Return what a reader must know before any number; empty where the evidence is the paper's own kind."""
    if not found:
        return "No trained network stands behind this report: it holds what arithmetic alone can settle."
    rehearsed = [source for source in found if source.kind != "paper"]
    if not rehearsed:
        return ""
    names = " and ".join(source.network for source in rehearsed)
    told = [
        "This is a rehearsal: it proves nothing about the paper."
        if len(rehearsed) == len(found)
        else f"What is said of {names} is a rehearsal: it proves nothing about the paper."
    ]
    standing_in = [source for source in rehearsed if source.stands_in]
    if standing_in:
        names = ", ".join(dict.fromkeys(source.trained_on_data for source in standing_in))
        told.append(f"Networks trained on {names} stand in for {', '.join(source.network for source in standing_in)}.")
    told += [PROFILES[name].shows for name in dict.fromkeys(source.profile for source in rehearsed) if name in PROFILES]
    return " ".join(told)


def joined_seeds(seeds: Sequence[int]) -> str:
    """Return seeds as the reader is told them.

    >>> joined_seeds([0, 1, 2, 5, 7, 8])
    '0–2, 5, 7, 8'
    """
    runs: list[list[int]] = []
    for seed in sorted(set(seeds)):
        if runs and seed == runs[-1][-1] + 1:
            runs[-1].append(seed)
        else:
            runs.append([seed])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(str(seed) for seed in run) for run in runs)


def _source(network: str, evidence: Mapping[str, Any]) -> Source:
    """Return the source that a verdict's own record tells of."""
    ids = [NetworkId.parse(name) for name in evidence["networks"]]
    return Source(
        network=network_name(network),
        kind=evidence["kind"],
        profile=evidence["profile"],
        trained_on_data=", ".join(dict.fromkeys(DATASET_NAMES[one.dataset] for one in ids)),
        stands_in=bool(evidence["stand_in"]),
        n_networks=len(ids),
        seeds=joined_seeds([one.seed for one in ids]),
        devices=", ".join(evidence["trained_on"]),
    )
