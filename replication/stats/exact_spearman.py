"""Exact permutation distribution of Spearman's coefficient without ties.

Without ties ρ = 1 − 6 D / (n (n² − 1)), with D the sum of squared rank differences.  The p value is the share of
permutations with a D at least as extreme.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from replication.stats._checks import sample_size

MOST_PAIRS = 12
"""Largest n: the recursion visits 2ⁿ sets of ranks, which takes half a second at 12."""


def spearman_of_squared_rank_difference(d2: int, n: int) -> float:
    """Return ρ = 1 − 6 D / (n (n² − 1)).

    Args:
        d2: D, an even integer between 0 and n (n² − 1) / 3.
        n: Number of pairs, at least 2.

    Returns:
        In [-1, 1].

    Raises:
        ValueError: No ranking without ties has this ``d2``, or ``n`` is below 2.

    >>> spearman_of_squared_rank_difference(66, 10)
    0.6
    """
    _require_attainable(d2, n)
    return 1 - 6 * d2 / (n * (n**2 - 1))


def exact_spearman_p(d2: int, n: int) -> float:
    """Return the exact two-sided permutation p value of Spearman's coefficient without ties.

    The share of the n! permutations whose |ρ| is at least the observed one.  The distribution of D is symmetric about
    its mean n (n² − 1) / 6, so that p is twice the smaller tail, and 1 at the mean.

    Args:
        d2: D, the sum of squared rank differences.
        n: Number of pairs, 2 to 12.

    Returns:
        In (0, 1]; .1663 for D = 86 (ρ = .479) at n = 10.

    Raises:
        ValueError: No ranking without ties has this ``d2``, or ``n`` is outside 2 to 12.

    >>> exact_spearman_p(0, 3)  # of the six orders, the same and the opposite one
    0.3333333333333333
    """
    _require_attainable(d2, n)
    if n > MOST_PAIRS:
        raise ValueError(f"n = {n}, expected at most {MOST_PAIRS}: use the t approximation of correlation_p")
    counts = _orders_by_d2(n)
    tail = min(d2, counts.size - 1 - d2)
    return min(1.0, 2 * float(counts[: tail + 1].sum() / counts.sum()))


def _require_attainable(d2: int, n: int) -> None:
    """Check that some ranking without ties has the given sum of squared rank differences.

    Args:
        d2: D.
        n: Number of pairs.

    Raises:
        ValueError: No ranking of ``n`` values without ties has this ``d2``, or ``n`` is below 2.
    """
    sample_size("n", n, at_least=2)
    most = n * (n**2 - 1) // 3
    if d2 % 2 or not 0 <= d2 <= most or (n, d2) == (3, 4):  # the one gap: no order of three has D = 4
        raise ValueError(f"d2 = {d2} at n = {n}: without ties it is an even attainable number from 0 to {most}")


@cache
def _orders_by_d2(n: int) -> NDArray[np.int64]:
    """Return the number of permutations with each D, shape (n (n² − 1) / 3 + 1,).

    Dynamic programming over positions: the remaining sum depends only on the set of ranks already assigned, not on
    their order, so that 2ⁿ sets are visited instead of n! permutations.
    """
    n_sums = n * (n**2 - 1) // 3 + 1
    counts = np.zeros((2**n, n_sums), dtype=np.int64)
    counts[0, 0] = 1
    for given in range(1, 2**n):
        position = given.bit_count() - 1
        for rank in range(n):
            if given >> rank & 1:
                d2 = (position - rank) ** 2
                counts[given, d2:] += counts[given ^ (1 << rank), : n_sums - d2]
    all_given: NDArray[np.int64] = counts[-1].copy()
    all_given.flags.writeable = False
    return all_given
