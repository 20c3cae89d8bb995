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
    "inconclusive": "open in {}, though there are networks enough",
    "not testable": "not testable in {}",
}
_TOO_FEW = "open in {} for want of networks"


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
            f"A yes-or-no statement needs at least {LEAST_AGREEING} networks of a data set that all agree, or more of "
            f"which nearly all do; numbers and correlations need at least {LEAST_NETWORKS}. Here: {counts}. With fewer "
            "the verdict is inconclusive, whatever was measured."
        )
    enough = [source for source in sources if source.kind == "paper" and source not in few]
    told += [
        f"{n_open} of {len(judged)} verdicts on {source.network}: its {source.n_networks} networks disagree, or the "
        "statistic is undefined for some, or an interval holds both answers."
        for source in enough
        if (judged := [verdict for verdict in verdicts if network_name(verdict.network) == source.network])
        and (n_open := sum(verdict.outcome == "inconclusive" for verdict in judged))
    ]
    if rehearsed := [source.network for source in sources if source.kind != "paper"]:
        told.append(f"Anything about {' and '.join(rehearsed)}: their networks are a rehearsal.")
    if not any("(GPU)" in source.devices for source in sources):
        told.append("Whether a GPU's arithmetic makes a difference: none of these networks was trained on one.")
    told.append(
        "What the paper reads off its pictures by eye: claims are judged by counts, figures are for the reader."
    )
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
    told = f"{mark(verdict.outcome).word}, {true_minus(verdict.judgement.measured_text)}"
    behind = number_behind(verdict)
    return f"{told} ({behind})" if behind else told


def number_behind(verdict: Verdict) -> str:
    """Return the number behind a verdict and what was asked of it; empty where networks are too few to decide."""
    return true_minus(verdict.judgement.behind) if has_enough_networks(verdict) else ""


def _in_a_row(names: Sequence[str]) -> str:
    """Return names with commas, and ``and`` before the last."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
