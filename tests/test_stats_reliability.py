"""Agreement between runs: known answers, bounds, and the chance that an extremal class recurs."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from replication.seeds import generator
from replication.stats import (
    Recurrence,
    chance_recurrence,
    concordance,
    noise_ceiling,
    pearson,
    recurrence,
    spearman,
)

quick = settings(deadline=None, max_examples=60)
seeds = st.integers(0, 2**32 - 1)
UP = [1.0, 2.0, 3.0, 4.0]


def profiles(seed, n_runs, n_classes, *, ties=False):
    draws = np.random.default_rng(seed).normal(size=(n_runs, n_classes))
    return np.round(draws) + 0.001 * np.arange(n_classes) * (not ties) if ties else draws


def test_runs_that_agree_reach_one():
    ceiling, agreement = noise_ceiling([UP, UP, UP]), concordance([UP, UP, UP])
    assert (ceiling.lower, ceiling.upper) == (1, 1)
    assert (agreement.w, agreement.mean_spearman) == (1, 1)
    assert agreement.p == pytest.approx(stats.chi2.sf(9, 3))  # S (n − 1) W = 3 · 3 · 1


def test_ceiling_by_hand():
    # ranks (1, 2, 3), (1, 2, 3), (1, 3, 2); sum of all (3, 7, 8), of the other two (2, 5, 5), (2, 5, 5), (2, 4, 6)
    ceiling = noise_ceiling([[1, 2, 3], [1, 2, 3], [1, 3, 2]])
    lower = (2 * pearson([1, 2, 3], [2, 5, 5]).r + pearson([1, 3, 2], [2, 4, 6]).r) / 3
    upper = (2 * pearson([1, 2, 3], [3, 7, 8]).r + pearson([1, 3, 2], [3, 7, 8]).r) / 3
    assert (ceiling.lower, ceiling.upper) == pytest.approx((lower, upper))
    assert lower == pytest.approx((2 * math.sqrt(3) / 2 + 0.5) / 3)  # r = 3 / √(2 · 6) and 2 / √(2 · 8)


def test_two_runs_have_their_correlation_as_lower_ceiling():
    x, y = profiles(1, 2, 10)
    assert noise_ceiling([x, y]).lower == pytest.approx(spearman(x, y).r)
    assert concordance([x, y]).mean_spearman == pytest.approx(spearman(x, y).r)


@quick
@given(seeds, st.integers(2, 8), st.integers(3, 12), st.booleans())
def test_ceiling_is_ordered_bounded_and_sees_ranks_alone(seed, n_runs, n_classes, ties):
    values = profiles(seed, n_runs, n_classes, ties=ties)
    ceiling = noise_ceiling(values)
    assume(not math.isnan(ceiling.lower + ceiling.upper))
    assert -1 <= ceiling.lower <= ceiling.upper + 1e-12 <= 1 + 1e-9
    assert noise_ceiling(np.exp(values)).lower == pytest.approx(ceiling.lower)
    assert noise_ceiling(values[::-1, ::-1]).upper == pytest.approx(ceiling.upper)


@quick
@given(seeds, st.integers(2, 8), st.integers(4, 10))
def test_no_fixed_profile_scores_above_the_upper_bound(seed, n_runs, n_classes):
    values = profiles(seed, n_runs, n_classes)
    candidate = np.random.default_rng(seed + 1).normal(size=n_classes)
    score = np.mean([spearman(candidate, own).r for own in values])
    upper = noise_ceiling(values).upper
    assert score <= (0 if math.isnan(upper) else upper) + 1e-12  # NaN: ranks that cancel, on which all score 0


def test_the_ceiling_of_noise_is_about_zero_and_its_upper_bound_is_not():
    # 200 tables of 5 runs and 10 classes: the lower bound's mean is 0 within .05
    draws = generator("test", "ceiling", "noise").normal(size=(200, 5, 10))
    ceilings = [noise_ceiling(draw) for draw in draws]
    assert abs(np.mean([ceiling.lower for ceiling in ceilings])) < 0.05
    assert np.mean([ceiling.upper for ceiling in ceilings]) > 0.3


@quick
@given(seeds, st.integers(3, 8), st.integers(3, 12))
def test_concordance_agrees_with_friedmans_test(seed, n_runs, n_classes):
    values = np.round(profiles(seed, n_runs, n_classes) * 2)  # with ties
    assume(np.ptp(values, axis=1).min() > 0)
    expected = stats.friedmanchisquare(*values.T)
    agreement = concordance(values)
    assert agreement.w == pytest.approx(expected.statistic / (n_runs * (n_classes - 1)))
    assert agreement.p == pytest.approx(expected.pvalue)


@quick
@given(seeds, st.integers(2, 8), st.integers(3, 12))
def test_w_is_the_mean_spearman_in_other_units(seed, n_runs, n_classes):
    agreement = concordance(profiles(seed, n_runs, n_classes))
    assert 0 <= agreement.w <= 1
    assert agreement.mean_spearman == pytest.approx((n_runs * agreement.w - 1) / (n_runs - 1))


def test_concordance_false_positive_rate():
    # 2000 tables of noise at .05: 100 expected, standard deviation 9.7, band of four: 61 to 139
    draws = generator("test", "concordance", "null").normal(size=(2000, 20, 10))
    assert 61 <= sum(concordance(draw).p < 0.05 for draw in draws) <= 139


def test_constant_profiles_have_no_order():
    assert math.isnan(noise_ceiling([UP, [2.0] * 4]).lower)
    assert math.isnan(noise_ceiling([UP, UP[::-1]]).upper)  # they cancel
    agreement = concordance([[2.0] * 4] * 3)
    assert math.isnan(agreement.w)
    assert math.isnan(agreement.mean_spearman)
    assert math.isnan(agreement.p)
    assert math.isnan(concordance([UP, [2.0] * 4]).mean_spearman)


def test_chance_numbers():
    assert chance_recurrence(10) == Recurrence(0.1, 0.1, 1 / 90)
    assert chance_recurrence(2) == Recurrence(0.5, 0.5, 0.5)


@pytest.mark.parametrize(("reliability", "both"), [(0.9, 0.42), (0.7, 0.18), (0.5, 0.09), (0.0, 1 / 90)])
def test_extremal_classes_recur_less_than_one_thinks(reliability, both):
    # 20,000 pairs: standard deviation at most .0035, band of four .014
    result = recurrence(reliability, 10, generator("test", "recurrence", reliability))
    assert result.both == pytest.approx(both, abs=0.014)
    assert result.both <= min(result.largest, result.smallest)


def test_recurrence_at_the_ends():
    assert recurrence(1, 10, generator("test")) == Recurrence(1, 1, 1)
    result = recurrence(0, 10, generator("test", "recurrence", "none"))
    assert (result.largest, result.smallest) == pytest.approx((0.1, 0.1), abs=0.0085)  # four of .0021


def test_recurrence_follows_its_generator_alone():
    first, again, other = (recurrence(0.5, 10, generator("test", seed), n_draws=200) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_refuses_tables_without_agreement_to_measure():
    for measure in (noise_ceiling, concordance):
        for table in (UP, [UP], [[1, 2], [1, 2]]):
            with pytest.raises(ValueError, match="expected at least 2 runs by at least 3 classes"):
                measure(table)
        with pytest.raises(ValueError, match="profiles has 1 values that are NaN"):
            measure([[1, 2, math.nan], [1, 2, 3]])
    with pytest.raises(ValueError, match="n_classes = 1, expected at least 2"):
        chance_recurrence(1)
    with pytest.raises(ValueError, match=r"reliability = 1.2, expected between 0 and 1"):
        recurrence(1.2, 10, generator("test"))
    with pytest.raises(ValueError, match="n_classes = 1, expected at least 2"):
        recurrence(0.5, 1, generator("test"))
    with pytest.raises(ValueError, match="n_draws = 0, expected at least 1"):
        recurrence(0.5, 10, generator("test"), n_draws=0)
