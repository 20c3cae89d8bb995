"""Power of the test of a correlation, and the correlation that a study has 33 % power to detect."""

import math

import scipy

from replication.stats._checks import coefficient, open_share
from replication.stats.fisher import fisher_standard_error

SMALL_TELESCOPE = 1 / 3
"""Power below which, by Simonsohn (2015), a study is too small to inform on an effect."""


def power_of_correlation(rho: float, n: int, alpha: float = 0.05) -> float:
    """Return the power of the two-sided test of no correlation when the true correlation is ``rho``.

    Uses Fisher's approximation: z = artanh r is normal with mean artanh ρ and variance 1 / (n − 3).  Significant
    results of the wrong sign count, so that the power at ρ = 0 is ``alpha``.  With ten pairs the approximation is
    below the exact power by up to .05.

    Args:
        rho: True correlation, in [-1, 1].
        n: Number of pairs, at least 4.
        alpha: Significance threshold, in (0, 1).

    Returns:
        In [alpha, 1]; .45 for ρ = .6 at n = 10 (exactly .49).

    Raises:
        ValueError: ``rho`` is NaN or outside [-1, 1], ``n`` is below 4, or ``alpha`` is outside (0, 1).
    """
    coefficient("rho", rho)
    needed = -float(scipy.special.ndtri(open_share("alpha", alpha) / 2))
    if n < 4:
        raise ValueError(f"n = {n}, expected at least 4: Fisher's scale needs n − 3 > 0")
    shift = math.atanh(abs(rho)) / fisher_standard_error(n) if abs(rho) < 1 else math.inf
    return float(scipy.special.ndtr(shift - needed) + scipy.special.ndtr(-needed - shift))


def r33(n: int, alpha: float = 0.05) -> float:
    """Return the true correlation that a study of ``n`` pairs had 33 % power to detect (Simonsohn 2015).

    The correlation at which ``power_of_correlation`` (Fisher's approximation) equals one third.  The original study
    could not have distinguished a smaller effect from none.

    Args:
        n: Number of pairs, at least 4.
        alpha: Significance threshold of the original study, in (0, 1/3).

    Returns:
        In (0, 1); .52 at n = 10 (exactly .50).

    Raises:
        ValueError: ``n`` is below 4, or ``alpha`` is outside (0, 1/3); at a larger ``alpha`` the power always exceeds
            one third.
    """
    if not 0 < alpha < SMALL_TELESCOPE:
        raise ValueError(f"alpha = {alpha}, expected strictly between 0 and 1/3")
    root = scipy.optimize.brentq(lambda rho: power_of_correlation(rho, n, alpha) - SMALL_TELESCOPE, 0, 1)
    return float(root)
