"""What the paper says of a figure stands beside it, of the network that it shows."""

import re
from dataclasses import replace

import pytest
from handmade_verdicts import verdict

from claims import REGISTRY
from replication.paper import FIGURES
from replication.report import gather, render_html, render_markdown
from replication.report.figure_verdicts import figures_cited, verdicts_on_figure

BARS = "§4.1 ¶2 s2, Fig. 2, A.1, A.2"


def test_figures_are_read_from_every_place_that_cites_one():
    for claim in REGISTRY.values():
        cited = figures_cited(claim.place)
        assert bool(cited) == ("Fig." in claim.place), claim.place
        assert set(cited) <= set(FIGURES)
    assert figures_cited("§4.2 ¶1 s3") == ()
    assert figures_cited("§4.3 ¶4 s5, Fig. 5, 6, A.7, A.8") == ("5", "6", "A.7", "A.8")
    assert figures_cited("§4.1 ¶3 s1, Fig. A.3") == ("A.3",)


@pytest.mark.parametrize(("figure", "network"), [("2", "mnist"), ("A.1", "kmnist"), ("A.2", "fashion")])
def test_only_the_network_that_the_figure_shows_is_spoken_of(figure, network):
    all_three = [replace(verdict("4.1/x", network=name), place=BARS) for name in ("mnist", "kmnist", "fashion")]
    assert [one.network for one in verdicts_on_figure(figure, all_three)] == [network]
    assert verdicts_on_figure("3", all_three) == ()
    assert verdicts_on_figure("noise-ceiling", all_three) == ()


def test_every_figure_that_the_paper_reads_something_off_has_a_claim():
    cited = {figure for claim in REGISTRY.values() for figure in figures_cited(claim.place)}
    assert set(FIGURES) - cited == {"1"}, "Fig. 1 is described and nothing is concluded from it"


def test_the_report_shows_them_under_the_figure():
    one = replace(verdict("4.1/x", text="3 of 4 networks"), place=BARS)
    content = gather([one], figures={"2": "<svg/>"})
    page = render_html(content).partition('id="figures"')[2]
    assert re.search(r"Figure 2.*What the paper says of it.*3 of 4 networks", page, re.DOTALL)
    assert "| 2 " in render_markdown(content).partition("says of its figures")[2]
    assert "says of its figures" not in render_markdown(gather([one]))
