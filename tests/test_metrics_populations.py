"""Neuron populations as classes and counts, against literal ones neuron by neuron."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from strategies import seeds

from replication.architecture import HIDDEN_LAYERS, N_CLASSES, N_NEURONS, N_UNITS, unit_of_neuron
from replication.metrics import (
    activation_selectivity,
    count_classes,
    populations,
    preferred_class,
    selectivity_for_classes,
)
from replication.metrics.populations import FIRST_OF_LAYER, SELECTIVITY_LEVELS, highest, in_both, normalised_by_layer

CLASSES = range(N_CLASSES)
DEAD = [0, 7, N_NEURONS - 1]


def some_means(seed):
    """Halves that differ, sizes that differ, dead neurons, layers on different scales."""
    rng = np.random.default_rng(seed)
    means = rng.exponential(1.0, (N_NEURONS, N_CLASSES)) * (1 + 3 * rng.random((N_NEURONS, 1)))
    for layer, (start, end) in enumerate(pairwise(FIRST_OF_LAYER)):
        means[start:end] *= 10.0**layer
    halves = means * rng.uniform(0.8, 1.2, (2, N_NEURONS, N_CLASSES))
    halves[:, DEAD] = 0
    return (
        halves.astype(np.float32),
        rng.integers(300, 600, (2, N_CLASSES)),
        rng.exponential(size=(N_CLASSES, N_NEURONS)),
    )


@pytest.fixture(scope="module")
def given_means():
    return some_means(1)


@pytest.fixture(scope="module")
def found(given_means):
    return populations(*given_means)


@pytest.fixture(scope="module")
def pooled(given_means):
    halves, sizes, _ = given_means
    return np.average(halves.astype(np.float64), axis=0, weights=np.broadcast_to(sizes[:, None], halves.shape))


def tenth(values, n_living):
    """For each class the set of the most active, or most selective, tenth."""
    n = round(n_living / 10)
    return [set(np.argsort(-values[:, label], kind="stable")[:n]) for label in CLASSES]


def test_the_preferred_class_is_that_of_the_highest_mean(found, pooled):
    for neuron in range(0, N_NEURONS, 431):
        expected = -1 if neuron in DEAD else max(CLASSES, key=lambda label: pooled[neuron, label])
        assert found["preferred"][neuron] == expected
    assert [found["preferred"][neuron] for neuron in DEAD] == [-1, -1, -1]


def test_the_example_is_the_one_that_excites_most(given_means, found):
    examples = given_means[2]
    for neuron in (0, 5000, 17_000):
        assert found["example_preferred"][neuron] == max(CLASSES, key=lambda label: examples[label, neuron])
    silent = populations(*given_means[:2], np.zeros((N_CLASSES, N_NEURONS)))
    assert (silent["example_preferred"] == -1).all()


def test_a_units_mean_is_that_of_its_neurons(found, pooled):
    owners = unit_of_neuron()
    for unit in (0, 70, 130, 200, N_UNITS - 1):
        assert found["unit_mean"][unit] == pytest.approx(pooled[owners == unit].mean(axis=0))


def test_each_half_counts_neurons_and_units_by_its_own_means(given_means, found):
    owners = unit_of_neuron()
    for half, means in enumerate(given_means[0].astype(np.float64)):
        living = means.max(axis=1) > 0
        for label in (0, 9):
            assert found["n_preferred"][half, 0, label] == ((means.argmax(axis=1) == label) & living).sum()
            units = [means[owners == unit].mean(axis=0) for unit in range(N_UNITS)]
            expected = sum(unit.max() > 0 and unit.argmax() == label for unit in units)
            assert found["n_preferred"][half, 1, label] == expected


def test_the_active_are_the_most_active_tenth_within_layers_on_one_scale(found, pooled):
    scaled = np.zeros_like(pooled)
    for start, end in pairwise(FIRST_OF_LAYER):
        for label in CLASSES:
            column = pooled[start:end, label]
            scaled[start:end, label] = (column - column.min()) / (column.max() - column.min())
    expected = tenth(scaled, N_NEURONS - len(DEAD))
    assert [set(np.flatnonzero(found["active"][:, label])) for label in CLASSES] == expected
    for label in (1, 8):
        prefers = set(np.flatnonzero(found["preferred"] == label))
        active = set(np.argsort(-scaled[:, label])[: len(prefers)])
        assert found["n_preferring_active"][label] == len(prefers & active)
    norm = np.sqrt((scaled**2).sum(axis=0))
    assert found["response_cosine"][2, 6] == pytest.approx((scaled[:, 2] * scaled[:, 6]).sum() / (norm[2] * norm[6]))


def test_of_equal_values_the_first_rows_are_the_highest():
    """Whatever the processor: numpy's partition takes others with AVX-512 than without."""
    values = np.zeros((1000, 2))
    values[::10] = 1
    values[700, 1] = 2
    chosen = highest(values, np.array([3, 3]))
    assert [np.flatnonzero(column).tolist() for column in chosen.T] == [[0, 10, 20], [0, 10, 700]]
    assert not highest(values, np.array([0, 0])).any()


