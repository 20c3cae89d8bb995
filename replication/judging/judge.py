"""Judging claims on evidence, under every choice they depend on: one verdict per claim and network."""

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import compress

from replication.choices import DEFAULTS, Choices, alternatives
from replication.judging.answer import Answer, Answers, behind
from replication.judging.bound import Bound, kept_between
from replication.judging.claim import NO_NETWORK, Claim
from replication.judging.judged import JudgedEvidence
from replication.judging.least_networks import least_networks
from replication.judging.rules import Contrast, Correlation, Exact, NoEffect
from replication.judging.verdict import Flip, Judgement, Verdict
from replication.progress import SILENT, Progress
from replication.words import count_text


def judge_claim(claim: Claim, evidence: JudgedEvidence) -> tuple[Verdict, ...]:
    """Return the verdicts on a claim, one per network that it is about, or a single one if it is about none.

    Args:
        claim: The claim.
        evidence: The run to judge on.
    """
    return tuple(judge_network(claim, evidence, subject) for subject in claim.subjects)


def judge_network(claim: Claim, evidence: JudgedEvidence, network: str) -> Verdict:
    """Return the verdict on a claim for one network, under the default choices and every alternative.

    Args:
        claim: The claim.
        evidence: The run to judge on.
        network: One of ``claim.networks``, or ``-``.

    Returns:
        The verdict: ``not testable`` if the evidence holds no such network, or none to compare with; ``inconclusive``
        if the rule is ``Exact`` and networks of another data set stand in.
    """
    flips: tuple[Flip, ...] = ()
    if network == NO_NETWORK:
        judgement = _judged(claim, network, {network: [claim.statistic()]})
        source: dict[str, object] = {"kind": "arithmetic"}
    else:
        source = evidence.source(network, against=claim.against)
        if evidence.networks(network) and (not claim.against or evidence.networks(claim.against)):
            answers, read = _answers(claim, evidence, network, DEFAULTS)
            judgement = judge_answers(claim, network, answers)
            if source["stand_in"] and claim.rule.family == Exact.family:
                why = f"{judgement.why}; but of {source['stand_in']}, which only stand in"
                judgement = replace(judgement, outcome="inconclusive", why=why)
            flips = tuple(_flip(claim, evidence, network, answers, *alternative) for alternative in alternatives(read))
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


def judge_answers(claim: Claim, network: str, answers: Mapping[str, Answers]) -> Judgement:
    """Return the judgement on what the statistic of a claim says of trained networks.

    Args:
        claim: The claim.
        network: Data set of the networks, one of ``claim.networks``.
        answers: Statistic of each network, by data set: for ``network`` and, for a ``Contrast``, ``claim.against``.

    Returns:
        The judgement of the claim's rule, with the numbers behind truth values and the bound set by this suite.

    Raises:
        ValueError: The claim is not about this network; the answers lack a data set; the rule cannot judge such
            values, see ``Rule.judge``; or the answers have different bounds.
    """
    if network not in claim.subjects:
        raise ValueError(f"claim {claim.id!r} is not about {network!r}: expected one of {', '.join(claim.subjects)}")
    if lacking := {network, *filter(None, [claim.against])} - set(answers):
        raise ValueError(
            f"claim {claim.id!r} on {network!r} lacks answers for {', '.join(sorted(lacking))}: expected a mapping "
            "from each data set to the values of its networks"
        )
    return replace(
        _judged(claim, network, answers), behind=behind(answers[network]), bound=own_bound(claim, network, answers)
    )


def judge_all(
    claims: Mapping[str, Claim], evidence: JudgedEvidence, progress: Progress = SILENT
) -> tuple[Verdict, ...]:
    """Return the verdicts on all claims, in the order of the claims; an error in one is raised.

    Args:
        claims: Claims by id.
        evidence: The run to judge on.
        progress: Progress display, advanced once per claim.
    """
    each = progress.track(claims.values(), "judge claims")
    return tuple(verdict for claim in each for verdict in judge_claim(claim, evidence))


