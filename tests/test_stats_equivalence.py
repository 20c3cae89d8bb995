"""Equivalence: small effects are called so, large ones not, and wrongly so no more often than promised."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from replication.seeds import generator
from replication.stats import (
    Interval,
    equivalence_of_correlation,
    equivalence_of_mean,
    t_interval,
)

quick = settings(deadline=None, max_examples=80)
effects = st.lists(st.floats(-10, 10).map(lambda value: round(value, 3)), min_size=2, max_size=12)


@pytest.mark.parametrize(
    ("values", "margin", "decision"),
    [
        ([-0.1, 0.0, 0.1, 0.05, -0.05], 1, "equivalent"),
        ([1.9, 2.0, 2.1, 2.05, 1.95], 1, "different"),
        ([-1.9, -2.0, -2.1, -2.05, -1.95], 1, "different"),
        ([-2.0, 2.0, 0.5, -0.5, 0.1], 1, "undecided"),
        ([0.4, 0.5, 0.6, 0.5, 0.5], 1, "equivalent"),  # not 0, yet small
    ],
)
def test_planted_effects(values, margin, decision):
    assert equivalence_of_mean(values, margin).decision == decision


@quick
@given(effects, st.floats(0.01, 10))
def test_p_values_are_those_of_scipy(values, margin):
    assume(np.ptp(values) > 0)
    result = equivalence_of_mean(values, margin)
    above = stats.ttest_1samp(values, -margin, alternative="greater").pvalue
    below = stats.ttest_1samp(values, margin, alternative="less").pvalue
    assert (result.p_not_below, result.p_not_above) == pytest.approx((above, below), abs=1e-9)
    assert result.interval == t_interval(values, 0.9, of="mean")


@quick
@given(effects, st.floats(0.01, 10))
def test_the_interval_decides_as_the_two_tests_do(values, margin):
    result = equivalence_of_mean(values, margin)
    worst = max(result.p_not_below, result.p_not_above)
    if abs(worst - 0.05) > 1e-9:
        assert (result.decision == "equivalent") == (worst < 0.05)
    mirrored = equivalence_of_mean(np.negative(values), margin)
    assert mirrored.decision == result.decision
    assert mirrored.p_not_below == pytest.approx(result.p_not_above)


@quick
@given(effects, st.floats(0.01, 10), st.floats(1, 3))
def test_a_wider_margin_never_loses_equivalence(values, margin, factor):
    if equivalence_of_mean(values, margin).decision == "equivalent":
        assert equivalence_of_mean(values, margin * factor).decision == "equivalent"


def test_false_equivalence_at_the_margin():
    # true mean on the margin: 4000 draws at .05, 200 expected, standard deviation 13.8, band of four: 145 to 255
    draws = generator("test", "equivalence", "margin").normal(1, 1, size=(4000, 30))
    decisions = [equivalence_of_mean(draw, 1).decision for draw in draws]
    assert 145 <= decisions.count("equivalent") <= 255
    assert 145 <= decisions.count("different") <= 255


@pytest.mark.parametrize("values", [[], [0.0]])
def test_fewer_than_two_runs_decide_nothing(values):
    result = equivalence_of_mean(values, 1)
    assert result.decision == "undecided"
    assert result.p_not_below == result.p_not_above == 1
    assert result.interval == Interval(-math.inf, math.inf, 0.9)


@pytest.mark.parametrize(
    ("value", "decision", "p_not_above"), [(0.1, "equivalent", 0), (1, "undecided", 0.5), (1.1, "different", 1)]
)
def test_equal_runs_leave_no_doubt(value, decision, p_not_above):
    result = equivalence_of_mean([value] * 5, 1)
    assert result.decision == decision
    assert result.p_not_below == 0
    assert result.p_not_above == p_not_above


def test_correlation_by_hand():
    # z = artanh .1 = .1003, artanh .3 = .3095, error 1/√97 = .1015: p(Z > 4.036), p(Z < −2.060)
    result = equivalence_of_correlation(0.1, 100, 0.3)
    assert result.decision == "equivalent"
    assert (result.p_not_below, result.p_not_above) == pytest.approx((2.7e-5, 0.0197), rel=0.02)


@pytest.mark.parametrize(
    ("r", "n", "margin", "decision"),
    [
        (0.0, 10, 0.3, "undecided"),  # ten pairs cannot show the absence of a correlation
        (0.0, 10, 0.56, "equivalent"),
        (0.9, 50, 0.3, "different"),
        (1.0, 10, 0.9, "different"),
        (-1.0, 10, 0.9, "different"),
        (0.0, 3, 0.99, "undecided"),
    ],
)
def test_planted_correlations(r, n, margin, decision):
    assert equivalence_of_correlation(r, n, margin).decision == decision


@quick
@given(st.floats(-1, 1), st.integers(1, 100), st.floats(0.05, 0.95))
def test_correlation_interval_decides_as_the_two_tests_do(r, n, margin):
    result = equivalence_of_correlation(r, n, margin)
    worst = max(result.p_not_below, result.p_not_above)
    if abs(worst - 0.05) > 1e-9:
        assert (result.decision == "equivalent") == (worst < 0.05)
    assert equivalence_of_correlation(-r, n, margin).decision == result.decision


def test_refuses_margins_and_thresholds_out_of_range():
    for margin in (0, -1, math.inf, math.nan):
        with pytest.raises(ValueError, match=f"margin = {margin}, expected a positive number"):
            equivalence_of_mean([1, 2], margin)
    with pytest.raises(ValueError, match="values has 1 values that are NaN"):
        equivalence_of_mean([1, math.nan], 1)
    with pytest.raises(ValueError, match=r"alpha = 0.5, expected strictly between 0 and 1/2"):
        equivalence_of_mean([1, 2], 1, 0.5)
    with pytest.raises(ValueError, match="margin = 1, expected strictly between 0 and 1"):
        equivalence_of_correlation(0.5, 10, 1)
    with pytest.raises(ValueError, match="r = 3, expected a correlation"):
        equivalence_of_correlation(3, 10, 0.5)
    with pytest.raises(ValueError, match="n = 0, expected at least 1"):
        equivalence_of_correlation(0.5, 0, 0.5)
    with pytest.raises(ValueError, match="alpha = 0, expected strictly between 0 and 1/2"):
        equivalence_of_correlation(0.5, 10, 0.5, 0)
