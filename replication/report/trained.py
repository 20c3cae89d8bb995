"""The networks of a run by the data set they were trained on."""

from dataclasses import dataclass

from replication.evidence import Evidence, NetworkEvidence
from replication.paper import NETWORK_NAMES
from replication.plural import count_text
from replication.report.sources import DATASET_NAMES
from replication.study import DATASETS


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
    """Return the networks of a run by data set, the paper's in its order, others after them."""
    names = sorted(evidence.by_dataset, key=lambda name: DATASETS.index(name) if name in DATASETS else len(DATASETS))
    return tuple(TrainedOn(name, tuple(evidence.by_dataset[name])) for name in names)
