"""What all figures share: no global state, frames, labels, tables, files."""

import re
import subprocess
import sys
from base64 import b64decode
from io import BytesIO

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from figure_checks import named
from hypothesis import given, settings, strategies as st
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PIL import Image
from small_evidence import small_evidence

from replication.figures import draw, save, svg_text
from replication.figures.layers import densest
from replication.figures.saving import drawn_once
from replication.figures.style import CLOUD_DPI, RC, dodged, dot, frame_embedding, new_figure, signed, styled
from replication.figures.table import rows, stacked, tidy

quick = settings(deadline=None, max_examples=40)


def test_the_room_imports_neither_pyplot_nor_torch():
    program = "import replication.figures, sys; print([m for m in ('matplotlib.pyplot', 'torch') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_settings_hold_within_a_figure_and_not_after_it():
    @styled
    def size_within():
        return mpl.rcParams["font.size"]

    before = dict(mpl.rcParams)
    assert size_within() == 8 != before["font.size"]
    assert dict(mpl.rcParams) == before


def test_a_readers_own_settings_change_nothing():
    evidence = small_evidence(("mnist",))
    plain = svg_text(draw("2", evidence))
    with mpl.rc_context({"axes.facecolor": "pink", "lines.linewidth": 9, "svg.hashsalt": "another"}):
        assert svg_text(draw("2", evidence)) == plain


def test_numbers_have_a_true_minus_and_no_negative_zero():
    assert [signed(-1.25), signed(0.04), signed(-0.04), signed(-0.31, 2)] == ["−1.2", "0.0", "0.0", "−0.31"]


def test_long_titles_are_broken_to_the_width():
    assert "\n" in new_figure("word " * 40, height=2).get_suptitle()
    assert "\n" not in new_figure("word", height=2).get_suptitle()


def test_dots_are_laid_out_around_the_middle():
    assert dodged(3, 0.2).tolist() == [-0.2, 0, 0.2]
    assert dodged(1, 0.2).tolist() == [0]
    assert dot("red", "text", "^").get_label() == "text"


@quick
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.sampled_from([0.6, 1.0]), st.sampled_from([0.0, 0.01, 10.0]))
def test_a_frame_holds_every_point_in_equal_aspect(seed, n, height_per_width, scale):
    points = scale * np.random.default_rng(seed).standard_normal((n, 2))
    axes = Figure().subplots()
    frame_embedding(axes, points, height_per_width=height_per_width)
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    assert (top - bottom) / (right - left) == pytest.approx(height_per_width)
    assert axes.get_aspect() == 1
    inside = (points >= [left, bottom]) & (points <= [right, top])
    assert inside.all()


def test_a_class_is_labelled_where_it_is_densest_not_between_its_halves():
    random = np.random.default_rng(5)
    crowd, few = random.normal([5, 5], 0.1, (60, 2)), random.normal([-5, -5], 1.0, (60, 2))
    place = densest(np.concatenate([crowd, few]))
    assert np.linalg.norm(place - [5, 5]) < 0.3
    assert densest(np.array([[1.0, 2.0]])).tolist() == [1, 2]
    assert densest(np.zeros((3, 2))).tolist() == [0, 0]


