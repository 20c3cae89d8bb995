"""Figures over seeds and units: what they plot, computed a second way, and that it can go wrong."""

import numpy as np
import pytest
from figure_checks import colours_of, named, panel, points_of, snapshot
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from scipy import stats
from small_evidence import N_DRAWS, small_evidence, small_network

from claims import REGISTRY
from replication.architecture import HIDDEN_LAYER_NAMES, N_CLASSES
from replication.choices import DEFAULTS
from replication.figures import (
    data_of_harm_by_fraction,
    data_of_harm_profiles,
    data_of_hit_by_layer,
    data_of_noise_ceiling,
    data_of_seed_distribution,
    data_of_selective_counts,
    data_of_selectivity_and_harm,
    draw,
    palette,
    subjects,
)
from replication.figures.reported_numbers import MEASURED
from replication.figures.seed_distribution import NOTHING
from replication.figures.seed_intervals import BEYOND, prediction_interval
from replication.figures.subject import seed_of
from replication.figures.table import rows
from replication.judging import judge_claim
from replication.paper import NETWORK_NAMES, REPORTED
from replication.schema import PANELS
from replication.stats import Interval, mcnemar_p, noise_ceiling


def networks(n_seeds, dataset="mnist"):
    return tuple(small_evidence((dataset,), n_seeds).networks(dataset))


def printed_among_seeds(evidence, **asked):
    return data_of_seed_distribution(*subjects("seed-distribution", evidence, **asked))


# Printed numbers among the seeds -------------------------------------------------------------------------------------


def test_every_reported_number_of_a_network_is_measured():
    of_no_network = {"test-images", "neurons", "matrix-rows", "matrix-columns", "neurons-per-kernel"}
    p_values = {key for key in REPORTED if "-p/" in key}
    assert set(MEASURED) == set(REPORTED) - of_no_network - p_values
    assert all(dataset in key or dataset in ("kmnist", "mnist") for key, (dataset, _) in MEASURED.items())


def test_measured_numbers_a_second_way():
    m, k, f = (small_network(f"{name}/seed=0") for name in ("mnist", "kmnist", "fashion"))

    def value(key, network):
        return MEASURED[key][1](network)

    assert value("accuracy/mnist", m) == m.accuracy
    expected = stats.spearmanr(k.error.values, k.harm.values.sum(axis=k.harm.dims.index("layer"))).statistic
    assert value("spearman-r/kmnist", k) == pytest.approx(expected)
    expected = stats.pearsonr(f.n_selective.values, f.nh.sel(state="intact", panel="data").values).statistic
    assert value("as-nh-r/fashion", f) == pytest.approx(expected)
    expected = stats.pearsonr(f.n_effect_selective.values, f.nh.sel(state="intact", panel="data").values).statistic
    assert value("aes-nh-r/fashion", f) == pytest.approx(expected)
    conv1 = k.figure_harm.values
    assert value("kmnist-conv1-most-harmed-class", k) == np.argmax(conv1)
    assert value("kmnist-conv1-least-harmed-class", k) == np.argmin(conv1)
    assert value("kmnist-conv1-most-harmed-drop", k) == conv1[1]
    assert value("kmnist-conv1-least-harmed-drop", k) == conv1[2]
    assert value("most-harmed-class/mnist", m) == np.argmax(m.total_harm.values)
    assert value("least-harmed-class/mnist", m) == np.argmin(m.total_harm.values)
    preferred = f.neuron_selectivity["preferred"].values
    assert value("as-count-ratio/fashion", f) == (preferred == 1).sum() / (preferred == 2).sum()


