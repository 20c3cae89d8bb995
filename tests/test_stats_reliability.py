"""Agreement between runs: known answers and bounds."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st

from replication.seeds import generator
from replication.stats import noise_ceiling, pearson, spearman

quick = settings(deadline=None, max_examples=60)
seeds = st.integers(0, 2**32 - 1)
UP = [1.0, 2.0, 3.0, 4.0]


def profiles(seed, n_runs, n_classes, *, ties=False):
    draws = np.random.default_rng(seed).normal(size=(n_runs, n_classes))
    return np.round(draws) + 0.001 * np.arange(n_classes) * (not ties) if ties else draws


def test_runs_that_agree_reach_one():
    ceiling = noise_ceiling([UP, UP, UP])
    assert (ceiling.lower, ceiling.upper) == (1, 1)


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


def test_constant_profiles_have_no_order():
    assert math.isnan(noise_ceiling([UP, [2.0] * 4]).lower)
    assert math.isnan(noise_ceiling([UP, UP[::-1]]).upper)  # they cancel


def test_refuses_tables_without_agreement_to_measure():
    for table in (UP, [UP], [[1, 2], [1, 2]], [[UP] * 3] * 2):
        with pytest.raises(ValueError, match="expected at least 2 runs by at least 3 classes"):
            noise_ceiling(table)
    with pytest.raises(ValueError, match="profiles has 1 values that are NaN"):
        noise_ceiling([[1, 2, math.nan], [1, 2, 3]])
