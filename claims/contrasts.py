"""Thresholds for negligible correlations and differences of correlations, and caveats on such comparisons."""

NEGLIGIBLE_R = 0.3
"""A correlation closer to 0 explains less than a tenth of the variance and counts as none.

The smallest coefficient that the paper calls a correlation is .48, and the largest in which it sees none is .50.  So
the printed numbers give no threshold.
"""

POSITIVE_BY_CHANCE = 0.193
"""Exact probability that Spearman's r of ten randomly ordered classes, without ties, is at least ``NEGLIGIBLE_R``."""

LEAST_DIFFERENCE_Z = 0.3
"""Smallest difference of two correlations that counts, on Fisher's z; about that between 0 and ``NEGLIGIBLE_R``."""

NULL_IS_ABSENCE = (
    "Where the paper reports only that a correlation is not significant, a stronger claim is tested: that there is no "
    "correlation beyond ±.3. With ten classes, any r within ±.63 is not significant."
)
SAME_CLASSES = (
    "All networks see the same ten classes and test images. Intervals over networks do not say what other classes "
    "would show."
)
NOT_TWO_NULLS = (
    "The paper reports a correlation in one network and none in the other. It does not say that the two differ, and "
    "this need not follow"
)
