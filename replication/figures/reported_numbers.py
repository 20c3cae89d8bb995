"""What one network says to each number the paper reports of its networks."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from replication.evidence import CORRELATIONS, NetworkEvidence
from replication.paper import REPORTED

Quantity = Callable[[NetworkEvidence], float]


def _ratio_of_counts(counts: str) -> Quantity:
    """Return how many times more neurons prefer class 1 than class 2, NaN where none prefers class 2."""

    def ratio(network: NetworkEvidence) -> float:
        n = getattr(network, counts).values
        return float(n[1] / n[2]) if n[2] else float("nan")

    return ratio


_BY_STEM: Mapping[str, Quantity] = {
    "accuracy": lambda network: network.accuracy,
    "most-harmed-class": lambda network: float(network.most_harmed_class),
    "least-harmed-class": lambda network: float(network.least_harmed_class),
    "as-count-ratio": _ratio_of_counts("n_selective"),
    "aes-count-ratio": _ratio_of_counts("n_effect_selective"),
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
