"""Class geometry of an embedding: worked cases and what is left out."""

import numpy as np
import pytest

from replication.metrics import class_spread


def test_two_classes_worked_by_hand():
    # Class 0 at (±1, 0): centroid (0, 0), distances 1, 1.  Class 1 at (10, 0), (10, 0), (10, 6): centroid (10, 2),
    # distances 2, 2, 4: mean 8/3, root mean square √8.  Centroids √(100 + 4) apart.
    points = [[-1, 0], [1, 0], [10, 0], [10, 0], [10, 6]]
    spread = class_spread(points, [0, 0, 1, 1, 1])
    np.testing.assert_allclose(spread.mean_distance[:2], [1, 8 / 3])
    np.testing.assert_allclose(spread.rms_distance[:2], [1, np.sqrt(8)])
    np.testing.assert_allclose(spread.centroid_distances[:2, :2], [[0, np.sqrt(104)], [np.sqrt(104), 0]])
    assert spread.n_points.tolist() == [2, 3] + [0] * 8
    assert spread.within_to_between == pytest.approx((1 + np.sqrt(8)) / 2 / np.sqrt(104))
    assert np.isnan(spread.mean_distance[2:]).all()


def test_points_without_a_place_are_left_out():
    points = np.array([[0.0, 0], [2, 0], [np.nan, np.nan]])
    spread = class_spread(points, [0, 0, 0])
    assert spread.mean_distance[0] == 1
    assert spread.n_points[0] == 2


@pytest.mark.parametrize("labels", [[0, 0], [0, 1]])
def test_without_two_separate_centroids_there_is_no_ratio(labels):
    assert np.isnan(class_spread(np.zeros((2, 2)), labels).within_to_between)


def test_denser_classes_have_a_lower_ratio():
    centres = np.array([[0.0, 0], [10, 0], [0, 10]]).repeat(50, axis=0)
    scatter = np.random.default_rng(0).normal(size=centres.shape)
    labels = np.arange(3).repeat(50)
    dense, loose = (class_spread(centres + width * scatter, labels) for width in (0.5, 2))
    assert dense.within_to_between < 0.3 * loose.within_to_between


def test_unfitting_labels_are_named():
    with pytest.raises(ValueError, match=r"points has shape \(3, 2\) and labels \(2,\)"):
        class_spread(np.zeros((3, 2)), [0, 0])
    with pytest.raises(ValueError, match=r"points has shape \(3,\)"):
        class_spread(np.zeros(3), [0, 0, 0])
