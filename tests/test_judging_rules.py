"""The decision rules: every branch against values worked by hand, and how often they err when nothing is true."""

import math
import re

import numpy as np
import pytest
from scipy import stats

from replication.judging import Answer, Contrast, Correlation, Exact, NoEffect, Statement, Value, as_printed
from replication.judging.least_networks import LEAST_AGREEING
from replication.paper import Reported
from replication.seeds import generator

NAN = float("nan")
MARGIN = 0.3
RULES = [
    Exact(),
    Value(),
    Value(scale="log"),
    Statement(),
    Correlation(MARGIN),
    Correlation(MARGIN, ("mnist",)),
    NoEffect(1.0),
]
OF_TRUTH = [Exact(), Statement()]
OF_NUMBERS = [rule for rule in RULES if rule.family not in {"exact", "statement"}]


def printed(text):
    return (as_printed(text),)


def judge(rule, values, text="0.5", network="mnist"):
    return rule.judge(values, printed(text), network)


def binomial_band(p, n):
    """Three binomial standard errors around a probability."""
    error = 3 * math.sqrt(p * (1 - p) / n)
    return p - error, p + error


# All rules -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [-0.30002, -0.29998, 0.29998, 0.30002])
def test_two_decimals_do_not_hide_on_which_side_of_the_margin_an_interval_ends(end):
    values, null = np.array([-0.02, -0.01, 0.0, 0.01, 0.02]), Correlation(MARGIN, ("mnist",))

    def ends(judgement):
        return judgement.interval.low if end < 0 else judgement.interval.high

    no_effect = judge(NoEffect(MARGIN), values + end - ends(judge(NoEffect(MARGIN), values)))
    contrast = Contrast(MARGIN).compare(values + end - ends(Contrast(MARGIN).compare(values, values)), values)
    z = values + math.atanh(end) - math.atanh(ends(judge(null, np.tanh(values))))
    for judgement in (no_effect, contrast, judge(null, np.tanh(z))):
        assert f"{end:.5f}" in judgement.why
        assert f"{end:.5f}" in judgement.criteria[0].detail


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.text[:40])
def test_a_statistic_that_is_undefined_everywhere_is_inconclusive(rule):
    judgement = judge(rule, [NAN] * 12)
    assert judgement.outcome == "inconclusive"
    assert judgement.measured is None
    assert judgement.measured_text == "undefined"
    assert judgement.interval is None
    assert "undefined for 12 of 12 networks" in judgement.why


@pytest.mark.parametrize("rule", [Value(), NoEffect(1.0)], ids=lambda rule: rule.family)
def test_the_interval_of_one_network_is_unbounded_by_one_word(rule):
    judgement = judge(rule, [0.5])
    assert judgement.criteria[0].detail == "unbounded"
    assert " unbounded " in judgement.why


@pytest.mark.parametrize(
    ("rule", "wrong", "message"),
    [
        (Statement, {"chance": 0}, "chance = 0, expected a probability above 0 and at most 1, or None"),
        (Statement, {"chance": 1.2}, "chance = 1.2, expected a probability above 0"),
        (Statement, {"chance": NAN}, "chance = nan, expected a probability above 0"),
        (NoEffect, {"margin": 0}, "margin = 0, expected above 0 and finite"),
        (NoEffect, {"margin": -1.0}, "margin = -1.0, expected above 0 and finite"),
        (NoEffect, {"margin": NAN}, "margin = nan, expected above 0 and finite"),
        (NoEffect, {"margin": math.inf}, "margin = inf, expected above 0 and finite"),
        (Contrast, {"least": -1}, "least = -1, expected at least 0 and finite"),
        (Contrast, {"least": NAN}, "least = nan, expected at least 0 and finite"),
        (Contrast, {"least": math.inf}, "least = inf, expected at least 0 and finite"),
        (Correlation, {"margin": 0.0}, "margin = 0.0, expected a coefficient strictly between 0 and 1"),
        (Correlation, {"margin": 1}, "margin = 1, expected a coefficient strictly between 0 and 1"),
        (Correlation, {"margin": NAN}, "margin = nan, expected a coefficient strictly between 0 and 1"),
        (Correlation, {"margin": 0.3, "n": 3}, "n = 3, expected at least 4 pairs"),
        (Value, {"scale": "Log"}, "scale = 'Log', expected 'linear' or 'log'"),
        (Value, {"decimals": -1}, "decimals = -1, expected at least 0"),
    ],
    ids=str,
)
def test_a_rule_that_could_not_judge_is_not_made(rule, wrong, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        rule(**wrong)


@pytest.mark.parametrize(
    "rule", [Statement(1.0), Statement(1e-9), Contrast(0), Correlation(0.01, n=4), NoEffect(1e-9), Value(decimals=0)]
)
def test_a_rule_at_the_end_of_what_it_may_be_is_made_and_says_itself(rule):
    assert rule.text


def test_no_effect_has_the_unit_of_its_values():
    for unit, shown in (("pp", "0.20 pp"), ("%", "0.20 %"), ("", "0.20")):
        rule = NoEffect(0.4, unit=unit)
        judgement = judge(rule, [0.0, 0.1, 0.2, 0.3, 0.4])
        assert (judgement.unit, judgement.measured_text) == (unit, shown)
        assert rule.text.endswith(f"within ±{shown.replace('0.20', '0.4')}")
        assert judgement.why == f"90 % interval 0.05 to 0.35{shown[4:]} against ±{shown.replace('0.20', '0.4')}"
        assert "  " not in str(judgement)
        assert not any(criterion.detail.endswith(" ") for criterion in judgement.criteria)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.text[:40])
