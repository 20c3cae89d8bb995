"""Networks held out: measured after the rules were set, so that no rule could be fitted to them.

A suite whose rules were changed after some results had been seen may have fitted them to those networks.  Networks that
are measured afterwards show whether it did: do they contradict what the networks seen before decide, more often than if
all networks had been divided at random into seen and held out?
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from replication.judging import Correlation, NoEffect, Statement, Value
from replication.judging.verdict import DECIDED, Outcome, Verdict
from replication.report.cards import network_name
from replication.report.known import HeldOut
from replication.study import DATASETS
from replication.words import count_text, in_a_row, number_word

_OF_ONE_NUMBER = frozenset({Value.family, Correlation.family, NoEffect.family})
"""Families of rules on one number per network.  A contrast compares numbers that other claims judge already."""


@dataclass(frozen=True)
class HeldOutAnswers:
    """Answers of held-out networks to a statement, and of the networks seen before.

    Attributes:
        verdict: The verdict on all networks.
        before: Outcome for the networks seen before, by the same rule; ``inconclusive`` for a weak test, whose outcome
            most networks would share.
        n_before: Number of these that make the statement true.
        of_before: Number of these for which the statement is defined.
        n_true: Number of held-out networks that make the statement true.
        n_defined: Number of held-out networks for which the statement is defined.
        expected: Probability that some held-out network contradicts the outcome of the others, if all networks had been
            divided at random.
    """

    verdict: Verdict
    before: Outcome
    n_before: int
    of_before: int
    n_true: int
    n_defined: int
    expected: float

    @property
    def is_decided(self) -> bool:
        """Whether the networks seen before decide the statement, by a test that is not weak."""
        return self.before in DECIDED

    @property
    def is_contradicted(self) -> bool:
        """Whether some held-out network gives another answer than the outcome of the networks seen before."""
        return _contradicts(self.before, self.n_true, self.n_defined - self.n_true)

    @property
    def network(self) -> str:
        """The paper's name of the network."""
        return network_name(self.verdict.network)


@dataclass(frozen=True)
class HeldOutCheck:
    """Comparison of held-out networks with the networks seen before.

    Attributes:
        networks: Number of held-out networks among those judged, by data set.
        statements: Statements that are judged on held-out networks and on others.
        n_values: Number of held-out networks' numbers, over all verdicts on one number per network.
        n_within: Number of these within the range of the networks seen before.
        expected: Least expectation of ``n_within`` if all networks are of the same kind.
    """

    networks: dict[str, int]
    statements: tuple[HeldOutAnswers, ...] = ()
    n_values: int = 0
    n_within: int = 0
    expected: float = 0.0

    @property
    def contradicted(self) -> tuple[HeldOutAnswers, ...]:
        """The statements whose outcome some held-out network contradicts."""
        return tuple(one for one in self.statements if one.is_contradicted)

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
        if not self.statements and not self.n_values:
            text += " There are no other networks to compare them with."
        if self.statements:
            decided = _contradictions(
                self.statements, "statements (not counting outcomes that chance alone would mostly give)"
            )
            text += f" The other networks decide {decided} if all networks were divided at random."
        if changed := [one for one in self.statements if one.verdict.rule_changed]:
            text += f" Among these, {_contradictions(changed, 'follow a rule that was changed after a look')}."
        if self.statements:
            text += (
                " These expectations count all statements, also those that the other networks leave undecided, because "
                "another division of the networks might decide them."
            )
        if self.n_values:
            lie = "lies" if self.n_within == 1 else "lie"
            text += (
                f" Of {count_text(self.n_values, 'number')} of held-out networks, {self.n_within:,} {lie} within the "
                f"range of the other networks; at least {self.expected:,.0f} would be expected if all were of the same "
                "kind."
            )
        return (text,)


