"""The Bayes factor for no correlation, which can speak for a printed null as p > .05 never can."""

import math

import scipy

from replication.stats._checks import coefficient, sample_size


def bayes_factor_01(r: float, n: int) -> float:
    """Return how many times likelier r is without a correlation than with one of unknown size.

    Ly, Verhagen & Wagenmakers (2016), "Harold Jeffreys's default Bayes factor hypothesis tests", J. Math. Psych. 72,
    eq. 25, as in JASP, at the prior width κ = 1: under the alternative ρ is uniform over (−1, 1), Jeffreys's prior.
    With it integrated out,

        1 / BF₀₁ = √π / 2 · Γ((n + 1) / 2) / Γ(n / 2 + 1) · ₂F₁((n − 1) / 2, (n − 1) / 2; n / 2 + 1; r²)

    Exact for Pearson's r of normal data; for Spearman's an approximation.  Without any correlation ten pairs give
    2.6: no printed null of the paper can reach the 3 that is called moderate evidence.

    Args:
        r: The coefficient, in [-1, 1].
        n: Pairs of values, at least 3.

    Returns:
        Non-negative: above 1 speaks for no correlation, below 1 for one.  0 at |r| = 1, where it is below the smallest
        float, and beyond |r| = .948 for some 200 pairs or more, where it is below 1e-80 and the series overflows.

    Raises:
        ValueError: ``r`` is no coefficient, or fewer than three pairs.
    """
    coefficient("r", r)
    sample_size("n", n, at_least=3)
    if abs(r) == 1:
        return 0.0
    # Euler's transformation keeps the series short: its first two parameters no longer grow with n.
    hypergeometric = float(scipy.special.hyp2f1(3 / 2, 3 / 2, n / 2 + 1, r**2))
    if not math.isfinite(hypergeometric):
        return 0.0
    log_bf10 = (
        math.log(math.pi) / 2
        - math.log(2)
        + math.lgamma((n + 1) / 2)
        - math.lgamma(n / 2 + 1)
        + (2 - n / 2) * math.log1p(-(r**2))
        + math.log(hypergeometric)
    )
    return math.exp(-log_bf10)
