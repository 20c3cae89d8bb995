"""Clusters per class: what an eye would count, at every share, and what the definition of HDBSCAN does."""

import numpy as np
import pytest
from reference.clusters import n_clusters

from replication.metrics import class_clusters
from replication.seeds import generator

SHARES = [0.02, 0.05, 0.1]


def blobs(*sizes):
    """One class of round groups of those sizes, ten widths apart."""
    draws = generator("blobs", *sizes)
    centres = np.array([[10.0 * i, 0] for i in range(len(sizes))]).repeat(sizes, axis=0)
    return draws.normal(size=centres.shape) + centres


@pytest.mark.parametrize("sizes", [(300,), (150, 150), (270, 30), (100, 100, 100)])
def test_separate_groups_are_counted_at_every_share_they_reach(sizes):
    points = blobs(*sizes)
    counts = class_clusters(points, np.zeros(300, dtype=int), SHARES)
    assert counts.shape == (len(SHARES), 10)
    assert counts[1:, 0].tolist() == [len(sizes)] * 2
    assert (counts[:, 1:] == 0).all()


def test_groups_below_the_share_are_no_clusters():
    points = blobs(270, 30)
    assert class_clusters(points, np.zeros(300, dtype=int), [0.05, 0.2])[:, 0].tolist() == [2, 1]


@pytest.mark.parametrize("seed", range(40))
def test_it_is_the_definition(seed):
    """Where ties leave the count open the library may answer otherwise; there are none here."""
    draws = generator("clusters", seed)
    n, n_groups = draws.integers(12, 40), draws.integers(1, 5)
    points = draws.normal(size=(n, 2)) + 4 * draws.normal(size=(n_groups, 2))[draws.integers(0, n_groups, n)]
    shares = [0.1, 0.2, 0.3]
    expected = [n_clusters(points.tolist(), int(np.ceil(share * n))) for share in shares]
    assert class_clusters(points, np.zeros(n, dtype=int), shares)[:, 0].tolist() == expected


def test_the_definition_worked_by_hand():
    # On a line, clusters of 2 or more.  Reachability: 1 within {0, 1}, 1 within {4, 5}, 3 between, 14 to {19, 20}.
    # Mass: the whole 6 · 1/14; {0, 1, 4, 5} 4 · (1/3 − 1/14), less than the 4 · (1 − 1/3) of its halves, which so win;
    # {19, 20} 2 · (1 − 1/14).
    assert n_clusters([[x, 0.0] for x in (0, 1, 4, 5, 19, 20)], 2) == 3
    # Clusters of 3 or more: only the whole is one.
    assert n_clusters([[x, 0.0] for x in (0, 1, 4, 5)], 3) == 1


def test_each_class_is_counted_alone():
    points = np.concatenate([blobs(100), blobs(60, 40)])
    counts = class_clusters(points, np.arange(2).repeat(100), [0.1])
    assert counts[0, :3].tolist() == [1, 2, 0]


def test_there_may_be_more_classes_than_ten():
    points, labels = np.concatenate([blobs(100), blobs(60, 40)]), np.array([0, 11]).repeat(100)
    assert class_clusters(points, labels, [0.1], n_classes=12).tolist() == [[1, *[0] * 10, 2]]
    with pytest.raises(ValueError, match="labels must be classes 0 to 9, as n_classes=10 says; they reach 0 to 11"):
        class_clusters(points, labels, [0.1])


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_class_of_few_points_is_one_cluster(n):
    counts = class_clusters(np.arange(2.0 * n).reshape(n, 2), np.zeros(n, dtype=int), SHARES)
    assert counts[:, 0].tolist() == [1, 1, 1]


def test_one_spot_is_one_cluster_and_nowhere_is_none():
    assert class_clusters(np.ones((30, 2)), np.zeros(30, dtype=int), [0.1])[0, 0] == 1
    assert class_clusters(np.full((30, 2), np.nan), np.zeros(30, dtype=int), [0.1])[0, 0] == 0


def test_a_point_without_a_place_is_left_out_alone():
    points = np.concatenate([blobs(60, 40), [[np.nan, 0.0]]])
    assert class_clusters(points, np.zeros(101, dtype=int), [0.1])[0, 0] == 2


def test_a_cluster_may_have_to_be_the_whole_class():
    assert class_clusters(blobs(60, 40), np.zeros(100, dtype=int), [1.0])[0, 0] == 1


def test_unusable_arguments_are_named():
    for share in (0.0, 1.5):
        with pytest.raises(ValueError, match="shares above 0 and at most 1"):
            class_clusters(blobs(30), np.zeros(30, dtype=int), [share])
    with pytest.raises(ValueError, match=r"points has shape \(30,\) and labels \(30,\)"):
        class_clusters(np.zeros(30), np.zeros(30, dtype=int), SHARES)
    with pytest.raises(ValueError, match=r"points has shape \(30, 2\) and labels \(29,\)"):
        class_clusters(blobs(30), np.zeros(29, dtype=int), SHARES)
