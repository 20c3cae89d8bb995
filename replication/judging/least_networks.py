"""The number of networks that a rule needs to reach any decision."""

from replication.judging.rules import LEAST_AGREEING, LEAST_NETWORKS, Exact, Statement

_LEAST = {Exact.family: 0, Statement.family: LEAST_AGREEING}


def least_networks(family: str) -> int:
    """Return the number of networks that a rule needs; of each data set if it compares two, and 0 if it is exact.

    Args:
        family: The rule's family.
    """
    return _LEAST.get(family, LEAST_NETWORKS)
