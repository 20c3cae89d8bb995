"""Equivalence: small effects are called so, large ones not, and wrongly so no more often than promised."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st
from scipy import stats

from replication.seeds import generator
from replication.stats import Interval, equivalence_of_mean, t_interval

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
    result = equivalence_of_mean(values, margin)
    assert result.decision == decision
    assert result.is_equivalent is {"equivalent": True, "different": False, "undecided": None}[decision]


@quick
@given(effects, st.floats(0.01, 10))
def test_the_interval_decides_as_scipys_two_tests_do(values, margin):
    assume(np.ptp(values) > 0)
    result = equivalence_of_mean(values, margin)
    worst = max(
        stats.ttest_1samp(values, -margin, alternative="greater").pvalue,
        stats.ttest_1samp(values, margin, alternative="less").pvalue,
    )
    if abs(worst - 0.05) > 1e-9:
        assert (result.decision == "equivalent") == (worst < 0.05)
    assert result.interval == t_interval(values, 0.9, of="mean")


@quick
@given(effects, st.floats(0.01, 10))
def test_mirrored_effects_are_decided_alike(values, margin):
    assert equivalence_of_mean(np.negative(values), margin).decision == equivalence_of_mean(values, margin).decision


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
    assert result.interval == Interval(-math.inf, math.inf, 0.9)


@pytest.mark.parametrize(("value", "decision"), [(0.1, "equivalent"), (1, "undecided"), (1.1, "different")])
def test_equal_runs_leave_no_doubt(value, decision):
    assert equivalence_of_mean([value] * 5, 1).decision == decision
    assert equivalence_of_mean([-value] * 5, 1).decision == decision


def test_refuses_margins_out_of_range_and_values_that_are_none():
    for margin in (0, -1, math.inf, math.nan):
        with pytest.raises(ValueError, match=f"margin = {margin}, expected a positive number"):
            equivalence_of_mean([1, 2], margin)
    with pytest.raises(ValueError, match="values has 1 values that are NaN"):
        equivalence_of_mean([1, math.nan], 1)
