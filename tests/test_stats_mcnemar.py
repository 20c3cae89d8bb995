"""McNemar's exact test against scipy's binomial test, and its exact size."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

from replication.stats import mcnemar_p

quick = settings(deadline=None, max_examples=80)
counts = st.integers(0, 300)


def test_by_hand():
    # five flips on one side: 2 / 2⁵; six: 2 / 2⁶; one against three: 2 (1 + 4) / 2⁴
    assert mcnemar_p([5, 6, 1], [0, 0, 3]) == pytest.approx([0.0625, 0.03125, 0.625])


def test_one_flipped_image_is_no_evidence():
    assert mcnemar_p(1, 0) == mcnemar_p(0, 1) == mcnemar_p(0, 0) == 1


@quick
@given(counts, counts)
def test_agrees_with_scipys_binomial_test(lost, gained):
    expected = stats.binomtest(lost, lost + gained).pvalue if lost + gained else 1
    assert mcnemar_p(lost, gained) == pytest.approx(expected)


@quick
@given(counts, counts)
def test_symmetric_and_falling_with_imbalance(lost, gained):
    p = mcnemar_p(lost, gained)
    assert 0 < p <= 1
    assert p == mcnemar_p(gained, lost)
    if lost > gained:
        assert mcnemar_p(lost + 1, gained) < p


@pytest.mark.parametrize("n_flips", [1, 5, 6, 20, 101])
def test_the_size_never_exceeds_the_threshold(n_flips):
    lost = np.arange(n_flips + 1)
    rejected = mcnemar_p(lost, n_flips - lost) < 0.05
    size = stats.binom.pmf(lost, n_flips, 0.5)[rejected].sum()
    assert size <= 0.05
    assert (size > 0) == (n_flips >= 6)


def test_arrays_broadcast():
    lost = np.array([[0], [5]])
    p = mcnemar_p(lost, np.array([0, 5, 9]))
    assert p.shape == (2, 3)
    assert p[1, 2] == mcnemar_p(5, 9)


def test_refuses_what_is_no_count():
    with pytest.raises(ValueError, match="lost has dtype float64, expected integers"):
        mcnemar_p(np.array([0.5]), [1])
    with pytest.raises(ValueError, match="gained has a count of -1, expected none below 0"):
        mcnemar_p([1, 1], [3, -1])
