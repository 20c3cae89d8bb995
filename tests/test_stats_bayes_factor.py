"""The Bayes factor against published values and against integrating the density of r."""

import math

import pytest
from hypothesis import given, settings, strategies as st
from reference import correlation_density as reference

from replication.stats import bayes_factor_01

quick = settings(deadline=None, max_examples=40)


@pytest.mark.parametrize(("r", "n", "bf10"), [(0.6, 20, 10.634), (0.1, 83, 0.204), (-0.1, 83, 0.204)])
def test_published_values(r, n, bf10):
    # as printed by the documentation and the tests of pingouin (method "ly"), validated there against JASP
    assert 1 / bayes_factor_01(r, n) == pytest.approx(bf10, abs=5e-4)


@quick
@given(st.floats(-0.95, 0.95), st.integers(3, 40))
def test_equals_integrating_the_density_of_r(r, n):
    assert bayes_factor_01(r, n) == pytest.approx(reference.bayes_factor_01(r, n), rel=1e-5)


@quick
@given(st.floats(0, 0.98), st.integers(3, 100))
def test_symmetric_and_falling_with_the_size_of_r(r, n):
    assert bayes_factor_01(r, n) == bayes_factor_01(-r, n)
    assert bayes_factor_01(r + 0.01, n) < bayes_factor_01(r, n)


@quick
@given(st.integers(3, 200))
def test_without_correlation_more_pairs_speak_more_for_none(n):
    assert 1 < bayes_factor_01(0, n) < bayes_factor_01(0, n + 1)


def test_ten_pairs_cannot_give_moderate_evidence_for_none():
    assert bayes_factor_01(0, 10) == pytest.approx(2.587, abs=5e-4)
    assert bayes_factor_01(0, 30) > 3  # thirty could


def test_overwhelming_evidence_against_none():
    assert bayes_factor_01(1, 10) == bayes_factor_01(-1, 10) == bayes_factor_01(-1, 4) == 0
    assert 0 < bayes_factor_01(0.9999, 10) < 1e-9
    assert bayes_factor_01(0.99, 5000) == 0
    assert 0 < bayes_factor_01(0.94, 200) < 1e-80


def test_refuses_what_has_no_bayes_factor():
    with pytest.raises(ValueError, match="r = nan, expected a correlation"):
        bayes_factor_01(math.nan, 10)
    with pytest.raises(ValueError, match=r"r = -1.5, expected a correlation"):
        bayes_factor_01(-1.5, 10)
    with pytest.raises(ValueError, match="n = 2, expected at least 3"):
        bayes_factor_01(0.5, 2)
