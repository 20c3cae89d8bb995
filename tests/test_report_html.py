"""The page: whole, self-contained, escaped."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from handmade_verdicts import HOSTILE, accuracy, evidence_by_hand, handful, rehearsed, source, unmarked, verdict

from replication.judging.verdict import Flip
from replication.report import gather, render_html, render_markdown

VOID = {"meta", "link", "br", "img", "input", "hr", "line", "rect", "circle", "path"}


class Page(HTMLParser):
    """Tags with their attributes, ids, and whether every tag that opens is closed in order."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.ids, self.text = [], [], [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> at {self.getpos()}"

    def handle_data(self, data):
        self.text += data

    def values(self, attribute):
        return [attrs[attribute] for _, attrs in self.tags if attribute in attrs]


def render(verdicts, evidence=None, **more):
    return render_html(gather(verdicts, evidence, **more))


def test_every_tag_is_closed_and_every_link_leads_somewhere():
    page = Page(render(handful(), evidence_by_hand(), figures={"2": "<svg/>"}, errors={"a": "b"}))
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    targets = [value for value in page.values("href") if value.startswith("#")]
    assert targets
    assert {target[1:] for target in targets} <= set(page.ids)


def test_every_verdict_is_in_the_table_and_on_its_card():
    text = render(handful())
    assert text.count(" data-network=") == len(handful())
    for one in handful():
        assert text.count(one.id) >= 2
        assert one.sentence in text
        assert one.judgement.measured_text.replace("-", "−") in text


def test_nothing_is_loaded_from_elsewhere():
    page = Page(render(handful(), evidence_by_hand(), figures={"2": '<svg><image href="http://x.org/a"/></svg>'}))
    assert all(value.startswith("data:") for value in page.values("src"))
    assert all(value.startswith("#") for value in page.values("href"))
    assert "http://" not in page.text
    assert not {"link", "iframe", "object"} & {tag for tag, _ in page.tags}
    assert not re.search(r"url\(|@import", render(handful()))


@pytest.mark.parametrize("field", ["sentence", "reported", "claim_id", "text", "rule", "uninformative"])
def test_hostile_text_is_shown_and_not_run(field):
    text = render([verdict(**{field: HOSTILE})])
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
    assert len([tag for tag, _ in Page(text).tags if tag == "script"]) == 1


def test_hostile_text_from_elsewhere_is_escaped_too():
    text = render(
        [
            verdict(HOSTILE, evidence=source("mnist")),
            verdict(evidence={**rehearsed(), "trained_on": [HOSTILE], "profile": HOSTILE}),
        ],
        errors={HOSTILE: HOSTILE},
        caveats={"4.1/classes-differ": HOSTILE},
        figures={"2": f"<svg>{HOSTILE}</svg>"},
    )
    assert "<script>alert" not in text
    assert len([tag for tag, _ in Page(text).tags if tag == "script"]) == 1


def test_verdicts_on_networks_of_another_paper_are_refused():
    with pytest.raises(ValueError, match="a verdict is on cifar10: the report names, counts and describes"):
        gather([verdict(), verdict(network="cifar10")])


def test_a_missing_interval_is_left_out():
    text = render([verdict(outcome="not testable", interval=None, measured=None, text="nothing", values=())])
    assert 'class="badge not-testable"' in text
    assert "% interval</dt>" not in text


@pytest.mark.parametrize("values", [(), (1.0,), (float("nan"),), (0.5, float("nan")), (2.0, 2.0)])
def test_any_number_of_values_can_be_shown(values):
    Page(render([verdict(values=values, unit="pp", measured=None)]))


def test_a_rehearsal_says_so_on_its_face():
    text = unmarked(render([verdict(evidence=rehearsed())]))
    assert (
        "This is a rehearsal on scikit-learn&#39;s small digits, which stand in for what M-Net was trained on." in text
    )
    assert text.index("rehearsal") < text.index('id="claims"')


def test_the_paper_s_own_kind_of_evidence_needs_no_banner():
    assert 'class="banner"' not in render([verdict()])


def test_the_contents_stand_after_the_lead_and_before_the_map():
    text = render(handful())
    places = [text.index(part) for part in ('class="lead"', "<nav ", "</nav>", 'class="verdict-map"', 'class="scroll"')]
    assert places == sorted(places)
    assert "<details><summary>Contents</summary>" in text[places[1] : places[2]]


def test_sections_of_the_scores_lead_to_their_cards_and_rows_can_be_linked_to():
    text = render(handful())
    page = Page(text)
    for name in ("3.1", "3.2", "4.1"):
        assert f'<th scope="row"><a href="#section-{name}">§{name} ' in text
        assert f'<h3 id="section-{name}">§{name} ' in text
    rows = [attrs["id"] for tag, attrs in page.tags if tag == "tr" and "data-network" in attrs]
    assert len(rows) == len(handful())
    assert "row-4.1-classes-differ_kmnist" in rows
    assert "tr:target" in text


