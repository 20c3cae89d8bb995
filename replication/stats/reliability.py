"""How far runs agree on the order of classes: the ceiling above which no claim about that order can be judged."""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

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
    values = np.asarray(profiles, dtype=np.float64)
    if values.ndim != 2 or values.shape[0] < 2 or values.shape[1] < 3:
        raise ValueError(f"profiles has shape {values.shape}, expected at least 2 runs by at least 3 classes")
    if not np.isfinite(values).all():
        raise ValueError(f"profiles has {(~np.isfinite(values)).sum()} values that are NaN or infinite")
    ranks = scipy.stats.rankdata(values, axis=1)
    total = ranks.sum(axis=0)
    lower = np.mean([pearson(own, total - own).r for own in ranks])
    upper = np.mean([pearson(own, total).r for own in ranks])
    return NoiseCeiling(float(lower), float(upper))
