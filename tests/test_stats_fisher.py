"""Intervals on Fisher's scale: the paper's two correlations, coverage, and perfect coefficients."""

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

from replication.seeds import generator
from replication.stats import (
    Interval,
    as_coefficients,
    fisher_interval,
    fisher_mean,
    fisher_prediction_interval,
    fisher_standard_error,
    fisher_z,
    pearson,
)

quick = settings(deadline=None, max_examples=60)
coefficients = st.floats(-1, 1)


@pytest.mark.parametrize(("r", "low", "high"), [(0.60, -0.05, 0.89), (0.68, 0.09, 0.92)])
def test_the_papers_correlations_at_ten_pairs(r, low, high):
    interval = fisher_interval(r, 10)
    assert (round(interval.low, 2), round(interval.high, 2)) == (low, high)


@quick
@given(st.integers(0, 2**32 - 1), st.integers(4, 30), st.floats(0.5, 0.99))
def test_agrees_with_scipy(seed, n, level):
    x, y = np.random.default_rng(seed).normal(size=(2, n))
    theirs = stats.pearsonr(x, y).confidence_interval(level)
    ours = fisher_interval(pearson(x, y).r, n, level)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-7)


def test_on_the_scale_of_coefficients_an_interval_is_tanh_of_its_ends_and_bounded():
    interval = as_coefficients(Interval(-math.inf, math.atanh(0.5), 0.9))
    assert (interval.low, interval.high, interval.level) == (-1, pytest.approx(0.5), 0.9)


@quick
@given(coefficients, st.integers(4, 100))
def test_bounded_mirrored_and_narrower_with_more_pairs(r, n):
    interval, mirrored, narrower = fisher_interval(r, n), fisher_interval(-r, n), fisher_interval(r, n + 1)
    assert -1 <= interval.low <= interval.high <= 1
    assert (mirrored.low, mirrored.high) == pytest.approx((-interval.high, -interval.low))
    assert narrower.width <= interval.width
    assert interval.low - 1e-12 <= r <= interval.high + 1e-12


def test_three_pairs_say_nothing_and_a_perfect_coefficient_leaves_one_point():
    assert fisher_standard_error(3) == math.inf
    assert fisher_standard_error(12) == pytest.approx(1 / 3)
    assert fisher_interval(0.5, 3) == fisher_interval(1, 3) == Interval(-1, 1, 0.95)
    assert fisher_interval(1, 4) == Interval(1, 1, 0.95)
    assert fisher_interval(-1, 4) == Interval(-1, -1, 0.95)


def test_covers_as_promised():
    # 3000 draws at .95: standard deviation .004; Fisher's approximation is good to .01 at ten pairs: .925 to .975
    stream = generator("test", "fisher", "coverage")
    x, noise = stream.normal(size=(2, 3000, 10))
    y = 0.6 * x + 0.8 * noise
    rs = [pearson(a, b).r for a, b in zip(x, y, strict=True)]
    assert 0.925 <= np.mean([fisher_interval(r, 10).contains(0.6) for r in rs]) <= 0.975
    # five runs predict the sixth
    predicted = [fisher_prediction_interval(rs[i : i + 5]).contains(rs[i + 5]) for i in range(0, 2994, 6)]
    # 499 predictions at .95: standard deviation .0098, band of four: .911 to .989
    assert 0.911 <= np.mean(predicted) <= 0.989


def test_prediction_by_hand():
    # z = ±1: m = 0, s = √2, S = 2, t(.75, 1) = 1, so that m ± t s √(3/2) = ±√3 at level one half
    r = math.tanh(1)
    interval = fisher_prediction_interval([-r, r], 0.5)
    assert (interval.low, interval.high) == pytest.approx((-math.tanh(math.sqrt(3)), math.tanh(math.sqrt(3))))
    # of the mean of 6 further runs: ±2 √(1/6 + 1/2)
    of_six = fisher_prediction_interval([-r, r], 0.5, n_next=6)
    assert of_six.high == pytest.approx(math.tanh(math.sqrt(2) * math.sqrt(1 / 6 + 1 / 2)))


@quick
@given(st.lists(coefficients, min_size=2, max_size=12))
def test_prediction_is_bounded_and_mirrored(rs):
    interval, mirrored = fisher_prediction_interval(rs), fisher_prediction_interval(np.negative(rs))
    assert -1 <= interval.low <= interval.high <= 1
    assert (mirrored.low, mirrored.high) == pytest.approx((-interval.high, -interval.low), abs=1e-9)


@pytest.mark.parametrize("rs", [[], [0.6], [1.0]])
def test_prediction_from_fewer_than_two_runs_says_nothing(rs):
    assert fisher_prediction_interval(rs) == Interval(-1, 1, 0.95)


def test_prediction_with_perfect_coefficients():
    assert fisher_prediction_interval([1, 1, 1]) == Interval(1, 1, 0.95)
    assert fisher_prediction_interval([0.3, 0.3]) == Interval(0.3, 0.3, 0.95)
    others = [0.5, 0.6, 0.7, 0.6]
    assert fisher_prediction_interval([*others, 1]).width > fisher_prediction_interval([*others, 0.9]).width


@quick
@given(coefficients)
def test_z_is_finite_and_that_of_a_coefficient_below_the_largest(r):
    assert fisher_z(r) == pytest.approx(math.atanh(np.clip(r, -0.999, 0.999)))


def test_z_of_an_undefined_coefficient_is_undefined():
    assert math.isnan(fisher_z(math.nan))


def test_refuses_what_is_no_correlation():
    with pytest.raises(ValueError, match="r = nan, expected a correlation"):
        fisher_interval(math.nan, 10)
    with pytest.raises(ValueError, match="n = 0, expected at least 1"):
        fisher_interval(0.5, 0)
    with pytest.raises(ValueError, match="level = 1, expected strictly"):
        fisher_interval(0.5, 10, 1)
    with pytest.raises(ValueError, match=r"r = 1.1, expected a correlation"):
        fisher_prediction_interval([0.5, 1.1])
    with pytest.raises(ValueError, match="rs has 1 values that are NaN"):
        fisher_prediction_interval([0.5, math.nan])
    with pytest.raises(ValueError, match="level = 1, expected strictly"):
        fisher_prediction_interval([0.5, 0.6], 1)


@quick
@given(st.lists(st.floats(-0.99, 0.99), min_size=1, max_size=9))
def test_the_mean_lies_among_the_coefficients_and_changes_sign_with_them(rs):
    mean = fisher_mean(rs)
    assert min(rs) - 1e-12 <= mean <= max(rs) + 1e-12
    assert fisher_mean(np.negative(rs)) == pytest.approx(-mean)
    assert math.atanh(mean) == pytest.approx(np.mean(np.arctanh(rs)), abs=1e-9)


def test_the_mean_of_one_is_itself_and_of_none_refused():
    assert fisher_mean([0.3]) == pytest.approx(0.3)
    assert fisher_mean([1.0]) == pytest.approx(0.999)
    for bad, said in (([], "at least 1"), ([math.nan, 0.1], "values has 1 values that are NaN"), ([1.1], "1.1")):
        with pytest.raises(ValueError, match=said):
            fisher_mean(bad)
