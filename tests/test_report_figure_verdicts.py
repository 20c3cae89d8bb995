"""What the paper says of a figure stands beside it, of the network that it shows."""

import re
from dataclasses import replace

import pytest
from handmade_verdicts import evidence_by_hand, rehearsed, source, verdict

from claims import REGISTRY
from replication.paper import FIGURES
from replication.report import gather, render_html, render_markdown
from replication.report.figure_verdicts import figures_cited, verdicts_on_figure, what_is_judged

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
    assert re.search(r"Figure 2.*What the paper says about this figure.*3 of 4 networks", page, re.DOTALL)
    assert "| 2 " in render_markdown(content).partition("says about its figures")[2]
    assert "says about its figures" not in render_markdown(gather([one]))


@pytest.mark.parametrize(
    ("evidence", "drawn", "told"),
    [
        (source("kmnist", 6), "kmnist", "on all 6 K-Nets. The picture shows one of them."),
        (source("kmnist", 6), "mnist", "on all 6 K-Nets. The picture shows M-Net, which its caption names."),
        (source("kmnist", 1), "kmnist", "on K-Net. The picture shows it."),
        (rehearsed(), "kmnist", "on 2 networks trained on digits. The picture shows one of them."),
        ({"kind": "paper"}, "kmnist", "on K-Net. The picture shows it."),
    ],
)
def test_the_table_says_what_it_judges_and_what_of_it_is_drawn(evidence, drawn, told):
    found = what_is_judged([verdict(network="kmnist", evidence=evidence)], drawn)
    assert found == f"What the paper says about this figure, and the verdict {told}"


def test_nothing_is_said_of_a_figure_without_verdicts():
    assert what_is_judged((), "kmnist") == ""


def test_headings_name_whose_network_is_drawn_where_there_is_evidence():
    def headings(evidence):
        figures = dict.fromkeys(("2", "3", "selective-counts", "seed-distribution"), "<svg/>")
        return [picture.heading.partition(". ")[0] for picture in gather([], evidence, figures=figures).pictures]

    unnamed = [
        "Figure 3",
        "Every printed number and the values of all seeds",
        "How certain the numbers of selective units are",
    ]
    assert headings(None) == ["Figure 2", *unnamed]
    assert headings(evidence_by_hand()) == ["Figure 2 (M-Net, seed 0)", *unnamed]


def test_the_section_lists_its_figures():
    page = render_html(gather([], figures={"2": "<svg/>", "seed-distribution": "<svg/>"}))
    for anchor in ("figure-2", "figure-seed-distribution"):
        assert page.index(f'<li><a href="#{anchor}">') < page.index(f'<figure id="{anchor}">')
