"""One claim, the evidence, every choice it depends on: a verdict per network it speaks of."""

from collections.abc import Mapping
from dataclasses import replace

from replication.choices import DEFAULTS, Choices, alternatives
from replication.evidence import Evidence
from replication.judging.answer import Answer, Answers, behind
from replication.judging.claim import Claim
from replication.judging.own_bound import own_bound
from replication.judging.rules import Contrast, Exact
from replication.judging.verdict import Flip, Judgement, Verdict
from replication.progress import SILENT, Progress

NO_NETWORK = "-"
"""Stands for the network of a claim that speaks of no trained network."""


def judge_claim(claim: Claim, evidence: Evidence) -> tuple[Verdict, ...]:
    """Return the verdicts on a claim, one per network it speaks of, or one if it speaks of none.

    Args:
        claim: The claim.
        evidence: The run it is judged on.
    """
    return tuple(judge_network(claim, evidence, network) for network in claim.networks or (NO_NETWORK,))


def judge_network(claim: Claim, evidence: Evidence, network: str) -> Verdict:
    """Return the verdict on a claim for one network it speaks of, under the default and every other choice.

    Args:
        claim: The claim.
        evidence: The run it is judged on.
        network: One of the claim's networks, or ``-``.

    Returns:
        The verdict; ``not testable`` where the evidence holds no such network, and ``inconclusive`` where only networks
        of another data set stand in and a rule needs no more than one.
    """
    flips: tuple[Flip, ...] = ()
    if network == NO_NETWORK:
        judgement = _judged(claim, network, {network: [claim.statistic()]})
        source: dict[str, object] = {"kind": "arithmetic"}
    else:
        source = evidence.source(network, against=claim.against)
        if evidence.networks(network) and (not claim.against or evidence.networks(claim.against)):
            answers, read = _answers(claim, evidence, network, DEFAULTS)
            judgement = replace(
                _judged(claim, network, answers),
                behind=behind(answers[network]),
                bound=own_bound(claim, network, answers),
            )
            if source["stand_in"] and claim.rule.family == Exact.family:
                why = f"{judgement.why}; but of {source['stand_in']}, which only stand in"
                judgement = replace(judgement, outcome="inconclusive", why=why)
            flips = tuple(_flip(claim, evidence, network, *alternative) for alternative in alternatives(read))
        else:
            why = f"the evidence holds no network trained on {_names(claim, network)}"
            judgement = Judgement("not testable", None, "nothing", None, why, ())
    return Verdict(
        id=claim.id,
        network=network,
        sentence=claim.sentence,
        place=claim.place,
        reported=claim.reported_text(network),
        printed=claim.printed_in(judgement.unit, network),
        family=claim.rule.family,
        rule=claim.rule.text,
        judgement=judgement,
        flips=flips,
        evidence=source,
        extended=claim.is_extended_to(network),
        implied=claim.is_implied_for(network),
        rule_changed=claim.changed_for(network),
    )


def judge_all(claims: Mapping[str, Claim], evidence: Evidence, progress: Progress = SILENT) -> tuple[Verdict, ...]:
    """Return the verdicts on all claims, in their order.

    Args:
        claims: By id.
        evidence: The run they are judged on.
        progress: Counts every claim.
    """
    each = progress.track(claims.values(), "judge claims")
    return tuple(verdict for claim in each for verdict in judge_claim(claim, evidence))


def _answers(claim: Claim, evidence: Evidence, network: str, choices: Choices) -> tuple[dict[str, Answers], set[str]]:
    """Return what the statistic gives under one set of choices, and the choices that it has read.

    The answers stand by data set: of the networks asked about, and of those that the claim compares them with.
    """
    read: set[str] = set()
    answers: dict[str, Answers] = {}
    for dataset in filter(None, (network, claim.against)):
        views = [one.under(choices) for one in evidence.networks(dataset)]
        answers[dataset] = [claim.answer_of(view) for view in views]
        read.update(*(view.choices_read for view in views))
    return answers, read


def _judged(claim: Claim, network: str, answers: Mapping[str, Answers]) -> Judgement:
    """Return what the claim's rule makes of the answers on a data set, or on two that it compares."""
    if isinstance(claim.rule, Contrast):
        return claim.rule.compare(answers[network], answers[claim.against])
    return claim.rule.judge(answers[network], claim.reported_on(network), network)


def _names(claim: Claim, network: str) -> str:
    """Return the data sets a claim needs, for a message."""
    return f"{network}, or none on {claim.against}" if claim.against else network


def _flip(claim: Claim, evidence: Evidence, network: str, choice: str, option: str) -> Flip:
    """Return the outcome under one other answer to one choice."""
    answers, _ = _answers(claim, evidence, network, DEFAULTS.but(choice, option))
    if not any(_is_measured(answer) for answer in answers[network]):
        return Flip(choice, option, "not testable", "not measured")
    judgement = _judged(claim, network, answers)
    return Flip(choice, option, judgement.outcome, judgement.measured_text)


def _is_measured(answer: bool | float | Answer) -> bool:  # noqa: FBT001
    """Return whether the evidence holds what a network's answer takes."""
    return not isinstance(answer, Answer) or answer.measured
