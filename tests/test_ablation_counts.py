"""Hits and flips per class, counted."""

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st

from replication.ablation import flips_by_class, hits_by_class

seeds = st.integers(0, 2**32 - 1)


def random_predictions(seed, n_masks=3, n_images=40):
    generator = np.random.default_rng(seed)
    draw = lambda *shape: generator.integers(0, 10, shape).astype(np.uint8)  # noqa: E731
    labels = draw(n_images).astype(np.int64)
    right = generator.random((n_masks + 1, n_images)) < 0.7
    predictions = np.where(right, labels, draw(n_masks + 1, n_images)).astype(np.uint8)
    return predictions[0], predictions[1:], labels


def test_hits_by_hand():
    # Labels 0 0 1 9; the first mask is right on the first and the last image, the second on none.
    predictions = np.array([[0, 1, 2, 9], [1, 1, 0, 0]], dtype=np.uint8)
    hits = hits_by_class(predictions, np.array([0, 0, 1, 9]))
    assert hits.tolist() == [[1, 0, 0, 0, 0, 0, 0, 0, 0, 1], [0] * 10]
    assert hits.dtype == np.int64


def test_lists_and_tensors_are_counted_as_arrays_are():
    labels, predictions = np.arange(20) % 3, np.arange(40).reshape(2, 20) % 5
    expected = hits_by_class(predictions, labels, 3), flips_by_class(predictions[0], predictions, labels, 3)
    for kind in (torch.from_numpy, np.ndarray.tolist):
        assert np.array_equal(hits_by_class(kind(predictions), kind(labels), 3), expected[0])
        flips = flips_by_class(kind(predictions[0]), kind(predictions), kind(labels), 3)
        assert np.array_equal(flips.lost, expected[1].lost)
        assert np.array_equal(flips.gained, expected[1].gained)


def test_flips_by_hand():
    # Intact right on images 0 and 2 (classes 0 and 1).  The mask loses image 0 and gains image 1, both of class 0.
    flips = flips_by_class(
        np.array([0, 3, 1], dtype=np.uint8), np.array([[5, 0, 1]], dtype=np.uint8), np.array([0, 0, 1])
    )
    assert flips.lost.tolist() == [[1, 0, 0, 0, 0, 0, 0, 0, 0, 0]]
    assert flips.gained.tolist() == [[1, 0, 0, 0, 0, 0, 0, 0, 0, 0]]


@pytest.mark.parametrize("n_classes", [3, 12])
def test_there_may_be_fewer_or_more_classes_than_ten(n_classes):
    # The first mask is right everywhere, the second nowhere; intact everywhere but on the last image.
    labels = np.arange(n_classes).repeat(2).astype(np.uint8)
    predictions = np.stack([labels, (labels + 1) % n_classes])
    intact = labels.copy()
    intact[-1] = 0
    assert hits_by_class(predictions, labels, n_classes).tolist() == [[2] * n_classes, [0] * n_classes]
    flips = flips_by_class(intact, predictions, labels, n_classes=n_classes)
    assert flips.lost.tolist() == [[0] * n_classes, [2] * (n_classes - 1) + [1]]
    assert flips.gained.tolist() == [[0] * (n_classes - 1) + [1], [0] * n_classes]


def test_a_label_that_no_class_would_count_is_refused():
    labels = np.arange(12)
    with pytest.raises(ValueError, match="labels must be classes 0 to 9, as n_classes=10 says; they reach 0 to 11"):
        hits_by_class(labels[None], labels)
    with pytest.raises(ValueError, match="classes 0 to 2, as n_classes=3 says; they reach 0 to 11"):
        flips_by_class(labels, labels[None], labels, 3)


@given(seeds)
def test_hits_equal_counting_one_by_one(seed):
    _, predictions, labels = random_predictions(seed)
    counts = np.zeros((len(predictions), 10), dtype=int)
    for row, of_mask in enumerate(predictions):
        for predicted, true in zip(of_mask, labels, strict=True):
            counts[row, true] += predicted == true
    assert np.array_equal(hits_by_class(predictions, labels), counts)


@given(seeds)
def test_flips_are_the_change_in_hits(seed):
    intact, predictions, labels = random_predictions(seed)
    flips = flips_by_class(intact, predictions, labels)
    change = hits_by_class(predictions, labels) - hits_by_class(intact[None], labels)
    assert np.array_equal(flips.gained - flips.lost, change)
    assert min(flips.lost.min(), flips.gained.min()) >= 0


@given(seeds)
def test_right_images_can_be_counted_by_shuffled_classes(seed):
    """As many images are right as before, whatever their classes: the README's null of AES."""
    _, predictions, labels = random_predictions(seed)
    shuffled = np.random.default_rng(seed).permutation(labels)
    null = hits_by_class(np.where(predictions == labels, shuffled, -1), shuffled)
    assert null.sum(axis=1).tolist() == (predictions == labels).sum(axis=1).tolist()
    assert np.all(null <= np.bincount(labels, minlength=10))
    assert null[0, 3] == ((predictions[0] == labels) & (shuffled == 3)).sum()


@given(seeds)
def test_hits_lie_between_none_and_all_of_the_class(seed):
    _, predictions, labels = random_predictions(seed)
    hits = hits_by_class(predictions, labels)
    assert np.all((hits >= 0) & (hits <= np.bincount(labels, minlength=10)))
    assert np.array_equal(hits_by_class(labels[None].astype(np.uint8), labels)[0], np.bincount(labels, minlength=10))


@given(seeds)
def test_the_order_of_the_images_does_not_matter(seed):
    intact, predictions, labels = random_predictions(seed)
    order = np.random.default_rng(seed).permutation(len(labels))
    before = flips_by_class(intact, predictions, labels)
    after = flips_by_class(intact[order], predictions[:, order], labels[order])
    assert np.array_equal(before.lost, after.lost)
    assert np.array_equal(before.gained, after.gained)


@pytest.mark.parametrize("shape", [(4,), (2, 5), (1, 2, 4)])
def test_predictions_that_do_not_fit_the_labels_are_refused(shape):
    with pytest.raises(ValueError, match=r"expected \(n_masks, n_images\) and \(n_images,\)"):
        hits_by_class(np.zeros(shape, dtype=np.uint8), np.zeros(4, dtype=int))


def test_outputs_are_no_predicted_classes():
    labels, outputs = np.array([0, 1, 2]), np.full((2, 3), -0.3)
    with pytest.raises(ValueError, match="predictions are float64; expected classes, such as the argmax of outputs"):
        hits_by_class(outputs, labels, 3)
    with pytest.raises(ValueError, match="predictions are float64; expected classes"):
        flips_by_class(labels, outputs, labels, 3)


def test_intact_predictions_that_do_not_fit_the_labels_are_refused():
    with pytest.raises(ValueError, match=r"intact has shape \(3,\); expected one per label, \(4,\)"):
        flips_by_class(np.zeros(3, dtype=np.uint8), np.zeros((1, 4), dtype=np.uint8), np.zeros(4, dtype=int))
