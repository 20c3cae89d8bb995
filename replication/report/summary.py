"""The result in a few plain sentences, with counts per outcome and per section."""

from collections.abc import Sequence
from dataclasses import dataclass

from replication.judging.verdict import Verdict
from replication.report.cards import Section
from replication.report.outcomes import mark, n_flips, tally


@dataclass(frozen=True)
class Summary:
    """What a reader should know first.

    Attributes:
        counts: Verdicts by outcome.
        by_section: Heading of each section with its verdicts by outcome.
        sentences: The same in plain words, with how firm it is.
        n_verdicts: All verdicts.
    """

    counts: dict[str, int]
    by_section: tuple[tuple[str, dict[str, int]], ...]
    sentences: tuple[str, ...]
    n_verdicts: int


def summarise(sections: Sequence[Section], *, n_errors: int) -> Summary:
    """Return the summary of a report.

    Args:
        sections: All verdicts by section.
        n_errors: Checks that ended in an error and so have no verdict.

    Returns:
        The summary; its counts add up to the number of verdicts.
    """
    verdicts = [verdict for section in sections for verdict in section.verdicts]
    counts = tally(verdicts)
    n_claims = sum(len(section.cards) for section in sections)
    return Summary(
        counts=counts,
        by_section=tuple((section.heading, tally(section.verdicts)) for section in sections),
        sentences=(
            _headline(counts, n_claims, len(verdicts)),
            *_firmness(verdicts),
            *([f"{_count(n_errors, 'check')} ended in an error and {_has(n_errors)} no verdict."] if n_errors else []),
        ),
        n_verdicts=len(verdicts),
    )


def _headline(counts: dict[str, int], n_claims: int, n_verdicts: int) -> str:
    """Return the counts in a sentence."""
    if not n_verdicts:
        return "Nothing was judged."
    told = [f"{n} {mark(outcome).word}" for outcome, n in counts.items() if n]
    listed = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
    return f"{_count(n_claims, 'claim')} of the paper, {_count(n_verdicts, 'verdict')} on its networks: {listed}."


def _firmness(verdicts: Sequence[Verdict]) -> list[str]:
    """Return what lessens the weight of the counts."""
    told = []
    n_depending = sum(bool(verdict.flips) for verdict in verdicts)
    n_flipping = sum(n_flips(verdict) > 0 for verdict in verdicts)
    if n_depending:
        told.append(
            f"Verdicts that depend on something the paper leaves open: {n_depending}; under another answer "
            f"{n_flipping} of them would be another."
        )
    n_uninformative = sum(bool(verdict.judgement.uninformative) for verdict in verdicts)
    if n_uninformative:
        told.append(
            f"{_count(n_uninformative, 'verdict')} could hardly have been another and {_is(n_uninformative)} marked so."
        )
    return told


def _count(n: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _has(n: int) -> str:
    return "has" if n == 1 else "have"


def _is(n: int) -> str:
    return "is" if n == 1 else "are"
