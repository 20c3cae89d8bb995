"""Several tests at once: the chance of a false alarm among them, and p values that account for it."""

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from replication.stats._checks import finite_vector, open_share, sample_size


def family_wise_error(n_tests: int, alpha: float = 0.05) -> float:
    """Return the chance that some of ``n_tests`` independent tests of true nulls is significant, 1 − (1 − α)^m.

    Args:
        n_tests: m, at least 0.
        alpha: Threshold of each test, in (0, 1).

    Returns:
        In [0, 1); .26 for the paper's six Pearson correlations.

    Raises:
        ValueError: A negative number of tests, or a threshold outside (0, 1).
    """
    sample_size("n_tests", n_tests, at_least=0)
    return 1 - (1 - open_share("alpha", alpha)) ** n_tests


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return Benjamini & Hochberg's (1995) adjusted p values, which control the false discovery rate.

    Valid for independent and for positively dependent tests.

    Args:
        p_values: Shape (m,), in [0, 1].

    Returns:
        Shape (m,), in the order given, none below its p value.

    Raises:
        ValueError: Values that are no p values, or not one-dimensional.

    >>> benjamini_hochberg([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.04, 0.04]
    """
    p_values = finite_vector("p_values", p_values)
    if np.any((p_values < 0) | (p_values > 1)):
        raise ValueError(f"p_values from {p_values.min()} to {p_values.max()}, expected within 0 and 1")
    return np.asarray(scipy.stats.false_discovery_control(p_values, method="bh"), dtype=np.float64)