def _answers(
    claim: Claim, evidence: JudgedEvidence, network: str, choices: Choices
) -> tuple[dict[str, Answers], set[str]]:
    """Return the values of the statistic under one set of choices, and the names of the choices it has read.

    The values are keyed by data set: ``network`` and, if the claim compares with one, ``claim.against``.  Networks that
    were not measured for the choices are left out.
    """
    read: set[str] = set()
    answers: dict[str, Answers] = {}
    for dataset in filter(None, (network, claim.against)):
        views = [view for one in evidence.networks(dataset) if (view := one.under(choices)).is_measured]
        answers[dataset] = [claim.answer_of(view) for view in views]
        read.update(*(view.choices_read for view in views))
    return answers, read


def _judged(claim: Claim, network: str, answers: Mapping[str, Answers]) -> Judgement:
    """Apply the rule of the claim to the answers on one data set, or on two for a ``Contrast``."""
    if isinstance(claim.rule, Contrast):
        return claim.rule.compare(answers[network], answers[claim.against])
    return claim.rule.judge(answers[network], claim.reported_on(network), network)


def own_bound(claim: Claim, network: str, answers: Mapping[str, Answers]) -> Bound | None:
    """Return the bound of a verdict that the paper does not give.

    Args:
        claim: The claim.
        network: Data set of the networks it was judged on.
        answers: Statistic of each network, by data set: for ``network`` and, for a ``Contrast``, ``claim.against``.

    Returns:
        The bound of the rule for ``Contrast``, ``Correlation`` and ``NoEffect``, otherwise the bound of the answers;
        None if no bound was set by this suite.  The range of bounds that give the same verdict is found by judging
        again with other bounds, keeping the other conditions of the statistic and the undefined networks.

    Raises:
        ValueError: The answers of the networks have different bounds.
    """
    rule, reported = claim.rule, claim.reported_on(network)
    values = list(map(float, answers[network]))
    if isinstance(rule, Contrast):
        return rule.own_bound(values, list(map(float, answers[claim.against])))
    if isinstance(rule, Correlation | NoEffect):
        return rule.own_bound(values, reported, network)
    asked = [answer for answer in answers[network] if isinstance(answer, Answer) and answer.reads]
    if len(asked) < len(values):
        return None

    def outcome_at(bound: float) -> object:
        return rule.judge(
            [float(replace(answer, bound=bound, reads="")) for answer in asked], reported, network
        ).outcome

    if len({(answer.bound, answer.relation, answer.reads) for answer in asked}) > 1:
        raise ValueError(f"claim {claim.id!r} holds networks of one data set against several bounds: expected one")
    numbers = tuple(math.nan if answer.silence else answer.number for answer in asked)
    first = asked[0]
    ends = kept_between(outcome_at, numbers, first.bound)
    return Bound(first.reads, first.relation, first.bound, numbers, *ends)


def _names(claim: Claim, network: str) -> str:
    """Return the data sets that a claim needs, for a message."""
    return f"{network}, or none on {claim.against}" if claim.against else network


def _flip(
    claim: Claim, evidence: JudgedEvidence, network: str, usual: Mapping[str, Answers], choice: str, option: str
) -> Flip:
    """Return the outcome under one alternative answer to one choice; ``usual`` are the answers under the defaults."""
    choices = DEFAULTS.but(choice, option)
    answers, _ = _answers(claim, evidence, network, choices)
    if not all(any(map(_is_measured, of_dataset)) for of_dataset in answers.values()):
        return Flip(choice, option, "not testable", "not measured")
    measured = {dataset: [one.under(choices).is_measured for one in evidence.networks(dataset)] for dataset in answers}
    if all(map(all, measured.values())):
        judgement = _judged(claim, network, answers)
        return Flip(choice, option, judgement.outcome, judgement.measured_text, weak=bool(judgement.uninformative))
    n, n_all = min((sum(of_dataset), len(of_dataset)) for of_dataset in measured.values())
    on_some = f"measured for {n} of {count_text(n_all, 'network')}"
    if n < least_networks(claim.rule.family):
        return Flip(choice, option, "not testable", on_some)
    judgement = _judged(claim, network, answers)
    same = {dataset: list(compress(usual[dataset], of_dataset)) for dataset, of_dataset in measured.items()}
    text, otherwise = f"{judgement.measured_text}, {on_some}", _judged(claim, network, same).outcome
    return Flip(choice, option, judgement.outcome, text, otherwise, bool(judgement.uninformative))


def _is_measured(answer: bool | float | Answer) -> bool:  # noqa: FBT001
    """Return whether the evidence contains the measurements that an answer needs."""
    return not isinstance(answer, Answer) or answer.measured
