"""Class geometry of an embedding: worked cases, the definition by loops, and what is left out."""

import numpy as np
import pytest
from hypothesis import given
from reference import metrics as literal
from strategies import labelled_points

from replication.metrics import class_spread


def test_two_classes_worked_by_hand():
    # Class 0 at (±1, 0): centroid (0, 0), distances 1, 1.  Class 1 at (10, 0), (10, 0), (10, 6): centroid (10, 2),
    # distances 2, 2, 4: root mean square √8.  Centroids √(100 + 4) apart.
    points = [[-1, 0], [1, 0], [10, 0], [10, 0], [10, 6]]
    spread = class_spread(points, [0, 0, 1, 1, 1])
    np.testing.assert_allclose(spread.rms_distance[:2], [1, np.sqrt(8)])
    np.testing.assert_allclose(spread.centroid_distances[:2, :2], [[0, np.sqrt(104)], [np.sqrt(104), 0]])
    assert np.isnan(spread.rms_distance[2:]).all()
    assert np.isnan(spread.centroid_distances[2:]).all()


@given(labelled_points())
def test_it_is_the_definition(cloud):
    points, labels = cloud
    spread = class_spread(points, labels)
    within, between = literal.class_spread(points.tolist(), labels.tolist())
    np.testing.assert_allclose(spread.rms_distance, within, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(spread.centroid_distances, between, rtol=1e-9, atol=1e-9)


def test_there_may_be_more_classes_than_ten():
    points = [[-1, 0], [1, 0], [5, 2], [5, -2]]
    spread = class_spread(points, np.array([0, 0, 11, 11], dtype=np.uint8), n_classes=12)
    np.testing.assert_array_equal(spread.rms_distance, [1, *[np.nan] * 10, 2])
    assert spread.centroid_distances.shape == (12, 12)
    assert spread.centroid_distances[0, 11] == 5
    with pytest.raises(ValueError, match="labels must be classes 0 to 9, as n_classes=10 says; they reach 0 to 11"):
        class_spread(points, [0, 0, 11, 11])


def test_points_without_a_place_are_left_out():
    points = np.array([[0.0, 0], [2, 0], [np.nan, np.nan], [np.nan, 9]])
    assert class_spread(points, [0, 0, 0, 0]).rms_distance[0] == 1


def test_denser_classes_have_less_spread_and_the_same_centroids():
    centres = np.array([[0.0, 0], [10, 0], [0, 10]]).repeat(50, axis=0)
    scatter = np.random.default_rng(0).normal(size=centres.shape)
    labels = np.arange(3).repeat(50)
    dense, loose = (class_spread(centres + width * scatter, labels) for width in (0.5, 2))
    np.testing.assert_allclose(4 * dense.rms_distance, loose.rms_distance)
    np.testing.assert_allclose(dense.centroid_distances, loose.centroid_distances, rtol=0.1)


def test_unfitting_labels_are_named():
    with pytest.raises(ValueError, match=r"points has shape \(3, 2\) and labels \(2,\)"):
        class_spread(np.zeros((3, 2)), [0, 0])
    with pytest.raises(ValueError, match=r"points has shape \(3,\)"):
        class_spread(np.zeros(3), [0, 0, 0])
