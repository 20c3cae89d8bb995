"""Printed numbers: the paper's nine pairs agree, planted misprints do not."""

import math

import pytest
from hypothesis import given, settings, strategies as st
from reference import exact_spearman as reference

from replication.stats import (
    RoundedNumber,
    attainable_percentage,
    attainable_spearman,
    consistent_r_p,
    correlation_p,
    exact_spearman_p,
    spearman_of_squared_rank_difference,
)

quick = settings(deadline=None, max_examples=100)

SPEARMAN = {"K": ("0.6", "0.07"), "F": ("0.48", "0.16"), "M": ("0.26", "0.47")}
PEARSON = {
    "F by selectivity": ("0.61", "0.06"),
    "M by selectivity": ("0.28", "0.44"),
    "K by selectivity": ("0.30", "0.40"),
    "F by ablation": ("0.68", "0.03"),
    "M by ablation": ("−0.31", "0.38"),
    "K by ablation": ("0.50", "0.14"),
}


@pytest.mark.parametrize(
    ("text", "value", "low", "high"),
    [
        ("0.60", 0.6, 0.595, 0.605),
        ("0.6", 0.6, 0.55, 0.65),
        (".6", 0.6, 0.55, 0.65),
        ("-0.31", -0.31, -0.315, -0.305),
        ("−0.31", -0.31, -0.315, -0.305),
        ("–0.31", -0.31, -0.315, -0.305),
        ("+7", 7, 6.5, 7.5),
        ("99.0", 99, 98.95, 99.05),
        ("9984", 9984, 9983.5, 9984.5),
    ],
)
def test_a_printed_number_stands_for_an_interval(text, value, low, high):
    number = RoundedNumber.parse(text)
    assert (number.value, number.low, number.high) == (value, low, high)
    assert number.half_unit == pytest.approx((high - low) / 2)


@quick
@given(st.floats(-1000, 1000), st.integers(0, 6))
def test_every_number_lies_within_its_own_rounding(value, decimals):
    number = RoundedNumber.parse(f"{value:.{decimals}f}")
    assert number.contains(value)
    assert not number.contains(value + 2.1 * number.half_unit)
    assert not number.contains(value - 2.1 * number.half_unit)


def test_an_edge_counts_whatever_its_last_bit():
    assert RoundedNumber.parse("0.60").contains(math.nextafter(0.605, 1))
    assert RoundedNumber.parse("0.61").contains(math.nextafter(0.605, 0))
    assert not RoundedNumber.parse("0.60").contains(0.6051)


@pytest.mark.parametrize("text", ["", ".", "abc", "1,000", "p<.05", "1e-3", "--1", "0.6 "])
def test_refuses_text_that_is_no_number(text):
    with pytest.raises(ValueError, match="is not a printed number"):
        RoundedNumber.parse(text)


@pytest.mark.parametrize(("r", "p"), [*SPEARMAN.values(), *PEARSON.values()], ids=[*SPEARMAN, *PEARSON])
def test_the_papers_nine_pairs_are_consistent(r, p):
    result = consistent_r_p(r, p, 10)
    assert result.outcome == "consistent"
    assert result.p_low <= float(p) + 0.005
    assert result.p_high >= float(p) - 0.005


@pytest.mark.parametrize(("network", "outcome"), [("K", "consistent"), ("F", "inconsistent"), ("M", "consistent")])
def test_one_spearman_p_of_the_paper_is_not_the_exact_one(network, outcome):
    r, p = SPEARMAN[network]
    assert consistent_r_p(r, p, 10, method="exact").outcome == outcome


def test_the_recomputed_bounds_by_hand():
    # r from .475 to .485 at n = 10: t = r √(8 / (1 − r²)) from 1.5268 to 1.5686, p from .1654 down to .1554
    result = consistent_r_p("0.48", "0.16", 10)
    assert (result.p_low, result.p_high) == pytest.approx((0.1554, 0.1653), abs=1e-4)
    exact = consistent_r_p("0.48", "0.16", 10, method="exact")
    assert exact.p_low == exact.p_high == exact_spearman_p(86, 10)


@pytest.mark.parametrize(
    ("r", "p", "outcome"),
    [
        ("0.61", "0.16", "inconsistent"),  # misprinted, but not significant either way
        ("0.61", "0.03", "decision error"),  # printed as significant
        ("0.68", "0.06", "decision error"),  # printed as not significant
        ("0.632", "0.03", "inconsistent"),  # p from .0498 to .0503: the decision may stand
        ("0.632", "0.08", "inconsistent"),
        ("0.68", "0.01", "inconsistent"),
    ],
)
@pytest.mark.parametrize("sign", ["", "−"])
def test_planted_misprints_are_found(r, p, outcome, sign):
    assert consistent_r_p(sign + r, p, 10).outcome == outcome


@pytest.mark.parametrize("tenths", range(1, 10))
def test_a_p_value_at_the_edge_counts_whatever_its_last_bit(tenths):
    # with four pairs p = 1 − |r|: for r = .3 it is from .65 to .75, which print as .6, .7 or .8
    fitting = [p for p in range(11) if consistent_r_p(f"0.{tenths}", f"{p / 10:.1f}", 4).outcome == "consistent"]
    assert fitting == [9 - tenths, 10 - tenths, 11 - tenths]


@pytest.mark.parametrize("method", ["t", "exact"])
@pytest.mark.parametrize(("r", "p"), [("0.61", "0.16"), ("0.60", "0.07"), ("1.00", "0.00"), ("0.0", "1.0")])
def test_an_opposite_coefficient_is_judged_alike(r, p, method):
    assert consistent_r_p(f"−{r}", p, 10, method=method) == consistent_r_p(r, p, 10, method=method)


