"""Division where the divisor may be 0: undefined, neither an error nor a warning."""

import numpy as np
import pytest

from replication.ratios import ratio_or_nan


def test_what_has_no_divisor_above_0_is_undefined():
    found = ratio_or_nan([1, 2, 3, 0, np.nan], [2, 0, -1, 4, 1])
    np.testing.assert_array_equal(found, [0.5, np.nan, np.nan, 0, np.nan])
    assert np.isnan(ratio_or_nan(1, np.nan))


@pytest.mark.parametrize("dtype", [np.int64, np.float32])
def test_both_are_broadcast_and_divided_in_float64(dtype):
    dividend, divisor = np.arange(1, 7, dtype=dtype).reshape(2, 3), np.array([[3], [7]], dtype=dtype)
    found = ratio_or_nan(dividend, divisor)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, np.arange(1, 7).reshape(2, 3) / np.array([[3], [7]]))