def test_a_ratio_over_nothing_is_undefined_and_drawn_all_the_same(monkeypatch):
    evidence = small_evidence(("fashion",), 2)
    kind = type(evidence.networks("fashion")[0])
    counts = small_network("fashion/seed=0").n_selective.copy(data=[1.0, 5.0, 0.0, *[1.0] * 7])
    monkeypatch.setattr(kind, "n_selective", property(lambda self: counts))
    ratio = rows(printed_among_seeds(evidence), key="as-count-ratio/fashion")["value"]
    assert np.isnan(ratio).all()
    draw("seed-distribution", evidence)


def test_a_network_with_none_at_all_stands_at_the_edge_of_a_logarithmic_scale(monkeypatch):
    def none_in_the_first(network):
        return 0.0 if network.network.endswith("seed=0") else 0.25

    name = "aes-count-ratio/fashion"
    monkeypatch.setattr("replication.figures.seed_distribution.MEASURED", {name: ("fashion", none_in_the_first)})
    (axes,) = draw("seed-distribution", small_evidence(("fashion",), 3)).axes
    by_label = {dots.get_label(): dots.get_offsets() for dots in axes.collections}
    (edge,) = by_label[NOTHING]
    assert edge[0] == axes.get_xlim()[0] > 0
    assert edge[1] == by_label[name][0][1]
    assert axes.get_xlim() == (0.125, 6)


@pytest.mark.parametrize(("least", "whole_powers"), [(0.5, False), (0.001, True)])
def test_many_decades_have_their_powers_of_ten_alone_as_labels(monkeypatch, least, whole_powers):
    measured = {"aes-count-ratio/fashion": ("fashion", lambda network: least)}
    monkeypatch.setattr("replication.figures.seed_distribution.MEASURED", measured)
    (axes,) = draw("seed-distribution", small_evidence(("fashion",), 2)).axes
    low, high = axes.get_xlim()
    exponents = np.log10([tick for tick in axes.get_xticks() if low <= tick <= high])
    assert len(exponents) >= 3
    assert np.allclose(exponents, exponents.round()) == whole_powers


def test_seed_distribution_has_a_row_per_number_and_network():
    evidence = small_evidence(n_seeds=3)
    table = printed_among_seeds(evidence)
    assert len(table["key"]) == 3 * len(MEASURED)
    assert set(table["reported"][table["key"] == "spearman-r/kmnist"]) == {0.6}
    only = printed_among_seeds(evidence, dataset="mnist")
    assert set(only["dataset"]) == {"mnist"}


def check_dots(figure, evidence):
    """Each number's dots stand at its networks' values."""
    for key, (dataset, quantity) in MEASURED.items():
        (dots,) = [found for axes in figure.axes for found in axes.collections if found.get_label() == key]
        values = np.asarray(dots.get_offsets())[:, 0]
        if REPORTED[key].unit == "class":
            values = values.round()  # dots of one class stand abreast
        assert values == pytest.approx([quantity(network) for network in evidence.networks(dataset)])


def test_dots_stand_at_the_networks_values():
    evidence = small_evidence(n_seeds=3)
    check_dots(draw("seed-distribution", evidence), evidence)
    with pytest.raises(AssertionError):
        check_dots(draw("seed-distribution", evidence), small_evidence(("fashion", "kmnist", "mnist"), 2))


def test_no_printed_number_hides_a_network():
    figure = draw("seed-distribution", small_evidence(("mnist",), 2))
    assert figure.axes
    for axes in figure.axes:
        of_networks = {one.get_zorder() for one in axes.collections if one.get_label() in {*MEASURED, NOTHING}}
        others = {one.get_zorder() for one in axes.collections if one.get_label() not in {*MEASURED, NOTHING}}
        assert max(others) < min(of_networks)


