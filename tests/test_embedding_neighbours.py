"""Exact neighbours against scikit-learn's brute force, a literal reference, and awkward points."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st
from reference import metrics as reference
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors
from strategies import labelled_points

from replication.embedding import Neighbours, exact_neighbours
from replication.embedding.candidates import ProductSearch, TreeSearch, _Smallest
from replication.seeds import generator

quick = settings(deadline=None, max_examples=40)


def clouds(dimensions):
    """Normal points: plain, far from the origin, of wildly different lengths, tiny, in float32 and float16."""
    plain = generator("clouds", dimensions).normal(size=(300, dimensions))
    lengths = generator("lengths", dimensions).lognormal(sigma=4, size=(300, 1))
    return {
        "plain": plain,
        "far": plain + 1e4,
        "lengths": plain * lengths,
        "tiny": plain * 1e-30,
        "float32": plain.astype(np.float32),
        "float16": plain.astype(np.float16),
    }


def brute_force(points, k):
    """Neighbours by differences of float64 coordinates, ties by index."""
    distances = cdist(points.astype(np.float64), points.astype(np.float64))
    np.fill_diagonal(distances, -1)
    return distances.argsort(axis=1, kind="stable")[:, :k]


@pytest.mark.parametrize("dimensions", [2, 10, 40, 500])
@pytest.mark.parametrize("kind", clouds(1))
def test_equals_brute_force(kind, dimensions):
    points = clouds(dimensions)[kind]
    np.testing.assert_array_equal(exact_neighbours(points, 12).indices, brute_force(points, 12))


def test_equals_scikit_learn():
    points = generator("scikit-learn").normal(size=(400, 30))
    found = exact_neighbours(points, 8)
    distances, indices = NearestNeighbors(n_neighbors=8, algorithm="brute").fit(points).kneighbors(points)
    np.testing.assert_array_equal(found.indices, indices)
    np.testing.assert_allclose(found.distances[:, 1:], distances[:, 1:], rtol=1e-12)


def test_the_products_alone_would_not_do():
    # The control of the exactness: families of points nearer to each other than float32 products can tell.
    points = generator("families").normal(size=(60, 50)).repeat(5, axis=0)
    points += 1e-4 * generator("members").normal(size=points.shape)
    single = points.astype(np.float32)
    products = np.square(single).sum(axis=1) - 2 * single @ single.T
    np.fill_diagonal(products, np.inf)
    nearest = brute_force(points, 2)[:, 1]
    assert (products.argmin(axis=1) != nearest).sum() > 10
    np.testing.assert_array_equal(exact_neighbours(points, 2).indices[:, 1], nearest)


def test_a_dense_crowd_far_from_the_centre_is_told_apart():
    # More points within float32's rounding of each other than there are candidates: the second look decides.
    crowd = 10 + 1e-4 * generator("crowd").normal(size=(100, 40))
    points = np.concatenate([crowd, generator("rest").normal(size=(100, 40))])
    search = ProductSearch(points)
    found = exact_neighbours(points, 5)
    assert (found.distances[:100, -1] ** 2 >= search.propose(13).bound[:100]).all()
    np.testing.assert_array_equal(found.indices, brute_force(points, 5))


@quick
@given(labelled_points(min_points=2), st.data())
def test_agrees_with_the_literal_reference_ties_included(cloud, data):
    points, _ = cloud
    k = data.draw(st.integers(1, len(points)))
    # Rounded to sixteenths, squares and their sums are exact, and ties are ties in both.
    points = np.round(16 * points) / 16
    assert exact_neighbours(points, k).indices.tolist() == reference.neighbours(points.tolist(), k)


@quick
@given(labelled_points(min_points=30), st.sampled_from([TreeSearch, ProductSearch]))
def test_no_point_left_out_undercuts_the_bound(cloud, search):
    points, _ = cloud
    candidates = search(points).propose(5)
    squares = np.square(points[:, None] - points[None]).sum(axis=2)
    rows = np.arange(len(points))
    assert (candidates.indices != rows[:, None]).all()
    squares[rows, rows] = np.inf
    squares[rows[:, None], candidates.indices] = np.inf
    assert (squares.min(axis=1) >= candidates.bound - 1e-15).all()


@quick
@given(labelled_points(min_points=10), st.sampled_from([TreeSearch, ProductSearch]))
def test_a_second_look_misses_nobody(cloud, search):
    points, _ = cloud
    squares = np.square(points[:, None] - points[None]).sum(axis=2)
    rows = np.arange(0, len(points), 2)
    limits = np.median(squares, axis=1)[rows]
    for row, limit, found in zip(rows, limits, search(points).within(rows, limits), strict=True):
        assert row not in found
        assert set(np.flatnonzero(squares[row] <= limit)) - {row} <= set(found.tolist())


@pytest.mark.parametrize("block", [2048, 32])
@pytest.mark.parametrize("dimensions", [3, 100])
def test_every_point_is_first_among_its_duplicates(monkeypatch, dimensions, block):
    monkeypatch.setattr("replication.embedding.products.BLOCK", block)
    points = generator("duplicates").normal(size=(10, dimensions)).repeat(40, axis=0)
    found = exact_neighbours(points, 15)
    assert (found.indices[:, 0] == np.arange(400)).all()
    assert (found.distances == 0).all()
    assert (found.indices // 40 == np.arange(400)[:, None] // 40).all()
    # Of forty at distance 0 the lowest other indices
    assert found.indices[399].tolist() == [399, *range(360, 374)]


@pytest.mark.parametrize("block", [2048, 8])
def test_all_on_one_spot(monkeypatch, block):
    monkeypatch.setattr("replication.embedding.products.BLOCK", block)
    for dimensions in (2, 50):
        found = exact_neighbours(np.full((40, dimensions), 7.0), 4)
        assert found.indices[0].tolist() == [0, 1, 2, 3]
        assert found.indices[39].tolist() == [39, 0, 1, 2]


@pytest.mark.parametrize("n_equal", [0, 3])
def test_the_smallest_of_all_keys_are_kept_however_many_come_at_once(n_equal):
    keys = generator("smallest", n_equal).random((20, 400)).astype(np.float32)
    keys = np.round(keys, 1) if n_equal else keys
    found, narrowed = _Smallest(20, 5), []
    for start in range(0, 400, 40):
        part = keys[:, start : start + 40]
        narrowed.append((part < found.keys.max(axis=1, keepdims=True)).sum(axis=1).max() < 10)
        found.add(part, slice(start, start + 40))
    assert any(narrowed)
    assert not all(narrowed)
    np.testing.assert_array_equal(np.sort(found.keys, axis=1), np.sort(keys, axis=1)[:, :5])
    np.testing.assert_array_equal(found.keys, np.take_along_axis(keys, found.indices, axis=1))
    assert all(len(set(row)) == 5 for row in found.indices.tolist())


def test_blocks_do_not_show(monkeypatch):
    points = generator("blocks").normal(size=(500, 30))
    whole = exact_neighbours(points, 10)
    monkeypatch.setattr("replication.embedding.products.BLOCK", 64)
    monkeypatch.setattr("replication.embedding.products.STRIP", 8)
    monkeypatch.setattr("replication.embedding.neighbours._CHUNK", 7)
    cut = exact_neighbours(points, 10)
    np.testing.assert_array_equal(cut.indices, whole.indices)
    np.testing.assert_array_equal(cut.distances, whole.distances)


def test_fewer_columns_are_the_first_ones():
    table = exact_neighbours(generator("columns").normal(size=(20, 3)), 10)
    fewer = table.nearest(4)
    np.testing.assert_array_equal(fewer.indices, exact_neighbours(generator("columns").normal(size=(20, 3)), 4).indices)
    with pytest.raises(ValueError, match="k=11: the table has 10 columns"):
        table.nearest(11)


@pytest.mark.parametrize("dimensions", [3, 20])
def test_points_may_be_a_tensor(dimensions):
    points = generator("tensor").normal(size=(40, dimensions))
    found, expected = exact_neighbours(torch.from_numpy(points), 5), exact_neighbours(points, 5)
    np.testing.assert_array_equal(found.indices, expected.indices)
    np.testing.assert_array_equal(found.distances, expected.distances)


@pytest.mark.parametrize(
    ("points", "k", "message"),
    [
        (np.zeros(3), 1, r"shape \(3,\)"),
        (np.zeros((3, 2)), 4, "k=4; expected"),
        (np.zeros((3, 2)), 0, "1 ≤ k ≤ n"),
        (np.array([[0.0], [np.inf]]), 1, "not finite"),
    ],
)
def test_unusable_points_are_named(points, k, message):
    with pytest.raises(ValueError, match=message):
        exact_neighbours(points, k)


def test_a_table_without_the_points_themselves_is_no_table_of_neighbours():
    with pytest.raises(ValueError, match="first column of indices is not the points themselves"):
        Neighbours(np.array([[1, 0], [0, 1]]), np.zeros((2, 2)))
    with pytest.raises(ValueError, match=r"indices has shape \(2, 2\) and distances \(2, 1\)"):
        Neighbours(np.array([[0, 1], [1, 0]]), np.zeros((2, 1)))
