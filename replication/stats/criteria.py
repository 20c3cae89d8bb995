"""Six definitions of "replicated" for a correlation, each with its acceptance region.

No single criterion is right (Heyard et al. 2024 count over fifty), and with ten pairs several can hardly fail.  Each is
therefore reported with the range of replication coefficients it accepts; the share of (−1, 1) that this range covers
shows how strict the criterion is.
"""

import math
from dataclasses import dataclass
from typing import Literal

import scipy

from replication.stats._checks import coefficient, sample_size
from replication.stats.correlation import correlation_p, critical_r
from replication.stats.fisher import fisher_standard_error
from replication.stats.power import r33

CriterionName = Literal[
    "same sign",
    "direction and significance",
    "original in replication interval",
    "replication in original interval",
    "prediction interval",
    "small telescopes",
]

ALPHA = 0.05
"""Threshold of all tests; all intervals have level 1 − ``ALPHA``."""


@dataclass(frozen=True)
class CriterionResult:
    """Result of one definition of "replicated".

    Attributes:
        name: Name of the definition.
        low: Lower end of the accepted replication coefficients; NaN if the definition does not apply.
        high: Upper end of the accepted replication coefficients; NaN if the definition does not apply.
        met: Whether the replication coefficient is accepted; None if the definition does not apply.
    """

    name: CriterionName
    low: float
    high: float
    met: bool | None


def replication_criteria(
    r_original: float, n_original: int, r_replication: float, n_replication: int
) -> tuple[CriterionResult, ...]:
    """Apply six definitions of "replicated" to a correlation.

    Let z_o and z_r be artanh of the original and the replication coefficient, e_o and e_r their standard errors
    (``fisher_standard_error``), and q the two-sided normal quantile of ``ALPHA``.  For a positive original the
    definitions are

    - *same sign*: r_r > 0;
    - *direction and significance*: r_r > 0 and p < ``ALPHA``; does not apply if the original was not significant;
    - *original in replication interval*: |z_r − z_o| ≤ q e_r, which penalises precise replications;
    - *replication in original interval*: |z_r − z_o| ≤ q e_o;
    - *prediction interval* (Patil, Peng & Leek 2016): |z_r − z_o| ≤ q √(e_o² + e_r²);
    - *small telescopes* (Simonsohn 2015): r_r is not significantly smaller, one-sided, than ``r33`` of the original.

    For a negative original all definitions are mirrored.

    Args:
        r_original: Printed coefficient, in (-1, 1) and not 0, because without a direction only the intervals would
            apply.
        n_original: Number of pairs of the original, at least 4.
        r_replication: Coefficient obtained, in [-1, 1].
        n_replication: Number of pairs of the replication, at least 4.

    Returns:
        One result per definition, in the order above.

    Raises:
        ValueError: A coefficient is out of range, or a sample has fewer than four pairs.
    """
    coefficient("r_replication", r_replication)
    if not 0 < abs(coefficient("r_original", r_original)) < 1:
        raise ValueError(f"r_original = {r_original}, expected a direction and a finite z: not 0, 1 or −1")
    sample_size("n_original", n_original, at_least=4)
    sample_size("n_replication", n_replication, at_least=4)
    z = math.atanh(abs(r_original))
    e_o, e_r = fisher_standard_error(n_original), fisher_standard_error(n_replication)
    q, q_one_sided = float(scipy.stats.norm.isf(ALPHA / 2)), float(scipy.stats.norm.isf(ALPHA))
    weakest_telescope = math.tanh(math.atanh(r33(n_original, ALPHA)) - q_one_sided * e_r)
    significant = correlation_p(r_original, n_original) < ALPHA
    accepted: dict[CriterionName, tuple[float, float]] = {
        "same sign": (0.0, 1.0),
        "direction and significance": (critical_r(n_replication, ALPHA), 1.0) if significant else (math.nan, math.nan),
        "original in replication interval": _around(z, q * e_r),
        "replication in original interval": _around(z, q * e_o),
        "prediction interval": _around(z, q * math.hypot(e_o, e_r)),
        "small telescopes": (weakest_telescope, 1.0),
    }
    sign = math.copysign(1.0, r_original)
    return tuple(_judge(name, low, high, r_replication, sign) for name, (low, high) in accepted.items())


def _around(z: float, reach: float) -> tuple[float, float]:
    """Return the ends of z ± reach as coefficients."""
    return math.tanh(z - reach), math.tanh(z + reach)


def _judge(name: CriterionName, low: float, high: float, r: float, sign: float) -> CriterionResult:
    """Return the result for a replication ``r``; ``low`` and ``high`` are those of a positive original."""
    if math.isnan(low):
        return CriterionResult(name, low, high, met=None)
    met = low < sign * r <= high  # open below, because r = 0 and p = ALPHA are not accepted
    return CriterionResult(name, low, high, met) if sign > 0 else CriterionResult(name, -high, 0.0 - low, met)