def check_held_out(verdicts: Sequence[Verdict], held_out: HeldOut) -> HeldOutCheck:
    """Compare held-out networks with the networks seen before, which are judged anew by themselves.

    Verdicts by rules that were changed after the networks had been held out are not counted.

    If no rule was fitted to the networks seen before, it is random which networks these are.  A statement that k
    networks make true, m false and u leave undefined is then contradicted with a probability that follows from the
    multivariate hypergeometric distribution of the answers seen.  For a number, the range of s networks covers that of
    a further network with probability (s − 1)/(s + 1) or more, whatever the distribution (Wilks 1941).  Sums of these
    are expectations under any dependence between verdicts.

    Args:
        verdicts: All verdicts; only those on networks trained as in the paper count.
        held_out: The networks held out, and since when.
    """
    networks: dict[str, int] = {}
    statements: list[HeldOutAnswers] = []
    n_values, n_within, expected = 0, 0, 0.0
    for verdict in (one for one in verdicts if one.speaks_of_the_paper):
        n_held_out = len(held_out.networks.intersection(verdict.evidence["networks"]))
        if not n_held_out or verdict.rule_changed > held_out.since:
            continue
        networks[verdict.network] = n_held_out
        values = verdict.judgement.values
        if len(values) != len(verdict.evidence["networks"]):  # decided without a value of each, or not testable
            continue
        before, after = _split(verdict, held_out)
        if verdict.family == Statement.family and before:
            statements.append(_answers(verdict, before, after))
        elif verdict.family in _OF_ONE_NUMBER:
            known, new = _defined(before), _defined(after)
            if len(known) > 1:
                n_values += len(new)
                n_within += sum(min(known) <= value <= max(known) for value in new)
                expected += len(new) * (len(known) - 1) / (len(known) + 1)
    in_order = {dataset: networks[dataset] for dataset in DATASETS if dataset in networks}
    return HeldOutCheck(in_order, tuple(statements), n_values, n_within, expected)


def _answers(verdict: Verdict, before: Sequence[float], after: Sequence[float]) -> HeldOutAnswers:
    """Return the answers to a statement."""
    chance = verdict.judgement.chance
    known, new = _defined(before), _defined(after)
    n_true, n_defined = known.count(1.0), len(known)
    outcome = _outcome(n_true, n_defined - n_true, len(before) - n_defined, chance)
    return HeldOutAnswers(
        verdict, outcome, n_true, n_defined, new.count(1.0), len(new), _expected(before, after, chance)
    )


def _expected(before: Sequence[float], after: Sequence[float], chance: float | None) -> float:
    """Return the probability of a contradiction if as many networks had been seen, but random ones."""
    everyone = _defined([*before, *after])
    n_true, n, n_seen = everyone.count(1.0), len(before) + len(after), len(before)
    n_false = len(everyone) - n_true
    total = 0
    for true in range(n_true + 1):
        for false in range(n_false + 1):
            undefined = n_seen - true - false
            if undefined < 0:
                continue
            outcome = _outcome(true, false, undefined, chance)
            if _contradicts(outcome, n_true - true, n_false - false):
                total += math.comb(n_true, true) * math.comb(n_false, false) * math.comb(n - len(everyone), undefined)
    return total / math.comb(n, n_seen)


@cache
def _outcome(n_true: int, n_false: int, n_undefined: int, chance: float | None) -> Outcome:
    """Return the outcome of a statement; ``inconclusive`` if it is one that most networks would lead to by chance."""
    values = [1.0] * n_true + [0.0] * n_false + [math.nan] * n_undefined
    outcome = Statement().judge(values, (), "").outcome
    if chance is not None and (chance > 0.5 if outcome == "replicated" else chance < 0.5):
        return "inconclusive"
    return outcome


def _contradicts(outcome: Outcome, n_true: int, n_false: int) -> bool:
    """Return whether some of further networks contradict an outcome."""
    return n_false > 0 if outcome == "replicated" else n_true > 0 if outcome == "not replicated" else False


def _contradictions(statements: Sequence[HeldOutAnswers], what: str) -> str:
    """Return how many statements are decided and how many of them are contradicted, with the expectation."""
    n, expected = sum(one.is_contradicted for one in statements), sum(one.expected for one in statements)
    return (
        f"{sum(one.is_decided for one in statements)} {what}; held-out networks contradict {n}, where "
        f"{expected:.1f} would be expected"
    )


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