def test_no_networks_are_no_evidence(rule):
    with pytest.raises(ValueError, match="no value to judge: a rule needs the statistic of one network at least"):
        judge(rule, [])


@pytest.mark.parametrize("rule", [Value(), Correlation(MARGIN), Correlation(MARGIN, reads="correlates")])
def test_without_a_as_printed_nothing_can_be_held_against_it(rule):
    needed = "1 printed number, which its p may follow" if rule.family == "correlation" else "1 printed number"
    message = re.escape(f"family {rule.family!r} needs {needed}, got 0: give ")
    with pytest.raises(ValueError, match=message + ".* in `reported`"):
        rule.judge([0.5] * 6)


@pytest.mark.parametrize("rule", [Exact(), Statement(), NoEffect(1.0)], ids=lambda rule: rule.family)
def test_a_rule_that_holds_nothing_against_print_needs_the_values_alone(rule):
    assert rule.judge([1.0] * 6) == rule.judge([1.0] * 6, (), "mnist")


@pytest.mark.parametrize(("text", "value"), [("0.61", 0.61), (".60", 0.6), ("−0.31", -0.31), ("–.5", -0.5), ("7", 7)])
def test_a_printed_text_is_the_number_it_names(text, value):
    assert as_printed(text, "pp") == Reported("", text, value, "pp", "")
    half = 0.5 * 10.0 ** -len(text.partition(".")[2])
    (criterion, *_) = Value().judge([value] * 6, [as_printed(text)]).criteria
    assert criterion.met
    (criterion, *_) = Value().judge([value + 1.01 * half] * 6, [as_printed(text)]).criteria
    assert not criterion.met


def test_a_text_that_names_no_number_is_refused():
    with pytest.raises(ValueError, match="'about 7' is not a printed number"):
        as_printed("about 7")


def test_a_value_is_held_against_one_as_printed_only():
    with pytest.raises(ValueError, match=r"family 'value' needs 1 printed number, got 2"):
        Value().judge([0.5] * 6, printed("0.5") * 2, "mnist")


@pytest.mark.parametrize("rule", OF_TRUTH, ids=lambda rule: rule.family)
@pytest.mark.parametrize(("number", "outcome"), [(3, "replicated"), (1, "not replicated"), (NAN, "inconclusive")])
def test_answers_are_judged_by_what_they_say(rule, number, outcome):
    judgement = judge(rule, [Answer("x", number, "more than", 2)] * 6)
    assert judgement.outcome == outcome
    assert str(judgement) == str(judge(rule, [{3: 1.0, 1: 0.0}.get(number, NAN)] * 6))  # NaN equals nothing


@pytest.mark.parametrize("rule", OF_NUMBERS, ids=lambda rule: rule.text[:40])
def test_an_answer_is_no_number(rule):
    answer = Answer("harm, pp", 0.2, "less than", 1)
    message = f"got an Answer where a rule of the family '{rule.family}' takes the number itself"
    with pytest.raises(ValueError, match=message):
        judge(rule, [0.2] * 5 + [answer])
    with pytest.raises(ValueError, match="got an Answer where a rule of the family 'contrast' takes the number"):
        Contrast(0.5).compare([0.2] * 5, [0.2, answer])


@pytest.mark.parametrize("rule", OF_TRUTH, ids=lambda rule: rule.family)
@pytest.mark.parametrize("value", [0.9, -1.0, 2, math.inf])
def test_a_number_is_no_truth_value(rule, value):
    message = (
        f"got {float(value):g} where a rule of the family '{rule.family}' takes 0 or 1, or NaN for undefined: let the "
        "statistic return a bool, or an Answer, which holds the number against a bound"
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        judge(rule, [1.0, NAN, value])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.text[:40])
def test_what_comes_as_an_array_or_a_truth_value_is_judged_as_the_number_that_it_is(rule):
    for given in (True, np.True_, np.float32(1), 1):
        assert judge(rule, [given] * 6) == judge(rule, [1.0] * 6)


@pytest.mark.parametrize(
    ("rule", "value", "unit", "shown"),
    [
        (Exact(), 1.0, "", "true"),
        (Value("%"), 0.5, "%", "0.50 %"),
        (Value("pp", decimals=1), 0.5, "pp", "0.5 pp"),
        (Value(scale="log"), 0.5, "", "0.50"),
        (Statement(), 0.0, "share", "0 of 6 networks"),
        (Correlation(MARGIN), 0.5, "r", "r = 0.50"),
        (NoEffect(1.0), 0.5, "pp", "0.50 pp"),
    ],
)
def test_a_judgement_names_the_unit_and_the_digits_of_what_was_measured(rule, value, unit, shown):
    judgement = judge(rule, [value] * 6)
    assert (judgement.unit, judgement.measured_text) == (unit, shown)
    if unit not in {"", "share"}:
        assert f"{judgement.measured:.{judgement.decimals}f}" in shown.split()


def test_a_contrast_has_the_unit_of_its_values():
    assert Contrast(0.3, unit="z").compare([1.0] * 5, [0.0] * 5).unit == "z"


@pytest.mark.parametrize("chance", [None, 0.1, 1 / 720, 0.97845])
def test_a_judged_statement_carries_its_chance_unrounded(chance):
    assert judge(Statement(chance=chance), [1.0, 0.0]).chance == chance


