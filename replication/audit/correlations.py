"""Check the nine printed correlations: whether r and p agree, and whether the wording agrees with p."""

import math
from collections.abc import Mapping
from functools import cache

import scipy

from replication.audit.finding import Finding, Outcome, holds_if
from replication.paper import CORRELATION_KINDS, N_CORRELATED, NETWORK_NAMES, Reported
from replication.stats import (
    RoundedNumber,
    attainable_spearman,
    consistent_r_p,
    correlation_p,
    family_wise_error,
    fisher_interval,
    fisher_standard_error,
    power_of_correlation,
    spearman_of_squared_rank_difference,
)
from replication.stats.rounding import PMethod
from replication.words import true_minus

ALPHA = 0.05
"""Significance level.  The paper states none, but calls p = .03 significant and p = .14 not significant."""

WORDING: Mapping[str, str] = {
    "spearman/kmnist": "suggests",
    "spearman/fashion": "suggests",
    "spearman/mnist": "not significant",
    "as-nh/fashion": "confirms",
    "as-nh/mnist": "not found",
    "as-nh/kmnist": "not found",
    "aes-nh/fashion": "significant",
    "aes-nh/mnist": "not significant",
    "aes-nh/kmnist": "not significant",
}
"""The paper's wording for each correlation: its significance, or that it confirms or suggests a relation."""

PEARSON_KINDS = ("as-nh", "aes-nh")


def correlation_findings(reported: Mapping[str, Reported]) -> tuple[Finding, ...]:
    """Check the printed correlations against each other.

    Args:
        reported: The paper's numbers by key.

    Returns:
        Consistency of each pair, attainability of each Spearman coefficient, wording of each pair, then the exact test,
        multiplicity, power, and the comparison of networks.
    """
    pairs = {
        f"{kind}/{network}": (reported[f"{kind}-r/{network}"], reported[f"{kind}-p/{network}"])
        for kind in CORRELATION_KINDS
        for network in NETWORK_NAMES
    }
    spearman = {name: pair for name, pair in pairs.items() if name.startswith("spearman/")}
    pearson = {name: pair for name, pair in pairs.items() if name.partition("/")[0] in PEARSON_KINDS}
    return (
        *(_consistency(name, r, p) for name, (r, p) in pairs.items()),
        *(_attainability(name, r, p) for name, (r, p) in spearman.items()),
        *(_wording(name, r, p) for name, (r, p) in pairs.items()),
        _exact_test(spearman),
        _multiplicity(pearson),
        _power(pairs["as-nh/fashion"][0]),
        _fashion_only(pairs),
    )


def _consistency(name: str, r: Reported, p: Reported) -> Finding:
    """Judge whether p follows from r with ten pairs, allowing for rounding."""
    check = consistent_r_p(r.text, p.text, N_CORRELATED, alpha=ALPHA)
    return Finding(
        f"correlation/{name}",
        r.place,
        f"r = {r.text} has p = {p.text}.",
        holds_if(check.outcome == "consistent"),
        f"{check.outcome}: at n = {N_CORRELATED} every r that rounds to this has p from {check.p_low:.4f} to "
        f"{check.p_high:.4f} by the t approximation.",
    )


def _attainability(name: str, r: Reported, p: Reported) -> Finding:
    """Judge whether ten ranks without ties can give a printed Spearman coefficient together with its p value."""
    attained = attainable_spearman(r.text, N_CORRELATED)
    printed_p = RoundedNumber.parse(p.text)
    with_p = [
        d2
        for d2 in attained
        if printed_p.contains(correlation_p(spearman_of_squared_rank_difference(d2, N_CORRELATED), N_CORRELATED))
    ]
    return Finding(
        f"attainable/{name}",
        r.place,
        f"Spearman's r is {r.text}.",
        holds_if(with_p),
        f"Sums of squared rank differences that give this r without ties: {_listed(attained)}; that give this r and "
        f"p = {p.text}: {_listed(with_p)}.",
    )


