"""The five families of decision rules: each makes one verdict of a statistic's values over the seeds.

One trained network is one observation.  The first criterion of each judgement is primary and alone decides; the
others stand beside it.  Too few networks never decide: the outcome is then inconclusive.
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from scipy import stats as scipy_stats

from replication.judging.verdict import Criterion, Judgement, Outcome
from replication.paper import N_CORRELATED, Reported
from replication.seeds import generator
from replication.stats import (
    Interval,
    RoundedNumber,
    bayes_factor_01,
    bootstrap_interval,
    clopper_pearson,
    equivalence_of_mean,
    fisher_prediction_interval,
    r33,
    replication_criteria,
    t_confidence_interval,
    t_prediction_interval,
)
from replication.stats.fisher import LARGEST_R

LEAST_NETWORKS = 5
"""Fewer networks decide nothing: their spread, on which every interval rests, is hardly known."""

_ANSWERS = {True: "holds", False: "fails", None: "undecided"}


class Rule(Protocol):
    """What all rules offer."""

    @property
    def family(self) -> str:
        """``exact``, ``value``, ``statement``, ``correlation`` or ``no effect``."""

    @property
    def text(self) -> str:
        """The rule in words."""

    def judge(self, values: Sequence[float], reported: Sequence[Reported], network: str) -> Judgement:
        """Return the judgement of one value per network; ``reported`` are the printed numbers."""


@dataclass(frozen=True)
class Exact:
    """True or false, without chance: for claims that arithmetic, construction or the data sets settle."""

    family = "exact"
    text = "true or false"

    def judge(self, values: Sequence[float], reported: Sequence[Reported], network: str) -> Judgement:
        """Return replicated if every value is true."""
        if undefined := _undefined(values):
            return undefined
        holds = all(bool(value) for value in values)
        return Judgement(
            outcome="replicated" if holds else "not replicated",
            measured=None,
            measured_text="true" if holds else "false",
            interval=None,
            why="settled without chance",
            criteria=(Criterion("true", holds, ""),),
        )


@dataclass(frozen=True)
class Value:
    """The printed number lies in the 95 % t prediction interval over seeds, m ± t·s·√(1 + 1/S).

    Attributes:
        unit: Unit of the value.
        decimals: Digits shown to people.
        scale: On which the interval is made; ``log`` for ratios, which must be positive: any other is undefined.
        null: The value that would mean nothing, such as no change; an interval that admits it beside the printed
            number is marked uninformative.  None where no value means nothing.
    """

    unit: str = ""
    decimals: int = 2
    scale: Literal["linear", "log"] = "linear"
    null: float | None = None
    family = "value"

    @property
    def text(self) -> str:
        """The rule in words."""
        scale = ", made on the log scale" if self.scale == "log" else ""
        return f"the printed number lies in the 95 % prediction interval over seeds{scale}"

    def judge(self, values: Sequence[float], reported: Sequence[Reported], network: str) -> Judgement:
        """Return the judgement of a number per network against the one printed."""
        (printed,) = reported
        if self.scale == "log":
            values = [value if 0 < value < math.inf else math.nan for value in values]
        if undefined := _undefined(values):
            return undefined
        interval = self._prediction_interval(values)
        rounding = _half_unit(printed)
        inside = interval.low - rounding <= printed.value <= interval.high + rounding
        mean = math.exp(float(np.mean(np.log(values)))) if self.scale == "log" else float(np.mean(values))
        below = sum(value < printed.value for value in values)
        decided: Outcome = "replicated" if inside else "not replicated"
        enough = len(values) >= LEAST_NETWORKS
        return Judgement(
            outcome=decided if enough else "inconclusive",
            measured=mean,
            measured_text=self._show(mean),
            interval=interval,
            why=f"printed {printed.text} against {self._span(interval)} for the next network, S = {len(values)}",
            criteria=(
                Criterion("in the prediction interval", inside if enough else None, self._span(interval)),
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
            values=tuple(values),
            uninformative=self._uninformative(interval, inside=inside),
        )

    def _prediction_interval(self, values: Sequence[float]) -> Interval:
        """Return the interval for the next network, in the unit of the values."""
        if self.scale == "linear":
            return t_prediction_interval(values)
        on_log = t_prediction_interval(np.log(values))
        largest = math.log(sys.float_info.max)
        return Interval(
            math.exp(on_log.low), math.exp(on_log.high) if on_log.high < largest else math.inf, on_log.level
        )

    def _uninformative(self, interval: Interval, *, inside: bool) -> str:
        """Return why the printed number could hardly have failed, if so."""
        if self.null is None or not inside or not interval.contains(self.null):
            return ""
        return f"the interval admits {self._show(self.null)}, which would mean nothing, as well"

    def _show(self, number: float) -> str:
        return f"{number:.{self.decimals}f}{_with_space(self.unit)}"

    def _span(self, interval: Interval) -> str:
        if math.isinf(interval.width):
            return "an unbounded interval"
        return f"{interval.low:.{self.decimals}f} to {interval.high:.{self.decimals}f}{_with_space(self.unit)}"


@dataclass(frozen=True)
class Statement:
    """True or false per network; decided by the Clopper–Pearson interval of the share of networks that agree.

    Attributes:
        chance: Probability that it is true of a network where classes, layers or signs mean nothing; above 1/2 the
            verdict is marked uninformative.  None where no such probability is defined.
    """

    chance: float | None = None
    family = "statement"

    @property
    def text(self) -> str:
        """The rule in words."""
        chance = "" if self.chance is None else f"; chance {_share(self.chance)}"
        return f"true of more than half of all networks, by the 95 % Clopper–Pearson interval{chance}"

    def judge(self, values: Sequence[float], reported: Sequence[Reported], network: str) -> Judgement:
        """Return the judgement of a truth value per network."""
        if undefined := _undefined(values):
            return undefined
        n, k = len(values), sum(bool(value) for value in values)
        interval = clopper_pearson(k, n)
        outcome: Outcome = "inconclusive"
        if interval.low > 0.5:
            outcome = "replicated"
        elif interval.high < 0.5:
            outcome = "not replicated"
        met = None if outcome == "inconclusive" else outcome == "replicated"
        criteria = [
            Criterion("true of more than half", met, f"{interval.low:.2f} to {interval.high:.2f}"),
            Criterion("true of every network", k == n, f"{k} of {n}"),
        ]
        if self.chance is not None:
            p = float(scipy_stats.binomtest(k, n, self.chance, alternative="greater").pvalue)
            criteria.append(Criterion("more often than by chance", p < 0.05, f"p = {p:.2g} at {_share(self.chance)}"))
        return Judgement(
            outcome=outcome,
            measured=k / n,
            measured_text=f"{k} of {n} networks",
            interval=interval,
            why=f"true of {k} of {n} networks",
            criteria=tuple(criteria),
            values=tuple(float(bool(value)) for value in values),
            uninformative=self._uninformative(),
        )

    def _uninformative(self) -> str:
        """Return why the statement could hardly have failed, if so."""
        if self.chance is None or self.chance <= 0.5:
            return ""
        return f"it is true by chance of {self.chance:.0%} of networks in which nothing means anything"


@dataclass(frozen=True)
class Correlation:
    """A correlation over the ten classes: its sign and its size, judged apart.

    Where the paper speaks of a correlation, the bootstrap interval of the mean over seeds must exclude 0 on the printed
    side, and the printed coefficient must lie in the seeds' 95 % prediction interval, both on Fisher's z.  Where it
    reports that none was found, the mean must be equivalent to 0 within ``r33``, the effect the original had one
    chance in three to find; p > .05 alone never counts.

    Attributes:
        none_found: Data sets for which the paper reports no correlation.
    """

    none_found: tuple[str, ...] = ()
    family = "correlation"
    text = (
        "sign: the 95 % bootstrap interval over seeds excludes 0; size: the printed r lies in the seeds' 95 % "
        "prediction interval; a printed null: equivalent to 0 within r33 = .52"
    )

    def judge(self, values: Sequence[float], reported: Sequence[Reported], network: str) -> Judgement:
        """Return the judgement of a coefficient per network against the printed one."""
        printed = reported[0]
        if undefined := _undefined(values):
            return undefined
        z = np.arctanh(np.clip(values, -LARGEST_R, LARGEST_R))
        mean = math.tanh(float(z.mean()))
        interval = fisher_prediction_interval(values)
        size = interval.low - _half_unit(printed) <= printed.value <= interval.high + _half_unit(printed)
        size_criterion = Criterion(
            "size: printed r in the prediction interval",
            size if len(values) >= LEAST_NETWORKS else None,
            f"{printed.text} against {interval.low:.2f} to {interval.high:.2f}",
        )
        beside = tuple(
            Criterion(f"one typical network: {criterion.name}", criterion.met, _accepts(criterion.low, criterion.high))
            for criterion in replication_criteria(printed.value, N_CORRELATED, mean, N_CORRELATED)
        )
        uninformative = ""
        if network in self.none_found:
            outcome, why, primary = self._judge_null(z, mean)
            primary += (size_criterion,)
        else:
            outcome, why, primary = self._judge_sign_and_size(z, printed.value, size_criterion)
            if (share := interval.width / 2) > 0.5:
                uninformative = f"the interval for the size admits {share:.0%} of all coefficients"
        return Judgement(
            outcome=outcome,
            measured=mean,
            measured_text=f"r = {mean:.2f}",
            interval=interval,
            why=why,
            criteria=(*primary, *beside),
            values=tuple(values),
            uninformative=uninformative,
        )

    def _judge_null(self, z: np.ndarray, mean: float) -> tuple[Outcome, str, tuple[Criterion, ...]]:
        """Judge whether none was found: equivalence of the mean, with a Bayes factor beside it."""
        margin = r33(N_CORRELATED)
        test = equivalence_of_mean(z, math.atanh(margin))
        decision = test.decision if len(z) >= LEAST_NETWORKS else "undecided"
        outcomes: dict[str, Outcome] = {"equivalent": "replicated", "different": "not replicated"}
        span = f"{math.tanh(test.interval.low):.2f} to {math.tanh(test.interval.high):.2f}"
        bayes = bayes_factor_01(mean, N_CORRELATED)
        return (
            outcomes.get(decision, "inconclusive"),
            f"mean r, 90 % interval {span}, against ±{margin:.2f}",
            (
                Criterion(
                    "no correlation: equivalent to 0 within r33",
                    None if decision == "undecided" else decision == "equivalent",
                    span,
                ),
                Criterion(
                    "no correlation: Bayes factor of one typical network",
                    None,
                    f"BF01 = {bayes:.2g}; ten classes cannot give more than {bayes_factor_01(0.0, N_CORRELATED):.2g}",
                ),
            ),
        )

    def _judge_sign_and_size(
        self, z: np.ndarray, printed: float, size: Criterion
    ) -> tuple[Outcome, str, tuple[Criterion, ...]]:
        """Judge direction by the bootstrap and size by the prediction interval; both must hold."""
        sign: bool | None = None
        detail = f"{len(z)} networks, fewer than {LEAST_NETWORKS}"
        if len(z) >= LEAST_NETWORKS:
            bounds = bootstrap_interval(z, lambda sample: float(sample.mean()), generator("bootstrap", "sign"))
            detail = f"mean r, 95 % interval {math.tanh(bounds.low):.2f} to {math.tanh(bounds.high):.2f}"
            if bounds.low > 0 or bounds.high < 0:
                sign = (bounds.low > 0) == (printed > 0)
        outcome: Outcome = "inconclusive"
        if sign is False or size.met is False:
            outcome = "not replicated"
        elif sign and size.met:
            outcome = "replicated"
        why = f"sign {_ANSWERS[sign]} ({detail}), size {_ANSWERS[size.met]} ({size.detail})"
        return outcome, why, (Criterion("sign: bootstrap interval excludes 0", sign, detail), size)


@dataclass(frozen=True)
class NoEffect:
    """Two one-sided t tests: the mean over seeds lies within ± ``margin``.

    Attributes:
        margin: Effects smaller than this count as none.
        unit: Unit of margin and values.
    """

    margin: float
    unit: str = "pp"
    family = "no effect"

    @property
    def text(self) -> str:
        """The rule in words."""
        return f"two one-sided tests: the mean over seeds lies within ±{self.margin:g}{_with_space(self.unit)}"

    def judge(self, values: Sequence[float], reported: Sequence[Reported], network: str) -> Judgement:
        """Return the judgement of an effect per network."""
        if undefined := _undefined(values):
            return undefined
        test = equivalence_of_mean(values, self.margin)
        decision = test.decision if len(values) >= LEAST_NETWORKS else "undecided"
        outcomes: dict[str, Outcome] = {"equivalent": "replicated", "different": "not replicated"}
        mean = float(np.mean(values))
        zero = t_confidence_interval(values)
        unit = _with_space(self.unit)
        span = f"{test.interval.low:.2f} to {test.interval.high:.2f}{unit}"
        return Judgement(
            outcome=outcomes.get(decision, "inconclusive"),
            measured=mean,
            measured_text=f"{mean:.2f}{unit}",
            interval=test.interval,
            why=f"90 % interval {span} against ±{self.margin:g}{unit}",
            criteria=(
                Criterion(
                    "equivalent to none",
                    None if decision == "undecided" else decision == "equivalent",
                    span,
                ),
                Criterion("mean within the margin", abs(mean) < self.margin, f"{mean:.2f}{unit}"),
                Criterion("95 % interval covers 0", zero.contains(0), f"{zero.low:.2f} to {zero.high:.2f}{unit}"),
            ),
            values=tuple(values),
        )


def _undefined(values: Sequence[float]) -> Judgement | None:
    """Return an inconclusive judgement where the statistic is undefined for some network, else None."""
    n_undefined = sum(math.isnan(value) for value in values)
    if not n_undefined:
        return None
    why = f"undefined for {n_undefined} of {len(values)} networks"
    return Judgement("inconclusive", None, "undefined", None, why, (Criterion("defined", False, why),), tuple(values))


def _half_unit(printed: Reported) -> float:
    """Return half a unit of the last printed digit; 0 for a number given in words."""
    try:
        return RoundedNumber.parse(printed.text).half_unit
    except ValueError:
        return 0.0


def _accepts(low: float, high: float) -> str:
    """Return the coefficients a criterion accepts, in words."""
    return "does not apply" if math.isnan(low) else f"accepts {low:.2f} to {high:.2f}"


def _share(share: float) -> str:
    """Return a probability as 1/n where it is one, else as a decimal."""
    return f"1/{round(1 / share)}" if abs(1 / share - round(1 / share)) < 1e-9 else f"{share:.2g}"


def _with_space(unit: str) -> str:
    """Return a unit with the space before it, or nothing."""
    return f" {unit}" if unit else ""
