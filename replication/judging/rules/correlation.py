"""Rule for a printed correlation, such as one over the ten classes, or a reported absence of one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from replication.judging.answer import Answers
from replication.judging.bound import Bound, kept_between
from replication.judging.least_networks import LEAST_NETWORKS
from replication.judging.rules.given import numbers, printed_number
from replication.judging.rules.undefined import with_undefined, without_undefined
from replication.judging.rules.wording import ANSWERS, half_unit, rounded_text, span_text
from replication.judging.verdict import OUTCOME_IF, Criterion, Judgement, Outcome
from replication.paper import N_CORRELATED, Reported
from replication.seeds import generator
from replication.stats import (
    CriterionResult,
    Equivalence,
    as_coefficients,
    bayes_factor_01,
    bootstrap_interval,
    critical_r,
    equivalence_of_mean,
    fisher_mean,
    fisher_prediction_interval,
    fisher_z,
    replication_criteria,
    t_interval,
)

SIZE = "size: printed r in the prediction interval"
"""Name of the criterion that the printed coefficient lies in the prediction interval."""
BY_OWN_TESTS = "no correlation: p > .05 in every network by itself, as the paper asks"
"""Name of the criterion that no single network has a significant correlation."""

BY_BAYES_FACTOR = "no correlation: Bayes factor of one typical network"
BY_BOOTSTRAP = "mean r by the bootstrap over seeds"
NOT_JUDGED = frozenset({BY_BAYES_FACTOR, BY_BOOTSTRAP})
"""Names of the criteria that only show a number and ask nothing of it."""


@dataclass(frozen=True)
class Correlation:
    """Correlation, such as one over the ten classes, whose sign and size are judged separately.

    All tests are on Fisher's z.  If the paper reports a correlation, three conditions must hold: the 95 % t interval
    of the mean over seeds excludes 0, the mean has the printed sign and is at least ``margin`` from 0, and the printed
    coefficient lies in the 95 % prediction interval over seeds.  If the paper reports no correlation, the mean must be
    equivalent to 0 within ±``margin`` by two one-sided tests; p > .05 alone is never sufficient.  No mean can therefore
    replicate both.  The coefficient printed with a reported absence need not be reproduced, since the paper does not
    interpret it: among ten classes even .6 is not significant.  Whether it lies in the prediction interval is reported
    as a secondary criterion.

    Attributes:
        margin: Coefficients closer to 0 than this count as none, on the scale of r.
        none_found: Data sets for which the paper reports no correlation.
        reads: Word of the claim that the margin quantifies; empty if the margin was not set by this suite.
        n: Number of pairs behind each coefficient, in the paper and in the networks; only secondary criteria depend on
            it.

    Raises:
        ValueError: ``margin`` is not strictly between 0 and 1, or ``n`` is below 4.
    """

    margin: float
    none_found: tuple[str, ...] = ()
    reads: str = ""
    n: int = N_CORRELATED
    family = "correlation"

    def __post_init__(self) -> None:
        if not 0 < self.margin < 1:
            raise ValueError(f"margin = {self.margin}, expected a coefficient strictly between 0 and 1")
        if self.n < 4:
            raise ValueError(f"n = {self.n}, expected at least 4 pairs")

    @property
    def text(self) -> str:
        """The rule in words."""
        return (
            f"sign: the mean over seeds is {self.margin:g} or more from 0 and its 95 % t interval excludes 0; size: "
            "the printed r, as rounded, lies in the 95 % prediction interval over seeds; no correlation reported: the "
            f"mean is equivalent to 0 within ±{self.margin:g}"
        )

    def judge(self, values: Answers, reported: Sequence[Reported] = (), network: str = "-") -> Judgement:
        """Judge one coefficient per network against the printed one; see ``Rule.judge``.

        Raises:
            ValueError: See ``Rule.judge``; or the printed coefficient is 0 and ``network`` is not in ``none_found``.
        """
        printed = printed_number(reported, self.family, with_p=True)
        if printed.value == 0 and network not in self.none_found:
            raise ValueError(
                f"printed r = {printed.text} has no sign that could be replicated: name {network!r} in none_found"
            )
        values = numbers(values, self.family)
        defined, undecided = without_undefined(values)
        return undecided or with_undefined(self._judge_defined(defined, printed, network), values)

    def own_bound(self, values: Sequence[float], reported: Sequence[Reported], network: str) -> Bound | None:
        """Return the margin with the range of margins that give the same outcome; see ``judge``.

        None if the margin was not set by this suite (``reads`` is empty).
        """
        if not self.reads:
            return None

        def outcome_at(margin: float) -> Outcome:
            return replace(self, margin=margin).judge(values, reported, network).outcome

        defined, undecided = without_undefined(values)
        changes = []
        if undecided is None:
            none = equivalence_of_mean([fisher_z(value) for value in defined], math.atanh(self.margin))
            interval = as_coefficients(none.interval)
            changes = [abs(fisher_mean(defined)), abs(interval.low), abs(interval.high)]
        ends = kept_between(outcome_at, changes, self.margin, (0, 1))
        if network in self.none_found:
            return Bound(self.reads, "less than", self.margin, tuple(map(abs, values)), *ends)
        sign = math.copysign(1, reported[0].value)
        return Bound(self.reads, "at least", self.margin, tuple(sign * value for value in values), *ends)

    def _judge_defined(self, values: Sequence[float], printed: Reported, network: str) -> Judgement:
        """Judge coefficients that are all defined."""
        z = np.array([fisher_z(value) for value in values])
        mean = fisher_mean(values)
        none = equivalence_of_mean(z, math.atanh(self.margin))
        interval = fisher_prediction_interval(values, n_next=printed.n_networks)
        size = interval.low - half_unit(printed) <= printed.value <= interval.high + half_unit(printed)
        size_criterion = Criterion(
            SIZE,
            size if len(values) >= LEAST_NETWORKS else None,
            f"{rounded_text(printed)} against {span_text(interval)}",
        )
        beside = tuple(
            Criterion(
                f"one typical network: {criterion.name}",
                criterion.met,
                f"accepts {criterion.low:.2f} to {criterion.high:.2f}",
            )
            for criterion in self._criteria(printed, mean)
            if not math.isnan(criterion.low)  # NaN: does not apply, as the printed coefficient is not significant
        )
        uninformative = ""
        shown = interval
        if network in self.none_found:
            met, why, primary = self._judge_null(z, mean, none, size_criterion)
            shown = as_coefficients(none.interval)
        else:
            met, why, primary = self._judge_sign_and_size(z, printed.value, mean, none, size_criterion)
            if met and (share := interval.width / 2) > 0.5:
                uninformative = f"the interval for the size admits {share:.0%} of all coefficients"
        return Judgement(
            outcome=OUTCOME_IF[met],
            measured=mean,
            measured_text=self._shown(mean),
            interval=shown,
            why=why,
            criteria=(*primary, *beside),
            uninformative=uninformative,
            unit="r",
        )

    def _criteria(self, printed: Reported, mean: float) -> tuple[CriterionResult, ...]:
        """Return the results of other definitions of "replicated"; empty for a printed 0, 1, −1 or mean of networks."""
        if printed.n_networks > 1 or not 0 < abs(printed.value) < 1:
            return ()
        return replication_criteria(printed.value, self.n, mean, self.n)

    def _shown(self, mean: float) -> str:
        """Return a coefficient with two decimals, or three where rounding to two would lift it to the margin."""
        hidden = abs(mean) < self.margin <= abs(round(mean, 2))
        return f"r = {mean:.{3 if hidden else 2}f}"

    def _judge_null(
        self, z: NDArray[np.float64], mean: float, none: Equivalence, size: Criterion
    ) -> tuple[bool | None, str, tuple[Criterion, ...]]:
        """Judge a reported absence by equivalence of the mean; return met, why and the criteria.

        Secondary criteria are a Bayes factor, the size, and a test of each network by itself.
        """
        met = none.is_equivalent if len(z) >= LEAST_NETWORKS else None
        span = span_text(as_coefficients(none.interval), margin=self.margin)
        bayes, most = bayes_factor_01(mean, self.n), bayes_factor_01(0.0, self.n)
        by_itself = _none_significant(z, self.n)
        pairs = "ten classes" if self.n == N_CORRELATED else f"{self.n} pairs"
        return (
            met,
            f"mean r, 90 % interval {span}, against ±{self.margin:g}; by itself p > .05 in {by_itself.detail}; size "
            f"{ANSWERS[size.met]} ({size.detail})",
            (
                Criterion(f"no correlation: equivalent to 0 within ±{self.margin:g}", met, span),
                Criterion(
                    BY_BAYES_FACTOR,
                    None,
                    f"BF01 = {bayes:.2g}; {pairs} cannot give more than {most:.2g}",
                ),
                size,
                by_itself,
            ),
        )

    def _judge_sign_and_size(
        self, z: NDArray[np.float64], printed: float, mean: float, none: Equivalence, size: Criterion
    ) -> tuple[bool | None, str, tuple[Criterion, ...]]:
        """Judge a reported correlation; return met, why and the criteria.

        The sign is judged by the interval of the mean, the size by the prediction interval; both must hold.
        """
        sign: bool | None = None
        detail = bootstrapped = f"{len(z)} networks, fewer than {LEAST_NETWORKS}"
        if len(z) >= LEAST_NETWORKS:
            bounds = t_interval(z, of="mean")
            detail = f"mean r, 95 % interval {span_text(as_coefficients(bounds))}"
            if none.is_equivalent:
                span = span_text(as_coefficients(none.interval), margin=self.margin)
                sign, detail = False, f"equivalent to 0: mean r, 90 % interval {span}"
            elif (bounds.low > 0 or bounds.high < 0) and (mean > 0) != (printed > 0):
                sign = False
            elif bounds.low > 0 or bounds.high < 0:
                sign = True if abs(mean) >= self.margin else None
                detail += (
                    "" if sign else f", but the mean {mean:.3f} lies within ±{self.margin:g}, which counts as none"
                )
            resampled = bootstrap_interval(z, generator("bootstrap", "sign"))
            bootstrapped = span_text(as_coefficients(resampled))
        met = False if sign is False or size.met is False else True if sign and size.met else None
        why = f"sign {ANSWERS[sign]} ({detail}), size {ANSWERS[size.met]} ({size.detail})"
        criteria = (
            Criterion(f"sign: mean {self.margin:g} or more from 0, its t interval excludes 0", sign, detail),
            size,
            Criterion(BY_BOOTSTRAP, None, bootstrapped),
        )
        return met, why, criteria


def _none_significant(z: NDArray[np.float64], n: int) -> Criterion:
    """Return the criterion that the coefficient of no single network is significant, which the paper reports."""
    critical = critical_r(n)
    n_within = int((np.abs(np.tanh(z)) < critical).sum())
    return Criterion(
        BY_OWN_TESTS,
        n_within == len(z),
        f"{n_within} of {len(z)}: |r| < {critical:.2f}",
    )