@quick
@given(st.floats(-1, 1), st.integers(3, 200), st.integers(1, 4))
def test_what_is_rounded_from_one_coefficient_is_always_consistent(r, n, decimals):
    p = correlation_p(r, n)
    assert consistent_r_p(f"{r:.{decimals}f}", f"{p:.{decimals}f}", n).outcome == "consistent"


@quick
@given(st.integers(0, 165), st.integers(1, 3))
def test_what_is_rounded_from_one_ranking_is_always_consistent(half_d2, decimals):
    r, p = spearman_of_squared_rank_difference(2 * half_d2, 10), exact_spearman_p(2 * half_d2, 10)
    assert consistent_r_p(f"{r:.{decimals}f}", f"{p:.{decimals}f}", 10, method="exact").outcome == "consistent"
    assert 2 * half_d2 in attainable_spearman(f"{r:.{decimals}f}", 10)


def test_no_ranking_no_p_value():
    # ρ falls in steps of 12 / 990 = .0121, so that some two-decimal values are skipped: 0.9152, 0.9030, 0.8909
    assert attainable_spearman("0.91", 10) == ()
    result = consistent_r_p("0.91", "0.00", 10, method="exact")
    assert result.outcome == "inconsistent"
    assert math.isnan(result.p_low)
    assert math.isnan(result.p_high)


@pytest.mark.parametrize(("r", "d2"), [("0.60", (66,)), ("0.48", (86,)), ("0.26", (122,))])
def test_the_papers_coefficients_are_attainable_without_ties(r, d2):
    assert attainable_spearman(r, 10) == d2


def test_one_decimal_leaves_more_rankings():
    assert attainable_spearman("0.6", 10) == tuple(range(58, 76, 2))
    assert attainable_spearman("−1.00", 10) == (330,)


def test_five_sixths_of_two_decimal_coefficients_are_attainable():
    attainable = [bool(attainable_spearman(f"{i / 100:.2f}", 10)) for i in range(-100, 101)]
    assert sum(attainable) / len(attainable) == pytest.approx(0.83, abs=0.01)


@pytest.mark.parametrize("n", range(2, 7))
def test_attainable_sums_are_those_of_all_orders(n):
    found = {d2 for i in range(-1000, 1001) for d2 in attainable_spearman(f"{i / 1000:.3f}", n)}
    assert found == reference.attained(n)


@quick
@given(st.integers(1, 20_000), st.integers(0, 3), st.data())
def test_the_percentage_of_a_count_is_attainable_by_it(n, decimals, data):
    k = data.draw(st.integers(0, n))
    counts = attainable_percentage(f"{100 * k / n:.{decimals}f}", n)
    assert k in counts
    assert list(counts) == sorted(set(counts))
    assert 0 <= counts[0] <= counts[-1] <= n


def test_percentages_by_hand():
    assert attainable_percentage("33.3", 6) == (2,)
    assert attainable_percentage("33.3", 5) == ()  # 20 % steps
    assert attainable_percentage("0", 10) == (0,)
    assert attainable_percentage("100", 10) == (10,)
    # 98.95 % and 99.05 % of 9,984 are 9,879.2 and 9,889.2
    assert attainable_percentage("99.0", 9984) == tuple(range(9880, 9890))
    assert attainable_percentage("50", 3) == ()  # 33.3 and 66.7 print as 33 and 67


def test_a_printed_p_at_the_threshold_is_not_below_it():
    assert consistent_r_p("0.9", "0.05", 10).outcome == "decision error"
    assert consistent_r_p("0.1", "0.05", 10).outcome == "inconsistent"


def test_a_recomputed_p_at_the_threshold_is_not_below_it():
    # the order 1, 2, 3 and its reverse, of six: p = 1/3
    assert consistent_r_p("1.00", "0.2", 3, method="exact", alpha=1 / 3).outcome == "decision error"
    assert consistent_r_p("1.00", "0.8", 3, method="exact", alpha=1 / 3).outcome == "inconsistent"


def test_refuses_values_out_of_range():
    for r in ("1.20", "−1.20"):
        with pytest.raises(ValueError, match=f"r = '{r}', expected a correlation"):
            attainable_spearman(r, 10)
    with pytest.raises(ValueError, match="n = 1, expected at least 2"):
        attainable_spearman("0.2", 1)
    for p in ("1.2", "−0.2"):
        with pytest.raises(ValueError, match=f"p = '{p}', expected a p value"):
            consistent_r_p("0.2", p, 10)
    with pytest.raises(ValueError, match=r"alpha = 1.0, expected strictly between"):
        consistent_r_p("0.2", "0.2", 10, alpha=1.0)
    with pytest.raises(ValueError, match="n = 2, expected at least 3"):
        consistent_r_p("0.2", "0.2", 2)
    with pytest.raises(ValueError, match="n = 2, expected at least 3"):
        consistent_r_p("1.0", "1.0", 2, method="exact")
    with pytest.raises(ValueError, match="n = 13, expected at most 12"):
        consistent_r_p("0.2", "0.5", 13, method="exact")
    for percentage in ("−0.5", "100.5"):
        with pytest.raises(ValueError, match=f"percentage = '{percentage}', expected between 0 and 100"):
            attainable_percentage(percentage, 10)
    with pytest.raises(ValueError, match="n = 0, expected at least 1"):
        attainable_percentage("50", 0)
