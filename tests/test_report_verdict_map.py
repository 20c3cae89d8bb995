"""The map of verdicts: where squares stand, what they say, and that no colour says it alone."""

import re
from xml.etree import ElementTree

import pytest
from handmade_verdicts import HOSTILE, handful, rehearsed, source, verdict

from replication.ledger import LedgerRow
from replication.report import gather, render_html
from replication.report.cards import sections_in_paper_order
from replication.report.outcomes import SHOWN, shown
from replication.report.verdict_map import LABELS, LOOKS, STEP, TOP, placed, verdict_map
from replication.report.verdict_map_image import verdict_map_image

WEAK = "it would also be true of 90% of networks in which nothing means anything"
SVG = "{http://www.w3.org/2000/svg}"
LEDGER = (LedgerRow("4.1/1.1", "", "", ("4.1/b", "4.1/a"), ""), LedgerRow("abstract/1", "", "", ("abstract/z",), ""))


def map_of(verdicts, ledger=()):
    return verdict_map(sections_in_paper_order(verdicts, ledger, {}))


def cells(block):
    """Outcome by column and row, both from 0."""
    return {((one.x - LABELS) / STEP, (one.y - TOP) / STEP): one.outcome for one in block.squares}


def one_of_each():
    """A claim of each outcome on M-Net."""
    outcomes = ("replicated", "not replicated", "inconclusive", "not testable")
    return [
        verdict("4.1/weak", uninformative=WEAK),
        *(verdict(f"4.1/{name.replace(' ', '-')}", outcome=name) for name in outcomes),
    ]


def test_columns_are_claims_in_the_order_of_the_paper_and_rows_are_networks():
    verdicts = [
        verdict("4.1/a", "fashion", "inconclusive"),
        verdict("4.1/b", "kmnist", "not replicated"),
        verdict("4.1/b", "mnist"),
        verdict("abstract/z", "mnist", uninformative=WEAK),
    ]
    abstract, section = map_of(verdicts, LEDGER).blocks
    assert (abstract.label, abstract.heading, abstract.n_claims) == ("Abstract", "Abstract", 1)
    assert (section.label, section.heading, section.n_claims) == ("§4.1", "§4.1 Network ablations", 2)
    assert [name for name, _ in section.rows] == [name for name, _ in abstract.rows] == ["M-Net", "K-Net", "F-Net"]
    assert cells(abstract) == {(0, 0): "replicated by a weak test"}
    assert cells(section) == {(0, 0): "replicated", (0, 1): "not replicated", (1, 2): "inconclusive"}


def test_squares_lie_in_their_block_and_none_on_another():
    for block in map_of([*one_of_each(), *(verdict("5/a", name) for name in ("mnist", "kmnist"))]).blocks:
        assert len(cells(block)) == len(block.squares)
        assert all(0 <= one.x <= block.width - STEP and 0 <= one.y <= block.height - STEP for one in block.squares)
        assert [middle for _, middle in block.rows] == sorted(
            {one.y + 7 for one in block.squares} | {TOP + 7, TOP + 23}
        )


def test_what_needs_no_network_is_not_on_the_map():
    found = map_of(handful())
    assert sum(found.counts.values()) == sum(len(block.squares) for block in found.blocks) == 4
    assert {block.label for block in found.blocks} == {"§3.1", "§4.1"}
    assert [n for _, n, *_ in found.key] == [1, 1, 1, 1]


def test_a_rehearsal_has_no_map_and_keeps_its_legend():
    content = gather([verdict(evidence=rehearsed())])
    assert content.verdict_map.blocks == ()
    assert 'class="verdict-map"' not in render_html(content)
    assert 'class="legend"' in render_html(content)
    assert 'class="legend"' not in render_html(gather(handful()))


def test_a_rehearsed_network_or_one_that_is_not_there_has_no_row():
    beside = [
        verdict(network="kmnist", evidence=rehearsed()),
        verdict(network="fashion", evidence=source("fashion", 0)),
    ]
    (block,) = map_of([verdict(), *beside]).blocks
    assert [name for name, _ in block.rows] == ["M-Net"]
    assert cells(block) == {(0, 0): "replicated"}


