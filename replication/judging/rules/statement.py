"""True or false per network."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import scipy

from replication.judging.rules.undefined import told
from replication.judging.rules.wording import share_text
from replication.judging.verdict import Criterion, Judgement, Outcome
from replication.paper import Reported
from replication.stats import Interval, clopper_pearson

LEAST_AGREEING = 6
"""With fewer networks not even all of them are enough: of five that agree the interval begins at .478."""


@dataclass(frozen=True)
class Statement:
    """True or false per network; decided by the Clopper–Pearson interval of the share of networks that agree.

    Networks for which the statement is undefined are counted both ways: the interval reaches from the lower end found
    with all of them false to the upper end found with all of them true.

    Attributes:
        chance: Probability that it is true of a network where classes, layers or signs mean nothing; above 1/2 the
            verdict is marked uninformative.  None where no such probability is defined.
    """

    chance: float | None = None
    family = "statement"

    @property
    def text(self) -> str:
        """The rule in words."""
        chance = "" if self.chance is None else f"; chance {share_text(self.chance)}"
        return f"true of more than half of all networks, by the 95 % Clopper–Pearson interval{chance}"

    def judge(self, values: Sequence[float], reported: Sequence[Reported], network: str) -> Judgement:
        """Return the judgement of a truth value per network; see ``Rule.judge``."""
        n, n_undefined = len(values), sum(math.isnan(value) for value in values)
        k = sum(bool(value) for value in values if not math.isnan(value))
        interval = Interval(clopper_pearson(k, n).low, clopper_pearson(k + n_undefined, n).high, 0.95)
        outcome: Outcome = "inconclusive"
        if interval.low > 0.5:
            outcome = "replicated"
        elif interval.high < 0.5:
            outcome = "not replicated"
        met = None if outcome == "inconclusive" else outcome == "replicated"
        criteria = [
            Criterion("true of more than half", met, f"{interval.low:.2f} to {interval.high:.2f}"),
            Criterion("true of every network", _both_ways(k == n, k + n_undefined == n), f"{k} of {n}"),
        ]
        if self.chance is not None:
            p = float(scipy.stats.binomtest(k, n, self.chance, alternative="greater").pvalue)
            criteria.append(
                Criterion("more often than by chance", p < 0.05, f"p = {p:.2g} at {share_text(self.chance)}")
            )
        also = f", {told(n_undefined, n)}" if n_undefined else ""
        return Judgement(
            outcome=outcome,
            measured=k / n if n_undefined < n else None,
            measured_text=f"{k} of {n} networks" if n_undefined < n else "undefined",
            interval=interval if n_undefined < n else None,
            why=f"true of {k} of {n} networks{also}",
            criteria=tuple(criteria),
            values=tuple(value if math.isnan(value) else float(bool(value)) for value in values),
            uninformative=self._uninformative(),
        )

    def _uninformative(self) -> str:
        """Return why the statement could hardly have failed, if so."""
        if self.chance is None or self.chance <= 0.5:
            return ""
        return f"it is true by chance of {self.chance:.0%} of networks in which nothing means anything"


def _both_ways(one: bool, other: bool) -> bool | None:  # noqa: FBT001
    """Return an answer that holds either way, else None."""
    return one if one == other else None
