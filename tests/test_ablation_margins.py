"""Comparing two sets of predictions: a flip is a tie or a disagreement."""

import numpy as np
import pytest
from agreement import TIE_MARGIN, compare_predictions, top_two_margins
from hypothesis import given, strategies as st


def test_margins_by_hand():
    scores = np.array([[0.0, -3.0, -1.0], [2.0, 2.0, 1.0]], dtype=np.float32)
    assert top_two_margins(scores).tolist() == [1.0, 0.0]


@given(st.integers(0, 2**32 - 1), st.floats(-100, 100))
def test_margins_are_those_of_the_sorted_scores_and_ignore_an_offset(seed, offset):
    scores = np.random.default_rng(seed).normal(size=(4, 5, 10))
    ordered = np.sort(scores, axis=-1)
    margins = top_two_margins(scores)
    assert np.array_equal(margins, ordered[..., -1] - ordered[..., -2])
    np.testing.assert_allclose(top_two_margins(scores + offset), margins, atol=1e-12)


def test_flips_are_listed_and_told_apart():
    reference = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint8)
    fast = np.array([[1, 0, 3], [4, 5, 0]], dtype=np.uint8)
    margins = np.array([[1.0, 2e-5, 0.0], [1.0, 1.0, 0.5]])
    comparison = compare_predictions(reference, fast, margins)
    assert comparison.flips.tolist() == [[0, 1], [1, 2]]
    assert comparison.margins.tolist() == [2e-5, 0.5]
    assert (comparison.n_predictions, comparison.n_flips, comparison.n_disagreements) == (6, 2, 1)
    assert not comparison.agree


@pytest.mark.parametrize(("margin", "agree"), [(TIE_MARGIN / 2, True), (TIE_MARGIN, False)])
def test_the_bound_decides(margin, agree):
    reference, fast = np.array([[1]], dtype=np.uint8), np.array([[2]], dtype=np.uint8)
    assert compare_predictions(reference, fast, np.array([[margin]])).agree is agree


def test_a_flip_between_undefined_predictions_is_no_tie():
    reference, fast = np.array([[0]], dtype=np.uint8), np.array([[2]], dtype=np.uint8)
    comparison = compare_predictions(reference, fast, top_two_margins(np.full((1, 1, 10), np.nan)))
    assert (comparison.n_disagreements, comparison.agree) == (1, False)


def test_equal_predictions_agree_whatever_the_margins():
    same = np.array([[1, 2]], dtype=np.uint8)
    comparison = compare_predictions(same, same, np.zeros((1, 2)))
    assert comparison.agree
    assert comparison.n_flips == 0


def test_different_shapes_are_refused():
    with pytest.raises(ValueError, match="expected one shape"):
        compare_predictions(np.zeros((1, 2), np.uint8), np.zeros((2, 1), np.uint8), np.zeros((1, 2)))
