"""Neighborhood hit (NH): how often a point's nearest neighbours share its class (§3.2).

What is stored of an embedding are counts, how many points of each class have 0, 1, … k neighbours of their own
class; each reading of the paper's sentence is then a small sum over them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from replication.architecture import N_CLASSES
from replication.labels import checked_labels

Variant = Literal["mean", "all", "self"]


@dataclass(frozen=True, eq=False)
class NeighborhoodHit:
    """The neighborhood hit of an embedding.

    Attributes:
        per_class: NH over the points of each class, shape (..., n_classes), in [0, 1]; NaN for a class without points.
        overall: NH over all points, shape (...), in [0, 1]; NaN without points.
    """

    per_class: NDArray[np.float64]
    overall: NDArray[np.float64]


def agreement(neighbours: ArrayLike, labels: ArrayLike, k: int) -> NDArray[np.int64]:
    """Number of the k nearest other points that share a point's class.

    Args:
        neighbours: Indices of the nearest points by distance, shape (n, at least k + 1), the point itself first.
        labels: Classes, shape (n,).
        k: Neighbours to count, the point itself not among them.

    Returns:
        Shape (n,), values 0 to k.

    Raises:
        ValueError: k is below 1 or there are fewer than k other points in the table, its first column is not the
            point itself, or the labels are of another length.
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
    """Points of each class by how many of their k neighbours agree.

    Args:
        agreeing: What ``agreement`` returned for k, shape (n,).
        labels: Classes 0 to n_classes − 1, of any whole type, shape (n,).
        k: The neighbours that were counted.
        n_classes: Classes there are.

    Returns:
        Shape (n_classes, k + 1); row c sums to the points of class c.

    Raises:
        ValueError: A count lies outside 0 to k, a label outside the classes or between them, or the lengths differ.
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
    """Neighborhood hit of an embedding.

    Source: §3.2, k = 6.  The paper's sentence counts points by whether their nearest neighbours share their class,
    which can be read as:

    - ``"mean"``: the share of the k nearest others that have the point's class, averaged over points.  Random
      labels of ten equal classes score 0.1.
    - ``"all"``: the share of points of which all k nearest others have the point's class.
    - ``"self"``: as ``"mean"``, but with the point as its own first neighbour, which is what a query of the
      fitted points returns in scikit-learn and so in much public code.  Random labels score 0.25.

    Args:
        histograms: What ``agreement_histogram`` returned, by its k; further axes may stand before the two.
            ``"self"`` reads the histogram of k − 1, the others that of k.
        variant: The reading.
        k: Neighbours that the reading counts; not read off the histograms, which may be several.

    Returns:
        NH per class and over all points.

    Raises:
        ValueError: The histogram needed is missing or misshapen, or ``variant`` is another word.
    """
    if variant not in ("mean", "all", "self"):
        raise ValueError(f"variant={variant!r}: expected 'mean', 'all' or 'self'")
    n_others = k - 1 if variant == "self" else k
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


def _weighted_mean(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of the values over the last axis of the weights; NaN where these sum to 0."""
    total = weights.sum(axis=-1)
    mean = np.full(total.shape, np.nan)
    np.divide(weights @ values, total, out=mean, where=total > 0)
    return mean
