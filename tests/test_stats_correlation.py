"""Pearson's and Spearman's correlation against worked cases, scipy and their own false-positive rate."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st
from scipy import stats

from replication.seeds import generator
from replication.stats import correlation_p, critical_r, pearson, pearson_of_rows, spearman, spearman_of_rows

quick = settings(deadline=None, max_examples=60)
seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(3, 15)


def pair(seed, n, *, ties=False):
    draws = np.random.default_rng(seed).normal(size=(2, n))
    return np.round(draws) if ties else draws


def test_pearson_of_a_case_worked_by_hand():
    # a = (−1, 0, 1), b = (−1, 1, 0): a·b = 1, |a|² = |b|² = 2, r = 1/2; t = (1/2) / √(3/4) = 1/√3 on one degree of
    # freedom, a Cauchy variable: p = 1 − (2/π) arctan(1/√3) = 1 − (2/π)(π/6) = 2/3
    result = pearson([1, 2, 3], [1, 3, 2])
    assert result.r == 0.5
    assert result.p == pytest.approx(2 / 3)


def test_spearman_gives_ties_their_mean_rank():
    # ranks (1, 2.5, 2.5, 4) and (1, 2, 3, 4): a·b = 4.5, |a|² = 4.5, |b|² = 5, r = √(4.5 / 5)
    assert spearman([1, 7, 7, 9], [1, 2, 3, 4]).r == pytest.approx(math.sqrt(0.9))


@quick
@given(seeds, sizes, st.booleans())
def test_agrees_with_scipy(seed, n, ties):
    x, y = pair(seed, n, ties=ties)
    assume(np.ptp(x) > 0 and np.ptp(y) > 0)
    ours, theirs = pearson(x, y), stats.pearsonr(x, y)
    assert (ours.r, ours.p) == pytest.approx((theirs.statistic, theirs.pvalue), abs=1e-7)
    ours, theirs = spearman(x, y), stats.spearmanr(x, y)
    assert (ours.r, ours.p) == pytest.approx((theirs.statistic, theirs.pvalue), abs=1e-7)


@quick
@given(seeds, sizes, st.permutations(range(15)))
@pytest.mark.parametrize("correlation", [pearson, spearman])
def test_symmetric_and_blind_to_the_order_of_pairs(correlation, seed, n, order):
    x, y = pair(seed, n, ties=True)
    shuffled = [i for i in order if i < n]
    forward, backward, moved = correlation(x, y), correlation(y, x), correlation(x[shuffled], y[shuffled])
    assert forward.r == pytest.approx(backward.r, nan_ok=True)
    assert forward.r == pytest.approx(moved.r, nan_ok=True)
    assert math.isnan(forward.r) or (abs(forward.r) <= 1 and 0 <= forward.p <= 1)


@quick
@given(seeds, st.integers(0, 20), sizes)
@pytest.mark.parametrize(("of_rows", "correlation"), [(pearson_of_rows, pearson), (spearman_of_rows, spearman)])
def test_rows_are_correlated_as_they_are_one_by_one(of_rows, correlation, seed, n_rows, n):
    x, y = np.round(np.random.default_rng(seed).normal(size=(2, n_rows, n)), 1)
    x[::4] = 7
    assert of_rows(x, y).tolist() == pytest.approx(
        [correlation(*pair).r for pair in zip(x, y, strict=True)], nan_ok=True
    )


@quick
@given(seeds, sizes, st.floats(-8, 8), st.integers(-600, 600))
def test_pearson_ignores_shift_and_scale(seed, n, shift, exponent):
    x, y = pair(seed, n)
    assert pearson(shift + x, y * 2.0**exponent).r == pytest.approx(pearson(x, y).r)
    assert pearson(-x, y).r == pytest.approx(-pearson(x, y).r)


@quick
@given(seeds, sizes)
def test_spearman_sees_ranks_alone(seed, n):
    x, y = pair(seed, n)
    assert spearman(np.exp(x), y).r == spearman(x, y).r


def test_pearson_sees_more_than_ranks():
    assert pearson([1, 2, 3], [1, 2, 3]).r == 1
    assert pearson([1, 2, 30], [1, 2, 3]).r < 0.9


@pytest.mark.parametrize("correlation", [pearson, spearman])
def test_constant_vectors_have_no_correlation(correlation):
    for constant in ([2, 2, 2, 2], [0, 0, 0, 0], [0.1 + 0.2] * 4):
        result = correlation(constant, [1, 2, 3, 4])
        assert math.isnan(result.r)
        assert math.isnan(result.p)


def test_round_off_about_a_large_mean_counts_as_constant():
    nearly = 1e9 + np.array([0, 1, 2, 1]) * 1e-7
    assert np.ptp(nearly) > 0
    assert math.isnan(pearson(nearly, [1, 2, 3, 4]).r)
    assert math.isnan(pearson(-nearly, [1, 2, 3, 4]).r)
    assert pearson(1e9 + np.array([0, 1, 2, 1]), [1, 2, 3, 4]).r == pytest.approx(0.6324555320)  # 2 / √(2 · 5)


def test_a_perfect_correlation_is_exactly_one_with_p_zero():
    result = pearson([0.1, 0.2, 0.4, 0.7], [0.2, 0.4, 0.8, 1.4])
    assert result.r == pytest.approx(1)
    x = np.random.default_rng(3).normal(size=(2000, 7))
    r = np.concatenate([pearson_of_rows(x, 3 * x), -pearson_of_rows(x, -3 * x)])
    assert r.max() == 1
    assert r.min() > 1 - 1e-14
    assert correlation_p(1.0, 4) == correlation_p(-1.0, 4) == 0


def test_critical_r_at_ten_pairs():
    assert critical_r(10) == pytest.approx(0.632, abs=5e-4)
    assert critical_r(10, 0.01) == pytest.approx(0.765, abs=5e-4)


@quick
@given(st.integers(3, 1000), st.floats(1e-4, 0.9))
def test_critical_r_is_where_p_crosses_the_threshold(n, alpha):
    assert correlation_p(critical_r(n, alpha), n) == pytest.approx(alpha)


@quick
@given(st.floats(0, 0.98), sizes)
def test_p_falls_with_the_size_of_r_and_with_n(r, n):
    assert correlation_p(r, n) == correlation_p(-r, n)
    assert correlation_p(r + 0.01, n) < correlation_p(r, n)
    assert correlation_p(r, n + 1) <= correlation_p(r, n)


@pytest.mark.parametrize("correlation", [pearson, spearman])
def test_false_positive_rate(correlation):
    # 3000 nulls at .05: 150 expected, standard deviation √(3000 · .05 · .95) = 11.9, band of four: 102 to 198
    draws = generator("test", "correlation", "null").normal(size=(3000, 2, 10))
    n_significant = sum(correlation(x, y).p < 0.05 for x, y in draws)
    assert 102 <= n_significant <= 198


def test_refuses_what_has_no_correlation():
    with pytest.raises(ValueError, match="x has 2 values, expected at least 3"):
        pearson([1, 2], [1, 2])
    for correlation in (pearson, spearman):
        with pytest.raises(ValueError, match="x has 3 values and y has 4, expected equally many"):
            correlation([1, 2, 3], [1, 2, 3, 4])
        with pytest.raises(ValueError, match="x has 4 values and y has 3, expected equally many"):
            correlation([1, 2, 3, 4], [1, 2, 3])
        with pytest.raises(ValueError, match="x has 1 values that are NaN or infinite"):
            correlation([1, math.inf, 3], [1, 2, 3])
        with pytest.raises(ValueError, match="y has 1 values that are NaN or infinite"):
            correlation([1, 2, 3], [1, math.nan, 3])
    for of_rows in (pearson_of_rows, spearman_of_rows):
        with pytest.raises(ValueError, match="x and y have 2 pairs with a NaN or an infinity"):
            of_rows([[1, 2, 3], [1, math.inf, 3]], [[math.nan, 2, 3], [1, 2, 3]])
        for one, other in (((3,), (3,)), ((2, 3), (1, 3)), ((1, 3), (2, 3)), ((2, 2), (2, 2)), ((2, 3, 4), (2, 3, 4))):
            with pytest.raises(ValueError, match="expected tables of one shape, 3 columns or more"):
                of_rows(np.ones(one), np.ones(other))
    with pytest.raises(ValueError, match=r"x has shape \(2, 3\), expected one dimension"):
        pearson(np.ones((2, 3)), [1, 2, 3])
    with pytest.raises(ValueError, match=r"r = 1.5, expected a correlation"):
        correlation_p(1.5, 10)
    with pytest.raises(ValueError, match="n = 2, expected at least 3"):
        correlation_p(0.5, 2)
    with pytest.raises(ValueError, match="n = 2, expected at least 3"):
        critical_r(2)
    with pytest.raises(ValueError, match="alpha = 0, expected strictly between"):
        critical_r(10, 0)
