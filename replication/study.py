"""The networks of the study and how they are trained and measured: data set × seed × profile."""

from dataclasses import dataclass
from typing import Any, Literal

from replication.paper import ABLATION, TRAINING

DATASETS = ("mnist", "kmnist", "fashion")
"""The paper's data sets; it calls the networks trained on them M-Net, K-Net and F-Net."""

Precision = Literal["ieee", "tf32"]
"""Float32 arithmetic of a GPU; the paper's had no TF32."""

REHEARSAL_DATASET = "digits"
"""Data set included in scikit-learn, on which every stage runs without a download."""

ALL_DATASETS = (*DATASETS, REHEARSAL_DATASET)


@dataclass(frozen=True)
class Profile:
    """Settings of training and measurement.

    Attributes:
        name: ``paper``, ``quick`` or ``digits``.
        is_paper: Whether training is that of the paper, so that verdicts apply to the paper.
        datasets: Default data sets.
        n_seeds: Default number of networks per data set.
        epochs: Passes over the training images.
        learning_rate: Learning rate of stochastic gradient descent.
        n_train: Number of training images used, from the first on; None for all.
        n_test: Number of test images used, from the first on; None for all.
        n_draws: Random draws of units per layer at 50 %, with zero ablation.
        n_draws_small: Random draws per layer at each of 10 to 40 %, and at each of 10 to 50 % with mean ablation.
        n_embedding_seeds: Horizontal embeddings per panel, each with its own seed; one more is made from the raw
            initial layout.
        batch_size: Images per training step.
        momentum: Momentum of stochastic gradient descent.
        shows: Explanation for readers of what a run under this profile shows and does not show.
    """

    name: str
    is_paper: bool
    datasets: tuple[str, ...]
    n_seeds: int
    epochs: int
    learning_rate: float
    n_train: int | None
    n_test: int | None
    n_draws: int
    n_draws_small: int
    n_embedding_seeds: int
    shows: str
    batch_size: int = TRAINING.batch_size
    momentum: float = TRAINING.momentum

    @property
    def training(self) -> dict[str, Any]:
        """The settings that, with the network's id, determine the trained weights."""
        names = ("epochs", "batch_size", "learning_rate", "momentum", "n_train")
        return {name: getattr(self, name) for name in names}


PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            name="paper",
            is_paper=True,
            datasets=DATASETS,
            n_seeds=10,
            epochs=TRAINING.n_epochs,
            learning_rate=TRAINING.learning_rate,
            n_train=None,
            n_test=None,
            n_draws=ABLATION.n_draws,
            n_draws_small=20,
            n_embedding_seeds=3,
            shows="The paper's own training and measurements.",
        ),
        Profile(
            name="quick",
            is_paper=False,
            datasets=DATASETS,
            n_seeds=2,
            epochs=3,
            learning_rate=0.01,
            n_train=9_600,
            n_test=2_000,
            n_draws=20,
            n_draws_small=5,
            n_embedding_seeds=1,
            shows=(
                "Every stage on real images, with networks trained briefly on few of them. It shows that the suite "
                "works here; it decides nothing about the paper."
            ),
        ),
        Profile(
            name="digits",
            is_paper=False,
            datasets=(REHEARSAL_DATASET,),
            n_seeds=2,
            epochs=6,
            learning_rate=0.02,
            n_train=None,
            n_test=None,
            n_draws=10,
            n_draws_small=3,
            n_embedding_seeds=1,
            shows=(
                "Every stage on scikit-learn's small digits, which stand in for each of the paper's data sets. "
                "It is a rehearsal and decides nothing about the paper."
            ),
        ),
    )
}


@dataclass(frozen=True, order=True)
class NetworkId:
    """Id of one trained network, such as ``kmnist/seed=3``, used as folder name, log prefix and legend.

    Attributes:
        dataset: One of ``ALL_DATASETS``.
        seed: Selects the random streams of initial weights and image order.
    """

    dataset: str
    seed: int

    def __str__(self) -> str:
        return f"{self.dataset}/seed={self.seed}"

    @classmethod
    def parse(cls, text: str) -> "NetworkId":
        """Parse the string form of an id.

        Args:
            text: Such as ``"kmnist/seed=3"``.

        Returns:
            The id.

        Raises:
            ValueError: The text is not of that form, or the data set is unknown.
        """
        dataset, separator, seed = text.partition("/seed=")
        # Only the canonical spelling, because another would name another folder.
        if not separator or not seed.isdecimal() or seed != str(int(seed)):
            raise ValueError(f"network id {text!r}: expected DATASET/seed=N, such as 'mnist/seed=0'")
        if dataset not in ALL_DATASETS:
            raise ValueError(f"network id {text!r}: unknown data set {dataset!r}; there are {', '.join(ALL_DATASETS)}")
        return cls(dataset, int(seed))
