"""The paper as data: its training, ablation and embedding, every number it reports, every figure it shows.

Nothing is computed or judged here.  A reported number keeps its printed string, because the printed digits show how it
was rounded.  What the text leaves open is ``None`` here and a named choice elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

TITLE = (
    "Under the Hood of Neural Networks: Characterizing Learned Representations by Functional Neuron Populations "
    "and Network Ablations"
)
AUTHORS = ("Richard Meyes", "Constantin Waubert de Puiseau", "Andres Posada-Moreno", "Tobias Meisen")
YEAR = 2020

NETWORK_NAMES: Mapping[str, str] = MappingProxyType({"mnist": "M-Net", "kmnist": "K-Net", "fashion": "F-Net"})
"""The paper's name for the network trained on each data set."""

CLASS_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "mnist": ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
        "kmnist": ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        "fashion": (
            "T-shirt/top",
            "trouser",
            "pullover",
            "dress",
            "coat",
            "sandal",
            "shirt",
            "sneaker",
            "bag",
            "ankle boot",
        ),
    }
)
"""Class names by label 0 to 9, as the data sets' makers give them; KMNIST's hiragana are romanised."""


def class_label(dataset: str, number: int) -> str:
    """Return a class's number, followed by its name if that differs from the number.

    Args:
        dataset: One of the paper's data sets; the classes of any other have no names.
        number: 0 to 9.

    >>> class_label("fashion", 1), class_label("mnist", 1)
    ('1 trouser', '1')
    """
    name = CLASS_NAMES[dataset][number] if dataset in CLASS_NAMES else str(number)
    return name if name == str(number) else f"{number} {name}"


@dataclass(frozen=True)
class Training:
    """How the networks were trained and tested (§3.1 ¶1).

    Attributes:
        n_epochs: Passes over the training images.
        batch_size: Images per step of stochastic gradient descent.
        learning_rate: Step size, constant.
        momentum: Momentum of the descent.
        pixel_mean: Subtracted from pixels in [0, 1]; with ``pixel_std`` it maps them onto [−1, 1].
        pixel_std: Divisor of the pixels after subtraction of the mean.
        n_train_images: Training images per data set.
        n_test_images: Test images each data set has.
        test_batch_size: Images per test batch; an incomplete last batch is dropped.
    """

    n_epochs: int = 100
    batch_size: int = 64
    learning_rate: float = 0.001
    momentum: float = 0.9
    pixel_mean: float = 0.5
    pixel_std: float = 0.5
    n_train_images: int = 60_000
    n_test_images: int = 10_000
    test_batch_size: int = 32

    def whole_batches(self, n_images: int) -> int:
        """Return the number of test images, out of ``n_images``, in whole test batches.

        >>> TRAINING.whole_batches(10_000)
        9984
        """
        return n_images - n_images % self.test_batch_size

    @property
    def n_test_images_used(self) -> int:
        """Number of test images in whole batches."""
        return self.whole_batches(self.n_test_images)


@dataclass(frozen=True)
class Ablation:
    """How units were ablated (§3.1 ¶2, §4.1 ¶1).

    Attributes:
        fractions: Shares of a layer's units that were ablated.
        reported_fraction: The share used for all results after the first look.
        n_draws: Number of random selections of units, without replacement, over which accuracy changes are averaged.
        kernel_side: Side of a kernel's weight, whose 25 entries the paper takes for the kernel's neurons.
        shown_layer: The layer of the single ablation shown in the figures (§4.2 ¶2).
    """

    fractions: tuple[float, ...] = (0.1, 0.2, 0.3, 0.4, 0.5)
    reported_fraction: float = 0.5
    n_draws: int = 100
    kernel_side: int = 5
    shown_layer: str = "conv1"