def test_overlap_of_halves_counts_what_both_have(given_means, found):
    n_living = N_NEURONS - len(DEAD)
    even, odd = (tenth(normalised_by_layer(half.astype(np.float64)), n_living) for half in given_means[0])
    assert found["n_active_on_both"].tolist() == [[len(even[i] & odd[j]) for j in CLASSES] for i in CLASSES]


def test_the_most_selective_for_two_classes(found, pooled):
    sets = tenth(selectivity_for_classes(pooled), N_NEURONS - len(DEAD))
    assert found["n_selective_for_both"].tolist() == [[len(sets[i] & sets[j]) for j in CLASSES] for i in CLASSES]


@pytest.mark.parametrize(("row", "others"), [(0, "classes"), (1, "images")])
def test_living_neurons_are_counted_by_their_as(given_means, found, pooled, row, others):
    value = activation_selectivity(pooled, given_means[1].sum(axis=0), others=others).value
    counts = found["n_by_selectivity"][row]
    assert counts.sum(axis=1).tolist() == [
        layer.n_neurons - sum(start <= neuron < end for neuron in DEAD)
        for layer, (start, end) in zip(HIDDEN_LAYERS, pairwise(FIRST_OF_LAYER), strict=True)
    ]
    start, end = FIRST_OF_LAYER[1:3]
    for level in (1, 7, 20):
        low, high = SELECTIVITY_LEVELS[level - 1 : level + 1]
        assert counts[1, level] == ((value[start:end] > low) & (value[start:end] <= high)).sum()


def test_a_neuron_that_all_classes_excite_alike_has_as_0_and_is_counted_as_living():
    halves = np.ones((2, N_NEURONS, N_CLASSES))
    found = populations(halves, np.ones((2, N_CLASSES)), np.ones((N_CLASSES, N_NEURONS)))
    assert found["n_by_selectivity"][:, :, 0].tolist() == 2 * [[layer.n_neurons for layer in HIDDEN_LAYERS]]
    assert np.isnan(found["response_cosine"]).all(), "without range there is no direction"


def test_a_silent_network_has_no_populations():
    found = populations(
        *(np.zeros(shape) for shape in [(2, N_NEURONS, 10)]), np.ones((2, 10)), np.zeros((10, N_NEURONS))
    )
    assert (found["preferred"] == -1).all()
    for name in ("n_preferred", "active", "n_active_on_both", "n_preferring_active", "n_selective_for_both"):
        assert not found[name].any(), name
    assert not found["n_by_selectivity"].any()


@settings(max_examples=5)
@given(seed=seeds)
def test_the_order_of_the_classes_does_not_matter(seed):
    halves, sizes, examples = some_means(seed)
    order = np.random.default_rng(seed).permutation(N_CLASSES)
    one, other = populations(halves, sizes, examples), populations(halves[..., order], sizes[:, order], examples[order])
    for name in ("active", "unit_mean", "n_preferred", "n_preferring_active"):
        assert other[name] == pytest.approx(one[name][..., order]), name
    for name in ("n_active_on_both", "n_selective_for_both", "response_cosine"):
        assert other[name] == pytest.approx(one[name][np.ix_(order, order)]), name
    assert other["n_by_selectivity"][0].tolist() == one["n_by_selectivity"][0].tolist()


def test_other_shapes_are_refused(given_means):
    halves, sizes, examples = given_means
    with pytest.raises(ValueError, match=r"have shapes \(2, 17280, 10\), \(2, 10\) and \(17280, 10\); expected"):
        populations(halves, sizes, examples.T)
    with pytest.raises(
        ValueError, match=r"shapes \(2, 9, 7\), .*for other sizes take its parts, such as preferred_class"
    ):
        populations(np.ones((2, 9, 7)), np.ones((2, 7)), np.ones((7, 9)))