@pytest.mark.parametrize("rule", [Value(), NoEffect(5.0), Correlation(MARGIN)], ids=lambda r: r.family)
def test_numbers_are_judged_without_the_few_networks_that_have_none(rule):
    values = [0.5, 0.4, 0.6, 0.5, 0.55, 0.45, 0.5, 0.6, 0.4, 0.5, 0.5]
    whole, with_one = judge(rule, values), judge(rule, [*values[:3], NAN, *values[3:]])
    assert whole.outcome == with_one.outcome == "replicated"
    assert with_one.interval == whole.interval
    assert with_one.why == f"{whole.why}; undefined for 1 of 12 networks"
    assert math.isnan(with_one.values[3])
    many = judge(rule, [*values, NAN, NAN])
    assert many.outcome == "inconclusive"
    assert many.measured_text == "undefined for 2 of 13 networks"
    assert [(criterion.name, criterion.met) for criterion in many.criteria] == [("defined", False)]


@pytest.mark.parametrize(("n_undefined", "n", "outcome"), [(1, 10, "replicated"), (1, 9, "inconclusive")])
@pytest.mark.parametrize("rule", [Value(), NoEffect(5.0), Correlation(MARGIN)], ids=lambda r: r.family)
def test_a_tenth_of_the_networks_may_have_no_number(rule, n_undefined, n, outcome):
    values = [0.5, 0.4, 0.6, 0.5, 0.55, 0.45, 0.5, 0.6, 0.4]
    assert judge(rule, [*values[: n - n_undefined], *[NAN] * n_undefined]).outcome == outcome


@pytest.mark.parametrize(
    ("true", "false", "undefined", "outcome"),
    [
        (11, 0, 1, "replicated"),
        (0, 11, 1, "not replicated"),
        (9, 0, 3, "inconclusive"),
        (21, 9, 0, "replicated"),
        (21, 8, 1, "replicated"),
        (20, 9, 1, "inconclusive"),
    ],
)
def test_a_statement_counts_undefined_networks_both_ways(true, false, undefined, outcome):
    judgement = judge(Statement(), [1.0] * true + [NAN] * undefined + [0.0] * false)
    n = true + false + undefined
    assert judgement.outcome == outcome
    assert judgement.interval.low == judge(Statement(), [1.0] * true + [0.0] * (n - true)).interval.low
    most = true + undefined
    assert judgement.interval.high == judge(Statement(), [1.0] * most + [0.0] * (n - most)).interval.high
    assert ("undefined" in judgement.why) == (undefined > 0)
    assert judgement.measured == pytest.approx(true / (true + false))
    also = f", {undefined} undefined" if undefined else ""
    assert judgement.measured_text == f"{true} of {true + false} networks{also}"


def test_a_statement_tells_chance_with_undefined_networks_counted_both_ways():
    # P(X ≥ 3), X ~ Bin(6, 1/4), is 0.1694; P(X = 6) is 0.000244.
    *_, chance = judge(Statement(chance=1 / 4), [1.0] * 3 + [NAN] * 3).criteria
    assert (chance.met, chance.detail) == (None, "p = 0.00024 to 0.17 at 1/4")
    *_, chance = judge(Statement(chance=1 / 4), [1.0] * 5 + [NAN]).criteria
    assert chance.met


def test_an_exact_claim_is_refuted_by_one_network_and_left_open_by_an_undefined_one():
    assert judge(Exact(), [1.0, NAN]).outcome == "inconclusive"
    assert judge(Exact(), [0.0, NAN]).outcome == "not replicated"


@pytest.mark.parametrize("rule", [Statement(), *OF_NUMBERS], ids=lambda rule: rule.text[:40])
def test_one_network_is_inconclusive(rule):
    for value in (0.0, 1.0) if rule.family == "statement" else (0.0, 0.5, 1.0):
        assert judge(rule, [value]).outcome == "inconclusive"


@pytest.mark.parametrize("rule", [Statement(), *OF_NUMBERS], ids=lambda rule: rule.text[:40])
def test_values_are_kept_in_the_order_of_the_seeds(rule):
    values = [1.0, 0.0, 1.0] if rule.family == "statement" else [1.0, 0.5, 0.25]
    assert judge(rule, values).values == tuple(values)


# Exact -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "outcome"), [([1.0], "replicated"), ([0.0], "not replicated"), ([1.0, 0.0, 1.0], "not replicated")]
)
def test_exact_asks_that_every_value_be_true(values, outcome):
    judgement = judge(Exact(), values)
    assert judgement.outcome == outcome
    assert judgement.measured_text == ("true" if outcome == "replicated" else "false")
    assert [criterion.met for criterion in judgement.criteria] == [outcome == "replicated"]


# Value: 3 ± 2.776 · 1.581 · √(6/5) = 3 ± 4.809 for the values 1 to 5 -------------------------------------------------


@pytest.mark.parametrize(
    ("text", "outcome"),
    [("3.0", "replicated"), ("7.8", "replicated"), ("7.9", "not replicated"), ("-1.9", "not replicated")],
)
def test_value_holds_within_the_prediction_interval_rounding_allowed_for(text, outcome):
    judgement = judge(Value(), [1.0, 2.0, 3.0, 4.0, 5.0], text)
    assert judgement.interval.low == pytest.approx(-1.8089, abs=1e-4)
    assert judgement.interval.high == pytest.approx(7.8089, abs=1e-4)
    assert judgement.outcome == outcome
    assert judgement.criteria[0].met == (outcome == "replicated")


@pytest.mark.parametrize(
    ("text", "below", "in_range", "is_mean"),
    [
        ("3.0", 2, True, True),
        ("3.4", 3, True, False),
        ("1.0", 0, True, False),
        ("5.0", 4, True, False),
        ("5.1", 5, False, False),
        ("0.9", 0, False, False),
    ],
)
def test_value_says_where_the_as_printed_lies_among_the_seeds(text, below, in_range, is_mean):
    judgement = judge(Value(), [1.0, 2.0, 3.0, 4.0, 5.0], text)
    assert [criterion.met for criterion in judgement.criteria] == [True, in_range, is_mean]
    assert f"{below} of 5 networks lie below" in judgement.criteria[1].detail


