"""Answers with the number behind them."""

import math

import pytest
from hypothesis import example, given, strategies as st

from replication.judging import Answer
from replication.judging.answer import behind, text_apart


@pytest.mark.parametrize(
    ("relation", "below", "at", "above"),
    [
        ("at least", False, True, True),
        ("more than", False, False, True),
        ("at most", True, True, False),
        ("less than", True, False, False),
    ],
)
def test_a_number_is_held_against_its_bound(relation, below, at, above):
    answers = [Answer("x", number, relation, 2) for number in (1.9, 2, 2.1)]
    assert [float(answer) for answer in answers] == [float(below), float(at), float(above)]


def test_whatever_else_is_asked_must_hold_too():
    assert float(Answer("x", 3, "more than", 2, also=True)) == 1
    assert float(Answer("x", 3, "more than", 2, also=False)) == 0


def test_an_answer_is_no_truth_value_since_it_may_say_nothing():
    with pytest.raises(TypeError, match=r"an Answer may also say nothing: ask float\(answer\), which is 1, 0 or NaN"):
        bool(Answer("x", 1, "more than", 2))


@pytest.mark.parametrize("relation", [">", "At least", "", "=="])
def test_a_relation_is_one_of_four(relation):
    four = "'at least', 'more than', 'at most', 'less than'"
    with pytest.raises(ValueError, match=rf"relation = {relation!r} of 'x' to its bound, expected one of {four}"):
        Answer("x", 1, relation, 0)


def test_a_bound_is_a_number():
    with pytest.raises(ValueError, match="bound = nan of 'x', expected a number"):
        Answer("x", 1, "at least", math.nan)
    assert float(Answer("x", 1, "less than", math.inf)) == 1


@pytest.mark.parametrize("also", [True, False])
def test_nothing_is_said_where_the_number_is_undefined_or_tells_nothing(also):
    assert math.isnan(float(Answer("x", math.nan, "more than", 2, also=also)))
    assert math.isnan(float(Answer("x", 3, "more than", 2, also=also, silence="noise")))


def test_behind_several_answers_stands_their_span():
    answers = [Answer("times", number, "at least", 2) for number in (2.512, -1, math.nan)]
    assert behind(answers) == "times: -1 to 2.51; asked: at least 2"
    assert behind(answers[:1]) == "times: 2.51; asked: at least 2"
    assert behind(answers[2:]) == "times: undefined; asked: at least 2"
    assert behind([Answer("times", 1.9996, "at least", 2)]) == "times: 1.9996; asked: at least 2"
    for number, text in [
        (2345.6, "2,346"),
        (1000, "1,000"),
        (999.7, "1,000"),
        (-999.5, "-1,000"),
        (999.4, "999"),
        (-2345.6, "-2,346"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ]:
        assert behind([Answer("times", number, "at least", 2)]) == f"times: {text}; asked: at least 2"


@given(st.floats(-1e6, 1e6), st.sampled_from([math.inf, -math.inf]))
@example(0.12345, math.inf)
@example(1234.5678, math.inf)
def test_a_number_is_told_as_its_bound_where_it_is_its_bound_and_nowhere_else(bound, towards):
    assert float(text_apart(bound, bound).replace(",", "")) == bound
    assert float(text_apart(math.nextafter(bound, towards), bound).replace(",", "")) != bound


@pytest.mark.parametrize(
    ("number", "bound", "text"),
    [(1000.3, 1000, "1,000.3"), (999.7, 999.8, "999.7"), (2.344, 2.343, "2.344"), (-2000.4, -2000.2, "-2,000.4")],
)
def test_rounding_carries_no_number_to_its_bound_or_beyond(number, bound, text):
    assert text_apart(number, bound) == text


def test_behind_answers_that_say_nothing_stands_why():
    answers = [Answer("r", 0.25, "more than", 0, silence=why) for why in ("too noisy", "", "too noisy")]
    assert behind([*answers, math.nan]) == "r: 0.25; asked: more than 0; undefined for 2 of 4 networks, too noisy"
    assert behind(answers[:1]) == "r: 0.25; asked: more than 0; undefined for 1 of 1 network, too noisy"


def test_behind_plain_values_stands_nothing():
    assert behind([True, 0.5, math.nan]) == behind([]) == ""


def test_an_undefined_answer_among_others_is_passed_over():
    assert behind([math.nan, Answer("x", 1, "more than", 0)]) == "x: 1; asked: more than 0"


def test_what_was_not_measured_says_why():
    assert math.isnan(float(Answer("x", 3, "more than", 2, silence="embedded only once", measured=False)))
    with pytest.raises(ValueError, match="'x' was not measured: expected in silence what is lacking"):
        Answer("x", 3, "more than", 2, measured=False)
