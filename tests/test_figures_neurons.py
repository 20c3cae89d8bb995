"""Figures 1, 5 and 6 and their kin: neurons by layer, by activation, by AS, by AES."""

from collections import Counter

import numpy as np
import pytest
from figure_checks import colours_of, legend_colours, named, names, panel, points_of, snapshot
from matplotlib.colors import to_hex, to_rgb
from small_evidence import dead_neurons, small_evidence, small_network

from replication.architecture import HIDDEN_LAYER_NAMES, HIDDEN_LAYERS, N_CLASSES, N_NEURONS, unit_of_neuron
from replication.evidence import Evidence
from replication.figures import (
    data_of_neurons_by_layer,
    data_of_neurons_by_metric,
    draw,
    neurons_by_metric,
    palette,
    subjects,
)
from replication.figures.neurons_by_metric import draw_neurons_by_metric
from replication.figures.table import rows
from replication.study import PROFILES


def test_layers_have_their_numbers_of_neurons_less_the_dead():
    table = data_of_neurons_by_layer(small_network("mnist/seed=0"))
    assert len(table["neuron"]) == N_NEURONS - len(dead_neurons())
    assert not np.isin(dead_neurons(), table["neuron"]).any()
    counts = {layer: int((table["layer"] == layer).sum()) for layer in HIDDEN_LAYER_NAMES}
    expected = {layer.name: layer.n_neurons for layer in HIDDEN_LAYERS}
    assert counts == expected | {"conv1": expected["conv1"] - 2, "fc2": expected["fc2"] - 1}


def check_layers(figure, network):
    """Each layer's neurons are drawn where they stand, in the colour that the legend gives the layer."""
    places = data_of_neurons_by_layer(network)
    colours = legend_colours(figure.legends[0])
    cloud = named(figure.axes[0], "neurons")
    assert colours_of(cloud) == {colours[layer] for layer in HIDDEN_LAYER_NAMES}
    for layer in HIDDEN_LAYER_NAMES:
        own = rows(places, layer=layer)
        expected = np.column_stack([own["x"], own["y"]])
        assert points_of(cloud, colours[layer]) == pytest.approx(expected[np.lexsort(expected.T)])


def test_neurons_have_their_layers_colours():
    evidence = small_evidence(("fashion",), 2)
    check_layers(draw("1", evidence, seed=1), evidence.networks("fashion")[1])
    with pytest.raises(AssertionError):
        check_layers(draw("1", evidence, seed=0), evidence.networks("fashion")[1])


def test_figure_1_shows_three_networks_as_the_paper_orders_them():
    titles = [axes.get_title(loc="left") for axes in draw("1", small_evidence()).axes]
    assert [title.partition(",")[0] for title in titles] == ["a) F-Net", "b) K-Net", "c) M-Net"]
    alone = draw("1", small_evidence(), dataset="kmnist").axes
    assert [axes.get_title(loc="left").partition(",")[0] for axes in alone] == ["a) K-Net"]


def test_figure_1_says_rehearsal_whichever_network_is_one():
    for own in ("mnist", "kmnist", "fashion"):
        assert draw("1", small_evidence((own, "digits"))).get_suptitle() == "Neuron populations by layer [rehearsal]"
    assert draw("1", small_evidence()).get_suptitle() == "Neuron populations by layer"


def test_frames_of_figure_1_are_as_flat_as_the_tallest_population_allows(monkeypatch):
    flatter = {"mnist": 0.65, "kmnist": 0.8, "fashion": 0.1}

    def flattened(network):
        table = data_of_neurons_by_layer(network)
        wanted = flatter[network.network.partition("/")[0]]
        return table | {"y": table["y"] * wanted * np.ptp(table["x"]) / np.ptp(table["y"])}

    monkeypatch.setattr("replication.figures.neurons_by_layer.data_of_neurons_by_layer", flattened)
    for dataset, shape in ((None, 0.8), ("mnist", 0.65), ("fashion", 0.6)):
        for axes in draw("1", small_evidence(), dataset=dataset).axes:
            assert np.ptp(axes.get_ylim()) / np.ptp(axes.get_xlim()) == pytest.approx(shape)


def test_a_stand_in_is_shown_once():
    (axes,) = draw("1", small_evidence(("digits",), profile="digits")).axes
    assert axes.get_title(loc="left").startswith("a) digits network, seed 0")


def test_activation_is_scaled_within_each_layer():
    network = small_network("fashion/seed=0")
    marks = rows(data_of_neurons_by_metric(network, 4), metric="activation")
    raw = network.pieces["activations"]["example_activation"].values[4][marks["neuron"]]
    assert marks["coloured"].all()
    for layer in HIDDEN_LAYER_NAMES:
        own = marks["layer"] == layer
        strength = marks["strength"][own]
        assert strength.min() >= 0
        assert strength.max() == pytest.approx(1)
        assert np.argmax(strength) == np.argmax(raw[own])
        assert np.array_equal(np.argsort(strength), np.argsort(raw[own].astype(np.float64)))


