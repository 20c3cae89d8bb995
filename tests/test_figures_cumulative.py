"""Curves of cumulative ablation: what is plotted agrees with the evidence, in each order's colour and stroke."""

import numpy as np
import pytest
from figure_checks import named, panel, snapshot
from hypothesis import given, strategies as st
from small_evidence import small_evidence

from replication.architecture import HIDDEN_LAYER_NAMES
from replication.figures import (
    cumulative_ablation as room,
    data_of_cumulative_ablation,
    data_of_random_orders,
    draw,
    palette,
)
from replication.figures.cumulative_ablation import spread
from replication.figures.table import rows
from replication.paper import NETWORK_NAMES
from replication.schema import DIRECTIONS, LEVELS, ORDERS


def networks(n_seeds):
    return tuple(small_evidence(("mnist",), n_seeds).networks("mnist"))


# Data --------------------------------------------------------------------------------------------------------------


def test_curves_are_means_over_the_seeds():
    shown = networks(3)
    table = data_of_cumulative_ablation(shown)
    assert len(table["lost_pp"]) == len(ORDERS) * len(DIRECTIONS) * len(HIDDEN_LAYER_NAMES) * len(LEVELS)
    for order in ORDERS:
        for direction in DIRECTIONS:
            where = {"order": order, "direction": direction, "layer": "fc1"}
            found = rows(table, **where)
            assert found["level"].tolist() == list(LEVELS)
            expected = np.mean([network.cumulative_harm.sel(where).values for network in shown], axis=0)
            assert found["lost_pp"] == pytest.approx(expected)


def test_the_band_is_the_range_of_the_random_orders_of_all_seeds():
    shown = networks(2)
    found = rows(data_of_random_orders(shown), layer="conv2")
    draws = np.concatenate([network.random_harm_by_draw.sel(layer="conv2").values for network in shown], axis=1)
    assert draws.shape == (len(LEVELS), 2 * 3)
    assert found["lost_pp"] == pytest.approx(draws.mean(axis=1))
    assert found["low_pp"] == pytest.approx(draws.min(axis=1))
    assert found["high_pp"] == pytest.approx(draws.max(axis=1))


# Lines -------------------------------------------------------------------------------------------------------------


def check_lines(figure, shown):
    """Every curve of a layer's panel, found by its colour and stroke in the legends, is the evidence's."""
    (legend,) = figure.legends
    by_text = {line.get_label(): line for line in legend.legend_handles}
    strokes = {direction: by_text[direction].get_linestyle() for direction in DIRECTIONS}
    drawn = [*room._SHOWN, *room._MUTED]
    assert len({named(figure.axes[0], f"{order}, {DIRECTIONS[0]}").get_color() for order in drawn}) == len(drawn)
    for layer in HIDDEN_LAYER_NAMES:
        axes = panel(figure, layer)
        for order in drawn:
            for direction, stroke in strokes.items():
                line = named(axes, f"{order}, {direction}")
                assert line.get_linestyle() == stroke
                where = {"order": order, "direction": direction, "layer": layer}
                mean = np.mean([network.cumulative_harm.sel(where).values for network in shown], axis=0)
                assert line.get_ydata() == pytest.approx([0, *mean])
                assert line.get_xdata() == pytest.approx([0, *(100 * level for level in LEVELS)])
        mean = np.mean([network.random_harm.sel(layer=layer).values for network in shown], axis=0)
        assert named(axes, "random").get_ydata() == pytest.approx([0, *mean])
        (band,) = [found for found in axes.collections if found.get_label() == "range of random orders"]
        heights = band.get_paths()[0].vertices[:, 1]
        draws = [network.random_harm_by_draw.sel(layer=layer) for network in shown]
        assert heights.max() == pytest.approx(max(0, *(float(one.max()) for one in draws)))
        assert heights.min() == pytest.approx(min(0, *(float(one.min()) for one in draws)))


def test_lines_are_the_evidence_in_their_colours_and_strokes():
    evidence = small_evidence(("mnist",), 2)
    check_lines(draw("cumulative-ablation", evidence), evidence.networks("mnist"))


def test_each_curve_of_the_last_panel_is_named_where_it_ends():
    evidence = small_evidence(("mnist",), 2)
    axes = panel(draw("cumulative-ablation", evidence), "fc2")
    found = [(text.get_text(), pytest.approx(text.xy[1])) for text in axes.texts]
    ends = [("random", named(axes, "random").get_ydata()[-1])]
    for order, word in (room._SHOWN | room._MUTED).items():
        ends += [(word, named(axes, f"{order}, {direction}").get_ydata()[-1]) for direction in DIRECTIONS]
    assert sorted(ends) == sorted(found, key=lambda one: (one[0], one[1].expected))


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=9), st.floats(0.1, 20))
def test_names_keep_apart_and_as_near_as_they_can(ends, apart):
    ends = np.sort(ends)
    places = spread(ends, apart)
    assert (np.diff(places) >= apart - 1e-6).all()
    assert places.mean() == pytest.approx(ends.mean(), abs=1e-6)
    if (np.diff(ends) >= apart).all():
        assert places == pytest.approx(ends)


