"""Numbers beside their units."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from replication.judging import Judgement
from replication.judging.bound import Bound
from replication.report.quantities import interval_text, level_text, span_text
from replication.stats import Interval
from replication.words import true_minus


def judged(unit="", decimals=2, interval=None):
    return Judgement("replicated", None, "", interval, "", (), unit=unit, decimals=decimals)


@pytest.mark.parametrize(
    ("unit", "decimals", "low", "high", "told"),
    [
        ("%", 2, 98.7, 99.2, "98.70 to 99.20 %"),
        ("pp", 1, -0.04, 2.4, "−0.0 to 2.4 pp"),
        ("r", 2, -0.7, 0.451, "−0.70 to 0.45"),
        ("share", 2, 0.19, 0.994, "19 to 99 %"),
        ("share", 2, 0, 1, "0 to 100 %"),
        ("", 2, 1.5, math.inf, "1.50 to ∞"),
        ("", 3, -1.8e39, 1838.1672, "−1.8e+39 to 1838.167"),
        ("", 2, -math.inf, math.inf, "unbounded"),
    ],
)
def test_intervals_have_the_digits_and_the_unit_of_what_was_measured(unit, decimals, low, high, told):
    assert interval_text(judged(unit, decimals, Interval(low, high, 0.95))) == told


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(-0.51, -0.29997, "−0.51 to −0.29997"), (-0.3, 0.2999, "−0.30 to 0.2999"), (-0.303, 0.31, "−0.303 to 0.31")],
)
def test_two_decimals_do_not_carry_an_end_to_the_bound_that_it_is_judged_by(low, high, told):
    bound = Bound("correlates", "less than", 0.3, (0.4,), -math.inf, math.inf)
    judgement = replace(judged("r", interval=Interval(low, high, 0.9)), bound=bound)
    assert interval_text(judgement) == told
    assert interval_text(replace(judgement, bound=None)) == f"{low:.2f} to {high:.2f}".replace("-", "−")


def test_without_an_interval_nothing_is_told():
    assert interval_text(judged()) == ""
    assert level_text(judged()) == ""
    assert level_text(judged("pp", interval=Interval(0, 1, 0.9))) == "90 %"


@given(st.floats(-1e6, 1e6), st.sampled_from(["pp", "%", "r", ""]), st.integers(0, 3))
def test_a_shown_number_rounds_to_itself(number, unit, decimals):
    shown = span_text(number, number, judged(unit, decimals)).partition(" ")[0]
    assert float(shown.replace("−", "-")) == pytest.approx(number, abs=0.5 * 10**-decimals + 1e-9)


def test_a_unit_is_told_once():
    assert span_text(1, 2, judged("pp", 1)) == "1.0 to 2.0 pp"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("-0.5 to 2", "−0.5 to 2"), ("seeds 3-5", "seeds 3-5"), ("one-sided", "one-sided"), ("[-1, 1]", "[−1, 1]")],
)
def test_only_minus_signs_become_minus_signs(text, shown):
    assert true_minus(text) == shown
