"""Change of class accuracy under ablation, from counts (§4.1)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from replication.ratios import ratio_or_nan


def accuracy_change_pp(intact_hits: ArrayLike, ablated_hits: ArrayLike, n: ArrayLike) -> NDArray[np.float64]:
    """Compute how much the accuracy of each class falls under ablation.

    100 · (recall of the intact network − recall of the ablated network).  The paper calls the recall of a class its
    accuracy.  Positive values mean harm; negative values mean that the ablation helps the class.  Counts are
    subtracted before dividing, so that equal counts give exactly 0.

    Args:
        intact_hits: Number of images that the intact network classifies correctly, classes on the last axis.
        ablated_hits: The same for the ablated network; may have leading axes, such as draws.
        n: Number of images of each class.

    Returns:
        Percentage points in [−100, 100], of the broadcast shape; NaN where ``n`` is 0.

    Raises:
        ValueError: A number of hits is negative or exceeds the number of images.

    >>> accuracy_change_pp([9], [4], [10]).tolist()
    [50.0]
    """
    intact = np.asarray(intact_hits, dtype=np.float64)
    ablated = np.asarray(ablated_hits, dtype=np.float64)
    images = np.asarray(n, dtype=np.float64)
    for hits in (intact, ablated):
        if (hits < 0).any() or (hits > images).any():
            raise ValueError("hits must lie between 0 and the number of images n, in every class")
    return ratio_or_nan(100 * (intact - ablated), images)
