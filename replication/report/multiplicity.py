"""How many checks there are, of which kind, and how many statements luck alone would replicate."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import scipy

from replication.judging.rules.correlation import SIZE
from replication.judging.rules.value import IN_PREDICTION_INTERVAL
from replication.judging.verdict import Verdict
from replication.report.families import has_enough_networks
from replication.stats import clopper_pearson


@dataclass(frozen=True)
class Multiplicity:
    """Many checks at once.

    Attributes:
        families: Verdicts by family of decision rule, only those that rest on networks or arithmetic.
        n_statements: Statements judged on enough networks to decide.
        n_with_chance: Those for which the chance of being true of a meaningless network is defined.
        by_chance: How many of these would be replicated if every network agreed by that chance alone, independently.
        by_chance_alike: The same if all networks of a data set, which see the same images, answered alike.
        n_without_chance: The others.
        by_coin: How many of the others would be replicated if every network agreed like a fair coin, independently.
        by_coin_alike: The same if all networks of a data set answered alike.
        n_replicated: Statements that were replicated.
        n_intervals: Printed numbers held against the 95 % prediction interval of enough networks, also those that
            equivalence decides.
        n_outside: Those of them that lie outside.
        by_interval: How many of them would, though they came from the same distribution.
    """

    families: dict[str, int]
    n_statements: int
    n_with_chance: int
    by_chance: float
    by_chance_alike: float
    n_without_chance: int
    by_coin: float
    by_coin_alike: float
    n_replicated: int
    n_intervals: int
    n_outside: int
    by_interval: float

    @property
    def sentences(self) -> tuple[str, ...]:
        """The same in plain words."""
        kinds = ", ".join(f"{n} {family}" for family, n in self.families.items())
        told = [f"Verdicts reached: {sum(self.families.values())}, by kind of rule: {kinds or 'none'}."]
        if self.n_statements:
            told.append(f"Statements judged on enough networks: {self.n_statements}; replicated: {self.n_replicated}.")
        if self.n_with_chance:
            told.append(
                f"Statements with a defined chance: {self.n_with_chance}; if that chance alone decided each network, "
                f"{self.by_chance:.2g} of them would be expected to be replicated, or {self.by_chance_alike:.2g} if it "
                "decided all networks of a data set at once, which see the same images."
            )
        if self.n_without_chance:
            told.append(
                f"Statements without one: {self.n_without_chance}; if each network agreed like a fair coin, "
                f"{self.by_coin:.2g} of them would be expected to be replicated, or {self.by_coin_alike:.2g} if one "
                "coin decided all networks of a data set at once."
            )
        if self.n_intervals:
            told.append(
                f"Printed numbers held against 95 % prediction intervals of enough networks: {self.n_intervals}; "
                f"outside: {self.n_outside}, where {self.by_interval:.2g} would be expected even if the paper's "
                "networks were of the same kind as these."
            )
        told.append("No verdict is corrected for the others: each stands beside its own interval.")
        return tuple(told)


def luck(n: int, chance: float) -> float:
    """Return the probability that a statement is replicated when each network agrees with that probability.

    Args:
        n: Networks.
        chance: Probability that one network agrees, in [0, 1].

    Returns:
        P(K ≥ k) for the least k whose Clopper–Pearson interval lies above one half; 0 where no k does.

    >>> luck(5, 0.5)  # not even 5 of 5 decide
    0.0
    >>> luck(6, 0.5) == 0.5**6
    True
    """
    deciding = next((k for k in range(n + 1) if clopper_pearson(k, n).low > 0.5), None)
    return 0.0 if deciding is None else float(scipy.stats.binom.sf(deciding - 1, n, chance))


def multiplicity(verdicts: Sequence[Verdict]) -> Multiplicity:
    """Return what a reader of many verdicts must allow for.

    The expectations are sums and so hold however the checks depend on one another.  How the networks of one data set
    depend on one another does matter: they are taken as independent, and as all alike, between which the truth lies.
    """
    judged = [verdict for verdict in verdicts if verdict.outcome != "not testable"]
    families = Counter(verdict.family for verdict in judged)
    decidable = [verdict for verdict in judged if has_enough_networks(verdict)]
    statements = [verdict for verdict in decidable if verdict.family == "statement"]
    chances = [(len(verdict.judgement.values), verdict.judgement.chance) for verdict in statements]
    inside = [
        criterion.met
        for verdict in decidable
        for criterion in verdict.judgement.criteria
        if criterion.name in {IN_PREDICTION_INTERVAL, SIZE}
    ]
    return Multiplicity(
        families=dict(sorted(families.items(), key=lambda item: (-item[1], item[0]))),
        n_statements=len(statements),
        n_with_chance=sum(chance is not None for _, chance in chances),
        by_chance=sum(luck(n, chance) for n, chance in chances if chance is not None),
        by_chance_alike=sum(chance for _, chance in chances if chance is not None),
        n_without_chance=sum(chance is None for _, chance in chances),
        by_coin=sum(luck(n, 0.5) for n, chance in chances if chance is None),
        by_coin_alike=sum(0.5 for _, chance in chances if chance is None),
        n_replicated=sum(verdict.outcome == "replicated" for verdict in statements),
        n_intervals=len(inside),
        n_outside=inside.count(False),
        by_interval=0.05 * len(inside),
    )
