"""How far runs agree on the order of classes: the ceiling above which no claim about that order can be judged."""

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from replication.stats._checks import sample_size
from replication.stats.correlation import pearson


@dataclass(frozen=True)
class NoiseCeiling:
    """What the best possible account of the class profiles would score.

    Attributes:
        lower: Mean correlation of a run's ranks with the mean ranks of the other runs.
        upper: The same with the mean ranks of all runs, its own among them.
    """

    lower: float
    upper: float


@dataclass(frozen=True)
class Concordance:
    """Agreement of rankings.

    Attributes:
        w: Kendall's W, 0 (none) to 1 (same order in every run); NaN where every profile is constant.
        mean_spearman: Mean Spearman correlation over the pairs of runs, (S W − 1) / (S − 1) without ties; NaN where
            some profile is constant.
        p: Of no agreement, by the χ² approximation S (n − 1) W on n − 1 degrees of freedom, cautious for few runs;
            NaN where ``w`` is.
    """

    w: float
    mean_spearman: float
    p: float


@dataclass(frozen=True)
class Recurrence:
    """Probability that two runs share an extremal class.

    Attributes:
        largest: That the same class has the largest value.
        smallest: That the same class has the smallest value.
        both: Both at once.
    """

    largest: float
    smallest: float
    both: float


def noise_ceiling(profiles: ArrayLike) -> NoiseCeiling:
    """Return the noise ceiling of class-rank profiles (Nili et al. 2014, for representational similarity).

    The lower bound is what a profile known from other runs scores on a new one; the upper bound is overfitted to
    the runs it is scored on, and no fixed profile scores more.  The truth lies between.

    Args:
        profiles: Shape (S, n_classes): one value per run and class, S ≥ 2, n_classes ≥ 3, finite.

    Returns:
        Both in [-1, 1], lower ≤ upper; NaN where a run's profile is constant, or those it is compared with cancel.

    Raises:
        ValueError: Not two-dimensional, too few runs or classes, or values that are not finite.
    """
    ranks = _ranks(profiles)
    total = ranks.sum(axis=0)
    lower = np.mean([pearson(own, total - own).r for own in ranks])
    upper = np.mean([pearson(own, total).r for own in ranks])
    return NoiseCeiling(float(lower), float(upper))


def concordance(profiles: ArrayLike) -> Concordance:
    """Return Kendall's coefficient of concordance W, corrected for ties (Kendall & Smith 1939).

    With R the rank sums of the classes over S runs and t the sizes of the groups of ties,
    W = 12 Σ (R − mean R)² / (S² (n³ − n) − S Σ (t³ − t)).

    Args:
        profiles: Shape (S, n_classes): one value per run and class, S ≥ 2, n_classes ≥ 3, finite.

    Returns:
        W with the mean Spearman correlation and a p value.

    Raises:
        ValueError: Not two-dimensional, too few runs or classes, or values that are not finite.
    """
    ranks = _ranks(profiles)
    n_runs, n_classes = ranks.shape
    tie_sizes = [np.unique(own, return_counts=True)[1].astype(np.float64) for own in ranks]
    ties = sum(float((sizes**3 - sizes).sum()) for sizes in tie_sizes)
    largest = n_runs**2 * (n_classes**3 - n_classes) - n_runs * ties
    if largest == 0:
        return Concordance(math.nan, math.nan, math.nan)
    totals = ranks.sum(axis=0)
    w = float(12 * ((totals - totals.mean()) ** 2).sum() / largest)
    p = float(scipy.stats.chi2.sf(n_runs * (n_classes - 1) * w, n_classes - 1))
    return Concordance(w, _mean_correlation(ranks), p)


def chance_recurrence(n_classes: int) -> Recurrence:
    """Return how often two unrelated profiles share their extremal classes: 1/n, 1/n and 1/(n (n − 1)).

    Args:
        n_classes: n, at least 2.

    Returns:
        The probabilities; 1/10, 1/10 and 1/90 for ten classes.

    Raises:
        ValueError: Fewer than two classes.
    """
    sample_size("n_classes", n_classes, at_least=2)
    return Recurrence(1 / n_classes, 1 / n_classes, 1 / (n_classes * (n_classes - 1)))


def recurrence(
    reliability: float, n_classes: int, generator: np.random.Generator, *, n_draws: int = 20_000
) -> Recurrence:
    """Return how often two runs of given reliability share their extremal classes, by simulation.

    Profiles are normal: a run's is √ρ times what all runs share plus √(1 − ρ) times its own noise, so that two
    runs' correlate by the reliability ρ.

    Args:
        reliability: ρ, in [0, 1].
        n_classes: At least 2.
        generator: Source of the draws.
        n_draws: Pairs of runs, at least 1; the standard error is at most 1 / (2 √n_draws).

    Returns:
        The probabilities; ``both`` is about .42, .18 and .09 at ρ = .9, .7 and .5 for ten classes.

    Raises:
        ValueError: A reliability outside [0, 1], fewer than two classes, or no draws.
    """
    if not 0 <= reliability <= 1:
        raise ValueError(f"reliability = {reliability}, expected between 0 and 1")
    sample_size("n_classes", n_classes, at_least=2)
    sample_size("n_draws", n_draws, at_least=1)
    shared = generator.standard_normal((1, n_draws, n_classes))
    noise = generator.standard_normal((2, n_draws, n_classes))
    runs = math.sqrt(reliability) * shared + math.sqrt(1 - reliability) * noise
    largest, smallest = runs.argmax(axis=2), runs.argmin(axis=2)
    same_largest, same_smallest = largest[0] == largest[1], smallest[0] == smallest[1]
    both = same_largest & same_smallest
    return Recurrence(float(same_largest.mean()), float(same_smallest.mean()), float(both.mean()))


def _mean_correlation(ranks: NDArray[np.float64]) -> float:
    """Return the mean correlation over all pairs of rows, shape (S, n_classes); NaN where a row is constant.

    With the rows scaled to unit vectors u, |Σ u|² is the sum of all S² products, S of them those of u with itself.
    """
    deviations = ranks - ranks.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(deviations, axis=1, keepdims=True)
    if not lengths.all():
        return math.nan
    n_runs, total = len(ranks), (deviations / lengths).sum(axis=0)
    return float((total @ total - n_runs) / (n_runs * (n_runs - 1)))


def _ranks(profiles: ArrayLike) -> NDArray[np.float64]:
    """Return each run's ranks of the classes, ties sharing their mean rank.

    Args:
        profiles: Shape (S, n_classes).

    Returns:
        Shape (S, n_classes), values 1 to n_classes.

    Raises:
        ValueError: Not two-dimensional, too few runs or classes, or values that are not finite.
    """
    values = np.asarray(profiles, dtype=np.float64)
    if values.ndim != 2 or values.shape[0] < 2 or values.shape[1] < 3:
        raise ValueError(f"profiles has shape {values.shape}, expected at least 2 runs by at least 3 classes")
    if not np.isfinite(values).all():
        raise ValueError(f"profiles has {(~np.isfinite(values)).sum()} values that are NaN or infinite")
    return np.asarray(scipy.stats.rankdata(values, axis=1), dtype=np.float64)
