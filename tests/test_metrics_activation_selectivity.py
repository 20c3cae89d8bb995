"""Activation selectivity against cases worked by hand, exact fractions and its bounds."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from reference import metrics as reference
from strategies import class_mean_tables

from replication.metrics import activation_selectivity
from replication.seeds import generator

quick = settings(deadline=None, max_examples=60)
SIZES = list(range(1, 11))


def test_cases_worked_by_hand():
    means = np.array(
        [
            [0, 0, 8, 0, 0, 0, 0, 0, 0, 0],  # one class alone: (8 − 0) / (8 + 0) = 1
            [2, 2, 2, 2, 2, 2, 2, 2, 2, 2],  # all alike: 0
            [9, 9, 0, 0, 0, 0, 0, 0, 0, 0],  # two classes: μelse = 9 / 9 = 1, (9 − 1) / (9 + 1) = 0.8
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],  # dead: 0 by the paper's rule
        ]
    )
    result = activation_selectivity(means)
    assert result.value.tolist() == [1, 0, 0.8, 0]
    assert result.preferred.tolist() == [2, 0, 0, -1]


def test_images_of_other_classes_weigh_by_their_number():
    means = [[6.0, 3.0] + [0.0] * 8]
    sizes = [5, 6] + [1] * 8  # images elsewhere: 6 · 3 + 8 · 0 over 14 = 9/7; (6 − 9/7) / (6 + 9/7) = 33/51
    assert activation_selectivity(means, sizes, others="images").value[0] == pytest.approx(33 / 51, rel=1e-15)
    # against 3 / 9 = 1/3 over classes: (6 − 1/3) / (6 + 1/3) = 17/19
    assert activation_selectivity(means, sizes).value[0] == pytest.approx(17 / 19, rel=1e-15)


def test_classes_of_equal_size_make_both_readings_one():
    means = generator("AS readings").exponential(size=(50, 10))
    by_images = activation_selectivity(means, [7] * 10, others="images")
    np.testing.assert_allclose(by_images.value, activation_selectivity(means).value, rtol=1e-12)


@quick
@given(class_mean_tables(), st.integers(2, 10))
def test_agrees_with_exact_fractions_whatever_the_number_of_classes(means, n_classes):
    means = means[:, :n_classes]
    for sizes, others in ((None, "classes"), (SIZES[:n_classes], "images")):
        result = activation_selectivity(means, sizes, others=others)
        for row, value, preferred in zip(means.tolist(), result.value, result.preferred, strict=True):
            expected, expected_class = reference.activation_selectivity(row, sizes)
            assert value == pytest.approx(float(expected), rel=1e-9, abs=1e-9)
            assert preferred == expected_class


@quick
@given(class_mean_tables())
def test_is_never_outside_zero_and_one(means):
    result = activation_selectivity(means)
    assert ((result.value >= 0) & (result.value <= 1)).all()
    assert (result.value[result.preferred == -1] == 0).all()


def test_rounding_does_not_leave_the_bounds():
    # The control of the property above: the formula as it stands puts the mean of nine equal numbers above them.
    constant = np.arange(1, 1000)[:, None].repeat(10, axis=1) / 1000
    others = constant.copy()
    others[:, 0] = 0
    assert (constant[:, 0] - others.sum(axis=1) / 9 < 0).any()
    for sizes, reading in ((None, "classes"), (SIZES, "images")):
        assert (activation_selectivity(constant, sizes, others=reading).value >= 0).all()


def test_dead_neurons_do_not_swell_class_0():
    result = activation_selectivity(np.zeros((100, 10)))
    assert (result.preferred == 0).sum() == 0


@pytest.mark.parametrize(("n_images", "floor"), [(10, 0.30), (100, 0.11), (1000, 0.036)])
def test_noise_scores_what_the_docstring_says(n_images, floor):
    """Of 1,000 neurons the mean AS has a standard error of .003, .0012 and .0004."""
    draws = generator("test", "floor of AS", n_images)
    means = [np.maximum(draws.normal(size=(7, n_images)), 0).mean(axis=1) for _ in range(1000)]
    assert activation_selectivity(means).value.mean() == pytest.approx(floor, rel=0.05)


@pytest.mark.parametrize(
    ("means", "options", "message"),
    [
        (np.ones(10), {}, r"shape \(10,\); expected \(n_neurons, n_classes\)"),
        (np.ones((3, 1)), {}, r"shape \(3, 1\); expected .*, 2 classes at least"),
        (np.ones((3, 9)), {"others": "images", "class_sizes": [1] * 10}, "expected 9 positive numbers"),
        (np.array([[np.nan, 1.0, 2.0]]), {}, "not finite"),
        (np.array([[-2.5, 1.0, 2.0]]), {}, "negative value -2.5"),
        (np.ones((1, 10)), {"others": "units"}, "others='units': expected 'classes' or 'images'"),
        (np.ones((1, 10)), {"others": "images"}, "pass class_sizes"),
        (np.ones((1, 10)), {"others": "images", "class_sizes": [1] * 9 + [0]}, "expected 10 positive numbers"),
    ],
)
def test_unusable_arguments_are_named(means, options, message):
    with pytest.raises(ValueError, match=message):
        activation_selectivity(means, **options)
