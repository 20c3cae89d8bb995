"""Choices of method that the paper leaves open, each with its options, the default and the reason.

Every claim is judged under the defaults and under each other option of each choice that its statistic reads, one
choice at a time; the report shows which verdicts flip.  All options are evaluated from stored counts, class means of
units and neighbour agreements, without running a network again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Choice:
    """One open choice of method.

    Attributes:
        name: Short name, used in verdicts.
        question: The question that the paper leaves open.
        options: Meaning of each option, the default first.
        why: Reason for the default.
        ruled_out: Options that the paper explicitly rules out; they are evaluated as well, because others use them.
    """

    name: str
    question: str
    options: Mapping[str, str]
    why: str
    ruled_out: tuple[str, ...] = ()

    @property
    def default(self) -> str:
        """The first option."""
        return next(iter(self.options))

    def is_open(self, option: str) -> bool:
        """Return whether the paper admits an option."""
        return option not in self.ruled_out


CHOICES: Mapping[str, Choice] = {
    choice.name: choice
    for choice in (
        Choice(
            name="test-images",
            question="Which test images count?",
            options={
                "whole-batches": "the 9,984 that fill batches of 32",
                "all": "all 10,000",
            },
            why="§3.1 says 9,984 of 10,000; an unshuffled loader drops the last 16.",
            ruled_out=("all",),
        ),
        Choice(
            name="denominator",
            question="By how many images is a class's accuracy divided?",
            options={
                "used": "the class's images among those used",
                "full-test-set": "the class's images in the full test set, although 16 images were never shown",
            },
            why=(
                "Dividing by the images used is the definition of recall. The authors' public code for earlier papers "
                "divides by the full counts."
            ),
        ),
        Choice(
            name="baseline",
            question="What is the output of an ablated unit?",
            options={
                "zero": "nothing: its incoming weights and bias are zero",
                "mean": "its mean activation over the test images",
            },
            why="§3.1 sets weights and biases to zero; today's toolkits offer the mean as well.",
            ruled_out=("mean",),
        ),
        Choice(
            name="robust-in",
            question="Networks are robust if ablating a tenth of a layer changes the accuracy marginally in …",
            options={
                "every": "every layer; the layer that matters most decides",
                "mean": "the mean over the layers",
            },
            why="§4.1 speaks of units within a single layer and excludes no layer.",
        ),
        Choice(
            name="conv1-draw",
            question="The accuracy changes that §4.2 reports for the ablation of conv1 are those of …",
            options={
                "one": "one random ablation, the one that the ablated panels show",
                "mean": "the mean over all random ablations of half of conv1",
            },
            why="Fig. 4 shows one ablated network, and the changes are reported together with it.",
        ),
        Choice(
            name="as-others",
            question="In AS, the mean activity across all other classes is …",
            options={
                "classes": "the mean of the nine other class means",
                "images": "the mean over all images of other classes",
            },
            why="Morcos et al. (2018), which §3.2 cites, average class means.",
        ),
        Choice(
            name="effect",
            question="The ablation of a single unit changes …",
            options={
                "accuracy": "the number of images of a class that are classified correctly",
                "log-probability": "the log-probability of the true class, summed over the images of a class",
            },
            why=(
                "§3.2 defines AES by accuracy. One unit changes few predictions. It changes the log-probabilities of "
                "many more images, though mostly by little. Claims that speak of accuracy, images or percentage points "
                "are then about log-probability, which may improve without any prediction changing."
            ),
            ruled_out=("log-probability",),
        ),
        Choice(
            name="aes-formula",
            question="In AES, the highest class-specific change is …",
            options={
                "absolute": "the change of the largest absolute size, with the sign of the effect on that class",
                "drops": "the largest drop in accuracy, by the literal formula",
                "changes": "the largest gain in accuracy, by the literal formula",
            },
            why=(
                "Only with absolute sizes is the quantity bounded, and its colour shows the effect on the class. Where "
                "one class gains and nine stay the same, the literal formula for drops scores −1 for one of the nine."
            ),
        ),
        Choice(
            name="aes-units",
            question="AES assigns a unit to the class it affects most if …",
            options={
                "any": "its ablation flips any prediction at all",
                "significant": (
                    "its ablation loses and gains unequal numbers of images of that class by McNemar's test at .05; "
                    "the test is not corrected for the selection of the most affected of ten classes"
                ),
            },
            why="The paper names no threshold. Without one, a single flipped image makes a unit most selective.",
        ),
        Choice(
            name="aes-ties",
            question="A unit that affects several classes equally counts …",
            options={
                "shared": "for each of them, in equal parts",
                "lowest": "for the class with the fewest images among them, or for the first in order",
            },
            why=(
                "Single units flip few images, so half of them tie. If the first in order wins, class 1 beats class 2 "
                "three to one where nothing differs."
            ),
        ),
        Choice(
            name="count",
            question="The number of selective neurons of a class counts …",
            options={
                "neurons": "the 17,280 neurons; a kernel counts 196, 49 or 9 times",
                "units": "the 1,216 units, kernels and fully connected neurons alike",
            },
            why="§3.2 embeds and colours the 17,280 neurons.",
        ),
        Choice(
            name="nh-variant",
            question="The neighbourhood hit of a point is …",
            options={
                "mean": "the share of its k = 6 nearest other points that have its class",
                "all": "1 if all k nearest other points have its class, else 0",
                "self": "the share among its k nearest points, where the point itself counts as the nearest",
            },
            why=(
                "The mean share is the definition in the literature that the paper follows. The most copied code "
                "counts the point itself."
            ),
        ),
        Choice(
            name="nh-space",
            question="Neighbours are searched for in …",
            options={
                "embedding": "the two-dimensional embedding",
                "raw": "the activation space itself",
            },
            why="§3.2 calculates NH in the embedding.",
            ruled_out=("raw",),
        ),
        Choice(
            name="umap-start",
            question="Given the start that all panels share, UMAP …",
            options={
                "rescaled": "first rescales each of its axes to [0, 10], as umap-learn has done since 0.4",
                "raw": "uses it unchanged, as umap-learn did until 0.3",
            },
            why=(
                "Today's library rescales every start. The paper names no version: 0.4.0 came out five days after the "
                "paper's first version, so its authors probably used a release that did not rescale."
            ),
        ),
        Choice(
            name="data-panel",
            question="The embedding of the test images themselves is …",
            options={
                "default": "the default UMAP of the pixels, from the start that all panels share",
                "start": "that start itself, made with min_dist 0.8",
            },
            why=(
                "The default is made like the layers' panels, so that they are comparable. Fig. 3 shows the start "
                "instead."
            ),
        ),
        Choice(
            name="nh-rise",
            question="NH increases from layer to layer if …",
            options={
                "banded": (
                    "out lies above conv1 by more than the range over embedding seeds, and no step falls by more than "
                    "this range"
                ),
                "strict": "every step rises",
            },
            why="An embedding is random. The range of a layer's NH over embedding seeds is measured in each network.",
        ),
        Choice(
            name="spread-fall",
            question="Clusters become denser, or more distinct, from layer to layer if …",
            options={
                "strict": "every step of the mean spread, or overlap, falls",
                "banded": (
                    "fc1 lies below conv1 by more than the range over embedding seeds, and no step rises by more than "
                    "this range"
                ),
            },
            why=(
                "The band was thought of after networks had been looked at. Loosening the rule at that point would be "
                "a choice based on results."
            ),
        ),
        Choice(
            name="ablated-layer",
            question="The layers that stay as separable when conv1 is ablated are …",
            options={
                "left-out": "those between the ablated layer and the output",
                "counted": "the ablated layer as well",
            },
            why="Half of conv1's own activations are removed, so little can be asked of it.",
        ),
        Choice(
            name="near-pairs",
            question="Classes lie near each other if they are one of …",
            options={
                "5": "the 5 nearest of the 45 pairs",
                "3": "the 3 nearest",
                "10": "the 10 nearest",
            },
            why="The paper compares similar classes and names none; the five nearest are one pair in nine.",
        ),
        Choice(
            name="known-importance",
            question="The least share of the variance of units' importance that must recur when measured again is …",
            options={
                "1/4": "a quarter; each correction for noise then multiplies what is found by four at most",
                "1/8": "an eighth",
                "1/2": "a half",
            },
            why="Ablating a unit flips few images. The paper does not say how well its effect must be known.",
        ),
        Choice(
            name="cluster-size",
            question="The smallest group of a class's points that counts as a cluster of its own is …",
            options={
                "5 %": "a twentieth of the class",
                "2 %": "a fiftieth of the class",
                "10 %": "a tenth of the class",
            },
            why="The paper judges by eye; a twentieth of a class, 50 points, is a group that one can see.",
        ),
        Choice(
            name="wrong-images",
            question="The images misclassified as a result of an ablation are …",
            options={
                "lost": "those that the intact network classified correctly",
                "all": "all that the ablated network misclassifies",
            },
            why="'As a result' excludes what was wrong before.",
        ),
    )
}

_DEFAULT_ANSWERS = {name: choice.default for name, choice in CHOICES.items()}


@dataclass(frozen=True)
class Choices(Mapping[str, str]):
    """One answer to every choice: the default, except for those in ``changed``.

    Attributes:
        changed: The answers that differ from the default, as (choice, option) pairs.

    Raises:
        KeyError: There is no such choice.
        ValueError: The choice has no such option.
    """

    changed: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for name, option in self.changed:
            if name not in CHOICES:
                raise KeyError(f"no choice named {name!r}: there are {', '.join(CHOICES)}")
            if option not in CHOICES[name].options:
                known = ", ".join(CHOICES[name].options)
                raise ValueError(f"choice {name!r} has no option {option!r}: there are {known}")

    def __getitem__(self, name: str) -> str:
        return self._answers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(CHOICES)

    def __len__(self) -> int:
        return len(CHOICES)

    @cached_property
    def _answers(self) -> dict[str, str]:
        """The answer to every choice, by its name."""
        return _DEFAULT_ANSWERS | dict(self.changed)

    def but(self, name: str, option: str) -> "Choices":
        """Return a copy with one answer changed.

        Args:
            name: A key of ``CHOICES``.
            option: One of the choice's options.

        Raises:
            KeyError: There is no such choice.
            ValueError: The choice has no such option.
        """
        kept = tuple(pair for pair in self.changed if pair[0] != name)
        return Choices(kept if option == _DEFAULT_ANSWERS.get(name) else (*kept, (name, option)))


DEFAULTS = Choices()


def all_open(choices: Choices) -> bool:
    """Return whether the paper admits every answer."""
    return all(CHOICES[name].is_open(option) for name, option in choices.changed)


def alternatives(names: set[str]) -> Iterator[tuple[str, str]]:
    """Yield each non-default (choice, option) of the named choices, in the order of ``CHOICES``; ignore other names."""
    for name, choice in CHOICES.items():
        if name in names:
            yield from ((name, option) for option in choice.options if option != choice.default)
