"""Bound of a claim that was set by this suite, and the range of bounds that give the same verdict."""

import math
from collections.abc import Mapping
from dataclasses import replace

from replication.judging.answer import Answer, Answers
from replication.judging.bound import Bound, kept_between
from replication.judging.claim import Claim
from replication.judging.rules import Contrast, Correlation, NoEffect


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
