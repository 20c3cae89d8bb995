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


def mark(outcome: Outcome) -> Mark:
    """Return how an outcome is shown.

    >>> mark("not replicated")
    Mark(symbol='✗', word='not replicated', style='not-replicated')
    """
    return Mark(_SYMBOLS[outcome], outcome, outcome.replace(" ", "-"))


def marked_symbol(verdict: Verdict) -> str:
    """Return a verdict's symbol, in brackets where it could hardly have been another."""
    symbol = mark(verdict.outcome).symbol
    return f"({symbol})" if verdict.judgement.uninformative else symbol


def tally(verdicts: Iterable[Verdict]) -> dict[Outcome, int]:
    """Return how many verdicts have each outcome, in the order of ``OUTCOMES``; 0 where none has."""
    found = Counter(verdict.outcome for verdict in verdicts)
    return {outcome: found[outcome] for outcome in OUTCOMES}


def n_flips(verdict: Verdict, *, only_open: bool = False) -> int:
    """Return under how many other answers to one choice the outcome is another.

    Args:
        verdict: The verdict.
        only_open: Whether to leave out answers that the paper rules out.
    """
    return sum(flip.outcome != verdict.outcome and (not only_open or flip.is_open) for flip in verdict.flips)


def flips_by_choice(verdict: Verdict) -> dict[str, tuple[Flip, ...]]:
    """Return the outcomes under other answers by the choice they answer, in the order of the verdict."""
    found: dict[str, list[Flip]] = {}
    for flip in verdict.flips:
        found.setdefault(flip.choice, []).append(flip)
    return {choice: tuple(flips) for choice, flips in found.items()}
