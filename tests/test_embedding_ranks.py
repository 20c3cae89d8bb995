"""Ranks of neighbours, and the trustworthiness they make, against scikit-learn's."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.manifold import trustworthiness as sklearn_trustworthiness

from replication.embedding import exact_neighbours, neighbour_ranks
from replication.metrics import trustworthiness
from replication.seeds import generator


def test_ranks_on_a_line_by_hand():
    # At 0, 1, 3, 7: from 0 the others come in the order 1, 2, 3; from 3 in the order 2, 1, 0.
    points = np.array([[0.0], [1], [3], [7]])
    assert neighbour_ranks(points, np.array([[3, 1], [2, 0], [0, 1], [2, 0]])).tolist() == [
        [3, 1],
        [2, 1],
        [2, 1],
        [1, 3],
    ]


def test_nearest_neighbours_have_the_first_ranks_in_their_own_space():
    points = generator("own ranks").normal(size=(600, 8))
    ranks = neighbour_ranks(points, exact_neighbours(points, 6).indices[:, 1:])
    assert (ranks == [1, 2, 3, 4, 5]).all()


@pytest.mark.parametrize("dimensions", [2, 40, 300])
def test_ranks_are_places_in_the_order_by_distance(dimensions, monkeypatch):
    monkeypatch.setattr("replication.embedding.products.BLOCK", 64)
    draws = generator("places", dimensions)
    points = 5 + draws.normal(size=(200, dimensions))
    others = np.stack([draws.permutation(np.delete(np.arange(200), row))[:7] for row in range(200)])
    places = cdist(points, points).argsort(axis=1).argsort(axis=1)
    np.testing.assert_array_equal(neighbour_ranks(points, others), np.take_along_axis(places, others, axis=1))


def test_points_at_equal_distance_share_a_rank():
    points = np.array([[0.0], [1], [-1], [2]])
    assert neighbour_ranks(points, np.array([[1, 2], [0, 2], [0, 3], [1, 2]]))[0].tolist() == [1, 1]


@pytest.mark.parametrize("k", [1, 6, 30])
def test_trustworthiness_and_continuity_are_those_of_scikit_learn(k):
    original = generator("trust").normal(size=(200, 10))
    flat = original[:, :2] + 0.3 * generator("trust noise").normal(size=(200, 2))
    for points, picture in ((original, flat), (flat, original)):
        ranks = neighbour_ranks(points, exact_neighbours(picture, k + 1).indices[:, 1:])
        assert trustworthiness(ranks) == pytest.approx(sklearn_trustworthiness(points, picture, n_neighbors=k))


def test_unusable_neighbours_are_named():
    with pytest.raises(ValueError, match="expected n rows in both"):
        neighbour_ranks(np.zeros((3, 2)), np.zeros((2, 1), dtype=int))
    with pytest.raises(ValueError, match="pass neighbours without their first column"):
        neighbour_ranks(np.zeros((3, 2)), np.array([[0], [1], [2]]))