def test_a_silent_layer_has_no_strength():
    network = small_network("fashion/seed=0")
    activations = network.pieces["activations"].copy(deep=True)
    activations["example_activation"][:, -512:] = 0
    silent = type(network)("fashion/seed=0", {**network.pieces, "activations": activations})
    marks = rows(data_of_neurons_by_metric(silent, 1), metric="activation", layer="fc2")
    assert not marks["strength"].any()


def test_selective_neurons_are_those_of_the_class_with_their_selectivity():
    network = small_network("fashion/seed=0")
    total = 0
    for c in range(N_CLASSES):
        marks = rows(data_of_neurons_by_metric(network, c), metric="AS")
        found = network.neuron_selectivity
        assert np.array_equal(marks["coloured"], found["preferred"].values[marks["neuron"]] == c)
        assert np.array_equal(marks["strength"], found["value"].values[marks["neuron"]])
        assert marks["coloured"].sum() == network.n_selective.values[c]
        total += marks["coloured"].sum()
    assert total == N_NEURONS - len(dead_neurons())


def test_neurons_of_a_kernel_share_its_effect():
    network = small_network("fashion/seed=0")
    marks = rows(data_of_neurons_by_metric(network, 1), metric="AES")
    owners = unit_of_neuron()[marks["neuron"]]
    effect = network.effect_selectivity
    for unit in np.unique(owners)[::50]:
        own = owners == unit
        assert len(set(marks["strength"][own])) == len(set(marks["coloured"][own])) == 1
        assert np.sign(marks["strength"][own][0]) == np.sign(effect["sign"].values[unit] * effect["value"].values[unit])
        assert marks["coloured"][own][0] == (effect["preferred"].values[unit] == 1)
    # Each sign reaches its own maximum, over all units as the paper scales them.
    strengths = np.concatenate([data_of_neurons_by_metric(network, c)["strength"] for c in range(N_CLASSES)])
    assert strengths.max() == 1
    assert strengths.min() == -1


def check_effects(figure, network, classes):
    """Red neurons are harmful to the class and blue ones helpful, the rest grey, in the bottom panels."""
    effect, owners = network.effect_selectivity, unit_of_neuron()
    for letter, c in zip("ef", classes, strict=True):
        axes = panel(figure, f"{letter})")
        places = data_of_neurons_by_layer(network)
        units = owners[places["neuron"]]
        points = np.column_stack([places["x"], places["y"]])
        meant = effect["preferred"].values[units] == c
        selective = effect["value"].values[units] > 0
        cloud = named(axes, "effects")
        corners = np.array([len(path.vertices) for path in cloud.get_paths()])
        for triangle, sign, strongest in ((False, 1, 0), (True, -1, 2)):
            own = (corners == 4) == triangle
            chosen = points[meant & selective & (effect["sign"].values[units] == sign)]
            drawn = np.asarray(cloud.get_offsets())[own]
            assert drawn[np.lexsort(drawn.T)] == pytest.approx(chosen[np.lexsort(chosen.T)])
            assert (cloud.get_facecolors()[own, :3].argmax(axis=1) == strongest).all()
        grey = named(axes, "others")
        assert colours_of(grey) == {palette.OTHER}
        assert len(grey.get_offsets()) == (~meant).sum()
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    none_at_all = (effect["preferred"].values[units] == -1).any()
    assert "other class or none" in texts or not none_at_all


@pytest.mark.parametrize("classes", [(1, 2), (0, 7)])
def test_harm_is_red_and_help_is_blue(classes):
    evidence = small_evidence(("fashion",))
    figure = draw_neurons_by_metric(*subjects("5", evidence), classes=classes)
    check_effects(figure, evidence.networks("fashion")[0], classes)


def swapped_effect_colours(monkeypatch):
    harm, help_ = palette.HARM, palette.HELP
    monkeypatch.setattr(palette, "HARM", help_)
    monkeypatch.setattr(palette, "HELP", harm)


def swapped_sign(monkeypatch):
    shown = neurons_by_metric.data_of_neurons_by_metric
    moved = lambda *given: shown(*given) | {"strength": -shown(*given)["strength"]}  # noqa: E731
    monkeypatch.setattr(neurons_by_metric, "data_of_neurons_by_metric", moved)


def swapped_class(monkeypatch):
    shown = neurons_by_metric.data_of_neurons_by_metric
    monkeypatch.setattr(neurons_by_metric, "data_of_neurons_by_metric", lambda network, c: shown(network, 9 - c))


