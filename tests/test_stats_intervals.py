"""Intervals against worked cases and scipy, and their coverage over repeated draws."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import assume, example, given, settings, strategies as st
from scipy import stats

from replication.seeds import generator
from replication.stats import (
    Interval,
    bootstrap_interval,
    clopper_pearson,
    log_prediction_interval,
    t_interval,
    welch_interval,
)

quick = settings(deadline=None, max_examples=60)
levels = st.floats(0.5, 0.99)
OF = ("mean", "next run")
runs = st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 3)), min_size=2, max_size=12)


def test_an_interval_contains_its_ends():
    interval = Interval(1, 3, 0.95)
    assert interval.width == 2
    assert [interval.contains(value) for value in (0.9, 1, 2, 3, 3.1, math.nan)] == [0, 1, 1, 1, 0, 0]


def test_clopper_pearson_by_hand():
    # no success in n trials: (1 − high)ⁿ = .025
    interval = clopper_pearson(0, 10)
    assert interval.low == 0
    assert interval.high == pytest.approx(1 - 0.025**0.1)
    assert clopper_pearson(10, 10).low == pytest.approx(0.025**0.1)
    assert clopper_pearson(0, 0) == Interval(0, 1, 0.95)


@quick
@given(st.integers(1, 60), levels, st.data())
def test_clopper_pearson_agrees_with_scipy(n, level, data):
    k = data.draw(st.integers(0, n))
    ours, theirs = clopper_pearson(k, n, level), stats.binomtest(k, n).proportion_ci(level, method="exact")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert ours.contains(k / n)
    mirrored = clopper_pearson(n - k, n, level)
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - ours.high, 1 - ours.low))


@pytest.mark.parametrize("n", [1, 5, 30])
def test_clopper_pearson_covers_at_least_as_promised(n):
    # exactly, without draws: at each share, the binomial weight of the counts whose interval contains it
    intervals = [clopper_pearson(k, n, 0.9) for k in range(n + 1)]
    for share in np.linspace(0, 1, 101):
        weights = stats.binom.pmf(range(n + 1), n, share)
        coverage = sum(w for w, i in zip(weights, intervals, strict=True) if i.contains(float(share)))
        assert coverage >= 0.9 - 1e-9


def test_t_intervals_by_hand():
    # m = 2, s = 1, S = 3, t(.975, 2) = 4.302653: 2 ± 4.302653 / √3 and 2 ± 4.302653 √(4/3)
    confidence, prediction = t_interval([1, 2, 3], of="mean"), t_interval([1, 2, 3], of="next run")
    assert (confidence.low, confidence.high) == pytest.approx((-0.4841377, 4.4841377))
    assert (prediction.low, prediction.high) == pytest.approx((-2.9682755, 6.9682755))
    # of the mean of 6 further runs: 2 ± 4.302653 √(1/6 + 1/3)
    of_six = t_interval([1, 2, 3], of="next run", n_next=6)
    assert (of_six.low, of_six.high) == pytest.approx((-1.0424351, 5.0424351))


@quick
@given(runs, levels)
def test_t_interval_of_the_mean_agrees_with_scipy(values, level):
    assume(np.ptp(values) > 0)
    theirs = stats.t.interval(level, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
    ours = t_interval(values, level, of="mean")
    assert (ours.low, ours.high) == pytest.approx(theirs, rel=1e-6, abs=1e-6)


@quick
@given(runs, st.floats(0.5, 0.9), st.floats(-100, 100))
@pytest.mark.parametrize("of", OF)
def test_t_intervals_move_with_the_values_and_widen_with_the_level(of, values, level, shift):
    interval, wider = t_interval(values, level, of=of), t_interval(values, level + 0.05, of=of)
    moved = t_interval(np.add(values, shift), level, of=of)
    assert (moved.low, moved.high) == pytest.approx((interval.low + shift, interval.high + shift), abs=1e-6)
    assert wider.low <= interval.low <= interval.high <= wider.high
    assert interval.contains(float(np.mean(values))) or np.ptp(values) == 0


@quick
@given(runs, levels)
def test_predicting_a_run_is_less_certain_than_estimating_the_mean(values, level):
    assert t_interval(values, level, of="next run").width >= t_interval(values, level, of="mean").width


@quick
@given(runs, st.integers(1, 50))
def test_a_mean_of_further_runs_is_predicted_between_one_run_and_the_mean_of_all(values, n_next):
    widths = [t_interval(values, of="next run", n_next=n).width for n in (1, n_next, n_next + 1)]
    assert widths[0] >= widths[1] >= widths[2] >= t_interval(values, of="mean").width


@pytest.mark.parametrize("interval", [partial(t_interval, of="next run"), log_prediction_interval])
def test_no_run_at_all_has_no_mean(interval):
    with pytest.raises(ValueError, match="n_next = 0, expected at least 1"):
        interval([1.0, 2.0], n_next=0)


@pytest.mark.parametrize("of", OF)
@pytest.mark.parametrize("values", [[], [7.0]])
def test_fewer_than_two_runs_say_nothing(of, values):
    assert t_interval(values, of=of) == Interval(-math.inf, math.inf, 0.95)


@pytest.mark.parametrize("of", OF)
def test_equal_runs_leave_one_point(of):
    assert t_interval([0.1] * 7, of=of) == Interval(0.1, 0.1, 0.95)


def test_t_intervals_cover_as_promised():
    # 4000 draws at .9: standard deviation of the share √(.9 · .1 / 4000) = .0047, band of four: .881 to .919
    draws = generator("test", "intervals", "coverage").normal(3, 2, size=(4000, 9))
    shares = [
        np.mean([t_interval(draw[:5], 0.9, of="next run", n_next=4).contains(draw[5:].mean()) for draw in draws]),
        np.mean([t_interval(draw[:5], 0.9, of="next run").contains(draw[5]) for draw in draws]),
        np.mean([t_interval(draw[:5], 0.9, of="mean").contains(3) for draw in draws]),
    ]
    assert all(0.881 <= share <= 0.919 for share in shares), shares
    # control: a confidence interval does not predict the next run
    assert np.mean([t_interval(draw[:5], 0.9, of="mean").contains(draw[5]) for draw in draws]) < 0.75
    # control: the interval of one run is too wide for a mean
    assert np.mean([t_interval(draw[:5], 0.9, of="next run").contains(draw[5:].mean()) for draw in draws]) > 0.95


@quick
@given(runs, runs, levels)
def test_welch_interval_agrees_with_scipy(values, others, level):
    # scipy warns of samples that vary by less than their mean's last digits
    assume(min(np.ptp(values), np.ptp(others)) > 1e-6 * max(map(abs, [*values, *others])))
    theirs = stats.ttest_ind(values, others, equal_var=False).confidence_interval(level)
    ours = welch_interval(values, others, level)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=1e-6, abs=1e-6)


def test_welch_interval_by_hand():
    # equal spreads and sizes: twice the degrees of freedom; one sample that does not vary: those of the other
    same, one = welch_interval([2, 3, 4], [1, 2, 3]), welch_interval([2, 3, 4], [1, 1, 1])
    assert (same.low, same.high) == pytest.approx((1 - 2.7764451 * math.sqrt(2 / 3), 1 + 2.7764451 * math.sqrt(2 / 3)))
    assert (one.low, one.high) == pytest.approx((2 - 4.3026527 / math.sqrt(3), 2 + 4.3026527 / math.sqrt(3)))
    mirrored = welch_interval([1, 1, 1], [2, 3, 4])
    assert (mirrored.low, mirrored.high) == pytest.approx((-one.high, -one.low))
    # at level one half, t(.75, 2) = √(2/3)
    assert welch_interval([2, 3, 4], [1, 1, 1], 0.5).high == pytest.approx(2 + math.sqrt(2) / 3)
    assert welch_interval([1, 1, 1], [2, 3, 4], 0.5).low == pytest.approx(-2 - math.sqrt(2) / 3)
    # the formula, m₁ − m₂ ± t √(s₁²/n₁ + s₂²/n₂), with s² = 4/3 and 2
    found = welch_interval([0, 0, 2, 2.0], [5, 7], 0.9)
    errors = np.array([4 / 3 / 4, 2 / 2])
    degrees = errors.sum() ** 2 / (errors[0] ** 2 / 3 + errors[1] ** 2 / 1)
    reach = stats.t.isf(0.05, degrees) * math.sqrt(errors.sum())
    assert (found.low, found.high) == pytest.approx((-5 - reach, -5 + reach))


def test_welch_interval_of_too_few_and_of_equal_values():
    assert welch_interval([1.0], [1.0, 2.0]) == Interval(-math.inf, math.inf, 0.95)
    assert welch_interval([1.0, 2.0], []) == Interval(-math.inf, math.inf, 0.95)
    assert welch_interval([0.3] * 3, [0.1] * 7) == Interval(0.3 - 0.1, 0.3 - 0.1, 0.95)


def test_bootstrap_covers_nearly_as_promised():
    # so skewed a sample of 60 runs costs the percentile interval 1.5 % of its coverage; 1000 draws at .935: standard
    # deviation of the share .0078, band of four: .904 to .966
    stream = generator("test", "bootstrap", "coverage")
    draws = stream.exponential(size=(1000, 60))
    intervals = [bootstrap_interval(draw, stream) for draw in draws]
    assert 0.904 <= np.mean([interval.contains(1) for interval in intervals]) <= 0.966


def test_bootstrap_is_near_the_normal_interval_for_a_mean():
    values = generator("test", "bootstrap", "normal").normal(size=400)
    interval = bootstrap_interval(values, generator("test", "bootstrap", "draws"))
    expected = stats.norm.interval(0.95, values.mean(), values.std() / 20)
    assert (interval.low, interval.high) == pytest.approx(expected, abs=0.01)


def test_bootstrap_varies_from_one_stream_to_another_as_is_said():
    # of 200 streams the spread is known to 5 %: .015 of the width, band of four .003
    values = generator("test", "bootstrap", "values").normal(size=20)
    intervals = [bootstrap_interval(values, generator("test", "bootstrap", "stream", n)) for n in range(200)]
    ends = np.array([(interval.low, interval.high) for interval in intervals])
    width = np.mean([interval.width for interval in intervals])
    assert ends.std(axis=0) / width == pytest.approx([0.015, 0.015], abs=0.003)


def test_bootstrap_follows_its_generator_alone():
    values = np.arange(9.0)
    first, again, other = (bootstrap_interval(values, generator("test", "bootstrap", seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize("values", [[], [7.0]])
def test_bootstrap_of_fewer_than_two_runs_says_nothing(values):
    assert bootstrap_interval(values, generator("test")) == Interval(-math.inf, math.inf, 0.95)


@quick
@example([-990210.897, -990210.897], 0)  # whose quantiles come out the wrong way round by their last bit
@given(runs, st.integers(0, 2**32 - 1))
def test_bootstrap_of_the_mean_stays_within_the_values(values, seed):
    interval = bootstrap_interval(values, np.random.default_rng(seed))
    slack = 1e-9 * max(1, np.abs(values).max())
    assert min(values) - slack <= interval.low <= interval.high <= max(values) + slack


def test_refuses_what_makes_no_interval():
    with pytest.raises(ValueError, match="interval from 2 to 1: expected low ≤ high"):
        Interval(2, 1, 0.95)
    with pytest.raises(ValueError, match="interval from nan to 1"):
        Interval(math.nan, 1, 0.95)
    with pytest.raises(ValueError, match="level = 95, expected strictly between 0 and 1"):
        Interval(0, 1, 95)
    for k in (-1, 4):
        with pytest.raises(ValueError, match=f"k = {k} successes in n = 3 trials"):
            clopper_pearson(k, 3)
    with pytest.raises(ValueError, match=r"level = 1.0, expected strictly"):
        clopper_pearson(0, 0, 1.0)
    for of in OF:
        with pytest.raises(ValueError, match="values has 1 values that are NaN"):
            t_interval([1, math.nan], of=of)
        with pytest.raises(ValueError, match="level = 0, expected strictly"):
            t_interval([1], 0, of=of)
        with pytest.raises(ValueError, match=r"values has shape \(\), expected one dimension"):
            t_interval(1.0, of=of)
    with pytest.raises(ValueError, match="level = 2, expected strictly"):
        welch_interval([1], [1], 2)
    with pytest.raises(ValueError, match="values has 1 values that are NaN"):
        welch_interval([math.nan], [1])
    with pytest.raises(ValueError, match="others has 1 values that are NaN"):
        welch_interval([1], [math.nan])
    with pytest.raises(ValueError, match="of='median': expected one of"):
        t_interval([1, 2], of="median")


def test_bootstrap_refuses_what_it_cannot_resample():
    with pytest.raises(ValueError, match="values has 1 values that are NaN"):
        bootstrap_interval([1, math.nan], generator("test"))
    with pytest.raises(ValueError, match=r"values has shape \(1, 2\)"):
        bootstrap_interval([[1, 2]], generator("test"))


@given(st.lists(st.floats(0.01, 100), min_size=2, max_size=9))
def test_the_interval_on_the_log_scale_is_that_of_logarithms(values):
    on_log = t_interval(np.log(values), of="next run")
    interval = log_prediction_interval(values)
    assert interval.low == pytest.approx(math.exp(on_log.low))
    assert interval.high == (pytest.approx(math.exp(on_log.high)) if on_log.high < 709 else math.inf)


def test_on_the_log_scale_too_wide_is_unbounded_and_what_has_no_logarithm_is_refused():
    assert log_prediction_interval([1e-300, 1e300]).high == math.inf
    assert log_prediction_interval([1e-20, 1e20]).high == math.inf  # e¹⁰¹³, above the largest float, e⁷⁰⁹·⁸
    assert log_prediction_interval([1, 2, 4], n_next=6).high == pytest.approx(2 * 2 ** (4.302653 * math.sqrt(1 / 2)))
    assert log_prediction_interval([1e-14, 1e14]).high > 1e307  # e⁷⁰⁹·³
    with pytest.raises(ValueError, match="values has 1 values that are NaN"):
        log_prediction_interval([1.0, math.nan])
    for values in ([0.0, 1.0], [-1.0, 1.0]):
        with pytest.raises(ValueError, match="expected positive ones, which have a logarithm"):
            log_prediction_interval(values)
