"""Adjusted p values by hand, by their definitions, and by the errors they keep in bounds."""

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from replication.seeds import generator
from replication.stats import benjamini_hochberg, family_wise_error

quick = settings(deadline=None, max_examples=80)
p_lists = st.lists(st.floats(0, 1), min_size=1, max_size=12)

PEARSON_P = [0.06, 0.44, 0.40, 0.03, 0.38, 0.14]


def test_family_wise_error_of_the_papers_six_correlations():
    assert family_wise_error(6) == pytest.approx(0.26, abs=0.005)
    assert family_wise_error(1) == pytest.approx(0.05)
    assert family_wise_error(0) == 0


def test_the_papers_one_significant_p_value_does_not_survive():
    assert benjamini_hochberg(PEARSON_P)[3] == pytest.approx(0.18)


def test_by_hand():
    # .01 · 3 / 1, .03 · 3 / 2 lowered to .04, .04 · 3 / 3
    assert benjamini_hochberg([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.04, 0.04])
    assert benjamini_hochberg([]).size == 0


@quick
@given(p_lists)
def test_by_definition(p):
    m, ordered = len(p), sorted(p)
    bh_by_rank = [min(min(1, m * ordered[j] / (j + 1)) for j in range(i, m)) for i in range(m)]
    assert np.sort(benjamini_hochberg(p)) == pytest.approx(bh_by_rank)


@quick
@given(p_lists, st.randoms(use_true_random=False))
def test_bounded_and_follows_the_order_given(p, random):
    order = list(range(len(p)))
    random.shuffle(order)
    adjusted = benjamini_hochberg(p)
    assert np.all(adjusted >= np.array(p) - 1e-15)
    assert np.all(adjusted <= 1)
    assert benjamini_hochberg(np.array(p)[order]) == pytest.approx(adjusted[order])


def test_errors_stay_within_bounds():
    # 3000 families of six, two effects among them; standard deviation at .05 is .004, band of four: up to .066
    p = generator("test", "multiplicity").uniform(size=(3000, 6))
    p[:, :2] *= 0.002
    rejected = np.array([benjamini_hochberg(family) < 0.05 for family in p])
    false_share = np.mean(rejected[:, 2:].sum(axis=1) / np.maximum(rejected.sum(axis=1), 1))
    assert false_share <= 0.066
    # control: unadjusted, four nulls give 1 − .95⁴ = 18.5 %
    assert np.mean((p[:, 2:] < 0.05).any(axis=1)) == pytest.approx(family_wise_error(4), abs=0.03)


def test_refuses_what_is_no_p_value():
    with pytest.raises(ValueError, match=r"p_values from -0.1 to 0.5, expected within 0 and 1"):
        benjamini_hochberg([0.5, -0.1])
    with pytest.raises(ValueError, match=r"p_values from 0.5 to 1.5, expected within 0 and 1"):
        benjamini_hochberg([0.5, 1.5])
    with pytest.raises(ValueError, match="p_values has 1 values that are NaN"):
        benjamini_hochberg([0.5, math.nan])
    with pytest.raises(ValueError, match=r"p_values has shape \(1, 1\)"):
        benjamini_hochberg([[0.5]])


def test_family_wise_error_refuses_values_out_of_range():
    with pytest.raises(ValueError, match="n_tests = -1, expected at least 0"):
        family_wise_error(-1)
    with pytest.raises(ValueError, match="alpha = 0, expected strictly"):
        family_wise_error(6, 0)
