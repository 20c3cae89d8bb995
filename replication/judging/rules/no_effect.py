"""Rule for claims of no effect, by an equivalence test."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from replication.judging.answer import Answers
from replication.judging.bound import Bound, kept_between
from replication.judging.least_networks import LEAST_NETWORKS
from replication.judging.rules.given import numbers
from replication.judging.rules.undefined import with_undefined, without_undefined
from replication.judging.rules.wording import span_text, with_space
from replication.judging.verdict import OUTCOME_IF, Criterion, Judgement, Outcome
from replication.paper import Reported
from replication.stats import equivalence_of_mean, t_interval


@dataclass(frozen=True)
class NoEffect:
    """Two one-sided t tests: the mean over seeds lies within ± ``margin``.

    Attributes:
        margin: Equivalence margin, in the unit of the values; smaller effects count as none.
        of_largest: Whether each value is the largest of several effects.  Noise alone lifts such values above 0, so
            that the criterion that their interval covers 0 is omitted.
        reads: Word of the claim that the margin quantifies; empty if the margin was not set by this suite.
        unit: Unit of the values.

    Raises:
        ValueError: ``margin`` is not positive and finite.
    """

    margin: float
    of_largest: bool = False
    reads: str = ""
    unit: str = "pp"
    family = "no effect"

    def __post_init__(self) -> None:
        if not 0 < self.margin < math.inf:
            raise ValueError(f"margin = {self.margin}, expected above 0 and finite")

    @property
    def text(self) -> str:
        """The rule in words."""
        return f"two one-sided tests: the mean over seeds lies within ±{self._margin}"

    @property
    def _margin(self) -> str:
        return f"{self.margin:g}{with_space(self.unit)}"

    def judge(self, values: Answers, reported: Sequence[Reported] = (), network: str = "-") -> Judgement:
        """Judge one effect per network; see ``Rule.judge``."""
        values = numbers(values, self.family)
        defined, undecided = without_undefined(values)
        return replace(undecided, unit=self.unit) if undecided else with_undefined(self._judge_defined(defined), values)

    def own_bound(self, values: Sequence[float], reported: Sequence[Reported], network: str) -> Bound | None:
        """Return the margin with the range of margins that give the same outcome; see ``judge``.

        None if the margin was not set by this suite (``reads`` is empty).
        """
        if not self.reads:
            return None

        def outcome_at(margin: float) -> Outcome:
            return replace(self, margin=margin).judge(values, reported, network).outcome

        interval = self.judge(values, reported, network).interval
        changes = [] if interval is None else [abs(interval.low), abs(interval.high)]
        ends = kept_between(outcome_at, changes, self.margin, (0, math.inf))
        return Bound(self.reads, "less than", self.margin, tuple(map(abs, values)), *ends)

    def _judge_defined(self, values: Sequence[float]) -> Judgement:
        """Judge effects that are all defined."""
        test = equivalence_of_mean(values, self.margin)
        met = test.is_equivalent if len(values) >= LEAST_NETWORKS else None
        mean = float(np.mean(values))
        span, unit = span_text(test.interval, self.unit, margin=self.margin), with_space(self.unit)
        return Judgement(
            outcome=OUTCOME_IF[met],
            measured=mean,
            measured_text=f"{mean:.2f}{unit}",
            interval=test.interval,
            why=f"90 % interval {span} against ±{self._margin}",
            criteria=(
                Criterion("equivalent to no effect", met, span),
                Criterion("mean within the margin", abs(mean) < self.margin, f"{mean:.2f}{unit}"),
                *([] if self.of_largest else [self._covers_zero(values)]),
            ),
            unit=self.unit,
        )

    def _covers_zero(self, values: Sequence[float]) -> Criterion:
        """Return the criterion of the ordinary test: the 95 % interval of the mean covers 0."""
        interval = t_interval(values, of="mean")
        return Criterion("95 % interval covers 0", interval.contains(0), span_text(interval, self.unit))
