"""The Markdown twin: the same verdicts, narrow tables that line up, text that stays text."""

from dataclasses import replace

import pytest
from handmade_verdicts import HOSTILE, evidence_by_hand, handful, rehearsed, verdict
from hypothesis import given, strategies as st

from replication.ledger import LedgerRow
from replication.report import gather, render_html, render_markdown
from replication.report.markdown_text import WIDEST_ALIGNED, escape, table

LEDGER = (
    LedgerRow("3.1/1.9", "§3.1 ¶1 s9", "They reach 99.0, 95.3 and 91.2 %.", ("3.1/accuracy",), ""),
    LedgerRow("3.1/1.10", "§3.1 ¶1 s10", "One machine did it all.", (), "background: hardware"),
)


def tables(text):
    """The tables of a Markdown text, each a list of lines."""
    found = [block.splitlines() for block in text.split("\n\n")]
    return [lines for lines in found if lines[0].startswith("|")]


def test_snapshot(file_regression, monkeypatch):
    monkeypatch.setattr("replication.report.content.load_ledger", lambda: LEDGER)
    monkeypatch.setattr("replication.report.content.audit", tuple)
    content = gather(handful(), evidence_by_hand(), errors={"4.2/x": "KeyError: 'fc3'"})
    text = render_markdown(content)
    # The choices grow with the suite; their table has a test of its own.
    head, tail = text.split("## What the paper leaves open")
    file_regression.check(head + "## Multiple testing" + tail.partition("## Multiple testing")[2], extension=".md")


def test_every_verdict_is_in_the_table_of_claims_which_comes_first():
    first, *_ = [lines for lines in tables(render_markdown(gather(handful()))) if lines[0].startswith("| Claim")]
    assert len(first) == 2 + len(handful())
    for one in handful():
        assert sum(one.id in line for line in first) == sum(one.id == other.id for other in handful())


def test_every_row_has_each_column():
    for lines in tables(render_markdown(gather(handful(), evidence_by_hand()))):
        assert len({line.replace("\\|", "").count("|") for line in lines}) == 1


def test_columns_line_up_unless_lines_would_be_too_long():
    room = WIDEST_ALIGNED - len("| aaa |  |")
    (fitting,) = tables(table(("a", "b"), [("aaa", "b"), ("a", "x" * room)]))
    assert {len(line) for line in fitting} == {WIDEST_ALIGNED}
    (longer,) = tables(table(("a", "b"), [("aaa", "b"), ("a", "x" * (room + 1))]))
    assert longer == ["| a | b |", "| --- | --- |", "| aaa | b |", f"| a | {'x' * (room + 1)} |"]


@given(st.text())
def test_text_stays_in_its_cell_and_opens_no_tag(text):
    assert "<" not in escape(text)
    assert len(escape(text).splitlines()) <= 1
    (lines,) = tables(table(("a", "b"), [(text, "c")]))
    assert len(lines) == 3
    assert lines[2].replace("\\\\", "").replace("\\|", "").count("|") == 3


@pytest.mark.parametrize("field", ["sentence", "reported", "claim_id", "text", "rule"])
def test_hostile_text_is_shown_and_not_run(field):
    text = render_markdown(gather([verdict(**{field: HOSTILE})]))
    assert "<script>" not in text
    assert "[b](" not in text


def test_a_rehearsal_says_so_before_any_number():
    text = render_markdown(gather([verdict(evidence=rehearsed())]))
    assert text.index("This is a rehearsal") < text.index("| Claim")


def test_a_missing_interval_is_left_out():
    text = render_markdown(gather([verdict(outcome="not testable", text="nothing", interval=None, measured=None)]))
    assert "measured nothing; " in text


def test_the_numbers_behind_a_statement_stand_on_its_card():
    one = verdict()
    one = replace(one, judgement=replace(one.judgement, behind="ratio: -1 to 3; asked: at least 2"))
    assert "  - Number behind it: ratio: −1 to 3; asked: at least 2" in render_markdown(gather([one]))
    assert "<dt>Number behind it</dt><dd>ratio: −1 to 3; asked: at least 2</dd>" in render_html(gather([one]))
    assert "Number behind it" not in render_markdown(gather([verdict()])) + render_html(gather([verdict()]))


def test_each_flip_is_named():
    assert "Flips with test-images = all, ruled out by the paper: ✗ not replicated, 98.10 %" in render_markdown(
        gather(handful())
    )
