"""UMAP: the same as umap-learn's own, the two initialisations, seeds, and what no embedding can be made of."""

import sys
import warnings
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from sklearn.datasets import load_digits

from replication.embedding import embed, exact_neighbours
from replication.metrics import neighborhood_hit
from replication.seeds import generator

N = 300
EPOCHS = 100


def cloud(name="cloud", n=N):
    """Three groups of points in eight dimensions, in sixteenths, whose distances float32 and float64 agree on."""
    draws = generator(name)
    points = draws.normal(size=(n, 8)) + 4 * draws.normal(size=(3, 8)).repeat(n // 3, axis=0)
    return (np.round(16 * points) / 16).astype(np.float32)


def start_on_a_grid(n=N):
    """A start that spans exactly [0, 10] on both axes, in sixty-fourths, without two points on one spot."""
    places = generator("grid").permutation(641 * 641)[:n]
    grid = np.stack([places % 641, places // 641], axis=1) / 64.0
    grid[:2] = [[0, 0], [10, 10]]
    return grid


@pytest.fixture(scope="module")
def points():
    return cloud()


@pytest.fixture(scope="module")
def neighbours(points):
    return exact_neighbours(points, 15)


def umap_learn():
    """The package, which warns of a part that is not needed here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*[Tt]ensorflow", ImportWarning)
        import umap.umap_
    return umap


def umap_of(points, n_epochs=EPOCHS, **parameters):
    return umap_learn().UMAP(n_jobs=1, n_epochs=n_epochs, **parameters).fit(points).embedding_


def test_equals_umap_on_its_own_neighbours_from_a_given_start(points, neighbours):
    initial = start_on_a_grid() * [3, 0.1] - 7
    found = embed(neighbours, seed=5, initial=initial, n_epochs=EPOCHS)
    np.testing.assert_array_equal(found, umap_of(points, random_state=5, init=initial.astype(np.float32)))
    assert found.dtype == np.float64


def test_umap_s_bandwidths_solve_their_equation(neighbours):
    """Under numba 0.62 and later, those of umap-learn before 0.5.12 do not, where they should exceed 1."""
    distances = 20 * neighbours.distances.astype(np.float32)
    sigma, rho = umap_learn().umap_.smooth_knn_dist(distances, 15.0)
    members = np.exp(-np.maximum(distances[:, 1:] - rho[:, None], 0) / sigma[:, None])
    assert (sigma > 1).any()
    assert members.sum(axis=1) == pytest.approx(np.log2(15), abs=1e-3)


def test_equals_umap_from_the_spectral_layout(points, neighbours):
    found = embed(neighbours, seed=5, points=points, min_dist=0.8, n_epochs=EPOCHS)
    np.testing.assert_array_equal(found, umap_of(points, random_state=5, min_dist=0.8))


def test_columns_beyond_the_fifteen_change_nothing(points, neighbours):
    # umap-learn itself would use all sixty of so few points, and embed another graph.
    more = exact_neighbours(points, 60)
    initial = start_on_a_grid()
    np.testing.assert_array_equal(
        embed(more, seed=1, initial=initial, n_epochs=EPOCHS),
        embed(neighbours, seed=1, initial=initial, n_epochs=EPOCHS),
    )
    assert not np.array_equal(
        embed(more, seed=1, initial=initial, n_epochs=EPOCHS, n_neighbors=60),
        embed(more, seed=1, initial=initial, n_epochs=EPOCHS),
    )


@pytest.mark.parametrize("start", ["given", "spectral"])
def test_equals_umap_on_more_than_4096_points(start):
    """From there on umap-learn takes another way, and of more neighbours than fifteen uses fifteen as we do."""
    n, few = 4_200, 10
    points = cloud(n=n)
    more = exact_neighbours(points, 20)
    theirs = (more.indices.copy(), more.distances.astype(np.float32))
    initial = start_on_a_grid(n) if start == "given" else None
    found = embed(more, seed=5, initial=initial, points=points if initial is None else None, n_epochs=few)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"precomputed_knn\[2\] \(knn_search_index\)", UserWarning)
        init = "spectral" if initial is None else initial.astype(np.float32)
        expected = umap_of(points, few, random_state=5, init=init, precomputed_knn=theirs)
    np.testing.assert_array_equal(found, expected)


def test_raw_is_rescaled_where_there_is_nothing_to_rescale(neighbours):
    initial = start_on_a_grid()
    for n_epochs in (5, EPOCHS, None):
        np.testing.assert_array_equal(
            embed(neighbours, seed=2, initial=initial, initialisation="raw", n_epochs=n_epochs),
            embed(neighbours, seed=2, initial=initial, initialisation="rescaled", n_epochs=n_epochs),
        )


def test_the_scale_of_a_start_counts_only_raw(neighbours):
    initial = start_on_a_grid()
    stretched = initial * [8, 0.5]
    same, other = (
        [embed(neighbours, seed=2, initial=s, initialisation=how, n_epochs=EPOCHS) for s in (initial, stretched)]
        for how in ("rescaled", "raw")
    )
    np.testing.assert_array_equal(*same)
    assert not np.array_equal(*other)


def test_with_no_time_to_move_points_stand_where_they_were_put(neighbours):
    initial = 100 * start_on_a_grid() - 7
    put = embed(neighbours, seed=2, initial=initial, initialisation="raw", n_epochs=0)
    np.testing.assert_array_equal(put, initial.astype(np.float32))
    # All but where two share a spot: then all are set apart by next to nothing.
    initial[5] = initial[6]
    put = embed(neighbours, seed=2, initial=initial, initialisation="raw", n_epochs=0)
    assert len(np.unique(put, axis=0)) == N
    np.testing.assert_allclose(put, initial, atol=1)


def test_equal_seeds_are_equal_and_others_are_not(neighbours):
    initial = start_on_a_grid()
    first, second, other = (embed(neighbours, seed=s, initial=initial, n_epochs=EPOCHS) for s in (3, 3, 4))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)
    far = embed(neighbours, seed=2**60 + 3, initial=initial, n_epochs=EPOCHS)
    np.testing.assert_array_equal(far, first)


@pytest.mark.parametrize("initialisation", ["rescaled", "raw"])
def test_the_global_generator_and_the_arguments_are_left_alone(neighbours, initialisation):
    initial = start_on_a_grid().astype(np.float32)
    before = initial.copy(), neighbours.indices.copy(), neighbours.distances.copy()
    state = np.random.get_state()  # noqa: NPY002 - to see that nothing touches it
    embed(neighbours, seed=3, initial=initial, initialisation=initialisation, n_epochs=EPOCHS)
    np.testing.assert_array_equal(state[1], np.random.get_state()[1])  # noqa: NPY002
    for array, copy in zip((initial, neighbours.indices, neighbours.distances), before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("initialisation", ["rescaled", "raw"])
def test_points_that_start_on_one_spot_and_duplicates_get_finite_places(initialisation):
    points = cloud()
    points[:80] = points[0]
    initial = start_on_a_grid()
    initial[:150] = initial[0]
    initial[-1] = [10, 10]
    found = embed(exact_neighbours(points, 15), seed=0, initial=initial, initialisation=initialisation, n_epochs=EPOCHS)
    assert np.isfinite(found).all()
    assert len(np.unique(found, axis=0)) == N


def test_far_groups_that_share_no_edge_are_all_placed():
    points = cloud() + 1000 * np.arange(3, dtype=np.float32).repeat(N // 3)[:, None]
    found = embed(exact_neighbours(points, 15), seed=0, points=points, n_epochs=EPOCHS)
    assert np.isfinite(found).all()


def test_points_that_end_nowhere_are_an_error(neighbours, monkeypatch):
    class Lost:
        embedding_ = np.full((N, 2), np.nan)

        def fit(self, rows):
            return self

    monkeypatch.setattr("replication.embedding.layout._model", lambda **parameters: Lost())
    with pytest.raises(RuntimeError, match="placed 300 of 300 points nowhere"):
        embed(neighbours, seed=0, initial=start_on_a_grid())


@pytest.mark.parametrize(
    ("problem", "error", "told"),
    [
        (
            "cannot cache function 'rdist': no locator available for file 'layouts.py'",
            OSError,
            "set NUMBA_CACHE_DIR to",
        ),
        ("out of luck", RuntimeError, "^out of luck$"),
    ],
)
def test_the_way_out_is_told_where_compiled_functions_have_no_folder_and_only_there(
    neighbours, monkeypatch, problem, error, told
):
    def fail(name):
        raise RuntimeError(problem)

    module = ModuleType("umap")
    module.__getattr__ = fail
    monkeypatch.setitem(sys.modules, "umap", module)
    with pytest.raises(error, match=told):
        embed(neighbours, seed=0, initial=start_on_a_grid())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "without initial coordinates pass the 300 points"),
        ({"points": np.zeros((5, 2))}, "without initial coordinates pass the 300 points"),
        ({"points": np.zeros((N, 2)), "initialisation": "raw"}, "pass initial"),
        ({"initial": np.zeros((N, 3))}, r"shape \(300, 3\); expected \(300, 2\)"),
        ({"initial": np.full((N, 2), np.nan)}, "all finite"),
        ({"initial": np.zeros((N, 2))}, "all equal along an axis"),
        ({"initial": start_on_a_grid(), "initialisation": "scaled"}, "initialisation='scaled'"),
        ({"initial": start_on_a_grid(), "n_neighbors": N}, "n_neighbors=300 with 300 points"),
        ({"initial": start_on_a_grid(), "n_neighbors": 16}, "k=16: the table has 15 columns"),
    ],
)
def test_unusable_arguments_are_named(neighbours, options, message):
    with pytest.raises(ValueError, match=message):
        embed(neighbours, seed=0, **options)


def hit(coordinates, labels):
    return float(neighborhood_hit(exact_neighbours(coordinates, 7).indices, labels).overall)


@settings(deadline=None, max_examples=3)
@given(st.integers(0, 2**32 - 1))
def test_digits_separate_by_class_and_not_by_shuffled_labels(seed):
    images, labels = load_digits(return_X_y=True)
    coordinates = embed(exact_neighbours(images, 15), seed=seed, points=images, n_epochs=200)
    assert hit(coordinates, labels) > 0.9
    assert hit(coordinates, np.random.default_rng(seed).permutation(labels)) == pytest.approx(0.1, abs=0.03)
