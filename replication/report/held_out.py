"""Networks held out: measured after the rules were set, so that no rule could be fitted to them.

A suite whose rules were changed after some results had been seen may have fitted them to those networks.  Networks that
are measured afterwards show whether it did: do they answer as the networks did that had been seen?
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from replication.judging import Correlation, NoEffect, Statement, Value
from replication.judging.verdict import DECIDED, Outcome, Verdict
from replication.plural import count_text, in_a_row, number_word
from replication.report.cards import network_name
from replication.report.known import HeldOut
from replication.report.sources import speaks_of_the_paper
from replication.study import DATASETS

_OF_ONE_NUMBER = frozenset({Value.family, Correlation.family, NoEffect.family})
"""Families of rules on one number per network.  A contrast compares numbers that other claims judge already."""


@dataclass(frozen=True)
class HeldOutAnswers:
    """Answers of held-out networks to a statement that the networks seen before decide.

    Attributes:
        verdict: The verdict on all networks.
        before: Outcome for the networks seen before, by the same rule.
        n_before: Number of these that make the statement true.
        of_before: Number of these for which the statement is defined.
        n_true: Number of held-out networks that make the statement true.
        n_defined: Number of held-out networks for which the statement is defined; at least 1.
    """

    verdict: Verdict
    before: Outcome
    n_before: int
    of_before: int
    n_true: int
    n_defined: int

    @property
    def agree(self) -> bool:
        """Whether each held-out network answers as the outcome says."""
        return self.n_true == (self.n_defined if self.before == "replicated" else 0)

    @property
    def weak(self) -> bool:
        """Whether the statement was a weak test for the networks seen before, so that agreement shows little."""
        return self.before == "replicated" and (self.verdict.judgement.chance or 0) > 0.5

    @property
    def network(self) -> str:
        """The paper's name of the network."""
        return network_name(self.verdict.network)


@dataclass(frozen=True)
class HeldOutCheck:
    """Comparison of held-out networks with the networks seen before.

    Attributes:
        networks: Number of held-out networks among those judged, by data set.
        statements: Statements that the networks seen before decide and held-out networks answer.
        n_values: Number of held-out networks' numbers, over all verdicts on one number per network.
        n_within: Number of these within the range of the networks seen before.
        expected: Expectation of ``n_within`` if all networks are of the same kind.
    """

    networks: dict[str, int]
    statements: tuple[HeldOutAnswers, ...] = ()
    n_values: int = 0
    n_within: int = 0
    expected: float = 0.0

    @property
    def contrary(self) -> tuple[HeldOutAnswers, ...]:
        """The statements to which some held-out network gives the other answer."""
        return tuple(one for one in self.statements if not one.agree)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The comparison in words, as one passage; empty if no network judged was held out."""
        if not self.networks:
            return ()
        names = [f"{number_word(n)} {network_name(dataset)}{'s' * (n > 1)}" for dataset, n in self.networks.items()]
        text = (
            f"Held out were {in_a_row(names)}: they were measured after the last change to any rule counted here, so "
            "that no rule could be fitted to them."
        )
        firm = [one for one in self.statements if not one.weak]
        if firm:
            text += (
                f" On {_agreeing(firm)} statements that the other networks decide (weak tests not counted), all "
                "held-out networks give the same answer as these."
            )
        if changed := [one for one in firm if one.verdict.rule_changed]:
            text += (
                f" Of the statements whose rule had been changed after some results had been seen, it is "
                f"{_agreeing(changed)}."
            )
        if self.n_values:
            lie = "lies" if self.n_within == 1 else "lie"
            text += (
                f" Of {count_text(self.n_values, 'number')} of held-out networks, {self.n_within:,} {lie} within the "
                f"range of the other networks; {self.expected:,.0f} would be expected if all were of the same kind."
            )
        return (text,)


def check_held_out(verdicts: Sequence[Verdict], held_out: HeldOut) -> HeldOutCheck:
    """Compare held-out networks with the networks seen before, which are judged anew by themselves.

    Verdicts by rules that were changed after the networks had been held out are not counted.  A network for which a
    statistic is undefined does not count for it.

    For a number, the range of s networks covers the number of a further network of the same kind with probability
    (s − 1)/(s + 1), whatever the distribution (Wilks 1941); the sum of these is the expectation, under any dependence
    between verdicts.  Ties only add to it.

    Args:
        verdicts: All verdicts; only those on networks trained as in the paper count.
        held_out: The networks held out, and since when.
    """
    networks: dict[str, int] = {}
    statements: list[HeldOutAnswers] = []
    n_values, n_within, expected = 0, 0, 0.0
    for verdict in filter(speaks_of_the_paper, verdicts):
        n_held_out = len(held_out.networks.intersection(verdict.evidence["networks"]))
        if not n_held_out or verdict.rule_changed > held_out.since:
            continue
        networks[verdict.network] = n_held_out
        before, after = _split(verdict, held_out)
        if verdict.family == Statement.family:
            statements.extend(_answers(verdict, before, after))
        elif verdict.family in _OF_ONE_NUMBER:
            known, new = _defined(before), _defined(after)
            if len(known) > 1:
                n_values += len(new)
                n_within += sum(min(known) <= value <= max(known) for value in new)
                expected += len(new) * (len(known) - 1) / (len(known) + 1)
    in_order = {dataset: networks[dataset] for dataset in DATASETS if dataset in networks}
    return HeldOutCheck(in_order, tuple(statements), n_values, n_within, expected)


def _answers(verdict: Verdict, before: Sequence[float], after: Sequence[float]) -> Iterator[HeldOutAnswers]:
    """Yield the answers to a statement if the networks seen before decide it and a held-out network answers it."""
    outcome = Statement().judge(before, (), verdict.network).outcome if before else "inconclusive"
    known, new = _defined(before), _defined(after)
    if outcome in DECIDED and new:
        yield HeldOutAnswers(verdict, outcome, known.count(1.0), len(known), new.count(1.0), len(new))


def _split(verdict: Verdict, held_out: HeldOut) -> tuple[list[float], list[float]]:
    """Return the values of the networks seen before, and of those held out; NaN where undefined."""
    before: list[float] = []
    after: list[float] = []
    for name, value in zip(verdict.evidence["networks"], verdict.judgement.values, strict=True):
        (after if name in held_out.networks else before).append(value)
    return before, after


def _defined(values: Sequence[float]) -> list[float]:
    """Return the values that are defined."""
    return [value for value in values if not math.isnan(value)]


def _agreeing(statements: Sequence[HeldOutAnswers]) -> str:
    """Return how many of some statements the held-out networks agree with."""
    return f"{sum(one.agree for one in statements)} of {len(statements)}"
