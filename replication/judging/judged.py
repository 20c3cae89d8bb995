"""What judging asks of evidence and of its networks, so that claims of another paper can bring their own."""

from collections.abc import Sequence, Set as AbstractSet
from typing import Any, Protocol

from replication.choices import Choices


class JudgedNetwork(Protocol):
    """One network, under some answers to the choices; ``evidence.NetworkEvidence`` is one."""

    @property
    def is_measured(self) -> bool:
        """Whether it was measured for the answers in force."""

    @property
    def choices_read(self) -> AbstractSet[str]:
        """Names of the choices that were read from it; under each other answer to these a claim is judged again."""

    def under(self, choices: Choices) -> "JudgedNetwork":
        """Return the same network under other answers.

        Args:
            choices: An answer to every choice.
        """


class JudgedEvidence(Protocol):
    """The networks that claims are judged on; ``evidence.Evidence`` is one."""

    def networks(self, dataset: str) -> Sequence[JudgedNetwork]:
        """Return the networks trained on a data set, or an empty sequence.

        Args:
            dataset: Key of the data set.
        """

    def source(self, dataset: str, *, against: str = "") -> dict[str, Any]:
        """Return the basis of a verdict as JSON: at least ``stand_in``, the data set that stands in, or an empty text.

        Args:
            dataset: Key of the data set.
            against: Key of the data set to compare with; may be empty.
        """
