"""The bound of a claim that was set here, and between which other bounds its verdict would be the same."""

import math
from collections.abc import Mapping
from dataclasses import replace

from replication.judging.answer import Answer, Answers
from replication.judging.bound import Bound, kept_between
from replication.judging.claim import Claim
from replication.judging.rules import Contrast, Correlation, NoEffect


def own_bound(claim: Claim, network: str, answers: Mapping[str, Answers]) -> Bound | None:
    """Return the bound that a verdict rests on and the paper does not give; None where there is none.

    Args:
        claim: The claim.
        network: The data set whose networks it was judged on.
        answers: The claim's statistic of each network, by data set: of ``network``, and of what it compares with.

    Returns:
        That of the statistic's answers, or else of the rule.  The ends between which the verdict is the same are found
        by judging again, all else being as it is: what the statistic asks for besides, and for which networks it is
        undefined.

    Raises:
        ValueError: Networks are held against different bounds.
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
