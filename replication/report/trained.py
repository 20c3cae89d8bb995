"""The networks of a run by the data set they were trained on."""

from dataclasses import dataclass

from replication.evidence import Evidence, NetworkEvidence
from replication.paper import NETWORK_NAMES
from replication.report.quantities import count_text
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
        return f"{name} ({paper_name}{count_text(len(self.networks), 'network')})"


def trained_on(evidence: Evidence) -> tuple[TrainedOn, ...]:
    """Return the networks of a run by data set, in the order of the run."""
    return tuple(TrainedOn(dataset, tuple(networks)) for dataset, networks in evidence.by_dataset.items())