@pytest.mark.parametrize("n_seeds", [6, 10])
def test_equal_values_are_drawn_as_dots_that_can_be_counted(monkeypatch, n_seeds):
    monkeypatch.setattr(
        "replication.figures.seed_distribution.MEASURED", {"most-harmed-class/mnist": ("mnist", lambda network: 9.0)}
    )
    figure = draw("seed-distribution", small_evidence(("mnist",), n_seeds))
    figure.draw_without_rendering()
    dots = named(figure.axes[0], "most-harmed-class/mnist")
    places = dots.get_offset_transform().transform(dots.get_offsets()) * 72 / figure.dpi
    rim = dots.get_linewidths()[0]
    assert colours_of(dots) == {palette.INK}
    assert dots.get_edgecolors()[:, :3] == pytest.approx(1)
    diameter = np.sqrt(dots.get_sizes()[0])
    assert np.diff(places[:, 0]).min() > diameter / 2 > rim > 0
    assert np.ptp(places[:, 1]) == 0
    assert np.asarray(dots.get_offsets())[:, 0].mean() == pytest.approx(9)


def test_many_networks_of_one_class_stay_nearer_to_it_than_to_the_next(monkeypatch):
    monkeypatch.setattr(
        "replication.figures.seed_distribution.MEASURED",
        {"most-harmed-class/mnist": ("mnist", lambda network: 9.0 if network.network.endswith("=0") else 3.0)},
    )
    figure = draw("seed-distribution", small_evidence(("mnist",), 30))
    first, *others = np.asarray(named(figure.axes[0], "most-harmed-class/mnist").get_offsets())[:, 0]
    assert first == 9
    assert len(np.unique(others)) == 29
    assert np.abs(np.subtract(others, 3)).max() == pytest.approx(0.4)


def test_prediction_interval_by_hand():
    # 1, 2, 3: mean 2, s = 1, t(2) = 4.303, times √(1 + 1/3).
    found = prediction_interval(np.array([1.0, 2.0, 3.0, np.nan]), "t")
    assert (found.low, found.high) == pytest.approx((2 - 4.968, 2 + 4.968), abs=1e-3)
    assert prediction_interval(np.array([1.0]), "t") is None
    assert prediction_interval(np.array([1.0, 2.0]), "") is None


def test_prediction_interval_on_the_scale_of_logarithms_by_hand():
    # The interval of 1, 2, 3 among the exponents.
    found = prediction_interval(np.exp([1.0, 2.0, 3.0]), "log t")
    assert (np.log(found.low), np.log(found.high)) == pytest.approx((2 - 4.968, 2 + 4.968), abs=1e-3)
    assert prediction_interval(np.array([0.0, 1.0, np.nan]), "log t") is None
    assert np.isinf(prediction_interval(np.array([1e-300, 1e300]), "log t").high)


def test_the_interval_of_a_ratio_is_that_of_the_verdict():
    evidence = small_evidence(("fashion",), 3)
    table = rows(printed_among_seeds(evidence), key="aes-count-ratio/fashion")
    claim = REGISTRY["4.3/aes-count-1-over-2"]
    (judged,) = judge_claim(claim, evidence)
    found = prediction_interval(table["judged"], "log t")
    assert (found.low, found.high) == pytest.approx((judged.judgement.interval.low, judged.judgement.interval.high))


NUMBERS_THAT_PASS_THE_AXIS = {
    "kmnist-conv1-most-harmed-drop": ("kmnist", lambda network: [0.0, 30.0, 60.0][seed_of(network)]),
    "kmnist-conv1-least-harmed-drop": ("kmnist", lambda network: [0.3, 0.4, 0.5][seed_of(network)]),
}


def arrowheads(axes):
    """Places of the arrowheads at the axis' ends, as (x, y, whether it lies to the left of there)."""
    heads = [found for found in axes.collections if found.get_label() == BEYOND]
    return sorted((*found.get_offsets()[0], found.get_paths()[0].vertices[:, 0].max() < 1e-9) for found in heads)


