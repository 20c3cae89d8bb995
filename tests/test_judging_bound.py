"""Bounds that the paper does not give: how far each could be moved with the same verdict."""

import math
import operator
from dataclasses import replace

import pytest
from hypothesis import example, given, strategies as st

from claims import REGISTRY
from claims.planted import planted
from replication.evidence import Evidence
from replication.judging import Answer, Contrast, Correlation, NoEffect, Registry, Statement, Value, judge_network
from replication.judging.bound import Bound, kept_between
from replication.judging.judge import own_bound
from replication.paper import Reported
from replication.stats import equivalence_of_mean, fisher_mean
from replication.study import PROFILES

NUMBERS = st.lists(st.integers(-4, 4).map(float), min_size=1, max_size=7)


def outcome_of(numbers, holds=operator.ge):
    """How many of the numbers keep to a bound, as a rule might see it: all, none or some."""

    def outcome(bound):
        n = sum(holds(number, bound) for number in numbers)
        return "all" if n == len(numbers) else "none" if n == 0 else "some"

    return outcome


@pytest.mark.parametrize("unit", [1.0, 2.0**60])
@pytest.mark.parametrize("holds", [operator.ge, operator.gt, operator.le, operator.lt])
@given(NUMBERS, st.integers(-5, 5).map(float))
@example([1.0, 2.0], 2.0)
@example([0.0, 1.0, 2.0], 1.0)
def test_within_the_ends_the_outcome_is_the_same_and_just_beyond_them_another(holds, unit, numbers, asked):
    outcome = outcome_of([unit * number for number in numbers], holds)
    asked *= unit
    low, high, with_low, with_high = kept_between(outcome, [unit * number for number in numbers], asked)
    assert low <= asked <= high
    halves = [unit * bound / 2 for bound in range(-14, 15)]
    assert {outcome(bound) for bound in halves if low < bound < high} <= {outcome(asked)}
    assert with_low == (math.isfinite(low) and outcome(low) == outcome(asked))
    assert with_high == (math.isfinite(high) and outcome(high) == outcome(asked))
    if math.isfinite(low):
        assert outcome(low - unit / 4) != outcome(asked)
    if math.isfinite(high):
        assert outcome(high + unit / 4) != outcome(asked)


def test_an_outcome_that_no_bound_changes_is_kept_throughout_the_domain():
    def of_a_number(bound):
        assert math.isfinite(bound)
        return "open"

    assert kept_between(of_a_number, [], 0.3) == (-math.inf, math.inf, False, False)
    assert kept_between(lambda _: "open", [], 0.3, (0, 1)) == (-math.inf, math.inf, False, False)
    assert kept_between(lambda _: "open", [0.2, 5.0], 0.3) == (-math.inf, math.inf, False, False)


def test_changes_outside_the_domain_are_not_asked_about():
    def outcome(bound):
        assert 0 < bound < 1
        return bound > 0.5

    for changes in ([-1, 0.5, 2], [0, 0.5, 1]):
        assert kept_between(outcome, changes, 0.3, (0, 1)) == (-math.inf, 0.5, False, True)
        assert kept_between(outcome, changes, 0.7, (0, 1)) == (0.5, math.inf, False, False)


def test_an_outcome_of_the_bound_alone_is_kept_by_no_other():
    assert kept_between(lambda bound: bound == 1, [1.0], 1.0) == (1, 1, True, True)


@pytest.mark.parametrize(
    ("factor", "kept"), [(0.5, False), (0.6, False), (0.75, True), (1.25, True), (2, True), (2.5, False)]
)
def test_a_bound_keeps_a_verdict_where_the_factor_leaves_it_between_the_ends(factor, kept):
    assert Bound("much", "at least", 2, (1.4, 1.6), 1.2, 4, with_high=True).keeps(factor) == kept
    at_the_lower = factor == 0.6 or (kept and factor != 2)
    assert Bound("much", "at least", 2, (1.4, 1.6), 1.2, 4, with_low=True).keeps(factor) == at_the_lower


def test_bounds_that_differ_among_networks_are_none_to_move():
    with pytest.raises(ValueError, match="claim 'x/y' holds networks of one data set against several bounds"):
        bound_of(Statement(), [*as_answers([0.6] * 5), *as_answers([0.7], 0.4)])


@pytest.mark.parametrize("bound", [0, -1.0])
def test_a_bound_whose_multiples_say_nothing_reads_no_word(bound):
    Answer("fall", 1.0, "more than", bound)
    with pytest.raises(ValueError, match="reads 'much', expected above 0"):
        Answer("fall", 1.0, "more than", bound, reads="much")
    Contrast(least=0)
    with pytest.raises(ValueError, match="least = 0, expected above 0, since it reads a word"):
        Contrast(least=0, reads="more")