@quick
@given(st.integers(0, 2**32 - 1), st.integers(1, 200), st.sampled_from([2**-40, 1.0, 2**20]), st.booleans())
def test_the_densest_point_is_that_of_a_search_through_all(seed, n, scale, on_a_grid):
    points = scale * np.random.default_rng(seed).standard_normal((n, 2))
    if on_a_grid:
        points = scale * np.round(2 * points / scale)
    k = min(max(1, n // 5), n - 1)
    reach = [np.sort(np.linalg.norm(points - one, axis=1))[k] for one in points]
    assert densest(points).tolist() == points[np.argmin(reach)].tolist()


def test_tables_by_hand():
    array = xr.DataArray([[1, 2], [3, 4]], {"a": ["x", "y"], "b": [0, 1]}, ("a", "b"))
    table = tidy("value", array, seed=7)
    assert {name: column.tolist() for name, column in table.items()} == {
        "seed": [7, 7, 7, 7],
        "a": ["x", "x", "y", "y"],
        "b": [0, 1, 0, 1],
        "value": [1, 2, 3, 4],
    }
    assert rows(table, a="y", b=1)["value"].tolist() == [4]
    assert stacked([table, table])["value"].tolist() == [1, 2, 3, 4] * 2


@pytest.mark.parametrize("format", ["svg", "png", "pdf"])
def test_files_are_the_same_to_the_byte(tmp_path, format):
    evidence = small_evidence(("mnist",), 2)
    paths = [tmp_path / "new folder" / f"{name}.{format}" for name in "abc"]
    for path, seed in zip(paths, (0, 0, 1), strict=True):
        save(draw("2", evidence, seed=seed), path, format)
    first, again, other = (path.read_bytes() for path in paths)
    assert first == again != other
    assert first.startswith({"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}[format])


def test_point_clouds_are_the_same_to_the_byte():
    evidence = small_evidence(("mnist",))
    assert svg_text(draw("1", evidence)) == svg_text(draw("1", evidence))


@pytest.mark.parametrize(("figure_id", "cloud"), [("1", "neurons"), ("3", "images")])
def test_no_colour_of_a_point_cloud_covers_the_others(figure_id, cloud):
    """Half of each colour's points are drawn in the first half, up to chance."""
    axes = draw(figure_id, small_evidence(("mnist",)), dataset="mnist").axes[0]
    drawn = np.array([to_hex(colour) for colour in named(axes, cloud).get_facecolors()])
    for colour in np.unique(drawn):
        places = np.flatnonzero(drawn == colour) / len(drawn)
        assert abs(places.mean() - 0.5) < 4 * np.sqrt(1 / 12 / len(places))


@pytest.mark.parametrize("figure_id", ["1", "3", "5"])
def test_images_within_a_vector_file_keep_the_colours_of_their_points(figure_id):
    """Of a hundred pixels that are not white, one at most is off by a tenth of the scale per channel."""
    one, same = (draw(figure_id, small_evidence(("fashion",)), dataset="fashion") for _ in range(2))
    drawn, saved = images_in(drawn_once(one)), images_in(svg_text(same).encode())
    assert len(drawn) == len(saved) > 0
    for before, after in zip(drawn, saved, strict=True):
        off = np.abs(before - after).mean(axis=2)[before.mean(axis=2) < 250]
        assert np.percentile(off, 99) < 25


def images_in(svg):
    """The images of a vector file on white, as arrays of channels from 0 to 255."""
    found = []
    for image in re.findall(rb"data:image/png;base64,\s*([^\"]+)\"", svg):
        with Image.open(BytesIO(b64decode(image))) as one:
            over = one.convert("RGBA")
            found.append(np.asarray(Image.alpha_composite(Image.new("RGBA", over.size, "white"), over), int)[..., :3])
    return found


def test_svg_text_stands_within_html_and_holds_no_date():
    text = svg_text(draw("2", small_evidence(("mnist",))))
    assert text.startswith("<svg")
    assert text.rstrip().endswith("</svg>")
    assert "<!DOCTYPE" not in text
    assert "dc:date" not in text


@pytest.mark.parametrize("figure_id", ["2", "3", "5", "harm-by-fraction", "selective-counts", "multiverse-spearman"])
def test_a_figure_drawn_once_is_the_same_to_the_byte(figure_id):
    evidence, buffer = small_evidence(("mnist",)), BytesIO()
    ours, theirs = (draw(figure_id, evidence, dataset="mnist") for _ in range(2))
    layout, dpi, canvas = ours.get_layout_engine(), ours.dpi, ours.canvas
    with mpl.rc_context(RC):
        theirs.savefig(buffer, format="svg", dpi=CLOUD_DPI, metadata={"Date": None, "Creator": None}, facecolor="white")
        assert drawn_once(ours) == buffer.getvalue()
    assert (ours.get_layout_engine(), ours.dpi, ours.canvas) == (layout, dpi, canvas)


def test_an_unknown_format_is_named(tmp_path):
    with pytest.raises(ValueError, match="no format 'jpeg': expected one of svg, png, pdf"):
        save(new_figure("x", height=1), tmp_path / "x.jpeg", "jpeg")
    assert not list(tmp_path.iterdir())