def _wording(name: str, r: Reported, p: Reported) -> Finding:
    """Judge the wording for a correlation by its p value."""
    word, below = WORDING[name], p.value < ALPHA
    outcome: Outcome
    if word == "significant":
        outcome = holds_if(below)
    elif word in {"not significant", "not found"}:
        outcome = holds_if(not below)
    else:
        outcome = "holds" if below else "remark"
    return Finding(
        f"wording/{name}",
        p.place,
        f"{NETWORK_NAMES[name.partition('/')[2]]}: the paper's word for p = {p.text} is '{word}'.",
        outcome,
        f"p is {'below' if below else 'not below'} {ALPHA}; the 95 % interval of r = {r.text} at n = {N_CORRELATED} "
        f"is {_interval(r)}.",
    )


def _exact_test(spearman: Mapping[str, tuple[Reported, Reported]]) -> Finding:
    """Remark on which test gave the printed Spearman p values."""
    fits_t = {name for name, (r, p) in spearman.items() if _agrees(r, p, "t")}
    fits_exact = {name for name, (r, p) in spearman.items() if _agrees(r, p, "exact")}
    only_t = sorted(fits_t - fits_exact)
    return Finding(
        "exact-test",
        "§4.1 ¶4",
        "The paper does not name the test behind the p values of Spearman's r.",
        "remark",
        f"{len(fits_t)} of {len(spearman)} fit the t approximation, {len(fits_exact)} the exact permutation test"
        + (f"; only the approximation fits {', '.join(only_t)}." if only_t else "."),
    )


def _multiplicity(pearson: Mapping[str, tuple[Reported, Reported]]) -> Finding:
    """Remark on the smallest p value after correction for all tests of its family."""
    name, (_, p) = min(pearson.items(), key=lambda item: item[1][1].value)
    adjusted = min(1.0, len(pearson) * p.value)
    return Finding(
        "multiplicity",
        p.place,
        f"{len(pearson)} Pearson correlations are tested without a correction.",
        "remark" if adjusted >= ALPHA else "holds",
        f"The smallest p, {p.text} ({name}), becomes {adjusted:.2f} after Bonferroni correction. {len(pearson)} "
        "tests of true null hypotheses give a false positive in "
        f"{100 * family_wise_error(len(pearson), ALPHA):.0f} % of cases if they are independent, and in at most "
        f"{100 * min(1, ALPHA * len(pearson)):.0f} % if not.",
    )


def _power(r: Reported) -> Finding:
    """Remark on the statistical power of ten classes."""
    power = power_of_correlation(0.6, N_CORRELATED, ALPHA)
    return Finding(
        "power",
        r.place,
        f"Correlations are over {N_CORRELATED} classes, a small sample.",
        "remark",
        f"A true correlation of 0.6 is found significant in {100 * power:.0f} % of samples of {N_CORRELATED} by "
        "Fisher's approximation, which gives up to 5 points too little.",
    )


def _fashion_only(pairs: Mapping[str, tuple[Reported, Reported]]) -> Finding:
    """Remark on whether F-Net's correlation differs from those of the other networks."""
    fashion = pairs["as-nh/fashion"][0]
    comparisons = []
    for network in ("mnist", "kmnist"):
        other = pairs[f"as-nh/{network}"][0]
        distance = math.atanh(fashion.value) - math.atanh(other.value)
        z = distance / (math.sqrt(2) * fisher_standard_error(N_CORRELATED))
        comparisons.append((other, z, 2 * float(scipy.stats.norm.sf(abs(z)))))
    different = any(p < ALPHA for _, _, p in comparisons)
    tests = "; ".join(f"{fashion.text} against {other.text}: z = {z:.2f}, p = {p:.2f}" for other, z, p in comparisons)
    return Finding(
        "fashion-only",
        "§4.3 ¶5 s3",
        "The positive correlation of neuron numbers with NH is found in F-Net only.",
        "holds" if different else "remark",
        f"The coefficients do {'' if different else 'not '}differ by more than chance ({tests}).",
    )


def _agrees(r: Reported, p: Reported, method: PMethod) -> bool:
    """Return whether a printed pair is consistent under the t approximation or the exact test."""
    return consistent_r_p(r.text, p.text, N_CORRELATED, method=method).outcome == "consistent"


@cache
def _interval(r: Reported) -> str:
    """Return the confidence interval of a printed correlation as text."""
    interval = fisher_interval(r.value, N_CORRELATED)
    return true_minus(f"{interval.low:.2f} to {interval.high:.2f}")


def _listed(numbers: tuple[int, ...] | list[int]) -> str:
    """Return the numbers as a list in words, or ``none``."""
    return ", ".join(str(number) for number in numbers) or "none"
