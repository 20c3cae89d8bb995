"""Neighborhood hit: worked cases, a literal reference, and what chance scores by each reading."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from reference import metrics as reference
from strategies import labelled_points

from replication.metrics import (
    agreement,
    agreement_histogram,
    neighborhood_hit,
    neighborhood_hit_from_histogram,
)
from replication.seeds import generator

quick = settings(deadline=None, max_examples=40)
VARIANTS = ("mean", "all", "self")


def histograms(neighbours, labels, *ks):
    return {k: agreement_histogram(agreement(neighbours, labels, k), labels, k) for k in ks}


def test_four_points_on_a_line_by_hand():
    # At 0, 1, 3, 7 with classes a a b a.  The two nearest others: 1, 2 | 0, 2 | 1, 0 | 2, 1.
    neighbours = [[0, 1, 2], [1, 0, 2], [2, 1, 0], [3, 2, 1]]
    labels = [0, 0, 1, 0]
    assert agreement(neighbours, labels, 2).tolist() == [1, 1, 0, 1]
    counts = histograms(neighbours, labels, 1, 2)
    assert counts[2][:2].tolist() == [[0, 3, 0], [1, 0, 0]]
    assert counts[1][:2].tolist() == [[1, 2], [1, 0]]
    mean = neighborhood_hit_from_histogram(counts, "mean", 2)
    assert mean.overall == 3 / 8
    np.testing.assert_array_equal(mean.per_class, [1 / 2, 0] + [np.nan] * 8)
    assert neighborhood_hit_from_histogram(counts, "all", 2).overall == 0
    # Itself and the nearest other: 1, 1, 1/2, 1/2 of two
    assert neighborhood_hit_from_histogram(counts, "self", 2).overall == 3 / 4


def test_there_may_be_more_classes_than_ten():
    labels = [0, 11, 11, 0]
    agreeing = agreement([[0, 3], [1, 2], [2, 1], [3, 2]], labels, 1)
    counts = agreement_histogram(agreeing, labels, 1, n_classes=12)
    assert counts.shape == (12, 2)
    found = neighborhood_hit_from_histogram({1: counts}, "mean", 1)
    assert (found.overall, found.per_class[0], found.per_class[11]) == (3 / 4, 1 / 2, 1)
    with pytest.raises(ValueError, match="labels must be classes 0 to 9"):
        agreement_histogram(agreeing, labels, 1)


@pytest.mark.parametrize("k", [6, 30, 100])
def test_labels_of_one_byte_are_counted_as_any_others(k):
    """A class times k + 1 is more than a byte holds: of ten classes from k = 28 on."""
    draws = generator("labels of one byte")
    n = 400
    neighbours = np.concatenate([np.arange(n)[:, None], draws.integers(0, n, (n, k))], axis=1)
    labels = draws.integers(0, 10, n)
    agreeing = agreement(neighbours, labels, k)
    expected = np.zeros((10, k + 1), dtype=int)
    for label, count in zip(labels, agreeing, strict=True):
        expected[label, count] += 1
    counts = agreement_histogram(agreeing.astype(np.uint8), labels.astype(np.uint8), k)
    assert counts.tolist() == expected.tolist()
    hit = neighborhood_hit_from_histogram({k: counts}, k=k)
    assert hit.overall == pytest.approx(agreeing.mean() / k)
    assert np.isfinite(hit.per_class).all()


@quick
@given(labelled_points(min_points=8), st.integers(2, 6))
def test_agrees_with_the_literal_reference(cloud, k):
    points, labels = cloud
    counts = histograms(reference.neighbours(points.tolist(), k + 1), labels, k - 1, k)
    for variant in VARIANTS:
        expected = reference.neighborhood_hit(points.tolist(), labels.tolist(), k, variant)
        found = neighborhood_hit_from_histogram(counts, variant, k)
        assert found.overall == pytest.approx(float(expected))
        sizes = np.bincount(labels, minlength=10)
        assert np.nansum(found.per_class * sizes) / len(labels) == pytest.approx(float(expected))


@quick
@given(labelled_points(min_points=8), st.integers(2, 6))
def test_readings_are_ordered_and_bounded(cloud, k):
    points, labels = cloud
    counts = histograms(reference.neighbours(points.tolist(), k + 1), labels, k - 1, k)
    mean, everyone, with_self = (neighborhood_hit_from_histogram(counts, v, k).overall for v in VARIANTS)
    assert 0 <= everyone <= mean <= 1
    assert 1 / k <= with_self <= 1


@quick
@given(labelled_points(min_points=8), st.integers(1, 6), st.sampled_from(VARIANTS), st.integers(0, 2))
def test_at_once_from_neighbours_it_agrees_with_the_literal_reference(cloud, k, variant, n_beyond):
    """Columns beyond k are ignored; each class has the NH of its own points."""
    points, labels = cloud
    k += variant == "self"  # the point alone is no neighbourhood
    n_classes = int(labels.max()) + 2
    table = reference.neighbours(points.tolist(), min(k + 1 + n_beyond, len(points)))
    found = neighborhood_hit(table, labels, k=k, variant=variant, n_classes=n_classes)
    expected = reference.neighborhood_hit(points.tolist(), labels.tolist(), k, variant)
    assert found.overall == pytest.approx(float(expected))
    assert found.per_class.shape == (n_classes,)
    for c in range(n_classes):
        of_class = reference.neighborhood_hit(points.tolist(), labels.tolist(), k, variant, only=c)
        assert found.per_class[c] == pytest.approx(np.nan if of_class is None else float(of_class), nan_ok=True)


def test_at_once_the_paper_s_reading_of_ten_classes_is_the_default():
    draws = generator("defaults")
    table, labels = np.concatenate([np.arange(40)[:, None], draws.integers(0, 40, (40, 6))], axis=1), np.arange(40) % 10
    found = neighborhood_hit(table, labels)
    expected = neighborhood_hit_from_histogram(histograms(table, labels, 6))
    assert found.overall == expected.overall
    np.testing.assert_array_equal(found.per_class, expected.per_class)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"k": 2}, "k=2 needs 3 columns"),
        ({"k": 1, "variant": "self"}, "k=1 is too small for the variant 'self': expected at least 2"),
        ({"k": 1, "variant": "most"}, "variant='most': expected"),
        ({"k": 1, "n_classes": 1}, "labels must be classes 0 to 0"),
    ],
)
def test_at_once_what_cannot_be_scored_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        neighborhood_hit([[0, 1], [1, 0]], [0, 1], **arguments)


def test_random_labels_score_a_tenth_without_self_and_a_quarter_with():
    draws = generator("random labels")
    n, k = 20_000, 6
    neighbours = np.concatenate([np.arange(n)[:, None], draws.integers(0, n, (n, k))], axis=1)
    counts = histograms(neighbours, draws.integers(0, 10, n), k - 1, k)
    # Standard error of a mean over 120,000 agreements of probability 1/10: 0.0009
    assert neighborhood_hit_from_histogram(counts, "mean").overall == pytest.approx(0.1, abs=0.005)
    assert neighborhood_hit_from_histogram(counts, "self").overall == pytest.approx((1 + 5 / 10) / 6, abs=0.005)
    assert neighborhood_hit_from_histogram(counts, "all").overall < 0.001


def test_pure_neighbourhoods_score_exactly_one_by_every_reading():
    counts = {5: np.eye(10, 6, 5)[:1].repeat(10, 0) * 7, 6: np.zeros((10, 7))}
    counts[5][:, 5], counts[6][:, 6] = 7, 7
    for variant in VARIANTS:
        result = neighborhood_hit_from_histogram(counts, variant)
        assert (result.per_class == 1).all()
        assert result.overall == 1


def test_networks_and_panels_may_stand_before_the_classes():
    counts = generator("stacked").integers(1, 50, (3, 2, 10, 7))
    stacked = neighborhood_hit_from_histogram({6: counts})
    assert stacked.per_class.shape == (3, 2, 10)
    alone = neighborhood_hit_from_histogram({6: counts[2, 1]})
    assert stacked.overall[2, 1] == alone.overall
    np.testing.assert_array_equal(stacked.per_class[2, 1], alone.per_class)


def test_a_histogram_without_points_has_no_score():
    result = neighborhood_hit_from_histogram({6: np.zeros((10, 7))})
    assert np.isnan(result.overall)
    assert np.isnan(result.per_class).all()


@pytest.mark.parametrize(
    ("neighbours", "labels", "k", "message"),
    [
        ([[0, 1], [1, 0]], [0, 1], 2, "k=2 needs 3 columns"),
        ([[0, 1], [1, 0]], [0, 1], 0, "k at least 1"),
        ([0, 1], [0, 1], 1, r"shape \(2,\)"),
        ([[0, 1], [1, 0]], [0], 1, r"labels has shape \(1,\); expected \(2,\)"),
        ([[1, 0], [0, 1]], [0, 1], 1, "not the points themselves"),
    ],
)
def test_unusable_neighbours_are_named(neighbours, labels, k, message):
    with pytest.raises(ValueError, match=message):
        agreement(neighbours, labels, k)


@pytest.mark.parametrize(
    ("agreeing", "labels", "message"),
    [
        ([1, 2], [0], r"shape \(2,\) and labels \(1,\)"),
        ([[1, 2]], [[0, 0]], r"shape \(1, 2\) and labels \(1, 2\)"),
        ([4, 1], [0, 0], "reaches 1 to 4"),
        ([-1, 1], [0, 0], "between 0 and k=3"),
        ([1], [10], "classes 0 to 9"),
    ],
)
def test_unusable_counts_are_named(agreeing, labels, message):
    with pytest.raises(ValueError, match=message):
        agreement_histogram(agreeing, labels, 3)


@pytest.mark.parametrize(
    ("counts", "variant", "message"),
    [
        ({6: np.ones((10, 7))}, "self", r"needs the histogram of 5: got \[6\]"),
        ({5: np.ones((10, 6))}, "mean", "needs the histogram of 6"),
        (
            {30: np.ones((10, 31))},
            "mean",
            r"with k=6 needs the histogram of 6: got \[30\]; pass the k that was counted",
        ),
        ({6: np.ones((10, 6))}, "mean", r"shape \(10, 6\); expected \(n_classes, 7\)"),
        ({6: np.ones(7)}, "mean", r"shape \(7,\); expected \(n_classes, 7\)"),
        ({6: np.ones((10, 7))}, "most", "variant='most': expected"),
    ],
)
def test_unusable_histograms_are_named(counts, variant, message):
    with pytest.raises(ValueError, match=message):
        neighborhood_hit_from_histogram(counts, variant)
