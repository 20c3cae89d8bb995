"""The three files: complete, the same to the byte each time, and the verdicts in them for machines."""

import json
import math
import random

import pytest
from handmade_verdicts import evidence_by_hand, handful, verdict

from replication.report import write_report
from replication.stats import Interval


def test_three_files_are_written_and_the_page_is_named(tmp_path):
    page = write_report(tmp_path / "report", handful())
    assert page == tmp_path / "report" / "index.html"
    assert sorted(path.name for path in page.parent.iterdir()) == ["index.html", "report.md", "verdicts.json"]


def test_every_verdict_is_there_for_machines_with_its_numbers(tmp_path):
    write_report(tmp_path, handful())
    records = json.loads((tmp_path / "verdicts.json").read_text())
    for record, one in zip(records, handful(), strict=True):
        assert (record["id"], record["network"], record["verdict"]) == (one.id, one.network, one.outcome)
        assert (record["reported"], record["printed"]) == (one.reported, one.printed)
        assert (record["measured"], record["unit"]) == (one.judgement.measured, one.judgement.unit)
        assert (record["family"], record["rule"]) == (one.family, one.rule)
        assert record["values"] == list(one.judgement.values)
        assert [criterion["name"] for criterion in record["criteria"]] == ["first asked", "asked beside"]
        assert [choice["option"] for choice in record["choices"]] == [flip.option for flip in one.flips]
        assert record["evidence"] == one.evidence


def test_what_is_undefined_or_unbounded_is_null_for_machines(tmp_path):
    write_report(tmp_path, [verdict(values=(1.0, math.nan), interval=Interval(0.5, math.inf, 0.95), measured=None)])
    (record,) = json.loads((tmp_path / "verdicts.json").read_text())
    assert (record["values"], record["interval"], record["measured"]) == ([1.0, None], [0.5, None], None)


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
