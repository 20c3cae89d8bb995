"""The picture on a card: everything within the frame, in its place, none on top of another."""

import math

import pytest
from handmade_verdicts import accuracy, verdict
from hypothesis import assume, given, strategies as st

from replication.report.claim_figure import MARGIN, RADIUS, WIDTH, claim_figure, nice_ticks
from replication.stats import Interval

finite = st.floats(-1e5, 1e5, allow_nan=False)


def coefficients(*values, interval=None):
    reported = {"reported": "r = 0.5, p = 0.14", "printed": 0.5}
    return verdict(text="r = 0.10", unit="r", values=values, interval=interval, measured=0.1, **reported)


def test_an_axis_from_minus_one_to_one_puts_values_where_they_belong():
    figure = claim_figure(coefficients(-1.0, 0.0, 1.0, interval=Interval(-0.5, 0.5, 0.95)))
    inner = WIDTH - 2 * MARGIN
    assert [x for x, _ in figure.dots] == [MARGIN, WIDTH / 2, WIDTH - MARGIN]
    assert figure.span == (MARGIN + inner / 4, MARGIN + 3 * inner / 4)
    assert figure.printed.x == MARGIN + 3 * inner / 4
    assert figure.printed.label == "r = 0.5"


def test_the_printed_number_is_left_out_where_it_cannot_stand_beside_the_values():
    assert claim_figure(accuracy()).printed.label == "99.0 %"
    assert claim_figure(accuracy(reported="99.0 pp", printed=None)).printed is None


@given(st.lists(finite, min_size=1, max_size=40), finite, st.floats(0, 1e5))
def test_everything_lies_within_the_frame(values, low, width):
    figure = claim_figure(
        verdict(unit="pp", values=tuple(values), interval=Interval(low, low + width, 0.95), measured=values[0])
    )
    xs = [x for x, _ in figure.dots] + [tick.x for tick in figure.ticks] + [*figure.span, figure.mean]
    assert len(figure.dots) == len(values)
    assert all(MARGIN - 0.1 <= x <= WIDTH - MARGIN + 0.1 for x in xs)
    assert all(RADIUS < y < figure.height for _, y in figure.dots)


@given(st.lists(st.sampled_from([0.0, 0.5, 0.51, 1.0]), min_size=2, max_size=30))
def test_no_dot_hides_another(values):
    dots = claim_figure(coefficients(*values)).dots
    gaps = [math.dist(one, other) for index, one in enumerate(dots) for other in dots[:index]]
    assert min(gaps) >= 2 * RADIUS - 0.2


def test_an_unbounded_interval_is_cut_with_arrows():
    figure = claim_figure(verdict(unit="pp", values=(1.0, 2.0), interval=Interval(-math.inf, math.inf, 0.95)))
    assert figure.arrows == (True, True)
    assert "unbounded" in figure.description


def test_a_strip_shows_where_the_statement_is_undefined():
    figure = claim_figure(verdict(values=(1.0, math.nan, 0.0), measured=1 / 3))
    assert [holds for _, _, holds in figure.squares] == [True, None, False]
    assert figure.description.startswith("true of 1 of 3 networks, undefined for 1")


@given(st.lists(st.booleans(), min_size=1, max_size=45))
def test_a_strip_has_a_square_per_network(truths):
    n, k = len(truths), sum(truths)
    figure = claim_figure(verdict(values=tuple(map(float, truths)), measured=k / n))
    assert [holds for _, _, holds in figure.squares] == truths
    assert len({(x, y) for x, y, _ in figure.squares}) == n
    assert all(MARGIN <= x < WIDTH - MARGIN and y < figure.ground for x, y, _ in figure.squares)
    assert figure.mean == pytest.approx(MARGIN + (WIDTH - 2 * MARGIN) * k / n)


def test_without_defined_values_there_is_no_figure():
    assert claim_figure(verdict(values=())) is None
    assert claim_figure(verdict(values=(math.nan, math.inf))) is None


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ((1e-5, 3e-5, 4e-5), ("0.00001", "0.00002", "0.00003", "0.00004")),
        ((99.01, 99.05), ("99.02", "99.04")),
        ((200.0, 400.0), ("200", "300", "400")),
    ],
)
def test_ticks_are_told_apart(values, labels):
    figure = claim_figure(verdict(unit="", values=values, measured=values[0], interval=None))
    assert tuple(tick.label for tick in figure.ticks) == labels


@given(finite, st.floats(1e-3, 1e5))
def test_ticks_are_round_and_inside(low, width):
    high = low + width
    assume(high > low)
    ticks = nice_ticks(low, high)
    assert 1 <= len(ticks) <= 6
    slack = 1e-6 * max(1, abs(low), abs(high))
    assert all(low - slack <= tick <= high + slack for tick in ticks)
    assert list(ticks) == sorted(ticks)
