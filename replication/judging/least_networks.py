"""The number of networks that a rule needs to reach any decision."""

LEAST_NETWORKS = 5
"""Minimum number of networks for a decision: with fewer, their spread, and so every interval, is poorly known."""

LEAST_AGREEING = 6
"""Minimum number of networks for a decision on a statement, all agreeing: for five of five its interval begins at
.478."""

# The names of the families: the rules import this module.
_LEAST = {"exact": 0, "statement": LEAST_AGREEING}


def least_networks(family: str) -> int:
    """Return the number of networks that a rule needs; of each data set if it compares two, and 0 if it is exact.

    Args:
        family: The rule's family.
    """
    return _LEAST.get(family, LEAST_NETWORKS)
