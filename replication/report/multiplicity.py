"""Count the checks by kind, and the statements that chance alone would replicate."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import scipy

from replication.judging.rules.correlation import SIZE
from replication.judging.rules.value import IN_PREDICTION_INTERVAL
from replication.judging.verdict import Verdict
from replication.stats import clopper_pearson
from replication.words import count_text


@dataclass(frozen=True)
class Luck:
    """Statements of one kind, compared with what chance alone would replicate.

    Attributes:
        n: Number of statements judged on enough networks to decide.
        n_replicated: Number of these that were replicated.
        n_refuted: Number of these that were not replicated.
        expected: Expected number replicated if chance decided each network independently.
        expected_alike: Expected number replicated if chance decided all networks of a data set at once.
        refuted: Expected number not replicated if chance decided each network independently.
        refuted_alike: Expected number not replicated if chance decided all networks of a data set at once.
    """

    n: int
    n_replicated: int
    n_refuted: int
    expected: float
    expected_alike: float
    refuted: float
    refuted_alike: float

    @property
    def text(self) -> str:
        """The counts in words, to follow the name of the kind."""
        return (
            f"{self.n}, replicated: {self.n_replicated}, expected by chance: {self.expected:.2g} if chance decided "
            f"each network separately, {self.expected_alike:.2g} if it decided all networks of a data set together "
            "(they see the same images)"
        )


@dataclass(frozen=True)
class Multiplicity:
    """Counts and chance expectations for many checks at once.

    Attributes:
        families: Number of verdicts by family of decision rule; only verdicts that rest on networks or arithmetic.
        unlikely: Statements that chance makes true of at most half of all networks.
        likely: Statements that chance makes true of more than half: weak tests.
        without_chance: Statements without a defined chance, compared with a fair coin.
        n_intervals: Number of printed numbers compared with the 95 % prediction interval of enough networks, including
            those decided by equivalence.
        n_outside: Number of these that lie outside.
        by_interval: Expected number outside if they came from the same distribution, at most: an interval also admits
            what rounds to it.
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
        """The sentences on how firm the results are as a whole."""
        sentences = []
        if self.unlikely.n:
            sentences.append(
                f"Luck: {count_text(self.unlikely.n, 'statement')} on enough networks would by chance be true of at "
                f"most half of all networks. {self.unlikely.n_replicated} of them are replicated, "
                f"{self.unlikely.n_refuted} not replicated. By chance, {self.unlikely.expected:.2g} and "
                f"{self.unlikely.refuted:.2g} would be expected if networks were independent, and "
                f"{self.unlikely.expected_alike:.2g} and {self.unlikely.refuted_alike:.2g} if all networks of a data "
                "set always gave the same answer. They see the same images, so the truth lies between. Chance means "
                "networks in which classes, layers or fractions have no meaning; to do better than these is little."
            )
        return (*sentences, *(f"Printed numbers: {sentence}" for sentence in self._of_intervals))

    @property
    def sentences(self) -> tuple[str, ...]:
        """All counts and expectations in plain words."""
        kinds = ", ".join(f"{n} {family}" for family, n in self.families.items())
        lines = [f"Verdicts reached: {sum(self.families.values())}, by kind of rule: {kinds or 'none'}."]
        of_luck = {
            "that chance makes true of at most half of all networks": self.unlikely,
            "that chance makes true of more than half of all networks (weak tests)": self.likely,
            "for which no chance is defined, compared with a fair coin": self.without_chance,
        }
        lines += [
            f"Statements judged on enough networks {kind}: {found.text}." for kind, found in of_luck.items() if found.n
        ]
        lines += self._of_intervals
        lines.append("No verdict is corrected for multiple testing: each is shown with its own interval.")
        return tuple(lines)

    @property
    def _of_intervals(self) -> tuple[str, ...]:
        """Chance and the printed numbers outside their intervals; empty if none was compared."""
        if not self.n_intervals:
            return ()
        return (
            f"Of {count_text(self.n_intervals, 'printed number')} compared with 95 % prediction intervals of enough "
            f"networks, {self.n_outside} {'lies' if self.n_outside == 1 else 'lie'} outside. Even if the paper's "
            f"networks were of the same kind as these, {self.by_interval:.2g} at most would be expected outside.",
        )


def luck(n: int, chance: float) -> float:
    """Return the probability that a statement is replicated if each network agrees with probability ``chance``.

    Args:
        n: Number of networks.
        chance: Probability that one network agrees, in [0, 1].

    Returns:
        P(K ≥ k) for the smallest k whose Clopper–Pearson interval lies above one half; 0 if there is no such k.

    >>> luck(5, 0.5)  # not even 5 of 5 decide
    0.0
    >>> luck(6, 0.5) == 0.5**6
    True
    """
    deciding = next((k for k in range(n + 1) if clopper_pearson(k, n).low > 0.5), None)
    return 0.0 if deciding is None else float(scipy.stats.binom.sf(deciding - 1, n, chance))


def multiplicity(verdicts: Sequence[Verdict]) -> Multiplicity:
    """Return the counts and chance expectations of many verdicts.

    The expectations are sums, so they hold under any dependence between checks.  Dependence between the networks of one
    data set does matter.  Two extremes are computed, independent and identical; the truth lies between them.
    """
    judged = [verdict for verdict in verdicts if verdict.outcome != "not testable"]
    families = Counter(verdict.family for verdict in judged)
    decidable = [verdict for verdict in judged if not verdict.is_rehearsal and verdict.has_enough_networks]
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
    """Return the chance of a statement; that of a fair coin if undefined."""
    chance = statement.judgement.chance
    return 0.5 if chance is None else chance


def _luck(statements: Sequence[Verdict]) -> Luck:
    """Return counts and chance expectations of some statements."""
    chances = [(len(one.judgement.values), _chance(one)) for one in statements]
    return Luck(
        n=len(statements),
        n_replicated=sum(one.outcome == "replicated" for one in statements),
        n_refuted=sum(one.outcome == "not replicated" for one in statements),
        expected=sum(luck(n, chance) for n, chance in chances),
        expected_alike=sum(chance for _, chance in chances),
        # The interval of k of n mirrors that of n − k.
        refuted=sum(luck(n, 1 - chance) for n, chance in chances),
        refuted_alike=sum(1 - chance for _, chance in chances),
    )
