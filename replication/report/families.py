"""How many networks a verdict's family of rules needs, and the chance that the rule's words name."""

import re
from fractions import Fraction

from replication.judging import Exact, Statement
from replication.judging.rules import LEAST_AGREEING, LEAST_NETWORKS
from replication.judging.verdict import Verdict

_CHANCE = re.compile(r"; chance (?P<chance>1/\d+|0?\.\d+)$")
_LEAST = {Exact.family: 0, Statement.family: LEAST_AGREEING}


def chance_of(rule: str) -> float | None:
    """Return the chance that a statement's rule names; None where it names none."""
    found = _CHANCE.search(rule)
    return float(Fraction(found["chance"])) if found else None


def has_enough_networks(verdict: Verdict) -> bool:
    """Return whether a verdict rests on as many networks as its rule needs to decide anything, whatever they show."""
    counts = [len(verdict.judgement.values)]
    if "compared_with" in verdict.evidence:
        counts.append(len(verdict.evidence["compared_with"]))
    return min(counts) >= _LEAST.get(verdict.family, LEAST_NETWORKS)