def test_errors_stand_apart_from_verdicts():
    content = gather(handful(), errors={"4.2/x": "KeyError: 'fc3'"})
    text = render_html(content)
    assert sum(content.summary.counts.values()) == len(handful())
    assert "1 check ended in an error and has no verdict." in text
    assert "KeyError: &#39;fc3&#39;" in text


def test_the_strip_shows_the_default_and_marks_what_flips():
    text = render([accuracy()])
    assert len(re.findall(r'class="cell default', text)) == 2
    assert re.findall(r'class="cell ([a-z -]+?) flipped ruled-out"', text) == ["not-replicated"]


def test_a_weak_test_stands_apart_in_words_bars_and_the_filter():
    text = render(handful())
    badge = '<span class="badge weak" title="weak test: it would also be true of 90% of networks'
    assert text.count(badge) == 2, "in the table and on the card"
    assert text.count("</span> replicated by a weak test</span>") >= 2
    assert '<span class="weak">1<span class="symbol" aria-hidden="true">(✓)</span>' in text
    assert '<span class="weak" style="flex-grow: 1"></span>' in text
    key = "✓ replicated · (✓) replicated by a weak test · ✗ not replicated · ? inconclusive"
    assert f"by section of the paper and by subject: {key}" in text


def test_every_row_of_the_table_has_an_outcome_that_the_filter_offers():
    text = render(handful())
    options = re.findall(r'<option value="([a-z-]+)">(replicated[^<]*|not [^<]*|inconclusive)</option>', text)
    assert ("weak", "replicated by a weak test") in options
    rows = re.findall(r'data-outcome="([a-z-]+)"', text)
    assert sorted(rows) == ["inconclusive", "not-replicated", "not-testable", "replicated", "replicated", "weak"]
    assert {*rows} == {value for value, _ in options}
    assert '${shown === 1 ? "verdict" : "verdicts"}' in text, "one row left is 1 verdict"


def summaries(one):
    """What folds away on the card of one verdict, and whether it stands open."""
    found = re.findall(r"<details( open)?>\n<summary>([^<]*(?:criteria|answers)[^<]*)</summary>", render([one]))
    return [(text, bool(is_open)) for is_open, text in found]


def flip(option, outcome, choice="nh-variant"):
    return Flip(choice, option, outcome, "")


@pytest.mark.parametrize(
    ("flips", "text", "is_open"),
    [
        ([], "Other criteria (1)", False),
        ([flip("all", "replicated")], "Other criteria and other answers (2; same verdict)", False),
        ([flip("all", "not testable")], "Other criteria and other answers (2; same verdict)", False),
        ([flip("all", "inconclusive")], "Other criteria and other answers (2; 1 changes the verdict)", True),
        (
            [
                flip("all", "replicated"),
                *(flip("raw", "inconclusive", choice) for choice in ("nh-space", "umap-start")),
            ],
            "Other criteria and other answers (4; 2 change the verdict)",
            True,
        ),
        (
            [flip("raw", "inconclusive", "nh-space")],
            "Other criteria and other answers (2; 1 changes the verdict)",
            False,
        ),
    ],
)
def test_what_stands_beside_the_first_criterion_is_folded_unless_an_open_answer_changes_the_verdict(
    flips, text, is_open
):
    assert summaries(verdict(flips=flips)) == [(text, is_open)]


def test_an_answer_that_holds_by_a_weak_test_is_shown_as_such():
    weak = Flip("nh-variant", "all", "replicated", "6 of 6", weak=True)
    text = render([verdict(flips=[weak], uninformative="it can hardly fail")])
    for cell in ("cell default weak", "cell weak"):
        (shown,) = re.findall(f'<span class="{cell}" title="([^"]*)"><span aria-hidden="true">([^<]*)</span>', text)
        assert "replicated by a weak test" in shown[0]
        assert shown[1] == "(✓)"


def test_nothing_is_folded_where_there_is_but_one_criterion():
    one = verdict()
    one = replace(one, judgement=replace(one.judgement, criteria=one.judgement.criteria[:1]))
    assert summaries(one) == []
    assert "first asked" in render([one])
    assert summaries(replace(one, flips=(flip("all", "inconclusive"),))) == [
        ("Other answers (1; 1 changes the verdict)", True)
    ]


@pytest.mark.parametrize(
    ("why", "shown"),
    [("true of 3 of 4 networks", False), ("3 of 4 networks", False), ("3 of 4 networks, too few", True)],
)
def test_what_decided_is_told_where_it_says_more_than_what_was_measured(why, shown):
    one = verdict()
    text = render([replace(one, judgement=replace(one.judgement, why=why))])
    assert ('<p class="why">' in text) == shown


def test_a_caveat_stands_on_the_card():
    assert "Mind the gap." in render(handful(), caveats={"3.1/accuracy": "Mind the gap."})


def test_tables_of_evidence_are_there_with_it_and_only_with_it():
    assert "Neighbourhood hit by layer" in render(handful(), evidence_by_hand())
    assert "Neighbourhood hit by layer" not in render(handful())


