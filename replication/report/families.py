"""The family of rules a verdict was judged by, read off the rule's words, and how many networks that family needs."""

import re
from fractions import Fraction

from replication.judging import Contrast, Correlation, Exact, NoEffect, Statement, Value
from replication.judging.rules import LEAST_AGREEING, LEAST_NETWORKS
from replication.judging.verdict import Verdict

_OPENINGS = {
    Exact().text: Exact.family,
    Value().text: Value.family,
    Statement().text: Statement.family,
    Correlation(margin=1.0).text.rpartition("±")[0]: Correlation.family,
    Contrast(least=1.0).text.rpartition("below ")[0]: Contrast.family,
    NoEffect(margin=1.0).text.partition("±")[0]: NoEffect.family,
}
_CHANCE = re.compile(r"; chance (?P<chance>1/\d+|0?\.\d+)$")
_LEAST = {Exact.family: 0, Statement.family: LEAST_AGREEING}


def family_of(rule: str) -> str:
    """Return the family of a decision rule from its words; ``"other"`` where no family has such words."""
    return next((family for opening, family in _OPENINGS.items() if rule.startswith(opening)), "other")


def chance_of(rule: str) -> float | None:
    """Return the chance that a statement's rule names; None where it names none."""
    found = _CHANCE.search(rule)
    return float(Fraction(found["chance"])) if found else None


def has_enough_networks(verdict: Verdict) -> bool:
    """Return whether a verdict rests on as many networks as its rule needs to decide anything, whatever they show."""
    counts = [len(verdict.judgement.values)]
    if "compared_with" in verdict.evidence:
        counts.append(len(verdict.evidence["compared_with"]))
    return min(counts) >= _LEAST.get(family_of(verdict.rule), LEAST_NETWORKS)
