"""How an outcome is shown: a symbol, a word and a style, so that colour never carries it alone."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal, get_args

from replication.judging.rules.correlation import BY_OWN_TESTS, SIZE
from replication.judging.verdict import Flip, Judgement, Verdict

FLIPS_NOTE = (
    "Flips: under how many of the other answers to questions of method the verdict is another, first of those that the "
    "paper leaves open, then of those that it rules out."
)
WEAK = "one that most networks would meet by chance or untrained, or whose interval does not exclude the contrary"
WEAK_NOTE = f"(✓): replicated by a weak test, {WEAK}."
"""What tables of verdicts need said."""

Shown = Literal["replicated", "replicated, weak test", "not replicated", "inconclusive", "not testable"]
"""An outcome as it is shown and counted: what a weak test replicates stands apart."""

SHOWN: tuple[Shown, ...] = get_args(Shown)

_SYMBOLS: dict[Shown, str] = {
    "replicated": "✓",
    "replicated, weak test": "(✓)",
    "not replicated": "✗",
    "inconclusive": "?",
    "not testable": "–",
}


def shown(verdict: Verdict) -> Shown:
    """Return a verdict's outcome, and of a replicated one whether its test was weak."""
    if verdict.outcome == "replicated" and verdict.judgement.uninformative:
        return "replicated, weak test"
    return verdict.outcome


def symbol(outcome: Shown) -> str:
    """Return the characters that stand for an outcome."""
    return _SYMBOLS[outcome]


def style(outcome: Shown) -> str:
    """Return the name of an outcome's style in the page.

    >>> style("not replicated"), style("replicated, weak test")
    ('not-replicated', 'weak')
    """
    return "weak" if outcome == "replicated, weak test" else outcome.replace(" ", "-")


def hidden_note(verdict: Verdict) -> str:
    """Return what the outcome of a verdict on a correlation hides, where it hides something.

    Of a sign, or an absence, that replicates, that the printed size does not; of an absence that does not, that the
    printed size fits, or that networks taken singly show nothing significant either, which is what the paper reports.
    Empty for any other verdict.
    """
    criteria = {criterion.name: criterion.met for criterion in verdict.judgement.criteria}
    if criteria.get(SIZE) is False and verdict.outcome == "replicated":
        return "the printed size is not"
    if verdict.outcome != "not replicated":
        return ""
    if BY_OWN_TESTS in criteria:
        fits = {SIZE: "the printed size fits", BY_OWN_TESTS: "p is above .05 in each network, as in the paper"}
        return " and ".join(text for name, text in fits.items() if criteria[name])
    return "the sign is, the size is not" if criteria.get(SIZE) is False and verdict.judgement.criteria[0].met else ""


def tally(verdicts: Iterable[Verdict]) -> dict[Shown, int]:
    """Return how many verdicts have each outcome, in the order of ``SHOWN``; 0 where none has."""
    found = Counter(map(shown, verdicts))
    return {outcome: found[outcome] for outcome in SHOWN}


def n_flips(verdict: Verdict, *, only_open: bool = False) -> int:
    """Return under how many other answers to one choice the outcome is another.

    Args:
        verdict: The verdict.
        only_open: Whether to leave out answers that the paper rules out.
    """
    return sum(verdict.differs_with(flip) and (not only_open or flip.is_open) for flip in verdict.flips)


def flips_text(verdict: Verdict) -> str:
    """Return how many of the other answers that the paper leaves open flip a verdict, then of those it rules out.

    Such as ``"1 of 3; 2 of 2 ruled out"``; a dash where the verdict depends on none.
    """
    measured = [flip for flip in verdict.flips if flip.is_measured]
    n_open, n_any = sum(flip.is_open for flip in measured), len(measured)
    flipped, ruled_out = n_flips(verdict, only_open=True), n_flips(verdict)
    told = [f"{flipped} of {n_open}"] if n_open else []
    if n_any > n_open:
        told.append(f"{ruled_out - flipped} of {n_any - n_open} ruled out")
    return "; ".join(told) or "–"


def more_heading(verdict: Verdict) -> str:
    """Return what stands behind a verdict beside its first criterion: its kind, how much, and how much changes it.

    Such as ``"Other criteria and other answers (7; 1 changes the verdict)"``; empty where there is nothing more.
    """
    counts = {"criteria": max(0, len(verdict.judgement.criteria) - 1), "answers": len(verdict.flips)}
    kinds = " and ".join(f"other {kind}" for kind, n in counts.items() if n)
    if not kinds:
        return ""
    n = n_flips(verdict)
    effect = f"{n} {'change' if n > 1 else 'changes'} the verdict" if n else "same verdict"
    changes = f"; {effect}" if verdict.flips else ""
    return f"{kinds.capitalize()} ({sum(counts.values())}{changes})"


def says_more(judgement: Judgement) -> bool:
    """Return whether what decided says more than what was measured, as ``"true of 6 of 6 networks"`` does not."""
    return judgement.why.removeprefix("true of ") != judgement.measured_text


def flips_by_choice(verdict: Verdict) -> dict[str, tuple[Flip, ...]]:
    """Return the outcomes under other answers by the choice they answer, in the order of the verdict."""
    found: dict[str, list[Flip]] = {}
    for flip in verdict.flips:
        found.setdefault(flip.choice, []).append(flip)
    return {choice: tuple(flips) for choice, flips in found.items()}