def test_value_may_be_negative_or_nothing():
    judgement = judge(Value(), [-2.0, -1.0, 0.0, 1.0, 2.0], "−0.5")
    assert judgement.outcome == "replicated"
    assert judgement.interval.low == pytest.approx(-4.8089, abs=1e-4)
    assert judgement.values == (-2.0, -1.0, 0.0, 1.0, 2.0)


def test_equal_values_admit_what_rounds_to_them():
    assert judge(Value(), [2.0] * 5, "2.0").outcome == "replicated"
    assert judge(Value(), [2.0] * 5, "2.04").outcome == "not replicated"


@pytest.mark.parametrize("n", range(1, 5))
def test_fewer_than_five_networks_decide_nothing_however_clear(n):
    none = Correlation(MARGIN, none_found=("mnist",))
    for rule, value, text in (
        (Value(), 2.0, "2.0"),
        (Value(), 2.0, "9.0"),
        (NoEffect(5.0), 2.0, "2.0"),
        (NoEffect(1.0), 2.0, "2.0"),
        (Correlation(MARGIN), 0.6, "0.6"),
        (Correlation(MARGIN), 0.6, "−0.6"),
        (none, 0.0, "0.1"),
        (none, 0.8, "0.1"),
    ):
        judgement = judge(rule, [value] * n, text)
        assert judgement.outcome == "inconclusive"
        assert judgement.criteria[0].met is None


def test_value_on_the_log_scale_is_that_of_the_logarithms():
    judgement = judge(Value(scale="log"), [1.0, 2.0, 2.0, 2.0, 4.0], "3")
    reach = 2.776445 * math.log(2) * math.sqrt(1 / 2) * math.sqrt(6 / 5)
    assert judgement.measured == pytest.approx(2)
    assert judgement.interval.low == pytest.approx(2 * math.exp(-reach), rel=1e-5)
    assert judgement.interval.high == pytest.approx(2 * math.exp(reach), rel=1e-5)
    assert judgement.outcome == "replicated"


@pytest.mark.parametrize("value", [0.0, -1.0, math.inf])
def test_a_ratio_that_is_not_positive_and_finite_is_undefined(value):
    assert judge(Value(scale="log"), [1.0, value]).why == "undefined for 1 of 2 networks"


def test_two_very_different_ratios_bound_nothing():
    judgement = judge(Value(scale="log"), [1e-200, 1e200], "3")
    assert judgement.interval.high == math.inf
    assert judgement.measured_text == "1.00"


@pytest.mark.parametrize(
    ("null", "text", "marked"), [(0.0, "6.0", True), (-5.0, "6.0", False), (None, "6.0", False), (0.0, "9.0", False)]
)
def test_value_that_admits_nothing_as_well_is_marked_uninformative(null, text, marked):
    judgement = judge(Value(null=null), [1.0, 2.0, 3.0, 4.0, 5.0], text)
    assert bool(judgement.uninformative) == marked
    assert not judge(Value(null=null), [1.0, 2.0, 3.0], text).uninformative


def test_value_tells_which_numbers_round_to_the_printed_one():
    assert "printed 7.8 (7.75 to 7.85) against" in judge(Value(), [1.0, 2.0, 3.0, 4.0, 5.0], "7.8").why
    in_words = (Reported("x", "more than twice", 2.0, "ratio", "§0"),)
    assert Value().judge([1.0] * 5, in_words, "mnist").why.startswith("printed more than twice against")


def test_value_admits_the_next_network_in_95_percent_of_cases():
    rng = generator("test", "value coverage")
    n = 1000
    admitted = sum(
        judge(Value(), sample[:8].tolist(), f"{sample[8]:.9f}").outcome == "replicated"
        for sample in rng.normal(size=(n, 9))
    )
    low, high = binomial_band(0.95, n)
    assert low <= admitted / n <= high


def test_a_printed_mean_of_several_networks_is_held_against_the_mean_of_as_many():
    values = [1.0, 2.0, 3.0, 4.0, 5.0]  # m = 3, s² = 2.5, t(.975, 4) = 2.7764: 3 ± 4.3899 √(1/20 + 1/5)
    judgement = Value().judge(values, [as_printed("5.3", n_networks=20)])
    assert (judgement.interval.low, judgement.interval.high) == pytest.approx((0.8050, 5.1950), abs=1e-4)
    assert judgement.outcome == "not replicated"
    assert "against 0.81 to 5.19 for the mean of 20 further networks, from 5 networks" in judgement.why
    assert Value().judge(values, [as_printed("5.2", n_networks=20)]).outcome == "replicated"
    assert Value().judge(values, [as_printed("5.3")]).outcome == "replicated"
    logarithms = Value(scale="log").judge([1.0, 2.0, 2.0, 2.0, 4.0], [as_printed("2", n_networks=20)])
    assert logarithms.interval.high == pytest.approx(2 ** (1 + 2.7764 * math.sqrt(0.5 * (1 / 20 + 1 / 5))), rel=1e-4)


@pytest.mark.parametrize(
    "rule", [Value(), Value(scale="log"), Correlation(MARGIN)], ids=["value", "log", "correlation"]
)
def test_a_printed_mean_of_several_networks_is_admitted_in_95_percent_of_cases(rule):
    rng = generator("test", "mean coverage")
    scale = {"linear": np.asarray, "log": np.exp}[rule.scale] if isinstance(rule, Value) else np.tanh
    back = {"linear": np.asarray, "log": np.log}[rule.scale] if isinstance(rule, Value) else np.arctanh
    n, admitted = 1000, {4: 0, 1: 0}
    for sample in scale(rng.normal(0.6, 0.1, size=(n, 12))):
        mean = f"{scale(back(sample[8:]).mean()):.9f}"
        for n_networks in admitted:
            judgement = rule.judge(sample[:8].tolist(), [as_printed(mean, n_networks=n_networks)])
            admitted[n_networks] += judgement.interval.contains(float(mean))
    low, high = binomial_band(0.95, n)
    assert low <= admitted[4] / n <= high
    assert admitted[1] / n > high  # taken for a single network's, nearly every mean is admitted


