"""Per-class accuracy and its change under ablation, from counts (§4.1)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def recall(hits: ArrayLike, n: ArrayLike) -> NDArray[np.float64]:
    """Share of a class's images that are classified as that class: the paper's accuracy of a class.

    Args:
        hits: Correctly classified images, any shape, classes last.
        n: Images of the class, broadcasts against ``hits``.

    Returns:
        hits / n, in [0, 1]; NaN where n is 0.

    Raises:
        ValueError: A count is negative, or there are more hits than images.

    >>> recall([9, 0], [10, 0]).tolist()
    [0.9, nan]
    """
    counted, total = np.broadcast_arrays(np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64))
    _check_counts(counted, total)
    rates = np.full(total.shape, np.nan)
    np.divide(counted, total, out=rates, where=total > 0)
    return rates


def accuracy_change_pp(intact_hits: ArrayLike, ablated_hits: ArrayLike, n: ArrayLike) -> NDArray[np.float64]:
    """Fall of a class's accuracy under ablation.

    100 · (recall of the intact network − recall of the ablated one): positive for harm, negative where the
    ablation helps the class.  The difference is taken between counts, so that equal counts give exactly 0.

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
        _check_counts(hits, images)
    lost, total = np.broadcast_arrays(intact - ablated, images)
    changes = np.full(total.shape, np.nan)
    np.divide(100 * lost, total, out=changes, where=total > 0)
    return changes


def _check_counts(hits: NDArray[np.float64], n: NDArray[np.float64]) -> None:
    """Check that hits can be those of so many images.

    Raises:
        ValueError: A count is negative, or there are more hits than images.
    """
    if (hits < 0).any() or (hits > n).any():
        raise ValueError("hits must lie between 0 and the number of images n, in every class")
