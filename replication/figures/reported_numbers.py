"""The value of one network for each number that the paper reports about its networks."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from replication.evidence import CORRELATIONS, NetworkEvidence
from replication.paper import REPORTED

Quantity = Callable[[NetworkEvidence], float]


def _ratio_of_counts(counts: str, more: float = 0) -> Quantity:
    """Return the ratio of neurons that prefer class 1 to those that prefer class 2; NaN if none prefers class 2.

    Args:
        counts: Name of the network's attribute that holds the counts.
        more: Neurons to add to both counts.
    """

    def ratio(network: NetworkEvidence) -> float:
        one, two = getattr(network, counts).values[[1, 2]] + more
        return float(one / two) if two else float("nan")

    return ratio


_COUNTS = {"as-count-ratio": "n_selective", "aes-count-ratio": "n_effect_selective"}

_BY_STEM: Mapping[str, Quantity] = {
    "accuracy": lambda network: network.accuracy,
    "most-harmed-class": lambda network: float(network.most_harmed_class),
    "least-harmed-class": lambda network: float(network.least_harmed_class),
    **{stem: _ratio_of_counts(counts) for stem, counts in _COUNTS.items()},
    **{f"{kind}-r": correlation.r for kind, correlation in CORRELATIONS.items()},
}

_MOST, _LEAST = (int(REPORTED[f"kmnist-conv1-{end}-harmed-class"].value) for end in ("most", "least"))
"""The classes whose accuracy drops the paper prints."""

_OF_KMNIST: Mapping[str, Quantity] = {
    "kmnist-conv1-most-harmed-class": lambda network: float(network.conv1_harm.argmax("class")),
    "kmnist-conv1-most-harmed-drop": lambda network: float(network.conv1_harm.sel({"class": _MOST})),
    "kmnist-conv1-least-harmed-class": lambda network: float(network.conv1_harm.argmin("class")),
    "kmnist-conv1-least-harmed-drop": lambda network: float(network.conv1_harm.sel({"class": _LEAST})),
}


def _measured() -> dict[str, tuple[str, Quantity]]:
    """Return the data set and the quantity of each reported number that a network has."""
    found = {key: ("kmnist", quantity) for key, quantity in _OF_KMNIST.items()}
    for key in REPORTED:
        stem, _, dataset = key.partition("/")
        if stem in _BY_STEM:
            found[key] = (dataset, _BY_STEM[stem])
    return {key: found[key] for key in REPORTED if key in found}


MEASURED: Mapping[str, tuple[str, Quantity]] = MappingProxyType(_measured())
"""Data set and quantity by key of ``paper.REPORTED``, in the same order.

Numbers that no network decides, such as the number of neurons, are left out, and so are p values, which for ten classes
are determined by r.
"""

_JUDGED: Mapping[str, Quantity] = {stem: _ratio_of_counts(counts, 0.5) for stem, counts in _COUNTS.items()}


def judged(key: str, quantity: Quantity) -> Quantity:
    """Return the quantity from which to compute the prediction interval for the next network.

    Args:
        key: Key of the reported number.
        quantity: Function that returns the network's value.

    Returns:
        The quantity itself, or for a ratio of counts the ratio with half a neuron added on either side, so that a count
        of zero has a logarithm (as in claim 4.3/aes-count-1-over-2).
    """
    return _JUDGED.get(key.partition("/")[0], quantity)
