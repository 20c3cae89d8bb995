"""Numbers beside their units."""

import math

import pytest
from handmade_verdicts import accuracy, verdict
from hypothesis import given
from hypothesis import strategies as st

from replication.judging import Judgement
from replication.report.quantities import (
    interval_text,
    is_share,
    level_text,
    printed_number,
    show,
    span_text,
    true_minus,
    unit_of,
)
from replication.stats import Interval


def judged(text, interval=None):
    return Judgement("replicated", None, text, interval, "", ())


@pytest.mark.parametrize(
    ("text", "unit"),
    [("98.97 %", "%"), ("-1.2 pp", "pp"), ("r = -0.20", "r"), ("2.31", ""), ("true", ""), ("nothing", "")],
)
def test_the_unit_is_read_off_the_measured_text(text, unit):
    assert unit_of(judged(text)) == unit


@pytest.mark.parametrize(
    ("text", "low", "high", "told"),
    [
        ("98.97 %", 98.7, 99.2, "98.70 to 99.20 %"),
        ("1.2 pp", -0.04, 2.4, "−0.0 to 2.4 pp"),
        ("r = -0.20", -0.7, 0.451, "−0.70 to 0.45"),
        ("3 of 4 networks", 0.19, 0.994, "19 to 99 %"),
        ("1 of 1 network", 0, 1, "0 to 100 %"),
        ("2.31", 1.5, math.inf, "1.50 to ∞"),
        ("2.31", -math.inf, math.inf, "unbounded"),
    ],
)
def test_intervals_have_the_digits_and_the_unit_of_what_was_measured(text, low, high, told):
    assert interval_text(judged(text, Interval(low, high, 0.95))) == told


def test_without_an_interval_nothing_is_told():
    assert interval_text(judged("true")) == ""
    assert level_text(judged("true")) == ""
    assert level_text(judged("1.0 pp", Interval(0, 1, 0.9))) == "90 %"


@pytest.mark.parametrize(
    ("reported", "text", "number"),
    [
        ("99.0 %", "98.97 %", 99.0),
        ("r = −0.31, p = 0.38", "r = 0.10", -0.31),
        ("30.9 pp", "28.1 pp", 30.9),
        ("more than twice", "1.98", 2),
        ("almost three times", "1.98", 3),
        ("17,280", "17280.00", 17280),
        ("99.0 %", "98.97 pp", None),
        ("99.0 %", "3 of 4 networks", None),
        ("class 7", "7.00", None),
        ("in words", "1.98", None),
    ],
)
def test_the_printed_number_counts_only_in_the_unit_of_the_values(reported, text, number):
    assert printed_number(verdict(reported=reported, text=text)) == number


def test_shares_are_known_by_their_words():
    assert is_share(verdict().judgement)
    assert not is_share(accuracy().judgement)


@given(st.floats(-1e6, 1e6), st.sampled_from(["1.00 pp", "3.1 %", "7"]))
def test_a_shown_number_rounds_to_itself(number, text):
    shown = show(number, judged(text)).partition(" ")[0]
    decimals = len(text.partition(" ")[0].partition(".")[2])
    assert float(shown.replace("−", "-")) == pytest.approx(number, abs=0.5 * 10**-decimals + 1e-9)


def test_a_unit_is_told_once():
    assert span_text(1, 2, judged("1.0 pp")) == "1.0 to 2.0 pp"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("-0.5 to 2", "−0.5 to 2"), ("seeds 3-5", "seeds 3-5"), ("one-sided", "one-sided"), ("[-1, 1]", "[−1, 1]")],
)
def test_only_minus_signs_become_minus_signs(text, shown):
    assert true_minus(text) == shown
