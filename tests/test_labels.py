"""Labels as counts per class need them: of any whole type, and none that would be counted for nothing."""

import numpy as np
import pytest

from replication.labels import checked_labels


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint64, np.int64, np.bool_])
def test_labels_of_any_whole_type_are_the_same_classes(dtype):
    found = checked_labels(np.array([1, 0, 1], dtype=dtype), 2)
    assert found.dtype == np.int64
    assert found.tolist() == [1, 0, 1]


def test_no_labels_are_no_classes():
    assert checked_labels([], 10).dtype == np.int64


@pytest.mark.parametrize(
    ("labels", "n_classes", "message"),
    [
        ([0, 11], 10, "labels must be classes 0 to 9, as n_classes=10 says; they reach 0 to 11"),
        (np.array([3, 7], dtype=np.uint8), 7, "classes 0 to 6, as n_classes=7 says; they reach 3 to 7"),
        ([-1, 2], 3, "they reach -1 to 2"),
        ([0.0, 1.5], 10, "labels are float64; expected whole numbers"),
    ],
)
def test_labels_outside_the_classes_are_named(labels, n_classes, message):
    with pytest.raises(ValueError, match=message):
        checked_labels(labels, n_classes)
