"""Every figure draws, of every data set, of one seed and of three; three of them as they looked before."""

from io import BytesIO

import pytest
from matplotlib.text import Text
from small_evidence import small_evidence

from replication import paper
from replication.evidence import CORRELATIONS
from replication.figures import FIGURES, NoNetworkError, draw, palette, save_figures, svg_text
from replication.figures.style import styled
from replication.study import DATASETS

OF_ALL = (
    *("seed-distribution", "harm-by-fraction", "cumulative-ablation", "hit-by-layer", "noise-ceiling"),
    *(f"multiverse-{kind}" for kind in CORRELATIONS),
)
"""Figures beyond the paper's that show every data set a run holds."""

OF_FASHION = (*OF_ALL, "selective-counts")
"""Figures beyond the paper's that a run with F-Nets alone can show."""


def test_every_figure_of_the_paper_is_there_with_its_data_set():
    for figure in paper.FIGURES.values():
        kind = FIGURES[figure.id]
        assert (kind.dataset,) == (figure.caption_networks if len(figure.caption_networks) == 1 else (None,))
        assert not kind.over_seeds
    assert FIGURES["A.8-text"].dataset == paper.FIGURES["A.8"].text_networks[0] != FIGURES["A.8"].dataset


def test_figures_of_one_kind_are_drawn_alike():
    by_kind = {}
    for figure in paper.FIGURES.values():
        draws = FIGURES[figure.id].draw
        by_kind.setdefault(figure.kind, set()).add(getattr(draws, "func", draws))
    assert all(len(functions) == 1 for functions in by_kind.values())
    assert len(set.union(*by_kind.values())) == len(by_kind) == 5


@pytest.mark.parametrize("figure_id", FIGURES)
def test_captions_are_sentences(figure_id):
    kind = FIGURES[figure_id]
    assert kind.title
    assert not kind.title.endswith(".")
    assert kind.caption.endswith(".")


LEAST_SIZE = 8
"""Points: smaller words are hard to read on a page."""


@pytest.mark.parametrize("figure_id", FIGURES)
def test_every_figure_draws_of_three_seeds_and_its_words_are_large_enough_and_lie_within_it(figure_id):
    over_seeds = FIGURES[figure_id].over_seeds
    figure = draw(figure_id, small_evidence(n_seeds=3), seed=None if over_seeds else 2)
    assert over_seeds or "seed 2" in _texts(figure)
    figure.draw_without_rendering()
    words = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    assert min(text.get_fontsize() for text in words) >= LEAST_SIZE
    not_drawn = list(_beyond_the_axes(figure))
    places = [text.get_window_extent() for text in words if text not in not_drawn]
    assert min(place.x0 for place in places) >= 0
    assert max(place.x1 for place in places) <= figure.bbox.x1
    assert min(place.y0 for place in places) >= 0
    assert max(place.y1 for place in places) <= figure.bbox.y1


def _beyond_the_axes(figure):
    """The labels of ticks beyond their axis' ends, which matplotlib keeps but does not draw."""
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        drawn = axis._update_ticks() if axis.axes.axison else []
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
            if tick not in drawn:
                yield from (tick.label1, tick.label2)


@pytest.mark.parametrize("figure_id", OF_ALL)
def test_what_shows_all_data_sets_shows_each_it_holds_or_the_one_asked_for(figure_id):
    evidence = small_evidence(("mnist", "fashion"))

    def words(figure):
        return " ".join(text.get_text() for text in figure.findobj(Text))

    both, one = words(draw(figure_id, evidence)), words(draw(figure_id, evidence, dataset="fashion"))
    assert ["M-Net" in both, "K-Net" in both, "F-Net" in both] == [True, False, True]
    assert ["M-Net" in one, "F-Net" in one] == [False, True]


@pytest.mark.slow
@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("figure_id", FIGURES)
def test_every_figure_draws_of_each_data_set(figure_id, dataset):
    assert draw(figure_id, small_evidence((dataset,)), dataset=dataset).axes


@pytest.mark.parametrize("figure_id", FIGURES)
def test_digits_that_stand_in_are_named(figure_id):
    figure = draw(figure_id, small_evidence(("digits",), 2, profile="digits"))
    assert "digits" in _texts(figure)
    assert "[rehearsal]" in figure.get_suptitle()


def _texts(figure):
    return " ".join([figure.get_suptitle(), *(axes.get_title(loc="left") for axes in figure.axes)])


@pytest.mark.parametrize("figure_id", FIGURES)
def test_every_figure_draws_of_one_seed_and_its_file_stays_small_with_all_test_images(figure_id):
    figure = draw(figure_id, small_evidence(n_images=9980))
    assert figure.axes
    assert figure.get_suptitle()
    assert len(svg_text(figure)) < 500_000


def test_what_cannot_be_drawn_is_named():
    evidence = small_evidence(("mnist",))
    with pytest.raises(KeyError, match=r"no figure 'A\.9': did you mean 'A\.[1-8]'\?"):
        draw("A.9", evidence)
    with pytest.raises(KeyError, match=r"no figure 'xyz': there are 1, 2, 3"):
        draw("xyz", evidence)
    with pytest.raises(ValueError, match="figure 'noise-ceiling' shows all seeds: leave out seed=0"):
        draw("noise-ceiling", evidence, seed=0)
    with pytest.raises(NoNetworkError, match="no network trained on kmnist"):
        draw("3", evidence)
    with pytest.raises(NoNetworkError, match="no network trained on digits"):
        draw("seed-distribution", evidence, dataset="digits")


def test_all_figures_are_those_of_networks_that_are_there(tmp_path):
    evidence = small_evidence(("fashion",))
    paths = save_figures(None, tmp_path, evidence, "png", seed=0)
    assert {path.stem for path in paths} == {f"figure-{id_}" for id_ in ("1", "5", "A.2", "A.5", "A.6", *OF_FASHION)}
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    with pytest.raises(NoNetworkError, match="no network trained on kmnist"):
        save_figures(["3"], tmp_path, evidence, "png")
    with pytest.raises(NoNetworkError, match="no network that a figure could show"):
        save_figures(None, tmp_path, evidence, "png", dataset="mnist")


@styled
def picture(figure):
    """A small PNG."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=70)
    return buffer.getvalue()


THRESHOLD = 0.4
"""Mean difference of pixels in per cent that another version's rendering of text may make."""


@pytest.mark.parametrize("figure_id", ["2", "4", "6"])
def test_pictures_look_as_before(image_regression, figure_id):
    evidence = small_evidence(("mnist", "kmnist"))
    image_regression.check(picture(draw(figure_id, evidence)), diff_threshold=THRESHOLD)


@pytest.mark.parametrize("figure_id", ["2", "4", "6"])
def test_the_threshold_sees_another_network(image_regression, figure_id):
    evidence = small_evidence(("mnist", "kmnist"), 2)
    with pytest.raises(AssertionError):
        image_regression.check(
            picture(draw(figure_id, evidence, seed=1)),
            diff_threshold=THRESHOLD,
            basename=f"test_pictures_look_as_before_{figure_id}_",
        )


def test_the_threshold_sees_two_classes_change_colours(image_regression, monkeypatch):
    colours = list(palette.CLASS_COLOURS)
    colours[3], colours[9] = colours[9], colours[3]
    monkeypatch.setattr(palette, "CLASS_COLOURS", tuple(colours))
    shown = picture(draw("4", small_evidence(("kmnist",))))
    with pytest.raises(AssertionError):
        image_regression.check(shown, diff_threshold=THRESHOLD, basename="test_pictures_look_as_before_4_")
