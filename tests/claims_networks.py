"""Networks of few quantities or without effects, and what several tests of claims count by."""

from types import SimpleNamespace

import numpy as np

from claims.planted import planted
from replication.architecture import HIDDEN_LAYERS
from replication.evidence import NetworkEvidence

CLASSES = range(10)
FIRST = np.cumsum([0, *(layer.n_neurons for layer in HIDDEN_LAYERS)])


class Few(SimpleNamespace):
    """A network of which but a few quantities are known."""

    def __init__(self, **quantities):
        super().__init__(memory={}, choices={}, choices_read=set(), **quantities)


def without_effects(parts=slice(None)):
    """A network in which ablating a unit does nothing to some parts of the test images."""
    (network,) = planted("mnist", {}, 1)
    units = network.pieces["units"].copy(deep=True)
    for name in ("lost", "gained"):
        units[name].values[:, parts] = 0
    return NetworkEvidence(network.network, {**network.pieces, "units": units})


def by_half(network):
    return -network.net_gain_by_half.values.astype(float)