def test_a_printed_mean_correlation_is_not_that_of_one_typical_network():
    rs = [0.55, 0.6, 0.65, 0.6, 0.7]
    of_one, of_five = (Correlation(MARGIN).judge(rs, [as_printed("0.68", n_networks=n)]) for n in (1, 5))
    assert of_five.interval.width < of_one.interval.width
    assert any(criterion.name.startswith("one typical network") for criterion in of_one.criteria)
    assert not any(criterion.name.startswith("one typical network") for criterion in of_five.criteria)


@pytest.mark.parametrize("n_networks", [0, 2.5])
def test_a_number_printed_of_no_network_is_refused(n_networks):
    with pytest.raises(ValueError, match=rf"n_networks = {n_networks} behind the printed '5\.3', expected 1, 2, …"):
        as_printed("5.3", n_networks=n_networks)


# Statement: the Clopper–Pearson interval of 6 of 6 starts at .541, of 5 of 5 at .478 ----------------------------------


def test_fewer_networks_than_need_agree_never_decide():
    for agree in (0.0, 1.0):
        outcomes = [judge(Statement(), [agree] * n).outcome for n in range(1, LEAST_AGREEING + 1)]
        assert set(outcomes[:-1]) == {"inconclusive"}
        assert outcomes[-1] == ("replicated" if agree else "not replicated")


@pytest.mark.parametrize(
    ("k", "n", "outcome"),
    [
        (6, 6, "replicated"),
        (5, 5, "inconclusive"),
        (0, 6, "not replicated"),
        (0, 5, "inconclusive"),
        (6, 12, "inconclusive"),
        (11, 12, "replicated"),
        (1, 12, "not replicated"),
        (20, 30, "inconclusive"),
        (21, 30, "replicated"),
    ],
)
def test_statement_asks_for_more_than_half_of_all_networks(k, n, outcome):
    judgement = judge(Statement(), [1.0] * k + [0.0] * (n - k))
    assert judgement.outcome == outcome
    assert judgement.measured == k / n
    assert judgement.criteria[0].met == {"replicated": True, "not replicated": False}.get(outcome)
    assert judgement.criteria[1].met == (k == n)


@pytest.mark.parametrize(
    ("values", "met"),
    [([1.0] * 6, True), ([1.0] * 5 + [NAN], None), ([1.0] * 4 + [NAN, 0.0], False), ([0.0] * 6, False)],
    ids=["it is", "perhaps", "whatever the undefined one is", "of none"],
)
def test_beside_a_statement_stands_whether_it_is_true_of_every_network(values, met):
    every = judge(Statement(), values).criteria[1]
    assert (every.name, every.met) == ("true of every network", met)
    assert every.detail == f"{values.count(1.0)} of 6"


@pytest.mark.parametrize("n", range(1, 41))
def test_statement_errs_at_most_once_in_forty_when_half_of_all_networks_agree(n):
    outcomes = [judge(Statement(), [1.0] * k + [0.0] * (n - k)).outcome for k in range(n + 1)]
    for wrong in ("replicated", "not replicated"):
        assert sum(stats.binom.pmf(k, n, 0.5) for k in range(n + 1) if outcomes[k] == wrong) <= 0.025


def test_statement_tells_chance_and_p():
    criteria = judge(Statement(chance=1 / 10), [1.0] * 3 + [0.0] * 3).criteria
    # P(X ≥ 3), X ~ Bin(6, 1/10), is 0.01585.
    assert criteria[-1].detail == "p = 0.016 at 1/10"
    assert criteria[-1].met
    assert len(judge(Statement(), [1.0]).criteria) == 2


@pytest.mark.parametrize(
    ("k", "n", "p", "met"),
    [(5, 5, "0.031", True), (8, 10, "0.055", False), (0, 5, "1", False)],  # 1/32, 56/1024 and the whole
)
def test_only_what_is_true_more_often_than_by_chance_beats_it(k, n, p, met):
    *_, chance = judge(Statement(chance=1 / 2), [1.0] * k + [0.0] * (n - k)).criteria
    assert (chance.met, chance.detail) == (met, f"p = {p} at 1/2")


@pytest.mark.parametrize(("chance", "marked"), [(None, False), (0.1, False), (0.5, False), (0.51, True), (0.97, True)])
def test_statement_that_chance_makes_true_is_marked_uninformative(chance, marked):
    judgement = judge(Statement(chance=chance), [1.0] * 12)
    assert judgement.outcome == "replicated"
    assert bool(judgement.uninformative) == marked


@pytest.mark.parametrize("values", [[0.0] * 12, [1.0] * 5, [1.0, 0.0] * 6], ids=["refuted", "few", "open"])
def test_a_statement_that_does_not_hold_was_not_bound_to(values):
    assert judge(Statement(chance=0.97), values).uninformative == ""


# Correlation -----------------------------------------------------------------------------------------------------

POSITIVE = [0.3, 0.5, 0.6, 0.4, 0.7, 0.5]
MIXED = [-0.5, 0.6, -0.3, 0.4, 0.1, -0.2]
WEAK = [0.05, 0.1, 0.08, 0.12, 0.06, 0.09]
SCATTERED = [-0.5, 0.9, 0.8, -0.3, 0.7, 0.4]
WIDE = [0.2, 0.95, 0.3, 0.7, 0.8, 0.5]
LESS_WIDE = [0.25, 0.7, 0.65, 0.3, 0.7, 0.5]


