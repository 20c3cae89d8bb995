"""McNemar's exact test: do an ablation's flips lose more images than they gain?

The null says that an image whose prediction flips is as likely to become wrong as to become right, images being
independent draws of the test distribution.  It does not say that the unit does nothing: the network is fixed and any
flip is an effect of it.  Nor does it speak of other seeds' networks.
"""

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray


def mcnemar_p(lost: ArrayLike, gained: ArrayLike) -> NDArray[np.float64]:
    """Return the exact two-sided p value for each pair of flip counts.

    With n = lost + gained flips, twice the binomial tail P(X ≤ min(lost, gained)), X ~ Bin(n, 1/2), cut at 1.

    Args:
        lost: Images right before the ablation and wrong after it; non-negative integers of any shape.
        gained: Images wrong before and right after; a shape that broadcasts with ``lost``.

    Returns:
        The broadcast shape, in (0, 1]; 1 without flips.  One flip gives 1 and five on the same side .0625: fewer than
        six flips are never significant at .05.

    Raises:
        ValueError: Counts that are negative or no integers.

    >>> mcnemar_p([0, 0, 3], [0, 5, 3]).tolist()
    [1.0, 0.0625, 1.0]
    """
    lost, gained = _counts("lost", lost), _counts("gained", gained)
    tail = scipy.stats.binom.cdf(np.minimum(lost, gained), lost + gained, 0.5)
    return np.minimum(1.0, 2 * np.asarray(tail, dtype=np.float64))


def _counts(name: str, values: ArrayLike) -> NDArray[np.int64]:
    """Return counts as integers.

    Args:
        name: The argument's name, for the message.
        values: Any shape.

    Returns:
        The same shape.

    Raises:
        ValueError: Counts that are negative or no integers.
    """
    counts = np.asarray(values)
    if not np.issubdtype(counts.dtype, np.integer):
        raise ValueError(f"{name} has dtype {counts.dtype}, expected integers: these are numbers of images")
    if np.any(counts < 0):
        raise ValueError(f"{name} has a count of {counts.min()}, expected none below 0")
    return counts.astype(np.int64)
