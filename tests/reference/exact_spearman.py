"""Spearman's exact permutation p value by going through all n! orders."""

from itertools import permutations


def exact_spearman_p(d2: int, n: int) -> float:
    """Return the share of orders whose coefficient is at least as far from 0 as that of ``d2``."""
    mean = n * (n**2 - 1) / 6  # of D, where the coefficient is 0
    sums = [sum((i - rank) ** 2 for i, rank in enumerate(order)) for order in permutations(range(n))]
    return sum(abs(other - mean) >= abs(d2 - mean) for other in sums) / len(sums)


def attained(n: int) -> set[int]:
    """Return every sum of squared rank differences that some order has."""
    return {sum((i - rank) ** 2 for i, rank in enumerate(order)) for order in permutations(range(n))}
