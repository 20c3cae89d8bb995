"""What a reader should take away: the claims that the paper is read for, and what the evidence cannot decide."""

from collections.abc import Mapping, Sequence

from replication.judging import Verdict
from replication.judging.rules import LEAST_AGREEING, LEAST_NETWORKS
from replication.judging.verdict import Outcome
from replication.report.cards import Card, Section, network_name
from replication.report.families import has_enough_networks
from replication.report.outcomes import mark
from replication.report.quantities import count_text, true_minus
from replication.report.sources import Source

HEADLINES = ("4.2/nh-rises-along-layers", "5/metrics-colour-differently", "4.1/error-predicts-harm")
"""What the networks do with classes, what the three metrics have in common, what foretells the harm of an ablation."""

_ANSWERS: Mapping[Outcome, str] = {
    "replicated": "holds in {}",
    "not replicated": "does not hold in {}",
    "inconclusive": "undecided in {}, though networks are enough",
    "not testable": "not testable in {}",
}
_TOO_FEW = "undecided in {}: too few networks"


def headlines(sections: Sequence[Section]) -> tuple[Card, ...]:
    """Return the claims that the paper is read for; none where one of them was not judged."""
    cards = {card.id: card for section in sections for card in section.cards}
    return tuple(cards[name] for name in HEADLINES) if cards.keys() >= set(HEADLINES) else ()


def undecided(sources: Sequence[Source], verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """Return what the evidence cannot decide, and for want of what, a sentence each; none where there is none.

    Args:
        sources: The networks behind the verdicts.
        verdicts: All of them.
    """
    if not sources:
        return ()
    told = []
    few = [source for source in sources if source.kind == "paper" and source.n_networks < LEAST_AGREEING]
    if few:
        counts = ", ".join(count_text(one.n_networks, one.network) for one in few)
        told.append(
            f"A yes-or-no statement needs at least {LEAST_AGREEING} networks of a data set that all agree, or more "
            f"with few dissenters; numbers and correlations need at least {LEAST_NETWORKS}. Here: {counts}. With fewer "
            "the verdict is inconclusive, whatever was measured."
        )
    enough = [source for source in sources if source.kind == "paper" and source not in few]
    told += [
        f"{n_open} of the {len(judged)} verdicts on {source.network}, in spite of {source.n_networks} networks: they "
        "disagree, or the statistic is undefined for some, or the interval includes both answers."
        for source in enough
        if (judged := [verdict for verdict in verdicts if network_name(verdict.network) == source.network])
        and (n_open := sum(verdict.outcome == "inconclusive" for verdict in judged))
    ]
    if rehearsed := [source.network for source in sources if source.kind != "paper"]:
        told.append(f"Anything about {' and '.join(rehearsed)}: their networks are a rehearsal.")
    if not any("(GPU)" in source.devices for source in sources):
        told.append("Whether a GPU's arithmetic makes a difference: none of these networks was trained on one.")
    told.append("What the paper reads off its pictures by eye: here counts are tested, and figures are for the reader.")
    return tuple(told)


def plain_answer(card: Card) -> str:
    """Return on which networks a claim holds, on which it does not, and where it stays open, in a plain sentence.

    Networks of a rehearsal, which decides nothing, are not named.
    """
    networks: dict[str, list[str]] = {text: [] for text in (*_ANSWERS.values(), _TOO_FEW)}
    for verdict in card.verdicts:
        if verdict.evidence["kind"] == "paper":
            is_open = verdict.outcome == "inconclusive"
            text = _TOO_FEW if is_open and not has_enough_networks(verdict) else _ANSWERS[verdict.outcome]
            networks[text].append(network_name(verdict.network))
    told = "; ".join(text.format(_in_a_row(names)) for text, names in networks.items() if names)
    return f"{told[0].upper()}{told[1:]}." if told else "A rehearsal, which decides nothing."


def outcome_text(verdict: Verdict) -> str:
    """Return outcome and what was measured, and the number behind it where networks are enough to decide.

    Of a rehearsal, which decides nothing, only that it is one.
    """
    if verdict.evidence["kind"] != "paper":
        return "rehearsal"
    told = f"{mark(verdict.outcome).word}, {true_minus(verdict.judgement.measured_text)}{beside(verdict)}"
    behind, hinges = number_behind(verdict), hinges_on(verdict)
    return f"{told}{f' ({behind})' if behind else ''}{f'; {hinges}' if hinges else ''}"


def beside(verdict: Verdict) -> str:
    """Return what the paper prints, to stand beside what was measured; empty where it prints no number."""
    return "" if verdict.printed is None else f"; the paper: {true_minus(verdict.reported)}"


def number_behind(verdict: Verdict) -> str:
    """Return the number behind a verdict and what was asked of it; empty where networks are too few to decide."""
    return true_minus(verdict.judgement.behind) if has_enough_networks(verdict) else ""


def hinges_on(verdict: Verdict) -> str:
    """Return under which answers that the paper leaves open an outcome is another; empty where networks are too few."""
    others = [flip for flip in verdict.flips if flip.is_open and flip.outcome != verdict.outcome]
    if not others or not has_enough_networks(verdict):
        return ""
    answers: dict[Outcome, list[str]] = {flip.outcome: [] for flip in others}
    for flip in others:
        answers[flip.outcome].append(f"{flip.choice}={flip.option}")
    told = (f"{outcome} with {' or '.join(of_outcome)}" for outcome, of_outcome in answers.items())
    return f"but {', '.join(told)}, which the paper leaves open"


def _in_a_row(names: Sequence[str]) -> str:
    """Return names with commas, and ``and`` before the last."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
