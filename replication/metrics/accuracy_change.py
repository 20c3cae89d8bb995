"""The change of a class's accuracy under ablation, from counts (§4.1)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def accuracy_change_pp(intact_hits: ArrayLike, ablated_hits: ArrayLike, n: ArrayLike) -> NDArray[np.float64]:
    """Fall of a class's accuracy under ablation.

    100 · (recall of the intact network − recall of the ablated one), a class's recall being what the paper calls its
    accuracy: positive for harm, negative where the ablation helps the class.  The difference is taken between counts,
    so that equal counts give exactly 0.

    Args:
        intact_hits: Correctly classified images of the intact network, classes last.
        ablated_hits: Those of the ablated network; further axes, such as draws, stand before the classes.
        n: Images of the class.

    Returns:
        Percentage points in [−100, 100], of the broadcast shape; NaN where n is 0.

    Raises:
        ValueError: A count is negative, or there are more hits than images.

    >>> accuracy_change_pp([9], [4], [10]).tolist()
    [50.0]
    """
    intact = np.asarray(intact_hits, dtype=np.float64)
    ablated = np.asarray(ablated_hits, dtype=np.float64)
    images = np.asarray(n, dtype=np.float64)
    for hits in (intact, ablated):
        if (hits < 0).any() or (hits > images).any():
            raise ValueError("hits must lie between 0 and the number of images n, in every class")
    lost, total = np.broadcast_arrays(intact - ablated, images)
    changes = np.full(total.shape, np.nan)
    np.divide(100 * lost, total, out=changes, where=total > 0)
    return changes
