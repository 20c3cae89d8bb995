"""Multiple testing: family-wise error rate and adjusted p values."""

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from replication.stats._checks import finite_vector, open_share, sample_size


def family_wise_error(n_tests: int, alpha: float = 0.05) -> float:
    """Return the family-wise error rate of independent tests of true null hypotheses, 1 − (1 − α)^m.

    Args:
        n_tests: Number of tests m, at least 0.
        alpha: Significance threshold of each test, in (0, 1).

    Returns:
        In [0, 1); .26 for the paper's six Pearson correlations.

    Raises:
        ValueError: ``n_tests`` is negative, or ``alpha`` is outside (0, 1).
    """
    sample_size("n_tests", n_tests, at_least=0)
    return 1 - (1 - open_share("alpha", alpha)) ** n_tests


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return Benjamini & Hochberg's (1995) adjusted p values, which control the false discovery rate.

    Valid for independent and for positively dependent tests.

    Args:
        p_values: Shape (m,), in [0, 1].

    Returns:
        Adjusted p values in the order of ``p_values``, shape (m,); none is below its p value.

    Raises:
        ValueError: ``p_values`` is not one-dimensional, or holds values that are not finite or outside [0, 1].

    >>> benjamini_hochberg([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.04, 0.04]
    """
    p_values = finite_vector("p_values", p_values)
    if np.any((p_values < 0) | (p_values > 1)):
        raise ValueError(f"p_values from {p_values.min()} to {p_values.max()}, expected within 0 and 1")
    return np.asarray(scipy.stats.false_discovery_control(p_values, method="bh"), dtype=np.float64)
