"""The networks of a run by training data set."""

from dataclasses import dataclass

from replication.evidence import Evidence, NetworkEvidence
from replication.paper import NETWORK_NAMES
from replication.report.sources import DATASET_NAMES
from replication.study import DATASETS
from replication.words import count_text


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
        """The data set, the paper's name of its network, and the number of networks."""
        name = DATASET_NAMES[self.dataset]
        paper_name = f"{NETWORK_NAMES[self.dataset]}, " if self.dataset in NETWORK_NAMES else ""
        return f"{name} ({paper_name}{count_text(len(self.networks), 'network')})"


def trained_on(evidence: Evidence) -> tuple[TrainedOn, ...]:
    """Return the networks of a run by data set: the paper's data sets in its order, then others."""
    names = sorted(evidence.by_dataset, key=lambda name: DATASETS.index(name) if name in DATASETS else len(DATASETS))
    return tuple(TrainedOn(name, tuple(evidence.by_dataset[name])) for name in names)
