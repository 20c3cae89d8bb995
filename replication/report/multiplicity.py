"""How many checks there are, of which kind, and how many statements luck alone would replicate."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import scipy

from replication.judging.rules.correlation import SIZE
from replication.judging.rules.value import IN_PREDICTION_INTERVAL
from replication.judging.verdict import Verdict
from replication.plural import count_text
from replication.report.cards import is_rehearsal
from replication.report.families import has_enough_networks
from replication.stats import clopper_pearson


@dataclass(frozen=True)
class Luck:
    """Statements of one kind beside what chance alone would make of them.

    Attributes:
        n: Statements judged on enough networks to decide.
        n_replicated: Those of them that were replicated.
        expected: How many would be if chance decided each network by itself.
        expected_alike: The same if it decided all networks of a data set at once.
    """

    n: int
    n_replicated: int
    expected: float
    expected_alike: float

    @property
    def text(self) -> str:
        """The same in words, to stand after what kind they are."""
        return (
            f"{self.n}, replicated: {self.n_replicated}, expected by chance: {self.expected:.2g} if it decided each "
            f"network by itself, {self.expected_alike:.2g} if it decided all networks of a data set at once, which see "
            "the same images"
        )


@dataclass(frozen=True)
class Multiplicity:
    """Many checks at once.

    Attributes:
        families: Verdicts by family of decision rule, only those that rest on networks or arithmetic.
        unlikely: Statements that chance makes true of at most half of all networks.
        likely: Those that it makes true of more than half: weak tests.
        without_chance: Those for which no chance is defined, against a fair coin.
        n_intervals: Printed numbers held against the 95 % prediction interval of enough networks, also those that
            equivalence decides.
        n_outside: Those of them that lie outside.
        by_interval: How many of them would, though they came from the same distribution.
    """

    families: dict[str, int]
    unlikely: Luck
    likely: Luck
    without_chance: Luck
    n_intervals: int
    n_outside: int
    by_interval: float

    @property
    def firm(self) -> tuple[str, ...]:
        """What of it bears on how firm the whole is, in plain words."""
        told = []
        if self.unlikely.n:
            told.append(
                f"{count_text(self.unlikely.n, 'statement')} on enough networks would by chance be true of at most "
                f"half of all networks, and {self.unlikely.n_replicated} of them are replicated. Chance would "
                f"replicate {self.unlikely.expected:.2g} if networks were independent, and "
                f"{self.unlikely.expected_alike:.2g} if all networks of a data set, which see the same images, always "
                "answered alike."
            )
        return (*told, *self._of_intervals)

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it in plain words."""
        kinds = ", ".join(f"{n} {family}" for family, n in self.families.items())
        told = [f"Verdicts reached: {sum(self.families.values())}, by kind of rule: {kinds or 'none'}."]
        of_luck = {
            "that chance makes true of at most half of all networks": self.unlikely,
            "that it makes true of more than half, weak tests": self.likely,
            "for which no chance is defined, against a fair coin": self.without_chance,
        }
        told += [
            f"Statements judged on enough networks {kind}: {found.text}." for kind, found in of_luck.items() if found.n
        ]
        told += self._of_intervals
        told.append("No verdict is corrected for the others: each stands beside its own interval.")
        return tuple(told)

    @property
    def _of_intervals(self) -> tuple[str, ...]:
        """What luck has to do with the printed numbers that lie outside; empty where none was held against any."""
        if not self.n_intervals:
            return ()
        return (
            f"Of {count_text(self.n_intervals, 'printed number')} held against 95 % prediction intervals of enough "
            f"networks {self.n_outside} lie outside, where {self.by_interval:.2g} would be expected even if the "
            "paper's networks were of the same kind as these.",
        )


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
    decidable = [verdict for verdict in judged if not is_rehearsal(verdict) and has_enough_networks(verdict)]
    statements = [verdict for verdict in decidable if verdict.family == "statement"]
    with_chance = [verdict for verdict in statements if verdict.judgement.chance is not None]
    inside = [
        criterion.met
        for verdict in decidable
        for criterion in verdict.judgement.criteria
        if criterion.name in {IN_PREDICTION_INTERVAL, SIZE}
    ]
    return Multiplicity(
        families=dict(sorted(families.items(), key=lambda item: (-item[1], item[0]))),
        unlikely=_luck([one for one in with_chance if _chance(one) <= 0.5]),
        likely=_luck([one for one in with_chance if _chance(one) > 0.5]),
        without_chance=_luck([one for one in statements if one.judgement.chance is None]),
        n_intervals=len(inside),
        n_outside=inside.count(False),
        by_interval=0.05 * len(inside),
    )


def _chance(statement: Verdict) -> float:
    """Return the chance of a statement, a fair coin's where none is defined."""
    chance = statement.judgement.chance
    return 0.5 if chance is None else chance


def _luck(statements: Sequence[Verdict]) -> Luck:
    """Return what chance would make of some statements."""
    chances = [(len(one.judgement.values), _chance(one)) for one in statements]
    return Luck(
        n=len(statements),
        n_replicated=sum(one.outcome == "replicated" for one in statements),
        expected=sum(luck(n, chance) for n, chance in chances),
        expected_alike=sum(chance for _, chance in chances),
    )
