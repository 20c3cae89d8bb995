"""Trustworthiness from ranks: a worked case and its bounds.  scikit-learn's is compared in the ranks' test."""

import numpy as np
import pytest

from replication.metrics import trustworthiness


def test_a_case_worked_by_hand():
    # n = 5, k = 1: 1 − 2 / (5 · 1 · 6) · Σ (r − 1); the ranks exceed 1 by 0 + 1 + 0 + 3 + 0 = 4
    assert trustworthiness([[1], [2], [1], [4], [1]]) == pytest.approx(1 - 2 / 30 * 4)


def test_no_new_neighbours_is_one_and_the_farthest_ones_zero():
    n, k = 9, 3
    assert trustworthiness(np.tile(np.arange(1, k + 1), (n, 1))) == 1
    assert trustworthiness(np.tile(np.arange(n - k, n), (n, 1))) == pytest.approx(0)


@pytest.mark.parametrize(
    ("ranks", "message"), [(np.ones(5), r"shape \(5,\)"), (np.ones((4, 2)), "k=2 neighbours of n=4 points")]
)
def test_unusable_ranks_are_named(ranks, message):
    with pytest.raises(ValueError, match=message):
        trustworthiness(ranks)