def test_an_interval_that_passes_the_axis_has_arrowheads_there_and_another_none(monkeypatch):
    monkeypatch.setattr("replication.figures.seed_distribution.MEASURED", NUMBERS_THAT_PASS_THE_AXIS)
    figure = draw("seed-distribution", small_evidence(("kmnist",), 3))
    (axes,) = figure.axes
    low, high = axes.get_xlim()
    assert arrowheads(axes) == [(low, 0, True), (high, 0, False)]
    (wide, narrow) = [bar for bar in axes.patches if bar.get_label().startswith("_")]
    assert (wide.get_x(), wide.get_x() + wide.get_width()) == pytest.approx((low, high))
    assert low < narrow.get_x() < narrow.get_x() + narrow.get_width() < high
    assert BEYOND in [text.get_text() for text in figure.legends[0].get_texts()]


def test_without_a_cut_no_arrowhead_is_explained(monkeypatch):
    only = {"accuracy/kmnist": ("kmnist", lambda network: [95.2, 95.3, 96.0][seed_of(network)])}
    monkeypatch.setattr("replication.figures.seed_distribution.MEASURED", only)
    monkeypatch.setattr(
        "replication.figures.seed_distribution.prediction_interval", lambda *_: Interval(95.2, 96, 0.95)
    )
    figure = draw("seed-distribution", small_evidence(("kmnist",), 3))
    assert figure.axes[0].patches
    assert not arrowheads(figure.axes[0])
    assert BEYOND not in [text.get_text() for text in figure.legends[0].get_texts()]


@pytest.mark.parametrize(("least", "has_bar"), [(1e-9, True), (np.nan, False)])
def test_a_ratio_whose_interval_nears_nothing_has_a_bar_to_the_edge(monkeypatch, least, has_bar):
    monkeypatch.setattr("replication.figures.seed_distribution.judged", lambda key, quantity: quantity)
    ratios = {"aes-count-ratio/fashion": ("fashion", lambda network: [least, 0.25, np.nan][seed_of(network)])}
    monkeypatch.setattr("replication.figures.seed_distribution.MEASURED", ratios)
    (axes,) = draw("seed-distribution", small_evidence(("fashion",), 3)).axes
    assert bool(axes.patches) == has_bar
    assert [head[0] for head in arrowheads(axes)] == (list(axes.get_xlim()) if has_bar else [])


def test_a_printed_number_is_as_wide_as_what_rounds_to_it():
    spans = {
        found.get_label().removeprefix("rounding of "): np.ptp(found.get_segments()[0][:, 0])
        for axes in draw("seed-distribution", small_evidence(n_seeds=2)).axes
        for found in axes.collections
        if found.get_label().startswith("rounding of ")
    }
    assert set(spans) == set(MEASURED)
    widths = {
        "accuracy/mnist": 0.1,
        "spearman-r/kmnist": 0.1,
        "as-nh-r/kmnist": 0.01,
        "kmnist-conv1-most-harmed-drop": 0.1,
    }
    assert {key: spans[key] for key in widths} == pytest.approx(widths)
    assert spans["most-harmed-class/mnist"] == spans["aes-count-ratio/fashion"] == 0


def test_digits_stand_in_for_all_three():
    evidence = small_evidence(("digits",), 2, profile="digits")
    assert len(printed_among_seeds(evidence)["key"]) == 2 * len(MEASURED)
    assert draw("seed-distribution", evidence).get_suptitle().endswith("(digits stand in) [rehearsal]")


def test_where_digits_stand_in_for_some_networks_the_title_names_these():
    title = draw("seed-distribution", small_evidence(("mnist", "digits"))).get_suptitle()
    assert title.replace("\n", " ").endswith("values of all seeds (digits stand in for K-Net and F-Net) [rehearsal]")


# Harm by fraction ----------------------------------------------------------------------------------------------------


