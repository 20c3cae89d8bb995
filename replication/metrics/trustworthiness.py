"""Trustworthiness and continuity: how well an embedding preserves neighbourhoods.

Reference: Venna and Kaski 2001, *Neighborhood preservation in nonlinear projection methods*.
"""

import numpy as np
from numpy.typing import ArrayLike


def trustworthiness(ranks: ArrayLike) -> float:
    """Compute the trustworthiness of an embedding from neighbour ranks.

    T = 1 − 2 / (n k (2n − 3k − 1)) · Σ_i Σ_{j in N_k(i)} max(0, r(i, j) − k), with N_k(i) the k nearest other points
    in the embedding and r(i, j) ≥ 1 the rank of j by distance from i in the original space.

    Continuity is the same quantity with the two spaces exchanged: pass the ranks in the embedding of the k nearest
    neighbours in the original space.

    Args:
        ranks: r(i, j), shape (n, k), from 1 to n − 1; see ``embedding.ranks``.

    Returns:
        In [0, 1]; 1 if all k nearest neighbours in the embedding are also the k nearest in the original space.

    Raises:
        ValueError: ``ranks`` is not two-dimensional, or k is outside [1, n / 2), where the normalisation holds.

    >>> trustworthiness([[1], [1], [1]])
    1.0
    """
    table = np.asarray(ranks, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"ranks has shape {table.shape}; expected (n, k)")
    n, k = table.shape
    if not 1 <= k < n / 2:
        raise ValueError(f"k={k} neighbours of n={n} points: k must be at least 1 and below n / 2")
    intruders = np.maximum(table - k, 0.0).sum()
    return float(1.0 - 2.0 / (n * k * (2 * n - 3 * k - 1)) * intruders)