def as_answers(numbers, bound=0.5, **rest):
    return [Answer("share", number, "at least", bound, reads="much", **rest) for number in numbers]


def bound_of(rule, answers, *, against=None, reported="in words"):
    networks = ("mnist",) if against is None else ("kmnist",)
    claim = Registry().claim(
        "x/y", place="§0", networks=networks, rule=rule, reported=reported, against="" if against is None else "mnist"
    )(statistic)
    return own_bound(claim, networks[0], {networks[0]: answers, "mnist": answers if against is None else against})


def statistic(network):
    """It is much."""


@pytest.mark.parametrize(
    ("numbers", "bound", "ends"),
    [
        ([0.6, 0.7, 0.8, 0.9, 1.0, 1.1], 0.5, (-math.inf, 0.6)),  # all agree up to the least
        ([0.1, 0.2, 0.3, 0.4, 0.44, 0.45], 0.5, (0.45, math.inf)),  # none does above the largest
        ([0.1, 0.2, 0.3, 0.6, 0.7, 0.8], 0.5, (0.1, 0.8)),  # open in between
        ([0.6], 0.5, (-math.inf, math.inf)),
        ([0.6, 0.7], 0.5, (-math.inf, math.inf)),  # two decide nothing, whatever is asked
        ([0.5, 0.6, 0.7, 0.8, 0.9, 1.0], 0.5, (-math.inf, 0.5)),  # reached by a hair
    ],
)
def test_a_statement_keeps_its_verdict_until_a_network_too_many_changes_sides(numbers, bound, ends):
    found = bound_of(Statement(), as_answers(numbers, bound))
    assert (found.low, found.high) == ends
    assert (found.reads, found.relation, found.asked) == ("much", "at least", bound)
    assert found.numbers == tuple(numbers)


@pytest.mark.parametrize("relation", ["at least", "more than", "at most", "less than"])
@pytest.mark.parametrize("counts", [[7, 4, 8, 6, 7, 9], [6, 7, 7, 8, 9, 5], [1, 2, 3, 2, 1, 4]])
def test_at_its_ends_the_verdict_is_what_they_say(relation, counts):
    answers = [Answer("classes", count, relation, 5, reads="many") for count in counts]
    found = bound_of(Statement(), answers)

    def outcome(bound):
        return Statement().judge([float(replace(answer, bound=bound)) for answer in answers], (), "mnist").outcome

    for end, included in ((found.low, found.with_low), (found.high, found.with_high)):
        if math.isfinite(end):
            assert (outcome(end) == outcome(5)) == included


def test_networks_that_are_silent_stay_so_under_any_bound():
    answers = as_answers([0.6] * 5) + as_answers([0.7], silence="which are noise")
    found = bound_of(Statement(), answers)
    assert (found.low, found.high) == (-math.inf, math.inf)
    assert math.isnan(found.numbers[-1])


def test_what_is_asked_besides_stays_as_it_is():
    answers = as_answers([0.6] * 6, also=False)
    assert bound_of(Statement(), answers).low == -math.inf


def test_where_no_bound_is_ours_there_is_none_to_move():
    assert bound_of(Statement(), [True] * 6) is None
    assert bound_of(Statement(), [Answer("share", 1.0, "more than", 0)] * 6) is None
    assert bound_of(NoEffect(margin=1), [0.1] * 6) is None
    assert (
        Correlation(margin=0.3).own_bound([0.6] * 6, REGISTRY["4.1/error-predicts-harm"].reported_on("mnist"), "mnist")
        is None
    )
    assert bound_of(Contrast(least=0.3), [0.1] * 6, against=[0.2] * 6) is None
    assert bound_of(Value(), [99.0] * 6, reported="accuracy/mnist") is None


@pytest.mark.parametrize(("mean", "outcome"), [(0.4, "replicated"), (1.0, "inconclusive"), (2.0, "not replicated")])
def test_no_effect_keeps_its_verdict_up_to_an_end_of_its_interval(mean, outcome):
    rule = NoEffect(margin=1.0, reads="little")
    values = [mean - 0.1, mean, mean + 0.1] * 2
    judgement = rule.judge(values, (), "mnist")
    found = bound_of(rule, values)
    low, high = judgement.interval.low, judgement.interval.high
    assert judgement.outcome == outcome
    assert (found.low, found.high) == {
        "replicated": (high, math.inf),
        "inconclusive": (low, high),
        "not replicated": (-math.inf, low),
    }[outcome]


def test_an_effect_of_the_other_sign_is_held_against_the_margin_by_its_size():
    rule = NoEffect(margin=1.0, reads="little")
    values = [-2.1, -2.0, -1.9] * 2
    found = bound_of(rule, values)
    assert found.high == pytest.approx(abs(rule.judge(values, (), "mnist").interval.high))
    assert min(found.numbers) > 0


