"""More in one data set's networks than in another's: what 'significant here, not significant there' leaves open."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from replication.judging.rules.rule import LEAST_NETWORKS
from replication.judging.rules.undefined import with_undefined, without_undefined
from replication.judging.rules.wording import ANSWERS, with_space
from replication.judging.verdict import Criterion, Judgement, Outcome
from replication.paper import Reported
from replication.stats import t_interval


@dataclass(frozen=True)
class Contrast:
    """A difference between two data sets' networks, judged as such (Gelman & Stern 2006).

    Networks of the two data sets are taken in pairs, each network once, so that the differences are independent of one
    another.  Not replicated if the 95 % t interval of their mean ends below ``least``; else replicated if it lies
    above 0.

    Attributes:
        least: The smallest difference that counts as one.
        unit: Unit of the values.
    """

    least: float
    unit: str = ""
    family = "contrast"

    @property
    def text(self) -> str:
        """The rule in words."""
        least = f"{self.least:g}{with_space(self.unit)}"
        return f"difference of two data sets: the 95 % t interval of its mean lies above 0 and not wholly below {least}"

    def judge(self, values: Sequence[float], reported: Sequence[Reported], network: str) -> Judgement:
        """Return the judgement of a difference per pair of networks; see ``Rule.judge``."""
        defined, undecided = without_undefined(values)
        return undecided or with_undefined(self._judge_defined(defined), values)

    def _judge_defined(self, values: Sequence[float]) -> Judgement:
        """Return the judgement of differences that are all defined."""
        interval, mean, unit = t_interval(values, of="mean"), float(np.mean(values)), with_space(self.unit)
        span = f"{interval.low:.2f} to {interval.high:.2f}{unit}"
        more: bool | None = None
        if len(values) >= LEAST_NETWORKS:
            more = False if interval.high < self.least else True if interval.low > 0 else None
        outcomes: dict[bool | None, Outcome] = {True: "replicated", False: "not replicated", None: "inconclusive"}
        return Judgement(
            outcome=outcomes[more],
            measured=mean,
            measured_text=f"{mean:.2f}{unit}",
            interval=interval,
            why=f"difference {ANSWERS[more]}: mean {mean:+.2f}{unit}, 95 % interval {span}",
            criteria=(
                Criterion("more than nothing", more, span),
                Criterion(
                    "more in every pair of networks",
                    min(values) > 0,
                    f"{sum(value > 0 for value in values)} of {len(values)}",
                ),
            ),
        )
