"""How an outcome is shown: a symbol, a word and a style, so that colour never carries it alone."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from replication.judging.verdict import OUTCOMES, Flip, Outcome, Verdict


@dataclass(frozen=True)
class Mark:
    """The look of one outcome.

    Attributes:
        symbol: One character.
        word: The outcome in words.
        style: Name of its style in the page, lower case with hyphens.
    """

    symbol: str
    word: str
    style: str


_SYMBOLS: dict[Outcome, str] = {"replicated": "✓", "not replicated": "✗", "inconclusive": "?", "not testable": "–"}


def mark(outcome: str) -> Mark:
    """Return how an outcome is shown; one that this version does not know keeps its word and has no colour.

    >>> mark("not replicated")
    Mark(symbol='✗', word='not replicated', style='not-replicated')
    """
    if outcome in OUTCOMES:
        return Mark(_SYMBOLS[outcome], outcome, outcome.replace(" ", "-"))
    return Mark("·", str(outcome), "unknown")


def tally(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """Return how many verdicts have each outcome: the four known ones always, in their order, then any others."""
    found: Counter[str] = Counter(verdict.outcome for verdict in verdicts)
    known: dict[str, int] = {outcome: found.pop(outcome, 0) for outcome in OUTCOMES}
    return known | dict(sorted(found.items()))


def n_flips(verdict: Verdict) -> int:
    """Return under how many other answers to one open choice the outcome is another."""
    return sum(flip.outcome != verdict.outcome for flip in verdict.flips)


def flips_by_choice(verdict: Verdict) -> dict[str, tuple[Flip, ...]]:
    """Return the outcomes under other answers by the choice they answer, in the order of the verdict."""
    found: dict[str, list[Flip]] = {}
    for flip in verdict.flips:
        found.setdefault(flip.choice, []).append(flip)
    return {choice: tuple(flips) for choice, flips in found.items()}