def test_harm_by_fraction_agrees_with_the_evidence():
    shown = networks(3)
    table = data_of_harm_by_fraction(shown)
    for fraction in (0.1, 0.5):
        for layer in HIDDEN_LAYER_NAMES:
            overall = rows(table, layer=layer, **{"class": -1})
            mean = overall["mean_pp"][overall["fraction"] == fraction]
            expected = [network.harm_at_fraction.sel(layer=layer, fraction=fraction).item() for network in shown]
            assert mean == pytest.approx(np.mean(expected))
    of_class = rows(table, layer="conv2", **{"class": 7})["mean_pp"][-1]
    assert of_class == pytest.approx(np.mean([n.harm.sel({"layer": "conv2", "class": 7}).item() for n in shown]))
    assert (table["low_pp"] <= table["high_pp"]).all()


def test_the_band_spans_the_draws_of_all_seeds():
    shown = networks(2)
    overall = rows(data_of_harm_by_fraction(shown), layer="fc1", **{"class": -1})
    draws = []
    for network in shown:
        hits = network.draw_hits.sel(layer="fc1", fraction=0.5).sum("class").values
        draws += list(100 * (network.hits.values.sum() - hits) / network.n_images.values.sum())
    assert len(draws) == 2 * N_DRAWS
    assert (overall["low_pp"][-1], overall["high_pp"][-1]) == pytest.approx(tuple(np.percentile(draws, [5, 95])))


def test_lines_have_the_classes_colours():
    axes = panel(draw("harm-by-fraction", small_evidence(("mnist",))), "conv1")
    for c in range(N_CLASSES):
        assert named(axes, f"class {c}").get_color() == palette.CLASS_COLOURS[c]


def test_percentiles_are_lines_and_nothing_lies_behind_the_pale_classes():
    axes = panel(draw("harm-by-fraction", small_evidence(("mnist",), 2)), "conv3")
    overall = rows(data_of_harm_by_fraction(networks(2)), layer="conv3", **{"class": -1})
    for bound in ("low", "high"):
        assert named(axes, f"overall, {bound}").get_ydata() == pytest.approx(overall[f"{bound}_pp"])
    assert not axes.collections
    assert axes.get_facecolor() == (1, 1, 1, 1)


def test_every_data_set_has_its_row_of_fractions():
    evidence = small_evidence(n_seeds=2)
    figure = draw("harm-by-fraction", evidence)
    assert len(figure.axes) == 3 * 6
    for row, dataset in enumerate(("mnist", "kmnist", "fashion")):
        axes = figure.axes[6 * row]
        assert axes.get_ylabel().startswith(f"{NETWORK_NAMES[dataset]}, 2 seeds")
        mean = np.mean([one.harm_at_fraction.sel(layer="conv1").values for one in evidence.networks(dataset)], axis=0)
        assert named(axes, "overall").get_ydata() == pytest.approx(mean)
    labels = [figure.axes[6 * row + 5].get_legend().get_texts()[1].get_text() for row in range(3)]
    assert labels == ["1", "1 ki", "1 trouser"]
    assert len(draw("harm-by-fraction", evidence, dataset="fashion").axes) == 6


# Neighbourhood hit along the layers ----------------------------------------------------------------------------------


def test_hit_by_layer_agrees_with_the_evidence():
    shown = networks(2)
    table = data_of_hit_by_layer(shown)
    assert len(table["mean"]) == 2 * 2 * 2 * len(PANELS)
    for network, seed in zip(shown, (0, 1), strict=True):
        for space in ("embedding", "raw"):
            expected = network.under(DEFAULTS.but("nh-space", space)).nh_overall.sel(state="ablated").values
            assert rows(table, seed=seed, space=space, state="ablated")["mean"] == pytest.approx(expected)
    raw, embedded = rows(table, space="raw"), rows(table, space="embedding")
    assert np.array_equal(raw["low"], raw["high"])
    assert (embedded["low"] <= embedded["mean"]).all()
    assert (embedded["mean"] <= embedded["high"]).all()
    assert not np.array_equal(raw["mean"], embedded["mean"])


