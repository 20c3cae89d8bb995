"""Means over the neurons that each unit owns, against a loop."""

import numpy as np
import pytest

from replication.architecture import N_NEURONS, UNITS
from replication.metrics import unit_means


def test_each_unit_has_the_mean_of_its_neurons():
    values = np.random.default_rng(3).normal(size=(N_NEURONS, 2))
    found = unit_means(values)
    assert found.shape == (len(UNITS), 2)
    first = 0
    for row, unit in enumerate(UNITS):
        last = first + unit.layer.neurons_per_unit
        assert found[row] == pytest.approx(values[first:last].mean(axis=0))
        first = last
    assert first == N_NEURONS


def test_a_neuron_without_a_mean_leaves_its_unit_without():
    values = np.ones((N_NEURONS, 1))
    values[5] = np.nan
    assert np.isnan(unit_means(values)[:2, 0]).tolist() == [True, False]


@pytest.mark.parametrize("shape", [(N_NEURONS,), (N_NEURONS - 1, 10), (10, N_NEURONS), (N_NEURONS, 0)])
def test_another_number_of_neurons_is_refused(shape):
    with pytest.raises(ValueError, match=r"of_neurons has shape \(.*\); expected \(17280, n\), n at least 1.*reshape"):
        unit_means(np.zeros(shape))
