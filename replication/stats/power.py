"""What a sample size can show: the power to find a correlation, and the correlation it had a third's power for."""

import math

import scipy

from replication.stats._checks import coefficient, open_share
from replication.stats.fisher import fisher_standard_error

SMALL_TELESCOPE = 1 / 3
"""The power that Simonsohn (2015) calls too low to have learnt of an effect."""


def power_of_correlation(rho: float, n: int, alpha: float = 0.05) -> float:
    """Return the probability of a significant sample correlation where the true one is ``rho``.

    By Fisher's approximation: z = artanh r is normal about artanh ρ with variance 1 / (n − 3), and the test is
    two-sided; a significant result of the wrong sign counts too, so that the power at ρ = 0 is ``alpha``.  At ten
    pairs the approximation falls short of the exact power by up to .05.

    Args:
        rho: True correlation, in [-1, 1].
        n: Pairs of values, at least 4.
        alpha: Significance threshold, in (0, 1).

    Returns:
        In [alpha, 1]; .45 for ρ = .6 at n = 10 (exactly .49).

    Raises:
        ValueError: ``rho`` is no coefficient, fewer than four pairs, or a threshold outside (0, 1).
    """
    coefficient("rho", rho)
    needed = -float(scipy.special.ndtri(open_share("alpha", alpha) / 2))
    if n < 4:
        raise ValueError(f"n = {n}, expected at least 4: Fisher's scale needs n − 3 > 0")
    shift = math.atanh(abs(rho)) / fisher_standard_error(n) if abs(rho) < 1 else math.inf
    return float(scipy.special.ndtr(shift - needed) + scipy.special.ndtr(-needed - shift))


def r33(n: int, alpha: float = 0.05) -> float:
    """Return the true correlation that a study of ``n`` pairs had 33 % power to find (Simonsohn 2015).

    Where ``power_of_correlation``, that is Fisher's approximation, equals one third.  An effect smaller than this is
    one the original study could not have told from none.

    Args:
        n: Pairs of values, at least 4.
        alpha: Significance threshold of the original study, in (0, 1/3).

    Returns:
        In (0, 1); .52 at n = 10 (exactly .50).

    Raises:
        ValueError: Fewer than four pairs, or a threshold outside (0, 1/3), whose tests always have that power.
    """
    if not 0 < alpha < SMALL_TELESCOPE:
        raise ValueError(f"alpha = {alpha}, expected strictly between 0 and 1/3")
    root = scipy.optimize.brentq(lambda rho: power_of_correlation(rho, n, alpha) - SMALL_TELESCOPE, 0, 1)
    return float(root)
