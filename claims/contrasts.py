"""How small a correlation or a difference of two correlations is none, and what comparing them answers."""

NEGLIGIBLE_R = 0.3
"""A correlation nearer to 0 shares less than a tenth of the variance and counts as none.

The smallest coefficient the paper calls a correlation is .48, and the largest in which it sees none is .50: the printed
numbers themselves draw no line.
"""

POSITIVE_BY_CHANCE = 0.193
"""Probability that Spearman's r of ten classes in random order, without ties, is ``NEGLIGIBLE_R`` or more; exact."""

LEAST_DIFFERENCE_Z = 0.3
"""The smallest difference of two correlations that counts, on Fisher's z: that between 0 and ``NEGLIGIBLE_R``."""

NULL_IS_ABSENCE = (
    "Where the paper reports only that a correlation is not significant, the stronger claim is tested, that there is "
    "none beyond ±.3: with ten classes any r within ±.63 is insignificant."
)
NOT_TWO_NULLS = (
    "The paper speaks of the correlation in one network and of none in the other; that the two differ it does not say, "
    "nor need it follow"
)
