"""The networks that a figure shows: one network or all seeds of a data set, the paper's name, and any stand-in."""

from collections.abc import Sequence
from dataclasses import dataclass

from replication.architecture import N_CLASSES
from replication.errors import ReplicationError
from replication.evidence import Evidence, NetworkEvidence
from replication.paper import NETWORK_NAMES, class_label
from replication.study import ALL_DATASETS, DATASETS, REHEARSAL_DATASET, NetworkId
from replication.words import in_a_row


class NoNetworkError(ReplicationError, LookupError):
    """The run holds no network that a figure could show."""


@dataclass(frozen=True, eq=False)
class Subject:
    """The networks that a figure or a panel shows.

    Attributes:
        dataset: The data set asked for.
        networks: One network, or all of the data set in the order of their seeds.
        stand_in: Data set whose networks stand in; may be empty.
        rehearsal: Whether the run decides nothing about the paper.
    """

    dataset: str
    networks: tuple[NetworkEvidence, ...]
    stand_in: str
    rehearsal: bool

    @property
    def network(self) -> NetworkEvidence:
        """The network, or the first of several."""
        return self.networks[0]

    @property
    def name(self) -> str:
        """The paper's name and any stand-in: ``K-Net``, or ``K-Net (digits stand in)``."""
        return f"{self.paper_name} ({self.stand_in} stand in)" if self.stand_in else self.paper_name

    @property
    def paper_name(self) -> str:
        """The paper's name, without any stand-in."""
        return NETWORK_NAMES.get(self.dataset, f"{self.dataset} network")

    @property
    def seeds(self) -> str:
        """The seed, or the number of seeds."""
        return f"seed {seed_of(self.network)}" if len(self.networks) == 1 else f"{len(self.networks)} seeds"

    @property
    def who(self) -> str:
        """Name and seed, or name and number of seeds."""
        return f"{self.name}, {self.seeds}"

    @property
    def class_labels(self) -> tuple[str, ...]:
        """Number of each class, with its name if that adds information."""
        return tuple(class_label(self.stand_in or self.dataset, number) for number in range(N_CLASSES))

    @property
    def note(self) -> str:
        """Addition to a title if the run decides nothing about the paper."""
        return " [rehearsal]" if self.rehearsal else ""

    def title(self, text: str) -> str:
        """Return the title of a figure about these networks; a rehearsal is marked as such."""
        return f"{self.who}: {text}{self.note}"


def seed_of(network: NetworkEvidence) -> int:
    """Return a network's seed."""
    return NetworkId.parse(network.network).seed


def all_seeds(evidence: Evidence, dataset: str) -> Subject:
    """Return all networks of a data set, or of its stand-in.

    Args:
        evidence: The run.
        dataset: ``mnist``, ``kmnist``, ``fashion`` or ``digits``.

    Returns:
        At least one network.

    Raises:
        ValueError: There is no such data set.
        NoNetworkError: The run holds no network of the data set.
    """
    if dataset not in ALL_DATASETS:
        raise ValueError(f"no data set named {dataset!r}: there are {', '.join(ALL_DATASETS)}")
    networks = sorted(evidence.networks(dataset), key=seed_of)
    if not networks:
        held = ", ".join(name for name in ALL_DATASETS if evidence.networks(name)) or "none"
        raise NoNetworkError(f"the run holds no network trained on {dataset}; name another data set of it: {held}")
    source = evidence.source(dataset)
    return Subject(dataset, tuple(networks), str(source["stand_in"]), source["kind"] == "rehearsal")


def one_network(evidence: Evidence, dataset: str, seed: int | None = None, *, whole: bool = False) -> Subject:
    """Return one network of a data set: the one of the given seed, or the first.

    Args:
        evidence: The run.
        dataset: ``mnist``, ``kmnist``, ``fashion`` or ``digits``.
        seed: Seed of the network; the lowest available if None.
        whole: Whether single neurons or images are shown, so that condensed networks cannot be used.

    Returns:
        The network.

    Raises:
        ValueError: There is no such data set.
        NoNetworkError: The run holds no such network.
    """
    found = all_seeds(evidence, dataset)
    by_seed = {seed_of(network): network for network in found.networks if network.is_whole or not whole}
    if not by_seed or (seed is not None and seed not in by_seed):
        wanted = "no network" if seed is None else f"no network of seed {seed}"
        that = " that is not condensed" if whole else ""
        has = ", ".join(map(str, by_seed)) or "none"
        raise NoNetworkError(f"{wanted} trained on {dataset}{that}: the run has {has}")
    return Subject(dataset, (by_seed[min(by_seed) if seed is None else seed],), found.stand_in, found.rehearsal)


def held_datasets(evidence: Evidence, dataset: str | None) -> tuple[str, ...]:
    """Return the data sets that a figure over all of them shows: those of the run, or the given one.

    If one data set stands in for all of the paper's, it is shown once, under its own name.

    Args:
        evidence: The run.
        dataset: One data set, or None for all.

    Returns:
        At least one name, in the order of §3.1: M, K, F.

    Raises:
        ValueError: There is no such data set.
        NoNetworkError: The run holds no network, or none of the given data set.
    """
    if dataset is not None:
        return (all_seeds(evidence, dataset).dataset,)
    held = tuple(name for name in DATASETS if evidence.networks(name))
    if not held:
        raise NoNetworkError("the run holds no network")
    return (REHEARSAL_DATASET,) if all(evidence.source(name)["stand_in"] for name in held) else held


def title_over(subjects: tuple[Subject, ...], text: str) -> str:
    """Return the title of a figure over several data sets, whose panels name their networks; for one, its own title."""
    if len(subjects) == 1:
        return subjects[0].title(text)
    return f"{text[0].upper()}{text[1:]}{note_over(subjects)}"


def note_over(subjects: Sequence[Subject]) -> str:
    """Return the addition to a title over several data sets if the run decides nothing about one of them."""
    return next((subject.note for subject in subjects if subject.note), "")


def whose(subjects: Sequence[Subject]) -> str:
    """Return the networks shown, as ``K-Net, digits stand in, seed 0`` or ``K-Net and F-Net, seed 0``.

    Args:
        subjects: At least one.
    """
    names = in_a_row([subject.paper_name for subject in subjects])
    stand_ins = [f"{subject.stand_in} stand in" for subject in subjects if subject.stand_in]
    return ", ".join(dict.fromkeys([names, *stand_ins, *(subject.seeds for subject in subjects)]))