@pytest.mark.parametrize("mean", [0.0, 0.4, 1.0, 2.0])
def test_an_effect_and_its_opposite_keep_their_verdict_between_the_same_ends(mean):
    rule = NoEffect(margin=1.0, reads="little")
    values = [mean - 0.1, mean, mean + 0.2] * 2
    found, opposite = bound_of(rule, values), bound_of(rule, [-value for value in values])
    assert opposite.low == pytest.approx(found.low)
    assert opposite.high == pytest.approx(found.high)
    assert opposite.numbers == found.numbers


CORRELATION = Correlation(margin=0.3, none_found=("mnist",), reads="correlates")


@pytest.mark.parametrize(
    ("network", "r", "outcome", "ends"),
    [
        ("kmnist", 0.6, "replicated", ("none", "mean")),
        ("kmnist", 0.1, "not replicated", ("none", "none either")),  # too small for the printed one, under any margin
        ("mnist", 0.1, "replicated", ("high", "none either")),
        ("mnist", 0.3, "inconclusive", ("low", "high")),
        ("mnist", 0.5, "not replicated", ("none", "low")),
    ],
)
def test_a_correlation_keeps_its_verdict_up_to_its_mean_or_an_end_of_its_interval(network, r, outcome, ends):
    values = [r - 0.02, r, r + 0.02] * 2
    reported = REGISTRY["4.1/error-predicts-harm"].reported_on(network)
    found = CORRELATION.own_bound(values, reported, network)
    interval = equivalence_of_mean([math.atanh(value) for value in values], 0.3).interval
    named = {"mean": fisher_mean(values), "low": math.tanh(interval.low), "high": math.tanh(interval.high)}
    named |= {"none": -math.inf, "none either": math.inf}
    assert CORRELATION.judge(values, reported, network).outcome == outcome
    assert (found.low, found.high) == tuple(named[end] for end in ends)
    assert found.relation == ("less than" if network == "mnist" else "at least")
    assert found.numbers == tuple(values)


@pytest.mark.parametrize("none_found", [(), ("mnist",)], ids=["one is printed", "none is printed"])
@pytest.mark.parametrize("r", [0.1, 0.3, 0.6])
def test_a_correlation_and_its_opposite_keep_their_verdict_between_the_same_ends(r, none_found):
    rule = Correlation(margin=0.3, none_found=none_found, reads="correlates")
    values = [r - 0.02, r, r + 0.05] * 2
    found, opposite = (
        rule.own_bound(
            [sign * value for value in values], (Reported("x", f"{sign * 0.6}", sign * 0.6, "r", "§0"),), "mnist"
        )
        for sign in (1, -1)
    )
    assert (opposite.relation, opposite.numbers) == (found.relation, found.numbers)
    assert opposite.low == pytest.approx(found.low)
    assert opposite.high == pytest.approx(found.high)


def test_a_difference_that_is_none_becomes_open_where_less_is_asked():
    rule = Contrast(least=0.3, unit="z", reads="more")
    values, others = [0.0, 0.1, 0.2, 0.1, 0.05, 0.1], [0.1, 0.0, 0.2, 0.1, 0.05, 0.12]
    judgement = rule.compare(values, others)
    assert judgement.outcome == "not replicated"
    found = bound_of(rule, values, against=others)
    assert (found.low, found.high) == (judgement.interval.high, math.inf)
    assert found.numbers == judgement.values


def test_undefined_networks_leave_no_bound_to_hang_on():
    nothing = [math.nan] * 6
    of_correlation = CORRELATION.own_bound(nothing, REGISTRY["4.1/error-predicts-harm"].reported_on("mnist"), "mnist")
    of_contrast = Contrast(least=0.3, reads="more").own_bound(nothing, [0.1] * 6)
    for found in (of_correlation, of_contrast, bound_of(NoEffect(margin=1.0, reads="little"), nothing)):
        assert (found.low, found.high) == (-math.inf, math.inf)


def test_verdicts_tell_their_bound_to_machines():
    claim = REGISTRY["4.1/much-more-for-7-than-3"]
    run = Evidence(PROFILES["paper"], planted("mnist", claim.holds, 6))
    verdict = judge_network(claim, run, "mnist")
    bound = verdict.as_json()["bound"]
    assert (bound["reads"], bound["relation"], bound["asked"]) == ("much more", "at least", 2)
    assert len(bound["numbers"]) == 6
    assert bound["low"] is None
    assert judge_network(REGISTRY["4.1/most-harmed-class"], run, "mnist").as_json()["bound"] is None
