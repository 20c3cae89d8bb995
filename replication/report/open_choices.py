"""The choices that the paper leaves open, and the number of verdicts that depend on each."""

from collections.abc import Sequence
from dataclasses import dataclass

from replication.choices import CHOICES, Choice
from replication.judging.verdict import Verdict


@dataclass(frozen=True)
class OpenChoice:
    """One choice and the verdicts that depend on it.

    Attributes:
        choice: The choice.
        n_depending: Number of verdicts on enough of the paper's networks that were also judged under its other options.
        flips: By non-default option, how many of these verdicts change under it.
    """

    choice: Choice
    n_depending: int
    flips: dict[str, int]


def open_choices(verdicts: Sequence[Verdict]) -> tuple[OpenChoice, ...]:
    """Return every choice with the verdicts that depend on it, in the order of ``CHOICES``.

    Only verdicts on enough of the paper's networks count: with fewer they are inconclusive under any answer, and in a
    rehearsal they decide nothing.
    """
    decidable = [verdict for verdict in verdicts if verdict.speaks_of_the_paper and verdict.has_enough_networks]
    return tuple(_weigh(choice, decidable) for choice in CHOICES.values())


def _weigh(choice: Choice, verdicts: Sequence[Verdict]) -> OpenChoice:
    """Return one choice with the verdicts that depend on it."""
    judged = [
        (verdict, flip)
        for verdict in verdicts
        for flip in verdict.flips
        if flip.choice == choice.name and flip.is_measured
    ]
    return OpenChoice(
        choice,
        len({(verdict.id, verdict.network) for verdict, _ in judged}),
        {
            option: sum(flip.option == option and verdict.differs_with(flip) for verdict, flip in judged)
            for option in choice.options
            if option != choice.default
        },
    )
