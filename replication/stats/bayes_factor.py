"""The Bayes factor for no correlation, which can speak for a printed null as p > .05 never can."""

import math

import scipy

from replication.stats._checks import coefficient, sample_size


def bayes_factor_01(r: float, n: int, *, prior_width: float = 1.0) -> float:
    """Return how many times likelier r is without a correlation than with one of unknown size.

    Ly, Verhagen & Wagenmakers (2016), "Harold Jeffreys's default Bayes factor hypothesis tests", J. Math. Psych. 72,
    eq. 25, as in JASP.  Under the alternative ρ has a beta prior stretched over (−1, 1) with both parameters 1/κ,
    κ the prior's width; κ = 1 is Jeffreys's uniform prior.  With it integrated out,

        1 / BF₀₁ = 2^(1 − b) √π / B(b/2, b/2) · Γ((n − 1 + b) / 2) / Γ((n + b) / 2)
                   · ₂F₁((n − 1) / 2, (n − 1) / 2; (n + b) / 2; r²),    b = 2/κ

    Exact for Pearson's r of normal data; for Spearman's an approximation.  Without any correlation ten pairs give
    2.6: no printed null of the paper can reach the 3 that is called moderate evidence.

    Args:
        r: The coefficient, in [-1, 1].
        n: Pairs of values, at least 3.
        prior_width: κ, positive; smaller values expect smaller correlations.

    Returns:
        Non-negative: above 1 speaks for no correlation, below 1 for one.  0 at |r| = 1, where it is below the smallest
        float, and beyond |r| = .948 for some 200 pairs or more, where it is below 1e-80 and the series overflows.

    Raises:
        ValueError: ``r`` is no coefficient, fewer than three pairs, or a width that is not positive.
    """
    coefficient("r", r)
    sample_size("n", n, at_least=3)
    if not 0 < prior_width < math.inf:
        raise ValueError(f"prior_width = {prior_width}, expected a positive number")
    if abs(r) == 1:
        return 0.0
    b = 2 / prior_width
    # Euler's transformation keeps the series short: its first two parameters no longer grow with n.
    hypergeometric = float(scipy.special.hyp2f1((1 + b) / 2, (1 + b) / 2, (n + b) / 2, r**2))
    if not math.isfinite(hypergeometric):
        return 0.0
    log_bf10 = (
        (1 - b) * math.log(2)
        + math.log(math.pi) / 2
        - float(scipy.special.betaln(b / 2, b / 2))
        + math.lgamma((n - 1 + b) / 2)
        - math.lgamma((n + b) / 2)
        + (1 + (b - n) / 2) * math.log1p(-(r**2))
        + math.log(hypergeometric)
    )
    return math.exp(-log_bf10)
