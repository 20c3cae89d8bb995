"""The specification curve: ordered by the mean over seeds, with the defaults and the printed number."""

from dataclasses import replace

import numpy as np
import pytest
from figure_checks import colours_of, named, snapshot
from matplotlib.colors import to_hex
from small_evidence import networks, small_evidence

from replication.choices import all_open
from replication.evidence import CORRELATIONS, multiverse
from replication.figures import data_of_multiverse, draw, palette
from replication.figures.multiverse import summarised
from replication.paper import NETWORK_NAMES, REPORTED
from replication.stats import fisher_mean


def test_summary_by_hand():
    table = {
        "specification": np.array([0, 1, 2, 0, 1, 2]),
        "seed": np.array([0, 0, 0, 1, 1, 1]),
        "r": np.array([0.5, np.nan, 0.1, 0.7, np.nan, np.nan]),
        "baseline": np.array(["zero", "mean", "zero"] * 2),
    }
    found = summarised(table)
    assert found["specification"].tolist() == [2, 0, 1]
    assert found["mean"].tolist() == pytest.approx([0.1, fisher_mean([0.5, 0.7]), np.nan], nan_ok=True)
    assert found["low"].tolist() == pytest.approx([0.1, 0.5, np.nan], nan_ok=True)
    assert found["high"].tolist() == pytest.approx([0.1, 0.7, np.nan], nan_ok=True)
    assert found["baseline"].tolist() == ["zero", "zero", "mean"]


def test_what_is_ruled_out_stands_last_however_large_its_mean():
    table = {
        "specification": np.arange(3),
        "seed": np.zeros(3, dtype=int),
        "r": np.array([0.5, -0.9, 0.1]),
        "baseline": np.array(["zero", "mean", "zero"]),
    }
    found = summarised(table)
    assert found["specification"].tolist() == [2, 0, 1]
    assert found["open"].tolist() == [True, True, False]


def means_of(axes, label):
    """Heights of the means of one kind, from left to right."""
    places = np.asarray(named(axes, label).get_offsets())
    assert (np.diff(places[:, 0]) > 0).all()
    return places[:, 1]


def check_curve(axes, kind, networks, dataset="mnist"):
    """Means rise among either kind, ruled out to the right; the diamond is the default's, the dashed line printed."""
    found = multiverse(CORRELATIONS[kind], networks)
    is_open = np.array([all_open(choices) for choices in found.specifications])
    assert means_of(axes, "mean") == pytest.approx(np.sort(found.means[is_open]), nan_ok=True)
    assert means_of(axes, "ruled out") == pytest.approx(np.sort(found.means[~is_open]), nan_ok=True)
    ends = [np.asarray(named(axes, label).get_offsets())[:, 0] for label in ("mean", "ruled out")]
    assert ends[0].max() < ends[1].min()
    default = float(np.asarray(named(axes, "default").get_offsets())[0, 1])
    assert default == pytest.approx(fisher_mean([CORRELATIONS[kind].r(network) for network in networks]))
    assert named(axes, "printed").get_ydata()[0] == REPORTED[f"{kind}-r/{dataset}"].value


@pytest.mark.parametrize("kind", ["spearman", "as-nh", "aes-nh"])
def test_curve_default_and_printed_number(kind):
    evidence = small_evidence(("mnist",), 3)
    check_curve(draw(f"multiverse-{kind}", evidence).axes[0], kind, evidence.networks("mnist"))


def test_the_check_sees_another_curve_and_answers_not_told_apart(monkeypatch):
    evidence = small_evidence(("mnist",), 3)
    with pytest.raises(AssertionError):
        check_curve(draw("multiverse-spearman", evidence).axes[0], "as-nh", evidence.networks("mnist"))
    monkeypatch.setattr("replication.choices.Choice.is_open", lambda *_: True)
    with pytest.raises((AssertionError, ValueError)):
        check_curve(draw("multiverse-as-nh", evidence).axes[0], "as-nh", evidence.networks("mnist"))


def test_what_is_ruled_out_is_hollow_and_grey_and_explained():
    figure = draw("multiverse-as-nh", small_evidence(("mnist",), 2))
    left_open, ruled_out = (named(figure.axes[0], label) for label in ("mean", "ruled out"))
    assert colours_of(left_open) == {palette.INK}
    assert colours_of(ruled_out) == {"#ffffff"}
    assert {to_hex(colour) for colour in ruled_out.get_edgecolors()} == {palette.FAINT}
    marks = {one.get_label(): colours_of(one) for one in figure.axes[1].collections}
    assert marks == {"left open": {palette.INK}, "ruled out": {palette.FAINT}}
    grey = [text.get_text() for text in figure.axes[1].get_yticklabels() if text.get_color() == palette.QUIET]
    assert grey == ["nh-space: raw"]
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert {"mean over seeds, left open", "mean over seeds, with a ruled-out answer"} <= set(words)


@pytest.mark.parametrize("kind", CORRELATIONS)
def test_title_and_panel_count_both_kinds(kind):
    specifications = multiverse(CORRELATIONS[kind], networks()).specifications
    n_open = sum(all_open(choices) for choices in specifications)
    n_ruled_out = len(specifications) - n_open
    figure = draw(f"multiverse-{kind}", small_evidence(("mnist",)))
    ways = f"{n_open:,} ways that the paper leaves open"
    assert f"{ways}, {n_ruled_out:,} that it rules out" in figure.get_suptitle().replace("\n", " ")
    assert {text.get_text() for text in figure.axes[0].texts} == {
        f"left open: {n_open:,}",
        f"ruled out: {n_ruled_out:,}",
    }


