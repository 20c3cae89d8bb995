"""Whether a verdict rests on enough networks."""

from replication.judging.least_networks import least_networks
from replication.judging.rules import Exact
from replication.judging.verdict import Verdict


def has_enough_networks(verdict: Verdict) -> bool:
    """Return whether a verdict rests on as many networks as its rule needs to reach any decision."""
    counts = [len(verdict.judgement.values)]
    if "compared_with" in verdict.evidence:
        counts.append(len(verdict.evidence["compared_with"]))
    return verdict.family == Exact.family or min(counts) >= least_networks(verdict.family)