def test_every_data_set_has_its_row_of_hits():
    evidence = small_evidence(n_seeds=2)
    figure = draw("hit-by-layer", evidence)
    for dataset in ("mnist", "kmnist", "fashion"):
        for state, words in (("intact", "intact"), ("ablated", "half of conv1 ablated")):
            axes = panel(figure, f"{NETWORK_NAMES[dataset]}, 2 seeds: {words}")
            hits = [network.nh_overall_by_embedding.sel(state=state) for network in evidence.networks(dataset)]
            expected = np.mean([one.mean("embedding_seed").values for one in hits], axis=0)
            (line,) = [one for one in axes.lines if one.get_linestyle() == "-" and one.get_marker() == "o"]
            assert line.get_ydata() == pytest.approx(expected)
            thin = [one.get_ydata() for one in axes.lines if one.get_label() == "_network"]
            for one in hits:
                assert any(shown == pytest.approx(one.mean("embedding_seed").values) for shown in thin)
            assert len(thin) == 2 * len(hits)
        ends = [
            axes.get_ylim() for axes in figure.axes if axes.get_title(loc="left").startswith(NETWORK_NAMES[dataset])
        ]
        assert ends[0] == ends[1]
    assert len(draw("hit-by-layer", evidence, dataset="kmnist").axes) == 2


@pytest.mark.parametrize(
    ("outs", "told"),
    [
        ((97.0, 99.0), "fc2 → out −0.5 pp, falls in 1 of 2"),
        ((99.0, 99.0), "fc2 → out +0.5 pp, falls in 0 of 2"),
        ((98.5, 98.5), "fc2 → out 0.0 pp, falls in 0 of 2"),
    ],
)
def test_what_the_last_step_changes_is_told(monkeypatch, outs, told):
    def planted(networks):
        table = data_of_hit_by_layer(networks)
        hits = np.where(table["panel"] == "fc2", 98.5, table["mean"])
        for seed, out in enumerate(outs):
            hits = np.where((table["panel"] == "out") & (table["seed"] == seed), out, hits)
        return table | {"mean": hits, "low": hits, "high": hits}

    monkeypatch.setattr("replication.figures.hit_by_layer.data_of_hit_by_layer", planted)
    figure = draw("hit-by-layer", small_evidence(("mnist",), 2))
    for axes in figure.axes:
        assert [text.get_text() for text in axes.texts] == [told, told]


# Selectivity and harm ------------------------------------------------------------------------------------------------


def test_selectivity_and_harm_agree_with_the_evidence():
    network = small_network("mnist/seed=0")
    table = data_of_selectivity_and_harm(network)
    overall, own = (rows(table, scope=scope) for scope in ("all classes", "preferred class"))
    assert overall["harm_pp"] == pytest.approx(network.unit_harm_overall.values[overall["unit"]])
    found = network.unit_selectivity
    assert own["selectivity"] == pytest.approx(found["value"].values[own["unit"]])
    preferred = found["preferred"].values[own["unit"]]
    assert own["harm_pp"] == pytest.approx(network.unit_harm.values[own["unit"], preferred])
    assert (found["preferred"].values[np.setdiff1d(np.arange(1216), own["unit"])] == -1).all()


def test_no_unit_within_the_band_is_significant():
    for seed in range(3):
        table = data_of_selectivity_and_harm(small_network(f"mnist/seed={seed}"))
        inside = np.abs(table["harm_pp"]) < table["band_pp"] - 1e-9
        assert inside.any()
        assert not table["significant"][inside].any()


def test_some_units_beyond_the_band_are_significant():
    table = rows(data_of_selectivity_and_harm(small_network("mnist/seed=0", 2000)), scope="all classes")
    assert 0 < table["significant"].sum() < len(table["unit"])


def test_six_flips_are_the_fewest_that_can_be_significant():
    n = np.arange(1, 12)
    significant = mcnemar_p(n, np.zeros_like(n)) < 0.05
    assert n[significant].min() == 6