@dataclass(frozen=True)
class Embedding:
    """How activations were embedded (§3.2 ¶1, ¶2), with UMAP's defaults otherwise.

    Attributes:
        n_hit_neighbours: k of the neighbourhood hit.
        start_min_dist: Minimum distance in the embedding of the test images that initialises all others.
    """

    n_hit_neighbours: int = 6
    start_min_dist: float = 0.8


TRAINING = Training()
ABLATION = Ablation()
EMBEDDING = Embedding()

N_CORRELATED = 10
"""Number of points in each reported correlation, one per class (§4.1 ¶4 s5, §4.3 ¶5 s6)."""


@dataclass(frozen=True)
class Reported:
    """One number the paper reports.

    Attributes:
        key: Quantity and network, such as ``"accuracy/mnist"``.
        text: The printed string, without its unit; a true minus sign where one is meant.
        value: The number the string names.
        unit: ``"%"``, ``"pp"``, ``"class"``, ``"ratio"``, ``"count"``, or empty for a pure number.
        place: Section, paragraph and sentence, numbered as in the ledger.
        n_networks: Number of networks whose mean it is.

    Raises:
        ValueError: ``n_networks`` is not a whole number from 1 on.
    """

    key: str
    text: str
    value: float
    unit: str
    place: str
    n_networks: int = 1

    def __post_init__(self) -> None:
        if self.n_networks < 1 or self.n_networks % 1:
            raise ValueError(f"n_networks = {self.n_networks} behind the printed {self.text!r}, expected 1, 2, …")


_REPORTED = (
    Reported("accuracy/mnist", "99.0", 99.0, "%", "§3.1 ¶1 s9"),
    Reported("accuracy/kmnist", "95.3", 95.3, "%", "§3.1 ¶1 s9"),
    Reported("accuracy/fashion", "91.2", 91.2, "%", "§3.1 ¶1 s9"),
    Reported("test-images", "9984", 9984, "count", "§3.1 ¶1 s7"),
    Reported("neurons", "17,280", 17280, "count", "§3.2 ¶1 s2"),
    Reported("matrix-rows", "9984", 9984, "count", "§3.2 ¶1 s2"),
    Reported("matrix-columns", "17280", 17280, "count", "§3.2 ¶1 s2"),
    Reported("neurons-per-kernel", "25", 25, "count", "§4.3 ¶4 s4"),
    Reported("most-harmed-class/mnist", "7", 7, "class", "§4.1 ¶2 s3"),
    Reported("least-harmed-class/mnist", "3", 3, "class", "§4.1 ¶2 s3"),
    Reported("spearman-r/kmnist", "0.6", 0.6, "", "§4.1 ¶4 s3"),
    Reported("spearman-p/kmnist", "0.07", 0.07, "", "§4.1 ¶4 s3"),
    Reported("spearman-r/fashion", "0.48", 0.48, "", "§4.1 ¶4 s3"),
    Reported("spearman-p/fashion", "0.16", 0.16, "", "§4.1 ¶4 s3"),
    Reported("spearman-r/mnist", "0.26", 0.26, "", "§4.1 ¶4 s6"),
    Reported("spearman-p/mnist", "0.47", 0.47, "", "§4.1 ¶4 s6"),
    Reported("kmnist-conv1-most-harmed-class", "1", 1, "class", "§4.2 ¶2 s4"),
    Reported("kmnist-conv1-most-harmed-drop", "30.9", 30.9, "pp", "§4.2 ¶2 s4"),
    Reported("kmnist-conv1-least-harmed-class", "2", 2, "class", "§4.2 ¶2 s4"),
    Reported("kmnist-conv1-least-harmed-drop", "0.4", 0.4, "pp", "§4.2 ¶2 s4"),
    Reported("as-count-ratio/fashion", "more than twice", 2, "ratio", "§4.3 ¶3 s10"),
    Reported("aes-count-ratio/fashion", "almost three times", 3, "ratio", "§4.3 ¶4 s6"),
    Reported("as-nh-r/fashion", "0.61", 0.61, "", "§4.3 ¶5 s2"),
    Reported("as-nh-p/fashion", "0.06", 0.06, "", "§4.3 ¶5 s2"),
    Reported("as-nh-r/mnist", "0.28", 0.28, "", "§4.3 ¶5 s3"),
    Reported("as-nh-p/mnist", "0.44", 0.44, "", "§4.3 ¶5 s3"),
    Reported("as-nh-r/kmnist", "0.30", 0.30, "", "§4.3 ¶5 s3"),
    Reported("as-nh-p/kmnist", "0.40", 0.40, "", "§4.3 ¶5 s3"),
    Reported("aes-nh-r/fashion", "0.68", 0.68, "", "§4.3 ¶5 s4"),
    Reported("aes-nh-p/fashion", "0.03", 0.03, "", "§4.3 ¶5 s4"),
    Reported("aes-nh-r/mnist", "−0.31", -0.31, "", "§4.3 ¶5 s5"),
    Reported("aes-nh-p/mnist", "0.38", 0.38, "", "§4.3 ¶5 s5"),
    Reported("aes-nh-r/kmnist", "0.50", 0.50, "", "§4.3 ¶5 s5"),
    Reported("aes-nh-p/kmnist", "0.14", 0.14, "", "§4.3 ¶5 s5"),
)
REPORTED: Mapping[str, Reported] = MappingProxyType({reported.key: reported for reported in _REPORTED})
"""Every number of the paper's results by key, in the order of the sections."""

