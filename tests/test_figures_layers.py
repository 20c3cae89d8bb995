"""Figures 3 and 4 and their kin: classes in their colours, misclassified images in black, NH in the titles."""

import itertools

import numpy as np
import pytest
from figure_checks import colours_of, legend_colours, named, names, panel, points_of, snapshot
from scipy.linalg import orthogonal_procrustes
from scipy.spatial.distance import pdist
from small_evidence import small_evidence, small_network
from test_figures_palette import name_of

from replication.architecture import LAYER_NAMES, N_CLASSES
from replication.choices import DEFAULTS
from replication.embedding import procrustes_chain
from replication.evidence import CondensedError, Evidence, NetworkEvidence
from replication.figures import data_of_ablation_shown, data_of_layers, draw, layers, palette
from replication.figures.layers import title_of_panel, wrong_images
from replication.figures.subject import NoNetworkError
from replication.figures.table import rows
from replication.measurements import condensed
from replication.schema import PANELS
from replication.study import PROFILES

NAMED_BY_THE_PAPER = {3: "red", 5: "brown", 8: "yellow", 9: "cyan"}


def check_classes(figure, network, state="intact"):
    """Each class's points, in every panel, have the class's colour; black ones are those misclassified."""
    piece = network.pieces["horizontal"]
    labels, predictions = piece["label"].values, piece["prediction"]
    right = {name: predictions.sel(state=name).values == labels for name in ("intact", "ablated")}
    black = right["intact"] & ~right["ablated"] if state == "ablated" else np.zeros(len(labels), bool)
    titles = {"data": "test images"}
    aligned = procrustes_chain(dict(zip(PANELS, piece["coordinates"].sel(state=state).values, strict=True)))
    for name, points in aligned.items():
        axes = panel(figure, f"{titles.get(name, name)},")
        cloud = named(axes, "images")
        assert colours_of(cloud) == set(palette.CLASS_COLOURS)
        for c, colour in enumerate(palette.CLASS_COLOURS):
            expected = points[(labels == c) & ~black]
            assert points_of(cloud, colour) == pytest.approx(expected[np.lexsort(expected.T)])
            if c in NAMED_BY_THE_PAPER:
                assert name_of(colour) == NAMED_BY_THE_PAPER[c]
        if black.any():
            cloud = named(axes, "misclassified")
            assert colours_of(cloud) == {"#000000"}
            assert points_of(cloud) == pytest.approx(points[black][np.lexsort(points[black].T)])
        else:
            assert "misclassified" not in names(axes)


@pytest.mark.parametrize(("figure_id", "state"), [("3", "intact"), ("4", "ablated")])
def test_classes_and_misclassified_images_have_their_colours(figure_id, state):
    evidence = small_evidence(("kmnist",), 2)
    check_classes(draw(figure_id, evidence, seed=1), evidence.networks("kmnist")[1], state)


def swapped_colours(monkeypatch):
    colours = list(palette.CLASS_COLOURS)
    colours[3], colours[9] = colours[9], colours[3]
    monkeypatch.setattr(palette, "CLASS_COLOURS", tuple(colours))


def swapped_classes(monkeypatch):
    shown = layers.data_of_layers
    moved = lambda *given: shown(*given) | {"class": (shown(*given)["class"] + 1) % N_CLASSES}  # noqa: E731
    monkeypatch.setattr(layers, "data_of_layers", moved)


def blackened_rest(monkeypatch):
    shown = layers.data_of_layers
    monkeypatch.setattr(layers, "data_of_layers", lambda *given: shown(*given) | {"wrong": ~shown(*given)["wrong"]})


def grey_for_black(monkeypatch):
    monkeypatch.setattr(palette, "MISCLASSIFIED", palette.OTHER)


@pytest.mark.parametrize("swap", [swapped_colours, swapped_classes, blackened_rest, grey_for_black])
def test_the_check_sees_a_swap(monkeypatch, swap):
    evidence = small_evidence(("kmnist",))
    swap(monkeypatch)
    with pytest.raises(AssertionError):
        check_classes(draw("4", evidence), evidence.networks("kmnist")[0], "ablated")