@pytest.mark.parametrize(
    ("values", "text", "outcome"),
    [
        (POSITIVE, "0.6", "replicated"),
        (POSITIVE, "−0.6", "not replicated"),
        (MIXED, "0.6", "inconclusive"),
        (WEAK, "0.6", "not replicated"),
        (MIXED, "−0.6", "inconclusive"),
        (SCATTERED, "0.6", "inconclusive"),
        (POSITIVE[:4], "0.5", "inconclusive"),
        (POSITIVE[:5], "0.5", "replicated"),
    ],
    ids=[
        "sign and size",
        "wrong sign",
        "sign undecided",
        "as good as none",
        "perhaps the wrong sign",
        "large, but sign undecided",
        "too few for a sign",
        "as few as decide",
    ],
)
def test_correlation_needs_sign_and_size(values, text, outcome):
    judgement = judge(Correlation(MARGIN), values, text)
    assert judgement.outcome == outcome
    assert "which counts as none" not in judgement.why


@pytest.mark.parametrize(
    ("values", "text", "sign", "size"),
    [
        (POSITIVE, "0.6", True, True),
        (POSITIVE, "0.9", True, False),
        (WIDE, "−0.1", False, True),
        (SCATTERED, "0.6", None, True),
        (POSITIVE[:4], "0.5", None, None),
        (POSITIVE[:5], "−0.1", False, True),  # the interval begins at −0.0996
        (POSITIVE[:5], "−0.2", False, False),
    ],
)
def test_either_of_sign_and_size_may_fail(values, text, sign, size):
    judgement = judge(Correlation(MARGIN), values, text)
    assert [criterion.met for criterion in judgement.criteria[:2]] == [sign, size]
    met = False if False in {sign, size} else True if sign and size else None
    assert judgement.outcome == {True: "replicated", False: "not replicated", None: "inconclusive"}[met]


@pytest.mark.parametrize("none_found", [(), ("mnist",)], ids=["one is printed", "none is printed"])
@pytest.mark.parametrize("text", ["0.6", "0.1", "0.70"])
@pytest.mark.parametrize("values", [POSITIVE, POSITIVE[:5], MIXED, WEAK, SCATTERED, WIDE], ids=str)
def test_correlations_of_the_other_sign_are_judged_alike(values, text, none_found):
    rule = Correlation(MARGIN, none_found)
    for one, other in ((text, f"−{text}"), (f"−{text}", text)):
        judgement, opposite = judge(rule, values, one), judge(rule, [-value for value in values], other)
        assert opposite.outcome == judgement.outcome
        assert opposite.measured == pytest.approx(-judgement.measured)
        assert opposite.uninformative == judgement.uninformative
        met = [(criterion.name, criterion.met) for criterion in judgement.criteria]
        assert [(criterion.name, criterion.met) for criterion in opposite.criteria] == met


def test_sign_and_size_are_told_apart():
    sign, size, *beside = judge(Correlation(MARGIN), WEAK, "0.6").criteria
    assert sign.met is False
    assert size.met is False
    assert len(beside) == 6  # the seventh needs a significant original, which .6 of ten classes is not


@pytest.mark.parametrize(
    ("values", "outcome"),
    [(WEAK, "replicated"), ([0.8, 0.85, 0.9, 0.8, 0.82], "not replicated"), ([0.3, 0.9, 0.5, 0.7], "inconclusive")],
    ids=["equivalent", "different", "undecided"],
)
def test_a_printed_null_is_judged_by_equivalence(values, outcome):
    judgement = judge(Correlation(MARGIN, none_found=("mnist",)), values, "0.26")
    assert judgement.outcome == outcome
    assert judgement.uninformative == ""


def test_beside_a_printed_null_stands_what_the_paper_asks():
    """Of ten classes |r| must reach .632 (t of 2.306 at 8 degrees of freedom)."""
    rule = Correlation(MARGIN, none_found=("mnist",))
    for values, met, detail in (
        ([0.5, 0.6, -0.63, 0.55, 0.4], True, "5 of 5: |r| < 0.63"),
        ([0.5, 0.6, 0.64, 0.55, 0.4], False, "4 of 5: |r| < 0.63"),
    ):
        judgement = judge(rule, values, "0.26")
        asked = next(criterion for criterion in judgement.criteria if "as the paper asks" in criterion.name)
        assert (asked.met, asked.detail) == (met, detail)
        assert judgement.outcome != "replicated"


def test_a_null_is_one_for_its_networks_only():
    rule = Correlation(MARGIN, none_found=("mnist",))
    assert judge(rule, POSITIVE, "0.6", "kmnist").outcome == "replicated"


@pytest.mark.parametrize("mean", [0.1, 0.2, 0.25, 0.3, 0.35, 0.42, 0.5])
@pytest.mark.parametrize("spread", [0.02, 0.1, 0.2])
def test_no_coefficients_replicate_both_a_correlation_and_its_absence(mean, spread):
    values = (mean + spread * np.linspace(-1, 1, 12)).tolist()
    found = judge(Correlation(MARGIN), values, "0.4").outcome
    none = judge(Correlation(MARGIN, ("mnist",)), values, "0.4").outcome
    assert (found, none) != ("replicated", "replicated")


def test_a_correlation_that_is_as_good_as_none_has_no_sign():
    values = [0.05, 0.3, 0.1, 0.2, 0.15, 0.1, 0.12, 0.18]
    judgement = judge(Correlation(MARGIN), values, "0.2")
    assert judgement.outcome == "not replicated"
    assert "equivalent to 0" in judgement.why