CORRELATION_KINDS = ("spearman", "as-nh", "aes-nh")
"""Error with accuracy change (Spearman); number of neurons by AS, and by AES, with NH (Pearson)."""

SEPARATION_FALLS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"§1 ¶3 s2": (), "§4.2 ¶2 s6": ("out",), "§5 ¶2 s2": ("out",)}
)
"""Sentences that say that ablation makes classes less separable, with the layers they name; empty: the network."""


FigureKind = Literal["harm", "layers", "ablated layers", "neurons by layer", "neurons by metric"]
"""Stacked class harm; the test images embedded by each layer, intact or ablated; the neurons embedded."""


@dataclass(frozen=True)
class Figure:
    """One figure of the paper.

    Attributes:
        id: Printed number, such as ``"2"`` or ``"A.4"``.
        kind: One of the five kinds of picture.
        caption_networks: Data sets of the networks named in the caption.
        text_networks: Data sets of the networks that the text says the figure shows.
        cited_as: Number by which the text cites the figure, if it differs from ``id``.
        ablation_seed: Seed of the single ablation shown, if the caption gives one.
    """

    id: str
    kind: FigureKind
    caption_networks: tuple[str, ...]
    text_networks: tuple[str, ...]
    cited_as: str = ""
    ablation_seed: int | None = None


_ALL = ("fashion", "kmnist", "mnist")
_M, _K, _F = ("mnist",), ("kmnist",), ("fashion",)
_FIGURES = (
    Figure("1", "neurons by layer", _ALL, _ALL),
    Figure("2", "harm", _M, _M),
    Figure("3", "layers", _K, _K),
    Figure("4", "ablated layers", _K, _K),
    Figure("5", "neurons by metric", _F, _F),
    Figure("6", "neurons by metric", _K, _K),
    Figure("A.1", "harm", _K, _K, "A1"),
    Figure("A.2", "harm", _F, _F, "A2"),
    Figure("A.3", "layers", _M, _M, "A3"),
    Figure("A.4", "ablated layers", _M, _M, "A4", ablation_seed=4),
    Figure("A.5", "layers", _F, _F, "A5"),
    Figure("A.6", "ablated layers", _F, _F, "A6", ablation_seed=7),
    Figure("A.7", "neurons by metric", _M, _M, "S7"),
    Figure("A.8", "neurons by metric", _M, _K, "S8"),
)
FIGURES: Mapping[str, Figure] = MappingProxyType({figure.id: figure for figure in _FIGURES})
"""The figures by printed number."""
