"""The three files: complete, the same to the byte each time, and the verdicts come back as they were."""

import random

import pytest
from handmade_verdicts import evidence_by_hand, handful

from replication.judging.verdict import load_verdicts
from replication.report import write_report


def test_three_files_are_written_and_the_page_is_named(tmp_path):
    page = write_report(tmp_path / "report", handful())
    assert page == tmp_path / "report" / "index.html"
    assert sorted(path.name for path in page.parent.iterdir()) == ["index.html", "report.md", "verdicts.json"]


def test_verdicts_come_back(tmp_path):
    write_report(tmp_path, handful())
    assert list(load_verdicts(tmp_path / "verdicts.json")) == handful()


@pytest.mark.parametrize("evidence", [None, evidence_by_hand()], ids=["verdicts alone", "with evidence"])
def test_two_writes_are_equal_to_the_byte(tmp_path, evidence):
    for name in ("one", "two"):
        write_report(tmp_path / name, handful(), evidence, figures={"2": "<svg/>"}, errors={"b": "x", "a": "y"})
    for file in ("index.html", "report.md", "verdicts.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_another_verdict_makes_another_report(tmp_path):
    write_report(tmp_path / "one", handful())
    write_report(tmp_path / "two", handful()[1:])
    assert (tmp_path / "one" / "index.html").read_bytes() != (tmp_path / "two" / "index.html").read_bytes()


def test_claims_stand_in_the_order_of_the_paper_whatever_the_order_given(tmp_path):
    shuffled = handful()
    random.Random(3).shuffle(shuffled)
    write_report(tmp_path / "one", handful())
    write_report(tmp_path / "two", shuffled)
    for file in ("index.html", "report.md"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_report_on_nothing_says_so(tmp_path):
    page = write_report(tmp_path, [])
    assert "Nothing was judged." in page.read_text()
    assert "Nothing was judged." in (tmp_path / "report.md").read_text()