def test_a_correlation_whose_mean_counts_as_none_is_not_replicated_by_its_spread():
    values = [0.02, 0.35, 0.44, 0.2, 0.3, 0.3]  # beyond 0, and .6 within what the next network may give
    judgement = judge(Correlation(MARGIN), values, "0.6")
    assert judgement.outcome == "inconclusive"
    assert "sign undecided (mean r, 95 % interval 0.12 to 0.42, but the mean 0.273 lies within ±0.3" in judgement.why
    assert judge(Correlation(MARGIN), values, "−0.3").outcome == "not replicated"


@pytest.mark.parametrize(
    ("r", "shown"),
    [(0.298, "r = 0.298"), (-0.298, "r = -0.298"), (0.3, "r = 0.30"), (0.2, "r = 0.20"), (-0.5, "r = -0.50")],
)
def test_two_decimals_do_not_hide_that_a_mean_counts_as_none(r, shown):
    assert judge(Correlation(MARGIN), [r] * 6, "0.6").measured_text == shown


def test_a_size_that_could_hardly_fail_is_marked_uninformative():
    judgement = judge(Correlation(MARGIN), WIDE, "0.6")
    assert judgement.outcome == "replicated"
    share = judgement.interval.width / 2
    assert judgement.uninformative == f"the interval for the size admits {100 * share:.0f}% of all coefficients"
    assert judge(Correlation(MARGIN), [-value for value in WIDE], "0.6").uninformative == ""
    assert judge(Correlation(MARGIN), WEAK, "0.6").uninformative == ""


@pytest.mark.parametrize(("values", "marked"), [(POSITIVE, False), (LESS_WIDE, True)], ids=["39 %", "52 %"])
def test_more_than_half_of_all_coefficients_are_too_many_for_a_size(values, marked):
    judgement = judge(Correlation(MARGIN), values, "0.6")
    assert judgement.outcome == "replicated"
    assert bool(judgement.uninformative) == marked


def test_a_perfect_coefficient_stays_finite():
    assert judge(Correlation(MARGIN), [1.0, 0.9, 1.0, 0.8, 0.95], "0.99").measured < 1


def test_a_sign_is_seldom_found_where_there_is_none():
    rng = generator("test", "sign")
    n = 150
    found = sum(
        judge(Correlation(MARGIN), np.tanh(rng.normal(0, 0.4, 12)).tolist(), "0.1").criteria[0].met is True
        for _ in range(n)
    )
    assert found / n <= binomial_band(0.025, n)[1]


def test_a_null_is_seldom_found_where_the_effect_is_at_the_margin():
    rng = generator("test", "null")
    n = 1000
    z = rng.normal(math.atanh(MARGIN), 0.3, (n, 10))
    rule = Correlation(MARGIN, none_found=("mnist",))
    found = sum(judge(rule, np.tanh(sample).tolist(), "0.26").outcome == "replicated" for sample in z)
    assert found / n <= binomial_band(0.05, n)[1]


def test_a_correlation_may_be_of_more_than_ten_pairs():
    """Of forty pairs |r| must reach .312 (t of 2.024 at 38 degrees of freedom)."""
    values = [0.1, 0.2, 0.32, 0.25, 0.3]
    of_ten, of_forty = (judge(Correlation(MARGIN, ("mnist",), n=n), values, "0.26") for n in (10, 40))
    details = [criterion.detail for criterion in of_forty.criteria]
    assert "4 of 5: |r| < 0.31" in details
    assert any(detail.endswith("; 40 pairs cannot give more than 5.1") for detail in details)
    assert any("; ten classes cannot give more than " in criterion.detail for criterion in of_ten.criteria)
    # Of ten pairs the interval around .26 reaches from −.44 to .76, of forty from −.06 to .53.
    around = "one typical network: replication in original interval"
    spans = [next(one.detail for one in found.criteria if one.name == around) for found in (of_ten, of_forty)]
    assert spans == ["accepts -0.44 to 0.76", "accepts -0.06 to 0.53"]
    assert of_ten.outcome == of_forty.outcome
    assert of_ten.interval == of_forty.interval


@pytest.mark.parametrize("text", ["0.00", "1.00", "−1.00"])
def test_a_printed_null_without_a_direction_is_judged_all_the_same(text):
    judgement = judge(Correlation(MARGIN, none_found=("mnist",)), WEAK, text)
    assert judgement.outcome == "replicated"
    assert not [criterion for criterion in judgement.criteria if criterion.name.startswith("one typical network")]


def test_a_printed_correlation_needs_a_direction():
    with pytest.raises(ValueError, match=r"printed r = 0\.00 has no sign .*: name 'mnist' in none_found"):
        judge(Correlation(MARGIN), POSITIVE, "0.00")


# Contrast: 1.1 … 1.5 against 0.9 … 1.1: 0.3 ± t · √(0.025/5 + 0.00625/5), 5.88 degrees of freedom: ± 0.1944 ----------

VALUES = [1.1, 1.2, 1.3, 1.4, 1.5]
OTHERS = [0.9, 0.95, 1.0, 1.05, 1.1]


@pytest.mark.parametrize(
    ("shift", "least", "outcome"),
    [
        (0.0, 0.3, "replicated"),
        (0.0, 0.5, "not replicated"),
        (-0.6, 0.3, "not replicated"),
        (-0.2, 0.2, "inconclusive"),
    ],
    ids=["above 0", "above 0 but too small", "below 0", "about 0"],
)
def test_a_contrast_compares_the_interval_with_none_and_the_least(shift, least, outcome):
    judgement = Contrast(least, unit="z").compare([value + shift for value in VALUES], OTHERS)
    assert judgement.outcome == outcome
    assert judgement.interval.width == pytest.approx(2 * 0.1944, abs=2e-4)
    assert judgement.measured_text == f"{0.3 + shift:.2f} z"
    assert judgement.values == pytest.approx([value + shift - 1.0 for value in VALUES])
    assert judgement.why.endswith("5 and 5 networks")


