"""Numbers of selective neurons on halves of the test images, and their intervals over units: known answers."""

import numpy as np
import pytest
from scipy.stats import binom
from small_evidence import dead_neurons, small_network, stored

from replication.architecture import N_UNITS, unit_of_neuron
from replication.choices import DEFAULTS
from replication.evidence import NetworkEvidence
from replication.evidence.count_intervals import share_of_units
from replication.metrics import populations
from replication.schema import HALVES

CLASSES = range(10)


def network(**changed):
    """The small network with some stored arrays replaced, as ``piece__variable``."""
    original = small_network("mnist/seed=0")
    pieces = dict(original.pieces)
    for name, values in changed.items():
        piece, variable = name.split("__")
        pieces[piece] = pieces[piece].assign({variable: pieces[piece][variable].copy(data=values)})
    return NetworkEvidence("mnist/seed=0", pieces)


# By half ---------------------------------------------------------------------------------------------------------


def test_neurons_are_counted_by_the_means_of_each_half():
    means = stored("activations", "class_mean").astype(np.float64)
    found = network().n_selective_by_half
    assert list(found["half"].values) == list(HALVES)
    for half in range(2):
        alive = means[half].max(axis=1) > 0
        expected = [(means[half][alive].argmax(axis=1) == label).sum() for label in CLASSES]
        assert np.array_equal(found.values[half], expected)
    assert (found.sum("class") == len(unit_of_neuron()) - len(dead_neurons())).all()


def test_a_neuron_that_prefers_another_class_on_each_half_counts_for_both():
    means = np.zeros_like(stored("activations", "class_mean"))
    means[0, 7, 2], means[1, 7, 5] = 1.0, 3.0
    counts = populations(means, np.ones((2, 10)), stored("activations", "example_activation"))["n_preferred"]
    found = network(activations__n_preferred=counts).n_selective_by_half.values
    assert [list(np.flatnonzero(row)) for row in found] == [[2], [5]]
    assert found.sum() == 2


def test_units_are_counted_by_the_means_of_their_neurons_on_each_half():
    means = stored("activations", "class_mean").astype(np.float64)
    owners = unit_of_neuron()
    found = network().under(DEFAULTS.but("count", "units")).n_selective_by_half.values
    for half in range(2):
        of_units = np.array([means[half][owners == unit].mean(axis=0) for unit in range(N_UNITS)])
        preferred = np.where(of_units.max(axis=1) > 0, of_units.argmax(axis=1), -1)
        assert np.array_equal(found[half], [(preferred == label).sum() for label in CLASSES])


@pytest.mark.parametrize(("option", "size"), [("units", 1), ("neurons", 196)])
def test_effects_are_those_on_the_images_of_each_half(option, size):
    """Kernel 0 of conv1 harms class 4 on even images and class 6 on odd ones; kernel 1 has an effect on even ones."""
    lost = np.zeros_like(stored("units", "lost"))
    lost[0, 0, 0, 4], lost[0, 1, 0, 6], lost[0, 0, 1, 4] = 3, 2, 1
    # What the rest shows belongs to neither half.
    lost[0, 2, 2, 9] = 1
    changed = network(units__lost=lost, units__gained=np.zeros_like(lost)).under(DEFAULTS.but("count", option))
    found = changed.n_effect_selective_by_half.values
    assert found[0].tolist() == [2 * size if label == 4 else 0 for label in CLASSES]
    assert found[1].tolist() == [size if label == 6 else 0 for label in CLASSES]


def test_a_halfs_effect_is_relative_to_its_own_images():
    """3 of 30 images of class 4 are a smaller change than 2 of 10 of class 6."""
    confusion, lost = np.zeros_like(stored("intact", "confusion")), np.zeros_like(stored("units", "lost"))
    confusion[:, CLASSES, CLASSES] = 10
    confusion[0, 4, 4] = 30
    lost[0, 0, 0, 4], lost[0, 0, 0, 6] = 3, 2
    lost[0, 1, 0, 4], lost[0, 1, 0, 6] = 3, 2
    changed = network(intact__confusion=confusion, units__lost=lost, units__gained=np.zeros_like(lost))
    found = changed.under(DEFAULTS.but("count", "units")).n_effect_selective_by_half.values
    assert [list(np.flatnonzero(row)) for row in found] == [[6], [4]]


def test_halves_are_judged_under_the_choices_that_the_whole_reads():
    for whole, by_half in (
        ("n_selective", "n_selective_by_half"),
        ("n_effect_selective", "n_effect_selective_by_half"),
    ):
        views = [network().under(DEFAULTS) for _ in range(2)]
        for view, quantity in zip(views, (whole, by_half), strict=True):
            getattr(view, quantity)
        read, read_by_half = (view.choices_read for view in views)
        assert read_by_half == read - {"test-images", "denominator", "aes-ties"}


# Over units ------------------------------------------------------------------------------------------------------


def test_the_interval_is_where_the_count_is_no_longer_surprising():
    """At the lower end so many or more have probability 2.5 %, at the upper end so few or fewer."""
    preferred = np.repeat([0, 1, -1], [30, 70, 11])
    found = share_of_units(preferred)
    assert list(found["bound"].values) == ["low", "share", "high"]
    low, share, high = found.sel({"class": 0}).values
    assert share == 0.3
    assert binom.sf(29, 100, low) == pytest.approx(0.025)
    assert binom.cdf(30, 100, high) == pytest.approx(0.025)


def test_a_class_that_no_unit_prefers_has_an_upper_bound_only():
    """(1 − high)^n = 2.5 %."""
    low, share, high = share_of_units(np.zeros(20, dtype=int)).sel({"class": 9}).values
    assert (low, share) == (0, 0)
    assert high == pytest.approx(1 - 0.025 ** (1 / 20))


def test_without_any_unit_nothing_is_known():
    found = share_of_units(np.full(5, -1))
    assert (found.sel(bound="low") == 0).all()
    assert (found.sel(bound="high") == 1).all()
    assert np.isnan(found.sel(bound="share")).all()


def test_units_are_counted_whatever_the_choice_of_neurons_or_units():
    view = network().under(DEFAULTS)
    by_as, by_aes = view.share_of_units_selective, view.share_of_units_effect_selective
    assert "count" not in view.choices_read
    units = network().under(DEFAULTS.but("count", "units").but("aes-ties", "lowest"))
    for found, counts in ((by_as, units.n_selective), (by_aes, units.n_effect_selective)):
        assert np.allclose(found.sel(bound="share"), counts / counts.sum())
