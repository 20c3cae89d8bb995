"""The networks of a run by the data set they were trained on."""

from dataclasses import dataclass

from replication.evidence import Evidence, NetworkEvidence
from replication.paper import NETWORK_NAMES
from replication.report.sources import DATASET_NAMES


@dataclass(frozen=True)
class TrainedOn:
    """The measured networks of one data set.

    Attributes:
        dataset: The data set.
        networks: At least one.
    """

    dataset: str
    networks: tuple[NetworkEvidence, ...]

    @property
    def heading(self) -> str:
        """Data set, the paper's name of its network, and how many there are."""
        name = DATASET_NAMES[self.dataset]
        paper_name = f"{NETWORK_NAMES[self.dataset]}, " if self.dataset in NETWORK_NAMES else ""
        noun = "network" if len(self.networks) == 1 else "networks"
        return f"{name} ({paper_name}{len(self.networks)} {noun})"


def trained_on(evidence: Evidence) -> tuple[TrainedOn, ...]:
    """Return the networks of a run by data set, in the order of the run."""
    by_dataset: dict[str, list[NetworkEvidence]] = {}
    for network in evidence.all_networks():
        by_dataset.setdefault(network.network.partition("/")[0], []).append(network)
    return tuple(TrainedOn(dataset, tuple(networks)) for dataset, networks in by_dataset.items())
