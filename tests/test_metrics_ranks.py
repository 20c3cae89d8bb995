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


def test_layers_of_another_network_by_hand():
    # Layers of 3, 3 and 2 units.
    values = np.array([5.0, 1, 5, 2, 3, 4, 7, 6])
    assert ranks_within_layers(values, [3, 3, 2]).tolist() == [2.5, 1, 2.5, 1, 2, 3, 2, 1]
    assert relative_ranks(values, [3, 3, 2]).tolist() == [0.75, 0, 0.75, 0, 0.5, 1, 1, 0]


def test_the_only_unit_of_a_layer_has_no_place_among_others():
    values = np.array([[5.0, 1], [4, 2], [9, 9]])
    assert ranks_within_layers(values, [2, 1]).tolist() == [[2, 1], [1, 2], [1, 1]]
    np.testing.assert_array_equal(relative_ranks(values, [2, 1]), [[1, 0], [0, 1], [np.nan, np.nan]])


@pytest.mark.parametrize("rank", [ranks_within_layers, relative_ranks])
def test_layers_that_are_not_those_of_the_units_are_refused(rank):
    with pytest.raises(ValueError, match="8 rows, but layers of 64, 64, 64, 512, 512 make 1216: pass layer_sizes"):
        rank(np.zeros(8))
    with pytest.raises(ValueError, match="8 rows, but layers of 5, 4 make 9"):
        rank(np.zeros((8, 2)), [5, 4])
    with pytest.raises(ValueError, match=r"layers of 8, 0 make 8: .* at least 1"):
        rank(np.zeros(8), [8, 0])


def test_columns_are_ranked_apart(values):
    for rank in (ranks_within_layers, relative_ranks):
        assert np.array_equal(rank(values[:, 0]), rank(values)[:, 0])
