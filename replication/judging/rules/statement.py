"""Rule for statements that are true or false of each network."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import scipy

from replication.judging.answer import Answers
from replication.judging.rules.given import truth_values
from replication.judging.rules.undefined import told
from replication.judging.rules.wording import share_text
from replication.judging.verdict import OUTCOME_IF, Criterion, Judgement
from replication.paper import Reported
from replication.stats import Interval, clopper_pearson
from replication.words import count_text


@dataclass(frozen=True)
class Statement:
    """Statement per network, decided by the Clopper–Pearson interval of the share of networks of which it is true.

    Networks for which the statement is undefined are counted both ways: the lower end of the interval counts them as
    false, the upper end as true.

    Attributes:
        chance: Probability that the statement is true of a network in which the property it is about (classes, layers,
            signs or training) has no meaning.  Above 1/2, a replicated verdict is marked uninformative.  None if no
            such probability is defined.

    Raises:
        ValueError: ``chance`` is outside (0, 1]; at 0 no network could agree.
    """

    chance: float | None = None
    family = "statement"

    def __post_init__(self) -> None:
        if self.chance is not None and not 0 < self.chance <= 1:
            raise ValueError(f"chance = {self.chance}, expected a probability above 0 and at most 1, or None")

    @property
    def text(self) -> str:
        """The rule in words."""
        chance = "" if self.chance is None else f"; chance {share_text(self.chance)}"
        return f"true of more than half of all networks, by the 95 % Clopper–Pearson interval{chance}"

    def judge(self, values: Answers, reported: Sequence[Reported] = (), network: str = "-") -> Judgement:
        """Judge one truth value per network; see ``Rule.judge``."""
        values = truth_values(values, self.family)
        n, n_undefined = len(values), sum(math.isnan(value) for value in values)
        n_defined, k = n - n_undefined, sum(value == 1 for value in values)
        interval = Interval(clopper_pearson(k, n).low, clopper_pearson(k + n_undefined, n).high, 0.95)
        met = True if interval.low > 0.5 else False if interval.high < 0.5 else None
        criteria = [
            Criterion("true of more than half", met, f"{100 * interval.low:.0f} to {100 * interval.high:.0f} %"),
            Criterion("true of every network", _both_ways(k == n, k + n_undefined == n), f"{k} of {n}"),
        ]
        if self.chance is not None:
            p, least_p = (
                float(scipy.stats.binomtest(agreeing, n, self.chance, alternative="greater").pvalue)
                for agreeing in (k, k + n_undefined)
            )
            span = " to ".join(dict.fromkeys((f"{least_p:.2g}", f"{p:.2g}")))
            detail = f"p = {span} at {share_text(self.chance)}"
            criteria.append(
                Criterion(
                    "more often than by chance, if networks were independent",
                    _both_ways(p < 0.05, least_p < 0.05),
                    detail,
                )
            )
        also = f", {told(n_undefined, n)}" if n_undefined else ""
        return Judgement(
            outcome=OUTCOME_IF[met],
            measured=k / n_defined if n_defined else None,
            measured_text=_measured_text(k, n_defined, n_undefined),
            interval=interval if n_defined else None,
            why=f"true of {k} of {count_text(n, 'network')}{also}",
            criteria=tuple(criteria),
            values=tuple(values),
            uninformative=self._uninformative() if met else "",
            unit="share",
            chance=self.chance,
        )

    def _uninformative(self) -> str:
        """Return why a replicated statement was a weak test; empty if it was not."""
        if self.chance is None or self.chance <= 0.5:
            return ""
        share = f"{100 * self.chance:.0f} %"
        return f"by chance, for any class, or without training, it would be true of {share} of networks"


def _measured_text(k: int, n_defined: int, n_undefined: int) -> str:
    """Return a text with the number of true networks, out of those for which the statement is defined."""
    if not n_defined:
        return "undefined"
    counted = f"{k} of {count_text(n_defined, 'network')}"
    return f"{counted}, {n_undefined} undefined" if n_undefined else counted


def _both_ways(one: bool, other: bool) -> bool | None:  # noqa: FBT001
    """Return the answer if both agree, else None."""
    return one if one == other else None