@pytest.mark.parametrize("swap", [swapped_effect_colours, swapped_sign, swapped_class])
def test_the_check_sees_a_swap(monkeypatch, swap):
    evidence = small_evidence(("fashion",))
    swap(monkeypatch)
    with pytest.raises(AssertionError):
        check_effects(draw("5", evidence), evidence.networks("fashion")[0], (1, 2))


def test_stronger_neurons_have_stronger_colours_of_their_layer():
    evidence = small_evidence(("fashion",))
    network = evidence.networks("fashion")[0]
    cloud = named(panel(draw("5", evidence), "a)"), "coloured")
    marks = rows(data_of_neurons_by_metric(network, 1), metric="activation")
    places = list(map(tuple, np.column_stack([marks["x"], marks["y"]])))
    # Two neurons may share a place, and then it does not tell them apart.
    row_of = {place: row for row, place in enumerate(places)}
    alone = {place for place, n in Counter(places).items() if n == 1}
    drawn = list(map(tuple, np.asarray(cloud.get_offsets())))
    told = np.array([place in alone for place in drawn])
    order = [row_of[place] for place in drawn if place in alone]
    assert told.mean() > 0.9
    assert (np.diff(marks["strength"][order]) >= 0).all(), "the strongest are drawn last"
    for layer in HIDDEN_LAYER_NAMES:
        own = marks["layer"][order] == layer
        colours = cloud.get_facecolors()[told][own, :3]
        assert to_hex(colours[-1]) == palette.LAYER_COLOURS[layer]
        assert (np.diff(colours, axis=0) <= 1e-12).all(), "ever farther from white"


def test_marks_of_harm_and_of_help_are_of_one_area_and_the_stronger_lie_on_top():
    evidence = small_evidence(("fashion",))
    network = evidence.networks("fashion")[0]
    cloud = named(panel(draw_neurons_by_metric(*subjects("5", evidence), classes=(0, 1)), "e)"), "effects")
    helps = np.array([len(path.vertices) == 4 for path in cloud.get_paths()])
    assert len(helps) == len(cloud.get_offsets())
    areas = cloud.get_sizes() * np.where(helps, 1 / 2, np.pi / 4)
    assert areas == pytest.approx(areas[0])
    marks = rows(data_of_neurons_by_metric(network, 0), metric="AES")
    strength = marks["strength"][marks["coloured"]]
    assert helps.sum() == (strength < 0).sum()
    assert 0 < helps.mean() < 1
    # Ever farther from white, whichever the sign.
    full = np.array([to_rgb(palette.HELP if up else palette.HARM) for up in helps])
    shares = ((1 - cloud.get_facecolors()[:, :3]) / (1 - full)).mean(axis=1)
    assert (np.diff(shares) >= -1e-9).all()
    assert np.flatnonzero(~helps).max() > np.flatnonzero(helps).min()


def test_equally_strong_neurons_are_drawn_in_random_order():
    """No layer's silent neurons lie on those of the layers before it."""
    evidence = small_evidence(("fashion",))
    network = evidence.networks("fashion")[0]
    activations = network.pieces["activations"].copy(deep=True)
    activations["example_activation"][:] = 0
    silent = type(network)("fashion/seed=0", {**network.pieces, "activations": activations})
    axes = panel(draw("5", Evidence(PROFILES["paper"], [silent])), "a)")
    drawn = np.array([to_hex(colour) for colour in named(axes, "coloured").get_facecolors()])
    for colour in np.unique(drawn):
        places = np.flatnonzero(drawn == colour) / len(drawn)
        assert abs(places.mean() - 0.5) < 4 * np.sqrt(1 / 12 / len(places))


def test_panels_tell_class_and_count():
    evidence = small_evidence(("fashion",))
    n = evidence.networks("fashion")[0].n_selective.values
    figure = draw("5", evidence)
    for letter, c, name in (("c", 1, "trouser"), ("d", 2, "pullover")):
        expected = f"{letter}) most selective for class {c} {name} (AS): {n[c]:,.0f} neurons"
        assert panel(figure, f"{letter})").get_title(loc="left") == expected
    assert names(panel(figure, "b)")) == {"others", "coloured"}


def test_a_class_that_is_none_is_named():
    with pytest.raises(ValueError, match="no class 10: there are classes 0 to 9"):
        data_of_neurons_by_metric(small_network("mnist/seed=0"), 10)
    with pytest.raises(ValueError, match="no class 12"):
        draw_neurons_by_metric(*subjects("A.7", small_evidence(("mnist",))), classes=(1, 12))


def test_plotted_data(dataframe_regression):
    dataframe_regression.check(snapshot(data_of_neurons_by_metric(small_network("fashion/seed=0"), 1), every=499))
