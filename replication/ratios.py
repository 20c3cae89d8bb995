"""Division that is undefined, not an error, where the divisor is not positive; with numpy alone."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def ratio_or_nan(dividend: ArrayLike, divisor: ArrayLike) -> NDArray[np.float64]:
    """Return dividend / divisor, in their common shape; NaN where the divisor is not above 0.

    Args:
        dividend: Numbers; may be NaN.
        divisor: Numbers, such as counts, sums of squares or norms; may be NaN.

    >>> ratio_or_nan([1, 2], [4, 0]).tolist()
    [0.25, nan]
    """
    above, below = np.broadcast_arrays(np.asarray(dividend, dtype=np.float64), np.asarray(divisor, dtype=np.float64))
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0))
