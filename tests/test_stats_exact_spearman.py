"""Spearman's exact distribution against all permutations, and the paper's three coefficients."""

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from reference import exact_spearman as reference
from scipy.stats import rankdata

from replication.stats import correlation_p, exact_spearman_p, spearman, spearman_of_squared_rank_difference

quick = settings(deadline=None, max_examples=60)


@pytest.mark.parametrize("n", range(2, 8))
def test_equals_going_through_all_orders(n):
    for d2 in reference.attained(n):
        assert exact_spearman_p(d2, n) == pytest.approx(reference.exact_spearman_p(d2, n))


@pytest.mark.parametrize(
    ("d2", "r", "p"), [(66, 0.6, 0.0734), (86, 0.4788, 0.1663), (122, 0.2606, 0.4697)], ids=["K", "F", "M"]
)
def test_the_papers_coefficients(d2, r, p):
    assert spearman_of_squared_rank_difference(d2, 10) == pytest.approx(r, abs=5e-5)
    assert exact_spearman_p(d2, 10) == pytest.approx(p, abs=5e-5)


def test_at_ten_pairs_the_t_approximation_differs_in_the_second_decimal():
    r = spearman_of_squared_rank_difference(86, 10)
    assert round(correlation_p(r, 10), 2) == 0.16
    assert round(exact_spearman_p(86, 10), 2) == 0.17


@quick
@given(st.integers(4, 10), st.data())
def test_bounded_and_symmetric(n, data):
    most = n * (n**2 - 1) // 3
    d2 = 2 * data.draw(st.integers(0, most // 2))
    assert 0 < exact_spearman_p(d2, n) <= 1
    assert exact_spearman_p(d2, n) == pytest.approx(exact_spearman_p(most - d2, n))
    assert spearman_of_squared_rank_difference(most - d2, n) == pytest.approx(
        -spearman_of_squared_rank_difference(d2, n)
    )


@quick
@given(st.integers(3, 10), st.integers(0, 2**32 - 1))
def test_squared_rank_difference_gives_spearmans_coefficient(n, seed):
    x, y = np.random.default_rng(seed).normal(size=(2, n))
    d2 = int(((rankdata(x) - rankdata(y)) ** 2).sum())
    assert spearman_of_squared_rank_difference(d2, n) == pytest.approx(spearman(x, y).r)


def test_rises_from_the_ends_to_the_middle():
    p = [exact_spearman_p(d2, 10) for d2 in range(0, 166, 2)]
    assert np.all(np.diff(p) > 0)
    assert p[-1] == pytest.approx(1, abs=0.02)


def test_the_largest_n_by_hand():
    # of the 12! orders, one in order and 11 with two neighbours exchanged, and as many the other way round
    assert exact_spearman_p(0, 12) == pytest.approx(2 / math.factorial(12))
    assert exact_spearman_p(2, 12) == pytest.approx(2 * 12 / math.factorial(12))


def test_refuses_impossible_sums():
    for d2, n in ((3, 10), (-2, 10), (332, 10), (4, 3)):
        with pytest.raises(ValueError, match=rf"d2 = {d2} at n = {n}: without ties"):
            exact_spearman_p(d2, n)
        with pytest.raises(ValueError, match=rf"d2 = {d2} at n = {n}: without ties"):
            spearman_of_squared_rank_difference(d2, n)
    with pytest.raises(ValueError, match="n = 13, expected at most 12"):
        exact_spearman_p(0, 13)
    with pytest.raises(ValueError, match="n = 1, expected at least 2"):
        exact_spearman_p(0, 1)
