"""The change of recall, from counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from strategies import seeds

from replication.metrics import accuracy_change_pp


def test_harm_is_positive_and_help_negative():
    np.testing.assert_array_equal(accuracy_change_pp([90, 40, 7], [80, 50, 7], [100, 200, 8]), [10, -5, 0])


def test_draws_broadcast_before_classes():
    ablated = np.arange(60).reshape(3, 2, 10)
    changes = accuracy_change_pp(np.full(10, 60), ablated, np.full(10, 100))
    assert changes.shape == (3, 2, 10)
    assert changes[2, 1, 9] == 1


def test_an_empty_class_has_no_accuracy():
    assert np.isnan(accuracy_change_pp([0, 1], [0, 0], [0, 1])).tolist() == [True, False]


@settings(deadline=None, max_examples=60)
@given(seeds)
def test_the_change_is_the_difference_of_recalls_and_zero_for_equal_counts(seed):
    generator = np.random.default_rng(seed)
    n = generator.integers(1, 1000, 10)
    intact, ablated = generator.integers(0, n + 1), generator.integers(0, n + 1)
    changes = accuracy_change_pp(intact, ablated, n)
    np.testing.assert_allclose(changes, 100 * (intact / n - ablated / n), atol=1e-11)
    assert (np.abs(changes) <= 100).all()
    assert (accuracy_change_pp(intact, intact, n) == 0).all()
    np.testing.assert_array_equal(changes, -accuracy_change_pp(ablated, intact, n))


def test_a_class_of_a_single_image_is_right_or_wrong():
    np.testing.assert_array_equal(accuracy_change_pp([0, 1], [1, 0], [1, 1]), [-100, 100])


@pytest.mark.parametrize(("hits", "n"), [(-1, 5), (6, 5), (1, 0), ([3, -1], 5), ([3, 6], 5)])
def test_impossible_counts_are_refused(hits, n):
    with pytest.raises(ValueError, match="between 0 and the number of images"):
        accuracy_change_pp(hits, 0, n)
    with pytest.raises(ValueError, match="between 0 and the number of images"):
        accuracy_change_pp(0, hits, n)
