"""A printed number against the spread over seeds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from replication.judging.answer import Answers
from replication.judging.rules.given import numbers, printed_number
from replication.judging.rules.rule import LEAST_NETWORKS
from replication.judging.rules.undefined import with_undefined, without_undefined
from replication.judging.rules.wording import fixed, half_unit, rounded_text, span_text, with_space
from replication.judging.verdict import OUTCOME_IF, Criterion, Judgement
from replication.paper import Reported
from replication.stats import Interval, log_prediction_interval, t_interval

IN_PREDICTION_INTERVAL = "in the prediction interval"
"""Name of the criterion that the printed number lies there."""


@dataclass(frozen=True)
class Value:
    """The printed number lies in the 95 % t prediction interval over seeds, m ± t·s·√(1 + 1/S).

    A printed number stands for all that round to it: one of these in the interval is enough.

    Attributes:
        unit: Unit of the value.
        decimals: Digits shown to people.
        scale: On which the interval is made; ``log`` for ratios, which must be positive: any other is undefined.
        null: The nearest value that would belie the sentence, such as no change; an interval that admits it beside
            the printed number is marked uninformative.  None where no single value would.

    Raises:
        ValueError: ``scale`` is neither of the two, or ``decimals`` is negative.
    """

    unit: str = ""
    decimals: int = 2
    scale: Literal["linear", "log"] = "linear"
    null: float | None = None
    family = "value"

    def __post_init__(self) -> None:
        if self.scale not in {"linear", "log"}:
            raise ValueError(f"scale = {self.scale!r}, expected 'linear' or 'log'")
        if self.decimals < 0:
            raise ValueError(f"decimals = {self.decimals}, expected at least 0")

    @property
    def text(self) -> str:
        """The rule in words."""
        scale = ", made on the log scale" if self.scale == "log" else ""
        return f"the printed number, as rounded, lies in the 95 % prediction interval over seeds{scale}"

    def judge(self, values: Answers, reported: Sequence[Reported], network: str) -> Judgement:
        """Return the judgement of a number per network against the one printed; see ``Rule.judge``."""
        printed = printed_number(reported, self.family)
        each = numbers(values)
        if self.scale == "log":
            each = [value if 0 < value < math.inf else math.nan for value in each]
        defined, undecided = without_undefined(each)
        return undecided or with_undefined(self._judge_defined(defined, printed), each)

    def _judge_defined(self, values: Sequence[float], printed: Reported) -> Judgement:
        """Return the judgement of numbers that are all defined."""
        interval = self._prediction_interval(values)
        rounding = half_unit(printed)
        inside = interval.low - rounding <= printed.value <= interval.high + rounding
        mean = math.exp(float(np.mean(np.log(values)))) if self.scale == "log" else float(np.mean(values))
        below = sum(value < printed.value for value in values)
        met = inside if len(values) >= LEAST_NETWORKS else None
        span = span_text(interval, self.unit, self.decimals)
        return Judgement(
            outcome=OUTCOME_IF[met],
            measured=mean,
            measured_text=self._show(mean),
            interval=interval,
            why=f"printed {rounded_text(printed)} against {span} for the next network, S = {len(values)}",
            criteria=(
                Criterion(IN_PREDICTION_INTERVAL, met, span),
                Criterion(
                    "in the range of the seeds",
                    min(values) - rounding <= printed.value <= max(values) + rounding,
                    f"{below} of {len(values)} networks lie below the printed number",
                ),
                Criterion(
                    "mean rounds to it",
                    abs(mean - printed.value) <= rounding,
                    f"difference {mean - printed.value:+.3g}",
                ),
            ),
            uninformative=self._uninformative(interval) if met else "",
            unit=self.unit,
            decimals=self.decimals,
        )

    def _prediction_interval(self, values: Sequence[float]) -> Interval:
        """Return the interval for the next network, in the unit of the values."""
        if self.scale == "linear":
            return t_interval(values, of="next run")
        return log_prediction_interval(values)

    def _uninformative(self, interval: Interval) -> str:
        """Return why a printed number that lies in the interval was a weak test, if so."""
        if self.null is None or not interval.contains(self.null):
            return ""
        return (
            f"the interval is so wide that it also includes {self._show(self.null)}, which would contradict the claim"
        )

    def _show(self, number: float) -> str:
        return f"{fixed(number, self.decimals)}{with_space(self.unit)}"