def test_every_network_has_its_curve():
    evidence = small_evidence(n_seeds=2)
    figure = draw("multiverse-as-nh", evidence)
    assert len(figure.axes) == 6
    for axes, dataset in zip(figure.axes, ("mnist", "kmnist", "fashion"), strict=False):
        assert axes.get_title(loc="left").startswith(NETWORK_NAMES[dataset])
        check_curve(axes, "as-nh", evidence.networks(dataset), dataset)
    assert len(draw("multiverse-as-nh", evidence, dataset="fashion").axes) == 2


def test_marks_stand_under_what_takes_the_option():
    evidence = small_evidence(("mnist",), 2)
    upper, lower = draw("multiverse-spearman", evidence).axes
    curve = summarised(data_of_multiverse(CORRELATIONS["spearman"], evidence.networks("mnist")))
    x = np.concatenate([np.asarray(named(upper, label).get_offsets())[:, 0] for label in ("mean", "ruled out")])
    rows = dict(zip((text.get_text() for text in lower.get_yticklabels()), lower.get_yticks(), strict=True))
    expected = {
        (round(place, 6), round(rows[f"{name}: {option}"], 6))
        for name in ("test-images", "denominator", "baseline")
        for place, option in zip(x, curve[name], strict=True)
    }
    marks = np.concatenate([np.asarray(one.get_offsets()) for one in lower.collections])
    assert {(round(a, 6), round(b, 6)) for a, b in marks.tolist()} == expected


def test_shades_are_the_share_that_takes_the_option():
    evidence = small_evidence(("mnist",))
    figure = draw("multiverse-aes-nh", evidence)
    curve = summarised(data_of_multiverse(CORRELATIONS["aes-nh"], evidence.networks("mnist")))
    shades = named(figure.axes[1], "left open").get_array()
    labels = [text.get_text() for text in figure.axes[1].get_yticklabels()]
    assert shades.shape == (2 * len(labels) - 1, 30)
    first = {
        name: column[curve["open"]][: len(curve["open"][curve["open"]]) // 30 + 1] for name, column in curve.items()
    }
    for row, label in zip(np.asarray(shades)[::2], labels, strict=True):
        name, _, option = label.partition(": ")
        assert row[0] == pytest.approx((first[name] == option).mean())
    assert np.asarray(shades)[labels.index("nh-space: raw") * 2].max() == 0


def test_ranges_too_many_to_be_told_apart_are_means_of_neighbours():
    evidence = small_evidence(("mnist",), 3)
    figure = draw("multiverse-aes-nh", evidence)
    axes = figure.axes[0]
    curve = summarised(data_of_multiverse(CORRELATIONS["aes-nh"], evidence.networks("mnist")))
    for bars, of_kind in zip(axes.containers, (curve["open"], ~curve["open"]), strict=True):
        low, high = (
            [group[np.isfinite(group)].mean() if np.isfinite(group).any() else np.nan for group in groups]
            for groups in (np.array_split(curve[end][of_kind], 30) for end in ("low", "high"))
        )
        assert [bar.get_y() for bar in bars] == pytest.approx(low, nan_ok=True)
        assert [bar.get_y() + bar.get_height() for bar in bars] == pytest.approx(high, nan_ok=True)
        assert {to_hex(bar.get_facecolor()) for bar in bars} == {palette.BAND}
    places = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.containers[0]]
    x = np.asarray(named(axes, "mean").get_offsets())[:, 0]
    for (start, end), group in zip(places, np.array_split(x, 30), strict=True):
        assert start < group.min() <= group.max() < end
    assert "range over seeds, mean of neighbours" in [text.get_text() for text in figure.legends[0].get_texts()]
    few = draw("multiverse-as-nh", evidence)
    assert "range over seeds" in [text.get_text() for text in few.legends[0].get_texts()]


def test_neighbours_of_which_none_has_a_coefficient_have_no_range(monkeypatch):
    def undefined(correlation, networks):
        found = multiverse(correlation, networks)
        return replace(found, r=np.where(found.means > np.nanmedian(found.means), np.nan, found.r))

    monkeypatch.setattr("replication.figures.multiverse.multiverse", undefined)
    axes = draw("multiverse-aes-nh", small_evidence(("mnist",), 2)).axes[0]
    heights = np.array([bar.get_height() for bar in axes.containers[0]])
    assert 0 < np.isnan(heights).sum() < len(heights)


def test_a_correlation_that_is_undefined_has_its_place(monkeypatch):
    def undefined(correlation, networks):
        found = multiverse(correlation, networks)
        return replace(found, r=np.full_like(found.r, np.nan))

    monkeypatch.setattr("replication.figures.multiverse.multiverse", undefined)
    figure = draw("multiverse-as-nh", small_evidence(("mnist",)))
    assert len([one for one in figure.axes[0].patches if one.get_label() == "undefined"]) == 2
    handles = {one.get_label(): one for one in figure.legends[0].legend_handles}
    assert handles["undefined: a profile is constant"].get_hatch()
    assert not handles["range over seeds"].get_hatch()


def test_a_data_set_the_paper_does_not_print_has_no_line():
    evidence = small_evidence(("digits",), profile="digits")
    figure = draw("multiverse-spearman", evidence, dataset="digits")
    assert "printed" not in {line.get_label() for line in figure.axes[0].lines}
    assert "printed" not in figure.axes[0].get_title(loc="left")


@pytest.mark.parametrize("kind", ["spearman", "as-nh"])
def test_plotted_data(dataframe_regression, kind):
    dataframe_regression.check(snapshot(data_of_multiverse(CORRELATIONS[kind], networks(2))))
