"""Show an outcome by symbol, word and style, so that colour is never the only cue."""

from collections import Counter
from collections.abc import Iterable, Set
from typing import Literal, get_args

from replication.judging.rules.correlation import BY_OWN_TESTS, NOT_JUDGED, SIZE
from replication.judging.verdict import Criterion, Flip, Judgement, Verdict

FLIPS_NOTE = (
    "Flips: how many other answers to questions of method change the verdict, first among the answers that the paper "
    "leaves open, then among those that it rules out."
)
WEAK = "one that most networks would pass by chance or untrained, or whose interval does not exclude the contrary"
WEAK_NOTE = f"(✓): replicated by a weak test, {WEAK}."
"""Note that every table of verdicts needs."""

UNDEFINED_NOTE = (
    "A network for which a statement is undefined counts as false at the lower end of the interval, and as true at the "
    "upper end."
)

Shown = Literal["replicated", "replicated by a weak test", "not replicated", "inconclusive", "not testable"]
"""An outcome as shown and counted; replicated by a weak test is a category of its own."""

SHOWN: tuple[Shown, ...] = get_args(Shown)

_SYMBOLS: dict[Shown, str] = {
    "replicated": "✓",
    "replicated by a weak test": "(✓)",
    "not replicated": "✗",
    "inconclusive": "?",
    "not testable": "–",
}


def shown(found: Verdict | Flip) -> Shown:
    """Return the outcome of a verdict, or of an alternative answer; a replicated one says if its test was weak."""
    return "replicated by a weak test" if found.outcome == "replicated" and found.weak else found.outcome


def joint(outcomes: Set[Shown]) -> Shown:
    """Return the joint outcome of several claims: it fails if one fails, and holds if all hold.

    If some hold by a weak test only, it holds by a weak test.

    >>> joint({"replicated", "replicated by a weak test"}), joint({"inconclusive", "not replicated"})
    ('replicated by a weak test', 'not replicated')
    """
    order: tuple[Shown, ...] = ("not replicated", "not testable", "inconclusive", "replicated by a weak test")
    return next((outcome for outcome in order if outcome in outcomes), "replicated")


def symbol(outcome: Shown) -> str:
    """Return the symbol of an outcome."""
    return _SYMBOLS[outcome]


def style(outcome: Shown) -> str:
    """Return the style name of an outcome in the page.

    >>> style("not replicated"), style("replicated by a weak test")
    ('not-replicated', 'weak')
    """
    return "weak" if outcome == "replicated by a weak test" else outcome.replace(" ", "-")


def printed_size_fits(verdict: Verdict) -> bool:
    """Return whether a printed coefficient lies in the prediction interval of the networks."""
    return any(one.name == SIZE and one.met is True for one in verdict.judgement.criteria)


def hidden_note(verdict: Verdict) -> str:
    """Return what the outcome of a verdict on a correlation hides, if anything.

    If a sign or an absence replicates, the note says that the printed size does not.  If an absence does not replicate,
    it says that the printed size fits, or that no single network shows a significant correlation either, as in the
    paper.  Empty for any other verdict.
    """
    criteria = {criterion.name: criterion.met for criterion in verdict.judgement.criteria}
    if criteria.get(SIZE) is False and verdict.outcome == "replicated":
        return "the printed size does not fit"
    if verdict.outcome != "not replicated":
        return ""
    if BY_OWN_TESTS in criteria:
        fits = {SIZE: "the printed size fits", BY_OWN_TESTS: "p is above .05 in each network, as in the paper"}
        return " and ".join(text for name, text in fits.items() if criteria[name])
    has_sign = verdict.judgement.criteria[0].met
    return "the sign fits, the size does not" if criteria.get(SIZE) is False and has_sign else ""


def answer(criterion: Criterion) -> str:
    """Return whether a criterion is met, in a word; ``"not judged"`` if it only shows a number."""
    if criterion.name in NOT_JUDGED:
        return "not judged"
    return {True: "yes", False: "no", None: "undecided"}[criterion.met]


def tally(verdicts: Iterable[Verdict]) -> dict[Shown, int]:
    """Count the verdicts by outcome, in the order of ``SHOWN``; zeros included."""
    found = Counter(map(shown, verdicts))
    return {outcome: found[outcome] for outcome in SHOWN}


def n_flips(verdict: Verdict, *, only_open: bool = False) -> int:
    """Return the number of other answers, each to one choice, under which the outcome changes.

    Args:
        verdict: The verdict.
        only_open: Whether to exclude answers that the paper rules out.
    """
    return sum(verdict.differs_with(flip) and (not only_open or flip.is_open) for flip in verdict.flips)


def flips_text(verdict: Verdict) -> str:
    """Return how many other answers flip a verdict: first of those the paper leaves open, then of those it rules out.

    For example ``"1 of 3; 2 of 2 ruled out"``; a dash if the verdict depends on no choice.
    """
    measured = [flip for flip in verdict.flips if flip.is_measured]
    n_open, n_any = sum(flip.is_open for flip in measured), len(measured)
    flipped, ruled_out = n_flips(verdict, only_open=True), n_flips(verdict)
    parts = [f"{flipped} of {n_open}"] if n_open else []
    if n_any > n_open:
        parts.append(f"{ruled_out - flipped} of {n_any - n_open} ruled out")
    return "; ".join(parts) or "–"


def more_heading(verdict: Verdict) -> str:
    """Return a heading for the criteria and answers beyond the first criterion, with their counts.

    For example ``"Other criteria and other answers (7; 1 changes the verdict)"``; empty if there are none.
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
    """Return whether the reason adds anything to the measured text; ``"true of 6 of 6 networks"`` does not."""
    return judgement.why.removeprefix("true of ") != judgement.measured_text


def flips_by_choice(verdict: Verdict) -> dict[str, tuple[Flip, ...]]:
    """Return the outcomes under other answers, grouped by choice, in the order of the verdict."""
    found: dict[str, list[Flip]] = {}
    for flip in verdict.flips:
        found.setdefault(flip.choice, []).append(flip)
    return {choice: tuple(flips) for choice, flips in found.items()}
