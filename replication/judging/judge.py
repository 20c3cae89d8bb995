"""One claim, the evidence, every choice it depends on: a verdict per network it speaks of."""

from collections.abc import Mapping, Sequence

from replication.choices import DEFAULTS, Choices, alternatives
from replication.evidence import Evidence, NetworkEvidence
from replication.judging.claim import Claim
from replication.judging.verdict import Flip, Judgement, Verdict
from replication.progress import SILENT, Progress

Sample = tuple[NetworkEvidence, ...]
"""One network, or one pair of networks that are compared."""

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
        The verdict; ``not testable`` where the evidence holds no such network.
    """
    flips: tuple[Flip, ...] = ()
    if network == NO_NETWORK:
        judgement = claim.rule.judge([float(claim.statistic())], (), network)
        source: dict[str, object] = {"kind": "arithmetic"}
    else:
        samples = samples_of(claim, evidence, network)
        source = evidence.source(network)
        if samples:
            judgement, read = _judge_under(claim, samples, network, DEFAULTS)
            flips = tuple(_flip(claim, samples, network, *alternative) for alternative in alternatives(read))
        else:
            why = f"the evidence holds no network trained on {_names(claim, network)}"
            judgement = Judgement("not testable", None, "nothing", None, why, ())
    return Verdict(
        id=claim.id,
        network=network,
        sentence=claim.sentence,
        place=claim.place,
        reported=claim.reported_text(network),
        rule=claim.rule.text,
        judgement=judgement,
        flips=flips,
        evidence=source,
    )


def judge_all(claims: Mapping[str, Claim], evidence: Evidence, progress: Progress = SILENT) -> tuple[Verdict, ...]:
    """Return the verdicts on all claims, in their order.

    Args:
        claims: By id.
        evidence: The run they are judged on.
        progress: Told of every claim.
    """
    each = progress.track(claims.values(), "judge claims", len(claims))
    return tuple(verdict for claim in each for verdict in judge_claim(claim, evidence))


def samples_of(claim: Claim, evidence: Evidence, network: str) -> list[Sample]:
    """Return what the claim's statistic takes, one network or one pair of networks at a time.

    Args:
        claim: A claim about trained networks.
        evidence: The run.
        network: One of the claim's networks.

    Returns:
        One network each, or pairs with a network of the data set compared with: as many as the smaller set has.
    """
    trained = evidence.networks(network)
    if not claim.against:
        return [(one,) for one in trained]
    return list(zip(trained, evidence.networks(claim.against), strict=False))


def _judge_under(claim: Claim, samples: Sequence[Sample], network: str, choices: Choices) -> tuple[Judgement, set[str]]:
    """Return the judgement under one set of choices, and the choices that the statistic has read."""
    views = [tuple(one.under(choices) for one in sample) for sample in samples]
    values = [claim.value_of(*view) for view in views]
    read: set[str] = set().union(*(one.choices_read for view in views for one in view))
    return claim.rule.judge(values, claim.reported_on(network), network), read


def _names(claim: Claim, network: str) -> str:
    """Return the data sets a claim needs, for a message."""
    return f"{network}, or none on {claim.against}" if claim.against else network


def _flip(claim: Claim, samples: Sequence[Sample], network: str, choice: str, option: str) -> Flip:
    """Return the outcome under one other answer to one choice."""
    judgement, _ = _judge_under(claim, samples, network, DEFAULTS.but(choice, option))
    return Flip(choice, option, judgement.outcome, judgement.measured_text)
