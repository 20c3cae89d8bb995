"""Rule for printed numbers, compared with the spread over seeds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from replication.judging.answer import Answers
from replication.judging.least_networks import LEAST_NETWORKS
from replication.judging.rules.given import numbers, printed_number
from replication.judging.rules.undefined import with_undefined, without_undefined
from replication.judging.rules.wording import fixed, half_unit, rounded_text, span_text, with_space
from replication.judging.verdict import OUTCOME_IF, Criterion, Judgement
from replication.paper import Reported
from replication.stats import Interval, log_prediction_interval, t_interval
from replication.words import count_text

IN_PREDICTION_INTERVAL = "in the prediction interval"
"""Name of the criterion that the printed number lies in the prediction interval."""


@dataclass(frozen=True)
class Value:
    """The printed number lies in the 95 % t prediction interval over seeds, m ± t·s·√(1/n + 1/S).

    n is the number of networks whose mean is printed, usually 1; on the log scale the geometric mean is predicted.
    A printed number stands for all values that round to it; it is enough if one of them lies in the interval.

    Attributes:
        unit: Unit of the value.
        decimals: Digits after the point shown to readers.
        scale: Scale on which the interval is computed.  ``log`` is for ratios; values that are not positive and finite
            then count as undefined.
        null: Nearest value that would contradict the claim, such as no change.  A replicated verdict whose interval
            contains it is marked uninformative.  None if there is no such value.

    Raises:
        ValueError: ``scale`` is neither ``linear`` nor ``log``, or ``decimals`` is negative.
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
        scale = ", computed on the log scale" if self.scale == "log" else ""
        return f"the printed number, as rounded, lies in the 95 % prediction interval over seeds{scale}"

    def judge(self, values: Answers, reported: Sequence[Reported] = (), network: str = "-") -> Judgement:
        """Judge one number per network against the printed one; see ``Rule.judge``."""
        printed = printed_number(reported, self.family)
        each = numbers(values, self.family)
        if self.scale == "log":
            each = [value if 0 < value < math.inf else math.nan for value in each]
        defined, undecided = without_undefined(each)
        return undecided or with_undefined(self._judge_defined(defined, printed), each)

    def _judge_defined(self, values: Sequence[float], printed: Reported) -> Judgement:
        """Judge numbers that are all defined."""
        interval = self._prediction_interval(values, printed.n_networks)
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
            why=(
                f"printed {rounded_text(printed)} against {span} for {_further(printed.n_networks)}, from "
                f"{count_text(len(values), 'network')}"
            ),
            criteria=(
                Criterion(IN_PREDICTION_INTERVAL, met, span),
                Criterion(
                    "in the range of the seeds",
                    min(values) - rounding <= printed.value <= max(values) + rounding,
                    f"{below} of {len(values)} networks lie below the printed number",
                ),
                Criterion(
                    "mean rounds to the printed number",
                    abs(mean - printed.value) <= rounding,
                    f"difference {mean - printed.value:+.3g}",
                ),
            ),
            uninformative=self._uninformative(interval) if met else "",
            unit=self.unit,
            decimals=self.decimals,
        )

    def _prediction_interval(self, values: Sequence[float], n_next: int) -> Interval:
        """Return the prediction interval of the mean of further networks, in the unit of the values."""
        if self.scale == "linear":
            return t_interval(values, of="next run", n_next=n_next)
        return log_prediction_interval(values, n_next)

    def _uninformative(self, interval: Interval) -> str:
        """Return why a replicated number was a weak test; empty if it was not."""
        if self.null is None or not interval.contains(self.null):
            return ""
        return (
            f"the interval is so wide that it also includes {self._show(self.null)}, which would contradict the claim"
        )

    def _show(self, number: float) -> str:
        return f"{fixed(number, self.decimals)}{with_space(self.unit)}"


def _further(n: int) -> str:
    return "the next network" if n == 1 else f"the mean of {n} further networks"
