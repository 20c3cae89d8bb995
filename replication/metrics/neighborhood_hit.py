"""Neighborhood hit (NH): how often the nearest neighbours of a point share its class (§3.2).

For each embedding a histogram is stored: the number of points of each class with 0, 1, … k neighbours of their own
class.  Each reading of the paper's definition is a weighted sum over the histogram.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from replication.architecture import N_CLASSES
from replication.labels import checked_labels
from replication.ratios import ratio_or_nan

Variant = Literal["mean", "all", "self"]


@dataclass(frozen=True, eq=False)
class NeighborhoodHit:
    """Neighborhood hit of an embedding.

    Attributes:
        per_class: NH over the points of each class, shape (..., n_classes), in [0, 1]; NaN for a class without points.
        overall: NH over all points, shape (...), in [0, 1]; NaN without points.
    """

    per_class: NDArray[np.float64]
    overall: NDArray[np.float64]


def neighborhood_hit(
    neighbours: ArrayLike, labels: ArrayLike, *, k: int = 6, variant: Variant = "mean", n_classes: int = N_CLASSES
) -> NeighborhoodHit:
    """Compute the neighborhood hit of an embedding.

    Args:
        neighbours: Indices of the nearest points in order of distance, starting with the point itself, shape
            (n, at least k + 1), as in ``exact_neighbours(points, k + 1).indices``.  Further columns are ignored.
        labels: Classes 0 to n_classes − 1, of any integer type, shape (n,).
        k: Number of neighbours in the definition; at least 2 for ``"self"``, which counts the point as one of them.
        variant: Reading of the definition; see ``neighborhood_hit_from_histogram``.
        n_classes: Number of classes.

    Returns:
        NH per class and over all points.

    Raises:
        ValueError: ``variant`` is unknown, k is too small for it, ``neighbours`` has too few columns for k or does not
            start with the points themselves, ``labels`` has another length, or a label is not an integer or is outside
            the classes.

    >>> line = [[0, 1, 2], [1, 0, 2], [2, 1, 0], [3, 2, 1]]  # points at 0, 1, 3 and 7
    >>> hit = neighborhood_hit(line, [0, 0, 1, 0], k=2, n_classes=2)
    >>> hit.per_class.tolist(), float(hit.overall)
    ([0.5, 0.0], 0.375)
    """
    counted = _n_others(k, variant)
    if counted < 1:
        raise ValueError(f"k={k} is too small for the variant {variant!r}: expected at least {k + 1 - counted}")
    histogram = agreement_histogram(agreement(neighbours, labels, counted), labels, counted, n_classes)
    return neighborhood_hit_from_histogram({counted: histogram}, variant, k)


def agreement(neighbours: ArrayLike, labels: ArrayLike, k: int) -> NDArray[np.int64]:
    """Count how many of the k nearest neighbours of each point share its class.

    Args:
        neighbours: Indices of the nearest points in order of distance, starting with the point itself, shape
            (n, at least k + 1).
        labels: Classes, shape (n,).
        k: Number of neighbours, excluding the point itself.

    Returns:
        Counts from 0 to k, shape (n,).

    Raises:
        ValueError: k is below 1, ``neighbours`` has fewer than k + 1 columns, its first column is not the points
            themselves, or ``labels`` has another length.
    """
    indices = np.asarray(neighbours)
    classes = np.asarray(labels)
    if indices.ndim != 2 or not 1 <= k < indices.shape[1]:
        raise ValueError(f"neighbours has shape {indices.shape}; k={k} needs {k + 1} columns, and k at least 1")
    if classes.shape != (len(indices),):
        raise ValueError(f"labels has shape {classes.shape}; expected ({len(indices)},)")
    if not np.array_equal(indices[:, 0], np.arange(len(indices))):
        raise ValueError("the first column of neighbours is not the points themselves, 0 to n − 1 in order")
    agreeing = classes[indices[:, 1 : k + 1]] == classes[:, None]
    return np.asarray(agreeing.sum(axis=1), dtype=np.int64)


def agreement_histogram(
    agreeing: ArrayLike, labels: ArrayLike, k: int, n_classes: int = N_CLASSES
) -> NDArray[np.int64]:
    """Count the points of each class by their number of agreeing neighbours.

    Args:
        agreeing: Counts from ``agreement`` for the same k, shape (n,).
        labels: Classes 0 to n_classes − 1, of any integer type, shape (n,).
        k: Number of neighbours that ``agreeing`` refers to.
        n_classes: Number of classes.

    Returns:
        Histogram, shape (n_classes, k + 1); row c sums to the number of points of class c.

    Raises:
        ValueError: A count is outside 0 to k, a label is not an integer or is outside the classes, or the lengths
            differ.
    """
    counts = np.asarray(agreeing)
    classes = np.asarray(labels)
    if counts.ndim != 1 or counts.shape != classes.shape:
        raise ValueError(f"agreeing has shape {counts.shape} and labels {classes.shape}; expected (n,) twice")
    if ((counts < 0) | (counts > k)).any():
        raise ValueError(f"agreeing must lie between 0 and k={k}; it reaches {counts.min()} to {counts.max()}")
    cells = np.bincount(checked_labels(classes, n_classes) * (k + 1) + counts, minlength=n_classes * (k + 1))
    return cells.reshape(n_classes, k + 1)


def neighborhood_hit_from_histogram(
    histograms: Mapping[int, ArrayLike], variant: Variant = "mean", k: int = 6
) -> NeighborhoodHit:
    """Compute the neighborhood hit of an embedding from agreement histograms.

    Source: §3.2, k = 6.  The paper counts points whose nearest neighbours share their class, which can be read in
    three ways:

    - ``"mean"``: the share of the k nearest neighbours that have the class of the point, averaged over points.
      Random labels of ten equal classes score 0.1.
    - ``"all"``: the share of points whose k nearest neighbours all have the class of the point.
    - ``"self"``: as ``"mean"``, but the point counts as its own first neighbour, as in a scikit-learn query of the
      fitted points and hence in much public code.  Random labels of ten equal classes score 0.25 at k = 6.

    Args:
        histograms: Histograms from ``agreement_histogram``, keyed by their k; they may have leading axes.  ``"self"``
            uses the histogram of k − 1, the other variants that of k.
        variant: Reading of the definition.
        k: Number of neighbours in the definition.  It is not inferred, because ``histograms`` may hold several.

    Returns:
        NH per class and over all points.

    Raises:
        ValueError: The required histogram is missing or has another shape, or ``variant`` is unknown.
    """
    n_others = _n_others(k, variant)
    if n_others not in histograms:
        raise ValueError(
            f"variant {variant!r} with k={k} needs the histogram of {n_others}: got {[*histograms]}; "
            "pass the k that was counted"
        )
    counts = np.asarray(histograms[n_others], dtype=np.float64)
    if counts.ndim < 2 or counts.shape[-1] != n_others + 1:
        raise ValueError(f"the histogram of {n_others} has shape {counts.shape}; expected (n_classes, {n_others + 1})")
    agreeing = np.arange(n_others + 1)
    credit = {"mean": agreeing / k, "all": 1.0 * (agreeing == k), "self": (agreeing + 1) / k}[variant]
    return NeighborhoodHit(
        per_class=_weighted_mean(credit, counts), overall=_weighted_mean(credit, counts.sum(axis=-2))
    )


def _n_others(k: int, variant: Variant) -> int:
    """Return the number of neighbours other than the point itself.

    Raises:
        ValueError: ``variant`` is unknown.
    """
    if variant not in ("mean", "all", "self"):
        raise ValueError(f"variant={variant!r}: expected 'mean', 'all' or 'self'")
    return k - 1 if variant == "self" else k


def _weighted_mean(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weighted mean over the last axis; NaN where the weights sum to 0."""
    return ratio_or_nan(weights @ values, weights.sum(axis=-1))