def test_a_square_says_its_claim_and_leads_to_its_card():
    text = render_html(gather([verdict("4.1/a", "kmnist", "not replicated", text="-1.5 pp")]))
    title = "<title>Classes differ in harm. K-Net: not replicated, measured −1.5 pp</title>"
    assert re.search(rf'<a href="#claim-4\.1-a">{title}<rect class="square not-replicated" ', text)


def test_every_verdict_on_a_network_has_its_square_in_the_page():
    verdicts = [one for one in handful() if one.network in ("mnist", "kmnist")]
    text = render_html(gather(handful()))
    drawn = text[text.index('<div class="blocks">') : text.index("<figcaption")]
    assert drawn.count('<rect class="square ') == drawn.count("<title>") == len(verdicts)
    assert "1 more claim needs no network: 1 holds." in text


def test_the_key_counts_what_is_on_the_map():
    text = render_html(gather(one_of_each()))
    for outcome in SHOWN:
        assert f'aria-label="{LOOKS[outcome]}"' in text
        assert re.search(rf"<b>1</b> {outcome}</li>", text)


def test_blocks_stand_in_lines_as_wide_as_there_is_room():
    blocks = map_of([verdict(f"{section}/a") for section in ("3.1", "4.1", "4.2")]).blocks
    width = blocks[0].width
    assert [(x, y) for x, y, _ in placed(blocks, 2 * width + 10, 10)] == [
        (0, 0),
        (width + 10, 0),
        (0, blocks[0].height + 10),
    ]
    for too_narrow in (2 * width + 9, 10):
        assert [x for x, *_ in placed(blocks, too_narrow, 10)] == [0, 0, 0]


def test_only_blocks_that_a_phone_must_shrink_have_larger_text():
    for n, is_wide in ((25, False), (26, True)):
        verdicts = [verdict(f"4.1/{letter}") for letter in "abcdefghijklmnopqrstuvwxyz"[:n]]
        (block,) = map_of(verdicts).blocks
        assert block.is_wide == is_wide
        assert ('<svg class="wide"' in render_html(gather(verdicts))) == is_wide


def looks(verdicts):
    """Of each square of the picture whether it is filled, its dashes, and whether it is crossed."""
    tree = ElementTree.fromstring(verdict_map_image(map_of(verdicts)))
    for group in tree.iter(f"{SVG}g"):
        if group.find(f"{SVG}title") is not None:
            rect = group.find(f"{SVG}rect")
            filled = rect.get("fill") != "none" and rect.get("fill-opacity") is None
            yield filled, rect.get("stroke-dasharray"), group.find(f"{SVG}path") is not None


def test_in_the_picture_no_colour_tells_an_outcome_alone():
    assert len(set(looks(one_of_each()))) == len(SHOWN)


def luminance(colour):
    """Relative luminance of ``#rrggbb`` by WCAG 2."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("ground", ["#ffffff", "#0d1117"])
def test_the_picture_can_be_seen_on_white_and_on_black(ground):
    text = verdict_map_image(map_of(one_of_each()))
    assert "var(" not in text
    colours = set(re.findall(r"#[0-9a-f]{6}", text))
    assert len(colours) == 4
    for colour in colours:
        darker, lighter = sorted((luminance(colour), luminance(ground)))
        assert (lighter + 0.05) / (darker + 0.05) >= 3


def test_the_picture_says_in_text_what_its_rows_and_sections_are_and_counts():
    verdicts = [*one_of_each(), verdict("abstract/a", "kmnist", sentence=HOSTILE)]
    tree = ElementTree.fromstring(verdict_map_image(map_of(verdicts)))
    texts = [one.text for one in tree.iter(f"{SVG}text")]
    assert texts[:2] == ["2 replicated", "1 replicated by a weak test"]
    assert texts[5:] == ["Abstract", "M-Net", "K-Net", "§4.1", "M-Net", "K-Net"]
    titles = [one.text for one in tree.iter(f"{SVG}title")]
    assert len(titles) == len(verdicts)
    assert titles[0].startswith(HOSTILE)


def test_the_picture_of_no_verdicts_is_empty():
    tree = ElementTree.fromstring(verdict_map_image(map_of([verdict(evidence=rehearsed())])))
    assert [one.tag for one in tree.iter()] == [f"{SVG}svg"]


def test_the_outcomes_on_the_map_are_those_shown_elsewhere():
    verdicts = one_of_each()
    assert sorted(cells(map_of(verdicts).blocks[0]).values()) == sorted(map(shown, verdicts))
