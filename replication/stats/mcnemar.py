"""McNemar's exact test of whether an ablation loses more images than it gains.

Null hypothesis: an image whose prediction flips is as likely to become wrong as to become right, images being
independent draws from the test distribution.  The null does not say that the unit has no effect: the network is fixed,
and any flip is an effect of the unit.  The test does not generalise to networks of other seeds.
"""

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray


def mcnemar_p(lost: ArrayLike, gained: ArrayLike) -> NDArray[np.float64]:
    """Return the exact two-sided p value for each pair of flip counts.

    p = min(1, 2 P(X ≤ min(lost, gained))) with X ~ Bin(lost + gained, 1/2).

    Args:
        lost: Number of images classified correctly before the ablation and wrongly after it; non-negative integers
            of any shape.
        gained: Number of images classified wrongly before and correctly after, of a shape that broadcasts with
            ``lost``.

    Returns:
        p values in (0, 1], of the broadcast shape; 1 without flips.  One flip gives 1, and five in the same direction
        .0625, so that fewer than six flips are never significant at .05.

    Raises:
        ValueError: A count is negative or not an integer.

    >>> mcnemar_p([0, 0, 3], [0, 5, 3]).tolist()
    [1.0, 0.0625, 1.0]
    """
    lost, gained = _counts("lost", lost), _counts("gained", gained)
    tail = scipy.stats.binom.cdf(np.minimum(lost, gained), lost + gained, 0.5)
    return np.minimum(1.0, 2 * np.asarray(tail, dtype=np.float64))


def _counts(name: str, values: ArrayLike) -> NDArray[np.int64]:
    """Return counts as int64 after checking them.

    Args:
        name: Name of the argument, for the error message.
        values: Counts, of any shape.

    Returns:
        The counts, of the same shape.

    Raises:
        ValueError: A count is negative or not an integer.
    """
    counts = np.asarray(values)
    if not np.issubdtype(counts.dtype, np.integer):
        raise ValueError(f"{name} has dtype {counts.dtype}, expected integers: these are numbers of images")
    if np.any(counts < 0):
        raise ValueError(f"{name} has a count of {counts.min()}, expected none below 0")
    return counts.astype(np.int64)
