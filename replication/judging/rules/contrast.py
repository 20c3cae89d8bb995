"""Rule for a difference between two data sets, which 'significant here, not significant there' does not test."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from replication.judging.answer import Answers
from replication.judging.bound import Bound, kept_between
from replication.judging.least_networks import LEAST_NETWORKS
from replication.judging.rules.given import numbers
from replication.judging.rules.undefined import with_undefined, without_undefined
from replication.judging.rules.wording import ANSWERS, span_text, with_space
from replication.judging.verdict import OUTCOME_IF, Criterion, Judgement, Outcome
from replication.stats import welch_interval


@dataclass(frozen=True)
class Contrast:
    """Difference between the networks of two data sets, tested directly (Gelman & Stern 2006).

    Networks are not paired: the same seed draws other weights on other data.  The two means are therefore compared by
    Welch's interval.  Not replicated if the 95 % interval of the difference ends below ``least``; otherwise replicated
    if the interval lies above 0.

    Attributes:
        least: Smallest difference that counts.
        unit: Unit of the values.
        reads: Word of the claim that ``least`` quantifies; empty if ``least`` was not set by this suite.

    Raises:
        ValueError: ``least`` is negative or not finite, or is 0 although ``reads`` is given.
    """

    least: float
    unit: str = ""
    reads: str = ""
    family = "contrast"

    def __post_init__(self) -> None:
        if not 0 <= self.least < math.inf or (self.reads and self.least == 0):
            above = "above 0, since it reads a word," if self.reads else "at least 0"
            raise ValueError(f"least = {self.least}, expected {above} and finite")

    @property
    def text(self) -> str:
        """The rule in words."""
        least = f"{self.least:g}{with_space(self.unit)}"
        return f"difference of two data sets' means: its 95 % Welch interval lies above 0 and not wholly below {least}"

    def compare(self, values: Answers, others: Answers) -> Judgement:
        """Judge the difference of a statistic between the networks of two data sets.

        Args:
            values: Statistic of each network of the data set claimed to have more; NaN where undefined.
            others: Statistic of each network of the other data set; NaN where undefined.

        Returns:
            The judgement; its ``values`` are the differences of ``values`` to the mean of ``others``.

        Raises:
            ValueError: ``values`` or ``others`` is empty, or holds an ``Answer``.
        """
        values, others = numbers(values, self.family), numbers(others, self.family)
        defined, undecided = without_undefined(values)
        compared, undecided_of_others = without_undefined(others)
        if few := undecided or undecided_of_others:
            return replace(few, values=(math.nan,) * len(values))
        above = [value - float(np.mean(compared)) for value in values]
        return with_undefined(with_undefined(self._judge_defined(defined, compared), others), above)

    def own_bound(self, values: Sequence[float], others: Sequence[float]) -> Bound | None:
        """Return ``least`` with the range of bounds that give the same outcome; see ``compare``.

        None if ``least`` was not set by this suite (``reads`` is empty).
        """
        if not self.reads:
            return None

        def outcome_at(least: float) -> Outcome:
            return replace(self, least=least).compare(values, others).outcome

        judgement = self.compare(values, others)
        changes = [] if judgement.interval is None else [judgement.interval.high]
        ends = kept_between(outcome_at, changes, self.least, (0, math.inf))
        return Bound(self.reads, "at least", self.least, judgement.values, *ends)

    def _judge_defined(self, values: Sequence[float], others: Sequence[float]) -> Judgement:
        """Judge values that are all defined."""
        interval, unit = welch_interval(values, others), with_space(self.unit)
        mean = float(np.mean(values)) - float(np.mean(others))
        span = span_text(interval, self.unit, margin=self.least)
        more: bool | None = None
        if min(len(values), len(others)) >= LEAST_NETWORKS:
            more = False if interval.high < self.least else True if interval.low > 0 else None
        n_above = sum(value > other for value in values for other in others)
        return Judgement(
            outcome=OUTCOME_IF[more],
            measured=mean,
            measured_text=f"{mean:.2f}{unit}",
            interval=interval,
            why=(
                f"difference {ANSWERS[more]}: {mean:+.2f}{unit} between the means, 95 % interval {span}, "
                f"{len(values)} and {len(others)} networks"
            ),
            criteria=(
                Criterion(f"more: interval above 0 and not wholly below {self.least:g}{unit}", more, span),
                Criterion(
                    "every network above every network of the other data set",
                    min(values) > max(others),
                    f"{n_above} of {len(values) * len(others)} pairs",
                ),
            ),
            unit=self.unit,
        )
