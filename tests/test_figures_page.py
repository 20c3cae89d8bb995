"""Figures in the report's page: as wide as it has room for, all by one scale."""

import re

import pytest
from small_evidence import small_evidence

from replication.figures import draw, svg_text
from replication.report.content import gather
from replication.report.html import render_html


def widths(figures):
    """Width of each picture in the page, in pixels."""
    page = render_html(gather([], figures=figures))
    return [int(found) for found in re.findall(r'<figure[^>]*>\s*<img [^>]*width="(\d+)"', page)]


def test_a_figure_over_both_columns_fills_the_page_and_a_narrower_one_keeps_the_scale():
    evidence = small_evidence(("mnist",))
    figures = {"1": svg_text(draw("1", evidence)), "2": svg_text(draw("2", evidence))}
    assert 'width="273.6pt"' in figures["1"]
    narrow, full = widths(figures)
    assert full == 1200
    assert narrow == pytest.approx(1200 * 273.6 / 518.4, abs=1)


def test_a_drawing_that_says_no_width_fills_the_page():
    assert widths({"2": "<svg/>"}) == [1200]


def test_no_picture_passes_the_page():
    page = render_html(gather([], figures={"2": "<svg/>"}))
    assert re.search(r"figure img \{ max-width: 100%; height: auto;", page)
