"""Ranks of units within their layer, one comparison at a time."""

import numpy as np
import pytest

from replication.architecture import N_UNITS, UNITS
from replication.metrics import ranks_within_layers, relative_ranks
from replication.seeds import generator


@pytest.fixture
def values():
    """With many ties."""
    return generator("test", "ranks").integers(0, 5, (N_UNITS, 2)).astype(np.float64)


def test_ranks_count_the_units_of_the_layer_that_lie_below(values):
    ranks, relative = ranks_within_layers(values), relative_ranks(values)
    for unit in range(0, N_UNITS, 101):
        peers = [i for i in range(N_UNITS) if UNITS[i].layer == UNITS[unit].layer]
        below = sum(values[i, 1] < values[unit, 1] for i in peers)
        equal = sum(values[i, 1] == values[unit, 1] for i in peers)
        assert ranks[unit, 1] == 1 + below + (equal - 1) / 2
        assert relative[unit, 1] == pytest.approx((below + (equal - 1) / 2) / (len(peers) - 1))


def test_columns_are_ranked_apart(values):
    for rank in (ranks_within_layers, relative_ranks):
        assert np.array_equal(rank(values[:, 0]), rank(values)[:, 0])