def test_significant_units_have_their_layers_colours_and_the_others_none():
    evidence = small_evidence(("mnist",), n_images=2000)
    table = rows(data_of_selectivity_and_harm(evidence.networks("mnist")[0]), scope="all classes")
    axes = panel(draw("selectivity-and-harm", evidence), "on all test images")
    for layer in HIDDEN_LAYER_NAMES:
        shown = table["significant"] & (table["layer"] == layer)
        cloud = named(axes, layer)
        expected = np.column_stack([table["selectivity"], table["harm_pp"]])[shown]
        assert points_of(cloud) == pytest.approx(expected[np.lexsort(expected.T)])
        assert colours_of(cloud) == ({palette.LAYER_COLOURS[layer]} if shown.any() else colours_of(cloud))
    assert len(named(axes, "not significant").get_offsets()) == (~table["significant"]).sum()


def test_the_scale_changes_at_the_bands_edge_and_the_legend_has_the_bands_grey():
    figure = draw("selectivity-and-harm", small_evidence(("mnist",), n_images=2000))
    table = data_of_selectivity_and_harm(small_network("mnist/seed=0", 2000))
    (patch,) = [one for one in figure.legends[0].legend_handles if one.get_label().startswith("fewer")]
    for axes, scope in zip(figure.axes, ("all classes", "preferred class"), strict=True):
        own = rows(table, scope=scope)
        edge = np.median(own["band_pp"])
        (band,) = axes.patches
        assert band.get_y() + band.get_height() == pytest.approx(edge)
        assert axes.yaxis.get_transform().linthresh == pytest.approx(edge)
        assert band.get_facecolor() == patch.get_facecolor()
        n_zero = (own["harm_pp"] == 0).sum()
        assert axes.get_title(loc="left").endswith(f"significant, {n_zero:,} at 0")
        (zero,) = axes.lines
        assert zero.get_zorder() < named(axes, "not significant").get_zorder()


# Noise ceiling -------------------------------------------------------------------------------------------------------


def test_every_data_set_has_its_row_of_ceilings():
    evidence = small_evidence(n_seeds=3)
    figure = draw("noise-ceiling", evidence)
    for dataset in ("mnist", "kmnist", "fashion"):
        shown = evidence.networks(dataset)
        profiles = panel(figure, f"{NETWORK_NAMES[dataset]}, 3 seeds: accuracy lost")
        heights = np.asarray(named(profiles, "class 4").get_offsets())[:, 1]
        assert heights == pytest.approx([network.total_harm.values[4] for network in shown])
        ceilings = panel(figure, f"{NETWORK_NAMES[dataset]}: noise ceiling")
        lower = np.asarray(named(ceilings, "lower").get_offsets())[:, 0]
        assert lower == pytest.approx(data_of_noise_ceiling(shown)["lower"])
        assert ceilings.get_xlim()[0] < lower.min()
    assert len(draw("noise-ceiling", evidence, dataset="kmnist").axes) == 2


def test_ceilings_agree_with_the_statistic():
    shown = networks(3)
    table = data_of_noise_ceiling(shown)
    expected = noise_ceiling([network.total_harm.values for network in shown])
    assert (table["lower"][0], table["upper"][0]) == (expected.lower, expected.upper)
    assert (table["lower"] <= table["upper"]).all()


def test_equal_seeds_reach_the_ceiling_and_one_seed_has_none():
    same = networks(1) * 3
    assert data_of_noise_ceiling(same)["lower"] == pytest.approx(1)
    assert np.isnan(data_of_noise_ceiling(networks(1))["lower"]).all()


