"""The number of networks that a rule needs to reach any decision."""

from replication.judging.rules import LEAST_AGREEING, LEAST_NETWORKS, Exact, Statement

_LEAST = {Exact.family: 1, Statement.family: LEAST_AGREEING}


def least_networks(family: str) -> int:
    """Return the number of networks that a rule needs; if it compares two data sets, of each.

    Args:
        family: The rule's family.
    """
    return _LEAST.get(family, LEAST_NETWORKS)
