"""Figures 2, A.1 and A.2: bars that sum to a class's harm, in the layers' colours."""

import numpy as np
import pytest
from figure_checks import legend_colours, snapshot
from matplotlib.colors import to_hex
from small_evidence import small_evidence, small_network

from replication.architecture import HIDDEN_LAYER_NAMES, N_CLASSES
from replication.figures import data_of_harm, draw, harm as room
from replication.figures.table import rows


def check_bars(figure, network):
    """Every layer's bars, found by the colour its legend gives it, are that layer's harm, class by class."""
    (axes,) = figure.axes
    colours = legend_colours(axes.get_legend())
    assert set(colours) == set(HIDDEN_LAYER_NAMES)
    for layer, colour in colours.items():
        bars = [bar for bar in axes.patches if to_hex(bar.get_facecolor()) == colour]
        by_class = {round(bar.get_x() + bar.get_width() / 2): bar.get_height() for bar in bars}
        assert by_class == pytest.approx(dict(enumerate(network.harm.sel(layer=layer).values)))


def mixed_harm(monkeypatch, network):
    """A network whose first layers help some classes."""
    harm = network.harm.copy(deep=True)
    harm.loc[{"layer": ["conv1", "fc1"], "class": [2, 5]}] *= -0.5
    monkeypatch.setattr(type(network), "harm", property(lambda self: harm))
    return harm


def test_stacked_bars_sum_to_the_total_harm():
    network = small_network("mnist/seed=0")
    table = data_of_harm(network)
    sums = np.bincount(table["class"], weights=table["harm_pp"])
    assert sums == pytest.approx(network.total_harm.values)
    assert len(table["harm_pp"]) == N_CLASSES * len(HIDDEN_LAYER_NAMES)


def test_harm_stacks_upwards_and_help_downwards(monkeypatch):
    network = small_network("mnist/seed=0")
    harm = mixed_harm(monkeypatch, network)
    for c in range(N_CLASSES):
        bars = rows(data_of_harm(network), **{"class": c})
        ends = np.sort(np.column_stack([bars["bottom_pp"], bars["bottom_pp"] + bars["harm_pp"]]), axis=1)
        values = harm.sel({"class": c}).values
        assert ends.max() == pytest.approx(values[values > 0].sum())
        assert ends.min() == pytest.approx(min(values[values < 0].sum(), 0))
        # No bar covers another: the lengths add up to the span.
        assert np.diff(ends, axis=1).sum() == pytest.approx(ends.max() - ends.min())


def test_bars_have_their_layers_colours():
    evidence = small_evidence(("mnist",), 2)
    check_bars(draw("2", evidence, seed=1), evidence.networks("mnist")[1])


def swap_layers(table):
    first, second = HIDDEN_LAYER_NAMES[:2]
    swapped = {first: second, second: first}
    return table | {"layer": np.array([swapped.get(name, name) for name in table["layer"].tolist()])}


def swap_classes(table):
    return table | {"class": (table["class"] + 1) % N_CLASSES}


def swap_sign(table):
    return table | {"harm_pp": -table["harm_pp"]}


@pytest.mark.parametrize("swap", [swap_layers, swap_classes, swap_sign])
def test_the_check_sees_a_swap(monkeypatch, swap):
    evidence = small_evidence(("mnist",))
    monkeypatch.setattr(room, "data_of_harm", lambda network: swap(data_of_harm(network)))
    with pytest.raises(AssertionError):
        check_bars(draw("2", evidence), evidence.networks("mnist")[0])


def test_totals_and_errors_are_printed():
    evidence = small_evidence(("fashion",))
    network = evidence.networks("fashion")[0]
    (axes,) = draw("A.2", evidence).axes
    printed = [float(text.get_text().replace("−", "-")) for text in axes.texts]
    assert printed == pytest.approx(network.total_harm.values, abs=0.051)
    label = axes.get_xticklabels()[1].get_text()
    assert label == f"1\ntrouser\n({network.error.values[1]:.1f} %)"


def test_plotted_data(dataframe_regression):
    dataframe_regression.check(snapshot(data_of_harm(small_network("mnist/seed=0"))))