def test_a_class_without_images_is_refused(given_means):
    halves, sizes, examples = given_means
    with pytest.raises(ValueError, match=r"images of each class in each half: .*expected at least 1, take more images"):
        populations(halves, sizes * (np.arange(N_CLASSES) != 4), examples)


# Their parts -------------------------------------------------------------------------------------------------------


def test_responses_fill_0_to_1_in_every_layer_and_class(pooled):
    scaled = normalised_by_layer(pooled)
    for start, end in pairwise(FIRST_OF_LAYER):
        assert scaled[start:end].min(axis=0) == pytest.approx(np.zeros(10))
        assert scaled[start:end].max(axis=0) == pytest.approx(np.ones(10))


def test_a_silent_layer_stays_at_0():
    assert not normalised_by_layer(np.ones((N_NEURONS, 10))).any()


def test_layers_of_another_network_by_hand():
    # Layers of 3 and 2 neurons.
    means = np.array([[0.1, 5], [0.3, 5], [0.2, 5], [0, 8], [4, 4]])
    assert normalised_by_layer(means, [3, 2]) == pytest.approx(np.array([[0, 0], [1, 0], [0.5, 0], [0, 1], [1, 0]]))
    assert normalised_by_layer(means[:, 0], [3, 2]) == pytest.approx(np.array([0, 1, 0.5, 0, 1]))


def test_layers_that_are_not_those_of_the_neurons_are_refused():
    with pytest.raises(ValueError, match="5 rows, but layers of 12544, 3136, 576, 512, 512 make 17280: pass"):
        normalised_by_layer(np.ones((5, 7)))
    with pytest.raises(ValueError, match="5 rows, but layers of 3, 3 make 6"):
        normalised_by_layer(np.ones((5, 7)), [3, 3])
    with pytest.raises(ValueError, match=r"layers of 5, 0 make 5: .* at least 1"):
        normalised_by_layer(np.ones((5, 7)), [5, 0])


def test_levels_of_selectivity_are_twentieths():
    assert pytest.approx([level / 20 for level in range(21)]) == SELECTIVITY_LEVELS


def test_the_highest_of_each_column():
    chosen = highest(np.array([[1.0, 5.0], [2.0, 4.0], [3.0, 3.0]]), np.array([2, 0]))
    assert chosen.tolist() == [[False, False], [True, False], [True, False]]


def test_what_two_populations_have_in_common():
    one = np.array([[1, 0], [1, 1], [0, 1], [0, 0]], dtype=bool)
    assert in_both(one, one).tolist() == [[2, 1], [1, 2]]
    assert not in_both(one, np.zeros_like(one)).any()


def test_the_preferred_class_of_rows():
    assert preferred_class([[0, 2, 2], [0, 0, 0], [1, 0, 0]]).tolist() == [1, -1, 0]


def test_every_class_has_a_count_and_none_counts_for_none():
    assert count_classes(np.array([1, -1, 1, 9])).tolist() == [0, 2, 0, 0, 0, 0, 0, 0, 0, 1]
    assert count_classes(np.array([1, -1, 1], dtype=np.int8), 3).tolist() == [0, 2, 0]
    with pytest.raises(ValueError, match="labels must be classes 0 to 9, as n_classes=10 says; they reach 1 to 11"):
        count_classes(np.array([1, -1, 11]))


def test_selectivity_for_a_class_is_against_the_others():
    means = np.array([[3.0] + [1.0] * 9, [0.0] * 10])
    assert selectivity_for_classes(means / 64).tolist() == selectivity_for_classes(means).tolist()
    assert selectivity_for_classes(means)[0, 0] == pytest.approx(0.5)
    # The other nine: mean 1 against (3 + 8) / 9.
    assert selectivity_for_classes(means)[0, 1] == pytest.approx((1 - 11 / 9) / (1 + 11 / 9))
    assert not selectivity_for_classes(means)[1].any()


def test_selectivity_for_the_preferred_class_is_as_whatever_the_number_of_classes():
    assert selectivity_for_classes(np.array([[3.0, 1.0]])).tolist() == [[0.5, -0.5]]
    means = np.random.default_rng(4).exponential(size=(50, 13))
    assert selectivity_for_classes(means).max(axis=1) == pytest.approx(activation_selectivity(means).value)
    for shape in [(50, 1), (50,)]:
        with pytest.raises(ValueError, match=r"means has shape \(50,.*; expected \(n, n_classes\), 2 classes at least"):
            selectivity_for_classes(np.ones(shape))