def test_intact_figure_has_the_initialisation_and_no_black():
    evidence = small_evidence(("kmnist",))
    axes = panel(draw("3", evidence), "initialisation,")
    start = evidence.networks("kmnist")[0].pieces["horizontal"]["start"].values
    assert points_of(named(axes, "images")) == pytest.approx(start[np.lexsort(start.T)])
    assert not any(axes.get_title(loc="left").startswith("initialisation") for axes in draw("4", evidence).axes)


def test_every_class_is_labelled_on_its_own_points():
    evidence = small_evidence(("kmnist",))
    network = evidence.networks("kmnist")[0]
    axes = panel(draw("3", evidence), "out,")
    cloud = rows(data_of_layers(network), panel="out")
    for text in axes.texts:
        own = np.column_stack([cloud["x"], cloud["y"]])[cloud["class"] == int(text.get_text())]
        assert np.linalg.norm(own - text.get_position(), axis=1).min() == 0
    assert sorted(text.get_text() for text in axes.texts) == [str(c) for c in range(N_CLASSES)]


@pytest.mark.parametrize("figure_id", ["3", "4"])
def test_class_numbers_stand_out_from_points_of_any_colour(figure_id):
    axes = panel(draw(figure_id, small_evidence(("kmnist",))), "out,")
    for text in axes.texts:
        (halo,) = text.get_path_effects()
        assert halo._gc == {"linewidth": 2.5, "foreground": "white"}
        assert text.get_zorder() > max(cloud.get_zorder() for cloud in axes.collections)


def test_titles_tell_the_hit_of_the_embedding_shown_and_the_range_of_the_others():
    network = small_network("kmnist/seed=0")
    hits = network.nh_overall_by_embedding
    for name in LAYER_NAMES:
        shown = hits.sel(state="intact", panel=name).values
        expected = f"{name}, NH {shown[0]:.1f} % ({shown.min():.1f}–{shown.max():.1f})"
        assert title_of_panel(network, "intact", name) == expected
    by_class = network.nh_by_embedding.weighted(network.n_embedded).mean("class")
    assert hits.values == pytest.approx(by_class.transpose(*hits.dims).values)


def test_hit_of_the_start_by_brute_force():
    network = small_network("kmnist/seed=0")
    piece = network.pieces["horizontal"]
    start, labels = piece["start"].values.astype(float), piece["label"].values
    distances = np.linalg.norm(start[:, None] - start[None], axis=-1)
    nearest = np.argsort(distances, axis=1)[:, 1:7]
    expected = 100 * (labels[nearest] == labels[:, None]).mean()
    assert title_of_panel(network, "intact", "start") == f"initialisation, NH {expected:.1f} %"


def test_images_wrong_before_are_black_only_by_the_other_choice():
    network = small_network("kmnist/seed=0")
    # Wrong when intact: images 0 to 6; when ablated: 5 to 24.
    assert np.flatnonzero(wrong_images(network)).tolist() == list(range(7, 25))
    other = network.under(DEFAULTS.but("wrong-images", "all"))
    assert np.flatnonzero(wrong_images(other)).tolist() == list(range(5, 25))


def test_effect_of_the_ablation_shown_by_hand():
    # 20 images a class.  Intact wrong: 0 to 6.  Ablated wrong: 5 to 24, two of each class.  So classes 0 to 6 lose one
    # image net, as do 5 and 6, wrong in both at first; classes 7, 8 and 9 lose two.
    table = data_of_ablation_shown(small_network("kmnist/seed=0"))
    assert table["n_images"].tolist() == [20] * 10
    assert table["harm_pp"] == pytest.approx([5] * 7 + [10] * 3)
    assert table["n_wrong"].tolist() == [2] * 5 + [1] * 2 + [2] * 3
    assert table["n_wrong"].sum() == 18


