"""What a reader should take away: the claims that the paper is read for, and what the evidence cannot decide."""

from collections.abc import Sequence
from dataclasses import dataclass

from replication.judging import Verdict
from replication.judging.rules import LEAST_NETWORKS
from replication.report.cards import Section, network_name
from replication.report.outcomes import mark
from replication.report.quantities import true_minus
from replication.report.sources import Source

HEADLINES = ("4.2/nh-rises-along-layers", "5/metrics-colour-differently", "4.1/error-predicts-harm")
"""What the networks do with classes, what the three metrics have in common, what foretells the harm of an ablation."""


@dataclass(frozen=True)
class Headline:
    """One claim and what became of it.

    Attributes:
        claim: Its id.
        sentence: The claim in our words.
        outcomes: The outcome on every network with what was measured.
    """

    claim: str
    sentence: str
    outcomes: str


def headlines(sections: Sequence[Section]) -> tuple[Headline, ...]:
    """Return the claims that the paper is read for; none where one of them was not judged."""
    cards = {card.id: card for section in sections for card in section.cards}
    if not cards.keys() >= set(HEADLINES):
        return ()
    return tuple(
        Headline(name, cards[name].sentence, "; ".join(map(_outcome, cards[name].verdicts))) for name in HEADLINES
    )


def undecided(sources: Sequence[Source]) -> tuple[str, ...]:
    """Return what the evidence cannot decide, and for want of what, a sentence each; none where there is none."""
    if not sources:
        return ()
    told = []
    few = [source for source in sources if source.kind == "paper" and source.n_networks < LEAST_NETWORKS]
    if few:
        counts = ", ".join(f"{one.n_networks} {one.network}{'s' if one.n_networks > 1 else ''}" for one in few)
        told.append(
            f"Whatever differs from one training to the next takes {LEAST_NETWORKS} networks per data set; here: "
            f"{counts}. Such claims are inconclusive, whatever was measured."
        )
    if rehearsed := [source.network for source in sources if source.kind != "paper"]:
        told.append(f"Anything about {' and '.join(rehearsed)}: their networks are a rehearsal.")
    if not any("(GPU)" in source.devices for source in sources):
        told.append("Whether a GPU's arithmetic makes a difference: none of these networks was trained on one.")
    told.append(
        "What the paper reads off its pictures by eye: claims are judged by counts, figures are for the reader."
    )
    return tuple(told)


def _outcome(verdict: Verdict) -> str:
    """Return network, outcome and what was measured."""
    if verdict.evidence["kind"] != "paper":
        return f"{network_name(verdict.network)}: rehearsal"
    measured = true_minus(verdict.judgement.measured_text)
    return f"{network_name(verdict.network)}: {mark(verdict.outcome).word}, {measured}"
