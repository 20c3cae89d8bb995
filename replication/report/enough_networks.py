"""The number of networks that the rule of a verdict needs to decide."""

from replication.judging import Exact, Statement
from replication.judging.rules import LEAST_AGREEING, LEAST_NETWORKS
from replication.judging.verdict import Verdict

_LEAST = {Exact.family: 0, Statement.family: LEAST_AGREEING}


def has_enough_networks(verdict: Verdict) -> bool:
    """Return whether a verdict rests on as many networks as its rule needs to reach any decision."""
    counts = [len(verdict.judgement.values)]
    if "compared_with" in verdict.evidence:
        counts.append(len(verdict.evidence["compared_with"]))
    return min(counts) >= _LEAST.get(verdict.family, LEAST_NETWORKS)