def test_bars_and_legend_of_the_ablation_have_the_classes_colours():
    evidence = small_evidence(("fashion",))
    figure = draw("A.6", evidence)
    bars = panel(figure, "accuracy lost").patches
    assert [bar.get_width() for bar in bars] == pytest.approx([5] * 7 + [10] * 3)
    (legend,) = [axes.get_legend() for axes in figure.axes if axes.get_legend()]
    colours = legend_colours(legend)
    assert colours["1 trouser"] == palette.CLASS_COLOURS[1]
    assert colours["misclassified as a\nresult (18 images)"] == "#000000"


def test_a_class_without_images_is_left_out(monkeypatch):
    evidence = small_evidence(("mnist",))
    piece = evidence.networks("mnist")[0].pieces["horizontal"]
    keep = piece["label"].values != 4
    without = piece.isel(image=keep).assign(n_images=piece["n_images"].where(piece["class"] != 4, 0))
    network = type(evidence.networks("mnist")[0])("mnist/seed=0", {"horizontal": without})
    table = data_of_ablation_shown(network)
    assert np.isnan(table["harm_pp"]).tolist() == [c == 4 for c in range(N_CLASSES)]
    assert 4 not in data_of_layers(network)["class"]


@pytest.mark.parametrize("state", ["intact", "ablated"])
def test_each_panel_is_aligned_to_the_one_before_however_it_was_embedded(state):
    network = small_network("mnist/seed=0")
    piece, draws = network.pieces["horizontal"], np.random.default_rng(1)
    turned = piece.copy(deep=True)
    for name in PANELS:
        angle, factor = draws.uniform(0, 2 * np.pi), draws.uniform(0.5, 2)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([1, -1])
        where = {"state": state, "panel": name}
        turned["coordinates"].loc[where] = factor * piece["coordinates"].loc[where].values @ turn + draws.normal(size=2)
    tables = [data_of_layers(NetworkEvidence("mnist/seed=0", {"horizontal": one}), state) for one in (piece, turned)]
    for (before, name), table in itertools.product(itertools.pairwise(PANELS), tables):
        clouds = [np.column_stack([rows(table, panel=each)[axis] for axis in "xy"]) for each in (before, name)]
        best, _ = orthogonal_procrustes(clouds[1], clouds[0])
        assert best == pytest.approx(np.eye(2), abs=1e-4)
    # The first panel alone keeps the turn that it came with.
    distances = [pdist(np.column_stack([rows(table, panel="out")[axis] for axis in "xy"])) for table in tables]
    np.testing.assert_allclose(*distances, rtol=1e-3, atol=1e-6)


def test_what_the_ablation_shown_does_is_counted_from_its_images():
    network = small_network("mnist/seed=0")
    table, shown = data_of_ablation_shown(network), data_of_layers(network, "ablated")
    assert table["n_wrong"].sum() == rows(shown, panel="data")["wrong"].sum()
    assert table["n_images"].sum() == len(rows(shown, panel="data")["wrong"])


def test_a_condensed_network_has_no_images_to_show():
    (network,) = small_evidence(("mnist",)).networks("mnist")
    small = {name: condensed(piece) for name, piece in network.pieces.items()}
    few = Evidence(PROFILES["paper"], [NetworkEvidence("mnist/seed=0", small)])
    assert data_of_ablation_shown(few.networks("mnist")[0])["n_wrong"].sum() > 0
    with pytest.raises(NoNetworkError, match="trained on mnist that is not condensed: the run has none"):
        draw("A.3", few)
    with pytest.raises(CondensedError, match="mnist/seed=0 is condensed: its piece 'horizontal' is without 'label'"):
        data_of_layers(few.networks("mnist")[0])


def test_plotted_data(dataframe_regression):
    dataframe_regression.check(snapshot(data_of_layers(small_network("kmnist/seed=0"), "ablated"), every=37))
