"""Curves of cumulative ablation: what is plotted agrees with the evidence, in each order's colour and stroke."""

import numpy as np
import pytest
from figure_checks import legend_colours, named, panel, snapshot
from small_evidence import small_evidence

from replication.architecture import HIDDEN_LAYER_NAMES
from replication.figures import cumulative_ablation as room
from replication.figures import data_of_cumulative_ablation, data_of_random_orders, draw, palette
from replication.figures.table import rows
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
    (below,) = figure.legends
    solid, dashed = (
        next(line.get_linestyle() for line in below.legend_handles if line.get_label() == direction)
        for direction in DIRECTIONS
    )
    (beside,) = [axes.get_legend() for axes in figure.axes if axes.get_legend()]
    colours = legend_colours(beside)
    assert len(colours) == len(ORDERS)
    texts = dict(zip(ORDERS, [room._TEXT[order] for order in ORDERS], strict=True))
    for layer in HIDDEN_LAYER_NAMES:
        axes = panel(figure, layer)
        for order in ORDERS:
            for direction, stroke in zip(DIRECTIONS, (solid, dashed), strict=True):
                (line,) = [
                    line
                    for line in axes.lines
                    if line.get_color() == colours[texts[order]]
                    and line.get_linestyle() == stroke
                    and len(line.get_xdata()) > 2
                ]
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


def test_every_order_has_a_colour_a_width_and_a_name():
    for known in (palette.ORDER_COLOURS, room._WIDTH, room._TEXT):
        assert set(known) == set(ORDERS)


# Snapshots ---------------------------------------------------------------------------------------------------------


def test_plotted_data(dataframe_regression):
    dataframe_regression.check(snapshot(data_of_cumulative_ablation(networks(2)), 11))


def test_plotted_data_of_random_orders(dataframe_regression):
    dataframe_regression.check(snapshot(data_of_random_orders(networks(2))))


def test_the_snapshot_sees_another_network(dataframe_regression):
    with pytest.raises(AssertionError):
        dataframe_regression.check(snapshot(data_of_cumulative_ablation(networks(1)), 11), basename="test_plotted_data")