@pytest.mark.parametrize(("shift", "met", "n_above"), [(0.1, True, 25), (0.0, False, 24), (-0.6, False, 0)])
def test_beside_a_contrast_stands_whether_every_network_lies_above_all_others(shift, met, n_above):
    """The least of the one, 1.1, is the most of the other."""
    _, every = Contrast(0.3).compare([value + shift for value in VALUES], OTHERS).criteria
    assert (every.met, every.detail) == (met, f"{n_above} of 25 pairs")


@pytest.mark.parametrize(("n", "n_others"), [(4, 5), (5, 4), (1, 6), (6, 1)])
def test_a_contrast_needs_five_networks_of_either_data_set(n, n_others):
    judgement = Contrast(0.3).compare(
        [2.0 + 0.01 * seed for seed in range(n)], [0.01 * seed for seed in range(n_others)]
    )
    assert judgement.outcome == "inconclusive"
    assert len(judgement.values) == n


def test_a_contrast_does_not_depend_on_the_order_of_the_networks():
    first = Contrast(0.3).compare(VALUES, [*OTHERS, 2.0])
    again = Contrast(0.3).compare(VALUES[::-1], [2.0, *OTHERS])
    assert again.interval.low == pytest.approx(first.interval.low)
    assert (again.outcome, again.measured_text) == (first.outcome, first.measured_text)


def test_a_contrast_goes_on_without_the_few_that_are_undefined_on_either_side():
    many = [*VALUES, *VALUES]
    judgement = Contrast(0.3).compare([*many, NAN], [*OTHERS, *OTHERS])
    assert judgement.interval == Contrast(0.3).compare(many, [*OTHERS, *OTHERS]).interval
    assert judgement.why.endswith("undefined for 1 of 11 networks")
    assert math.isnan(judgement.values[-1])
    for values, others in (([*VALUES, NAN], OTHERS), (VALUES, [*OTHERS, NAN])):
        judgement = Contrast(0.3).compare(values, others)
        assert judgement.outcome == "inconclusive"
        assert judgement.why == "undefined for 1 of 6 networks"
        assert len(judgement.values) == len(values)


@pytest.mark.parametrize(("n", "n_others"), [(10, 10), (5, 8)])
def test_a_contrast_is_seldom_found_where_there_is_none(n, n_others):
    rng = generator("test", "contrast")
    n_trials = 1000
    found = sum(
        Contrast(0.3).compare(rng.normal(0, 0.5, n).tolist(), rng.normal(0, 0.3, n_others).tolist()).outcome
        == "replicated"
        for _ in range(n_trials)
    )
    low, high = binomial_band(0.025, n_trials)
    assert low <= found / n_trials <= high


# No effect: the 90 % interval of the mean of 0.1, 0.2, 0.3 is 0.2 ± 2.920 · 0.1 / √3 = 0.2 ± 0.1686 ---------------


@pytest.mark.parametrize(("margin", "outcome"), [(0.4, "replicated"), (0.3, "inconclusive"), (0.03, "not replicated")])
def test_no_effect_compares_the_interval_with_the_margin(margin, outcome):
    judgement = judge(NoEffect(margin), [0.0, 0.1, 0.2, 0.3, 0.4])
    assert judgement.interval.low == pytest.approx(0.0493, abs=1e-4)
    assert judgement.interval.high == pytest.approx(0.3507, abs=1e-4)
    assert judgement.outcome == outcome


@pytest.mark.parametrize(
    ("margin", "shift", "within", "covers"),
    [(0.4, 0.0, True, False), (0.15, 0.0, False, False), (0.4, -0.1, True, True), (0.15, -0.4, False, False)],
)
def test_beside_no_effect_stand_the_mean_and_whether_a_test_would_find_one(margin, shift, within, covers):
    """The 95 % interval of the mean of 0, 0.1, … 0.4 is 0.2 ± 2.776 · 0.0707 = 0.2 ± 0.196."""
    values = [value + shift for value in (0.0, 0.1, 0.2, 0.3, 0.4)]
    _, mean, none = judge(NoEffect(margin), values).criteria
    assert (mean.name, mean.met) == ("mean within the margin", within)
    assert (none.name, none.met) == ("95 % interval covers 0", covers)
    of_largest = judge(NoEffect(margin, of_largest=True), values)
    assert [criterion.name for criterion in of_largest.criteria] == [
        "equivalent to no effect",
        "mean within the margin",
    ]


def test_no_effect_is_seldom_found_where_the_effect_is_at_the_margin():
    rng = generator("test", "no effect")
    n = 1000
    found = sum(judge(NoEffect(1.0), row.tolist()).outcome == "replicated" for row in rng.normal(1, 0.5, (n, 10)))
    low, high = binomial_band(0.05, n)
    assert low <= found / n <= high


def test_rules_say_themselves_in_words():
    assert Statement(chance=1 / 10).text.endswith("chance 1/10")
    assert Statement(chance=1 / 2).text.endswith("chance 1/2")
    assert Statement(chance=0.3).text.endswith("chance 0.3")
    assert Statement(chance=0.35).text.endswith("chance 0.35")
    assert Statement(chance=1.0).text.endswith("chance 1")
    assert NoEffect(2.0).text.endswith("±2 pp")
    assert "log scale" in Value(scale="log").text
    assert "log scale" not in Value().text