def test_what_scrolls_can_be_reached_and_says_what_it_is():
    page = Page(render(handful(), evidence_by_hand(), figures={"2": "<svg/>"}))
    scrolls = [attrs for tag, attrs in page.tags if tag == "pre" or "scroll" in attrs.get("class", "").split()]
    assert scrolls
    assert all(attrs.get("tabindex") == "0" and attrs.get("role") == "region" for attrs in scrolls)
    assert all(attrs.get("aria-label") for attrs in scrolls)


def test_every_landmark_has_a_name_of_its_own():
    text = unmarked(render(handful(), evidence_by_hand(), figures={"2": "<svg/>"}))
    headings = dict(re.findall(r'<h2 id="([^"]*)">([^<]*)<', text))
    marks = [
        attrs for tag, attrs in Page(text).tags if tag in {"section", "nav", "form"} or attrs.get("role") == "region"
    ]
    names = [attrs.get("aria-label") or headings[attrs["aria-labelledby"]] for attrs in marks]
    assert len(names) > 10
    assert sorted(names) == sorted(set(names))


def test_the_summary_is_part_of_what_the_page_is_about():
    text = render(handful())
    places = [text.index(part) for part in ("<header>", "<h1>", "</header>", "<main>", 'id="summary"', "</main>")]
    assert places == sorted(places)


def test_a_figure_ends_with_its_caption_which_its_description_does_not_repeat():
    text = render([replace(verdict(), place="§4.1 ¶2 s2, Fig. 2")], figures={"2": "<svg/>"})
    assert 'class="compact of-figure"' in text
    caption, end = re.search(r"<figcaption><b>.*</b> (.*)</figcaption>\n(.*)", text).groups()[-2:]
    assert end == "</figure>"
    assert all(caption not in alt for alt in Page(text).values("alt"))


def test_no_line_breaks_within_the_name_of_a_network():
    text = render(handful(), evidence_by_hand())
    text_alone = re.sub(r"(?s:<(title|option|svg)\b.*?</\1>)|<[^>]*>", " ", unmarked(text))
    marked = re.findall(r'<span class="net">([MKF]-Nets?)</span>', text)
    assert marked
    assert marked == re.findall(r"[MKF]-Nets?\b", text_alone)
    assert ">M-Net</option>" in text
    assert all("<" not in value for value in Page(text).values("aria-label"))


def test_names_are_marked_in_no_picture():
    one = accuracy(reported="99.0 M-Net")
    assert "99.0 M-Net</text>" in render([one])
    assert '<dd>99.0 <span class="net">M-Net</span></dd>' in render([one])


def test_headers_have_scopes_and_pictures_have_descriptions():
    page = Page(render(handful(), evidence_by_hand(), figures={"2": "<svg/>", "seed-distribution": "<svg/>"}))
    assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")
    assert all(attrs.get("alt") for tag, attrs in page.tags if tag == "img")
    assert all(attrs.get("aria-label") for tag, attrs in page.tags if tag == "svg")


def test_what_needs_no_network_is_told_as_being_on_the_paper_itself():
    text = render(handful())
    assert '<option value="-">the paper itself</option>' in text
    assert '<td class="network">the paper itself</td>' in text


@pytest.mark.parametrize(
    ("record", "heading"),
    [
        ({}, "M-Net (rehearsal on digits)"),
        ({"stand_in": "", "origin": "from elsewhere"}, "M-Net (rehearsal on networks from elsewhere)"),
        ({"stand_in": "", "origin": "trained otherwise"}, "M-Net (rehearsal on networks trained otherwise)"),
        ({"stand_in": "", "origin": "trained", "profile": "quick"}, "M-Net (rehearsal on networks of profile quick)"),
        ({"stand_in": "", "origin": "trained", "profile": "paper"}, "M-Net (rehearsal)"),
    ],
)
def test_a_rehearsal_is_marked_on_its_card_where_others_have_their_outcome(record, heading):
    one = verdict(evidence=rehearsed() | record, flips=[flip("all", "inconclusive")])
    card = unmarked(render([one])).partition('<article class="card"')[2].partition("</article>")[0]
    assert f"<b>{heading}</b>" in card
    assert '<span class="badge rehearsal">rehearsal</span>' in card
    assert 'class="badge replicated"' not in card
    assert "<details open>" not in card
    assert f"- {heading}: " in render_markdown(gather([one]))


def test_what_is_no_rehearsal_has_its_outcome_on_its_card():
    cards = render(handful()).partition('id="cards"')[2].partition('id="numbers"')[0]
    assert "rehearsal" not in cards
    assert cards.count('<span class="badge ') == len(handful())


def test_table_and_cards_lead_to_each_other():
    text = render(handful())
    for card in (card for section in gather(handful()).sections for card in section.cards):
        anchor = card.row_anchor(card.verdicts[0])
        row = text.index(f'<tr id="{anchor}"')
        assert row < text.index(f'href="#{card.anchor}">{card.id}</a>', row) < text.index("</tbody>", row)
        here = text.index(f'<article class="card" id="{card.anchor}"')
        for link in (f'<a href="#{anchor}">In the table ↑</a>', f'<a href="#{card.anchor}" aria-label='):
            assert here < text.index(link, here) < text.index("</article>", here)
