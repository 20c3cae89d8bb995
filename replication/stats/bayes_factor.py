"""Bayes factor for no correlation, which can support a null result, unlike p > .05."""

import math

import scipy

from replication.stats._checks import coefficient, sample_size


def bayes_factor_01(r: float, n: int) -> float:
    """Return the Bayes factor BF₀₁ of ρ = 0 against a correlation of unknown size, given the sample coefficient.

    Ly, Verhagen & Wagenmakers (2016), "Harold Jeffreys's default Bayes factor hypothesis tests", J. Math. Psych. 72,
    eq. 25, as in JASP, with prior width κ = 1: under the alternative, ρ is uniform over (−1, 1) (Jeffreys's prior).
    Integrating over ρ gives

        1 / BF₀₁ = √π / 2 · Γ((n + 1) / 2) / Γ(n / 2 + 1) · ₂F₁((n − 1) / 2, (n − 1) / 2; n / 2 + 1; r²)

    Exact for Pearson's r of normal data, approximate for Spearman's.  Ten pairs with r = 0 give 2.6, so that no null
    result in the paper can reach 3, the threshold of moderate evidence.

    Args:
        r: Sample correlation, in [-1, 1].
        n: Number of pairs, at least 3.

    Returns:
        Non-negative; above 1 supports no correlation, below 1 supports a correlation.  0 at |r| = 1, and beyond
        |r| = .948 for about 200 pairs or more, where it is below 1e-80 and the series overflows.

    Raises:
        ValueError: ``r`` is NaN or outside [-1, 1], or ``n`` is below 3.
    """
    coefficient("r", r)
    sample_size("n", n, at_least=3)
    if abs(r) == 1:
        return 0.0
    # Euler's transformation keeps the series short, because its first two parameters do not grow with n.
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
