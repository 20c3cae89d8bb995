"""Correlations compared between data sets, and how small a correlation or a difference is none."""

from replication.evidence import NetworkEvidence
from replication.judging import Claim
from replication.stats import fisher_z

NEGLIGIBLE_R = 0.3
"""A correlation nearer to 0 shares less than a tenth of the variance and counts as none.

The smallest coefficient the paper calls a correlation is .48, and the largest in which it sees none is .50: the printed
numbers themselves draw no line.
"""

LEAST_DIFFERENCE_Z = 0.3
"""The smallest difference of two correlations that counts, on Fisher's z: that between 0 and ``NEGLIGIBLE_R``."""

NOT_TWO_NULLS = (
    "Implied: a correlation that is significant in one data set and not in another need not differ between them."
)


def z_difference(correlation: Claim, network: NetworkEvidence, other: NetworkEvidence) -> float:
    """Return by how much a correlation is higher in one network than in another, on Fisher's z.

    Args:
        correlation: The claim whose statistic is the correlation.
        network: The network said to have the higher one.
        other: The network it is compared with.

    Returns:
        Any number; NaN where one of the two is undefined.
    """
    return fisher_z(correlation.value_of(network)) - fisher_z(correlation.value_of(other))