def marks_of(line):
    """What tells a curve apart without its colour."""
    return line.get_marker(), line.get_markerfacecolor() == "white", line.get_linestyle()


def test_curves_keep_apart_without_colours():
    figure = draw("cumulative-ablation", small_evidence(("mnist",)))
    by_text = {line.get_label(): line for line in figure.legends[0].legend_handles}
    axes = panel(figure, "conv1")
    found = {
        (order, way): named(axes, f"{order}, {way}") for order in ORDERS if order != "effect" for way in DIRECTIONS
    }
    assert len({marks_of(line) for line in found.values()}) == len(found) == 8
    for (order, direction), line in found.items():
        assert line.get_linestyle() == by_text[direction].get_linestyle()
        if order in room._SHOWN:
            assert marks_of(line)[1:] == marks_of(by_text[direction])[1:]
            start, every = line.get_markevery()
            assert len(line.get_xdata()[start::every]) >= 2


def test_every_data_set_has_its_row():
    evidence = small_evidence(n_seeds=2)
    figure = draw("cumulative-ablation", evidence)
    n = len(HIDDEN_LAYER_NAMES)
    assert len(figure.axes) == 3 * n
    for row, dataset in enumerate(("mnist", "kmnist", "fashion")):
        of_set = figure.axes[n * row : n * (row + 1)]
        assert of_set[0].get_ylabel().startswith(f"{NETWORK_NAMES[dataset]}, 2 seeds")
        for axes, layer in zip(of_set, HIDDEN_LAYER_NAMES, strict=True):
            where = {"order": "impact", "direction": DIRECTIONS[1], "layer": layer}
            shown = [network.cumulative_harm.sel(where).values for network in evidence.networks(dataset)]
            assert named(axes, f"impact, {DIRECTIONS[1]}").get_ydata()[1:] == pytest.approx(np.mean(shown, axis=0))
    assert len(draw("cumulative-ablation", evidence, dataset="kmnist").axes) == n


def renamed(table, column, names):
    """The table with the labels of a column shifted by one."""
    names = list(names)
    following = dict(zip(names, [*names[1:], names[0]], strict=True))
    return table | {column: np.array([following[name] for name in table[column].tolist()])}


@pytest.mark.parametrize(
    "swap",
    [
        lambda table: renamed(table, "order", ORDERS),
        lambda table: renamed(table, "direction", DIRECTIONS),
        lambda table: renamed(table, "layer", HIDDEN_LAYER_NAMES),
        lambda table: table | {"lost_pp": -table["lost_pp"]},
        lambda table: table | {"lost_pp": table["lost_pp"][::-1]},
    ],
    ids=["order", "direction", "layer", "sign", "level"],
)
def test_the_check_sees_a_swap(monkeypatch, swap):
    evidence = small_evidence(("mnist",))
    monkeypatch.setattr(
        room, "data_of_cumulative_ablation", lambda networks: swap(data_of_cumulative_ablation(networks))
    )
    with pytest.raises(AssertionError):
        check_lines(draw("cumulative-ablation", evidence), evidence.networks("mnist"))


@pytest.mark.parametrize("column", ["lost_pp", "low_pp", "high_pp"])
def test_the_check_sees_another_band(monkeypatch, column):
    def changed(networks):
        table = data_of_random_orders(networks)
        return table | {column: table[column] + np.where(column == "low_pp", -40, 40)}

    evidence = small_evidence(("mnist",))
    monkeypatch.setattr(room, "data_of_random_orders", changed)
    with pytest.raises(AssertionError):
        check_lines(draw("cumulative-ablation", evidence), evidence.networks("mnist"))


def test_every_order_has_a_colour_and_the_papers_indicators_a_marker():
    assert set(palette.ORDER_COLOURS) == set(ORDERS)
    assert {*room._SHOWN, *room._MUTED} == {*ORDERS} - {"effect"}
    assert set(room._MARKERS) == set(room._SHOWN) == {"magnitude", "selectivity", "impact"}


# Snapshots ---------------------------------------------------------------------------------------------------------


def test_plotted_data(dataframe_regression):
    dataframe_regression.check(snapshot(data_of_cumulative_ablation(networks(2)), 11))


def test_plotted_data_of_random_orders(dataframe_regression):
    dataframe_regression.check(snapshot(data_of_random_orders(networks(2))))


def test_the_snapshot_sees_another_network(dataframe_regression):
    with pytest.raises(AssertionError):
        dataframe_regression.check(snapshot(data_of_cumulative_ablation(networks(1)), 11), basename="test_plotted_data")
