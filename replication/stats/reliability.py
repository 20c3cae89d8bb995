"""Noise ceiling: how well runs agree on the order of classes, which bounds what a claim about it can score."""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from replication.stats.correlation import pearson


@dataclass(frozen=True)
class NoiseCeiling:
    """Bounds of the score of the best possible model of the class profiles.

    Attributes:
        lower: Mean correlation of the ranks of each run with the mean ranks of the other runs.
        upper: Mean correlation of the ranks of each run with the mean ranks of all runs, including that run.
    """

    lower: float
    upper: float


def noise_ceiling(profiles: ArrayLike) -> NoiseCeiling:
    """Return the noise ceiling of class-rank profiles (Nili et al. 2014, for representational similarity).

    The lower bound is the score on a new run of the mean profile of the other runs.  The upper bound is overfitted to
    the runs it is scored on, and no fixed profile scores more.  The true ceiling lies between the two.

    Args:
        profiles: One value per run and class, finite, shape (S, n_classes), S ≥ 2, n_classes ≥ 3.

    Returns:
        Bounds in [-1, 1], lower ≤ upper; NaN where the profile of a run is constant, or the mean ranks it is compared
        with are.

    Raises:
        ValueError: ``profiles`` is not two-dimensional, has too few runs or classes, or holds values that are not
            finite.
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
