"""What one network says to each number the paper reports of its networks."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from replication.evidence import CORRELATIONS, NetworkEvidence
from replication.paper import REPORTED

Quantity = Callable[[NetworkEvidence], float]


def _ratio_of_counts(counts: str, more: float = 0) -> Quantity:
    """Return how many times more neurons prefer class 1 than class 2, NaN where none prefers class 2.

    Args:
        counts: Which counts of the network.
        more: Neurons added to both.
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
"""The classes of which the paper gives the drops."""

_OF_KMNIST: Mapping[str, Quantity] = {
    "kmnist-conv1-most-harmed-class": lambda network: float(network.conv1_harm.argmax("class")),
    "kmnist-conv1-most-harmed-drop": lambda network: float(network.conv1_harm.sel({"class": _MOST})),
    "kmnist-conv1-least-harmed-class": lambda network: float(network.conv1_harm.argmin("class")),
    "kmnist-conv1-least-harmed-drop": lambda network: float(network.conv1_harm.sel({"class": _LEAST})),
}


def _measured() -> dict[str, tuple[str, Quantity]]:
    """Return data set and quantity of each reported number that a network has."""
    found = {key: ("kmnist", quantity) for key, quantity in _OF_KMNIST.items()}
    for key in REPORTED:
        stem, _, dataset = key.partition("/")
        if stem in _BY_STEM:
            found[key] = (dataset, _BY_STEM[stem])
    return {key: found[key] for key in REPORTED if key in found}


MEASURED: Mapping[str, tuple[str, Quantity]] = MappingProxyType(_measured())
"""Data set and quantity by key of ``paper.REPORTED``, in its order.

Left out are the numbers that no network decides, such as the count of neurons, and the p values, which for ten classes
say the same as their r.
"""

_JUDGED: Mapping[str, Quantity] = {stem: _ratio_of_counts(counts, 0.5) for stem, counts in _COUNTS.items()}


def judged(key: str, quantity: Quantity) -> Quantity:
    """Return what the interval for the next network is made of.

    Args:
        key: The reported number's.
        quantity: What a network says to it.

    Returns:
        The quantity, or a ratio of counts with half a neuron more on either side, as claim 4.3/aes-count-1-over-2 has
        it, so that none against many has a logarithm.
    """
    return _JUDGED.get(key.partition("/")[0], quantity)