def test_profiles_are_the_heights_of_the_stacked_bars():
    shown = networks(2)
    table = data_of_harm_profiles(shown)
    for seed, network in enumerate(shown):
        assert rows(table, seed=seed)["harm_pp"] == pytest.approx(network.total_harm.values)
    axes = panel(draw("noise-ceiling", small_evidence(("mnist",), 2)), "M-Net, 2 seeds: accuracy lost")
    for c in range(N_CLASSES):
        assert colours_of(named(axes, f"class {c}")) == {palette.CLASS_COLOURS[c]}
        heights = np.asarray(named(axes, f"class {c}").get_offsets())[:, 1]
        assert heights == pytest.approx([network.total_harm.values[c] for network in shown])


# Numbers of selective units ------------------------------------------------------------------------------------


def test_selective_counts_are_those_of_the_units_with_their_interval():
    (network,) = networks(1)
    view = network.under(DEFAULTS.but("count", "units"))
    counts = {"AS": view.n_selective.values, "AES": np.bincount(aes_classes(network), minlength=N_CLASSES)}
    table = data_of_selective_counts((network,))
    for metric, n in counts.items():
        found = rows(table, metric=metric)
        assert found["share"] == pytest.approx(100 * n / n.sum())
        for c in range(N_CLASSES):
            interval = stats.binomtest(int(n[c]), int(n.sum())).proportion_ci()
            assert (found["low"][c], found["high"][c]) == pytest.approx((100 * interval.low, 100 * interval.high))


def aes_classes(network):
    preferred = network.effect_selectivity["preferred"].values
    return preferred[preferred >= 0]


def test_halves_of_the_images_are_shown_beside_the_whole():
    table = data_of_selective_counts(networks(2))
    for half in ("even", "odd"):
        assert rows(table, metric="AES", seed=1)[half].sum() == pytest.approx(100)
    assert not np.array_equal(table["even"], table["odd"])


def test_selective_counts_are_drawn_in_the_classes_colours():
    figure = draw("selective-counts", small_evidence(("fashion",), 2))
    table = data_of_selective_counts(networks(2, "fashion"))
    for metric in ("AS", "AES"):
        axes = panel(figure, metric + ":")
        for c in range(N_CLASSES):
            assert colours_of(named(axes, f"class {c}")) == {palette.CLASS_COLOURS[c]}
            heights = np.asarray(named(axes, f"class {c}").get_offsets())[:, 1]
            assert heights == pytest.approx(rows(table, metric=metric, **{"class": c})["share"])


def test_no_mark_of_a_share_is_cut_off_and_intervals_have_their_classes_full_colours():
    figure = draw("selective-counts", small_evidence(("fashion",), 2))
    figure.draw_without_rendering()
    intervals = {to_hex(found.get_colors()[0], keep_alpha=True) for axes in figure.axes for found in _lines(axes)}
    assert intervals == {to_hex(colour, keep_alpha=True) for colour in palette.CLASS_COLOURS}
    for axes in figure.axes:
        radius = np.sqrt(named(axes, "class 1").get_sizes().max()) / 2 * figure.dpi / 72
        bottom = axes.transData.transform((0, 0))[1]
        assert bottom - radius > axes.get_window_extent().y0


def _lines(axes):
    return [found for found in axes.collections if isinstance(found, LineCollection)]


# Snapshots -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "every"),
    [
        (data_of_harm_by_fraction, 11),
        (data_of_hit_by_layer, 1),
        (data_of_noise_ceiling, 1),
        (data_of_selective_counts, 3),
    ],
    ids=["harm_by_fraction", "hit_by_layer", "noise_ceiling", "selective_counts"],
)
def test_plotted_data_over_seeds(dataframe_regression, data, every):
    dataframe_regression.check(snapshot(data(networks(2)), every))


def test_plotted_data_of_seed_distribution(dataframe_regression):
    dataframe_regression.check(snapshot(printed_among_seeds(small_evidence(n_seeds=2))))


def test_plotted_data_of_units(dataframe_regression):
    dataframe_regression.check(snapshot(data_of_selectivity_and_harm(small_network("mnist/seed=0")), 97))
