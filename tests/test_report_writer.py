"""The three files: complete, the same to the byte each time, and the verdicts in them for machines."""

import json
import random

import pytest
from handmade_verdicts import evidence_by_hand, handful
from small_evidence import small_network

from claims import REGISTRY
from replication.choices import CHOICES
from replication.evidence import Evidence
from replication.judging import judge_all
from replication.report import gather, write_report
from replication.study import PROFILES


def written(folder, verdicts, evidence=None, **more):
    """Gather and write a report; return its page."""
    return write_report(folder, verdicts, gather(verdicts, evidence, **more))


def test_three_files_are_written_and_the_page_is_named(tmp_path):
    page = written(tmp_path / "report", handful(), errors={"4.2/x [mnist]": "KeyError('fc3')"})
    assert page == tmp_path / "report" / "index.html"
    assert sorted(path.name for path in page.parent.iterdir()) == ["index.html", "report.md", "verdicts.json"]
    for_machines = json.loads((page.parent / "verdicts.json").read_text(encoding="utf-8"))
    assert for_machines["verdicts"] == [one.as_json() for one in handful()]
    assert for_machines["errors"] == {"4.2/x [mnist]": "KeyError('fc3')"}


def test_a_machine_counts_what_hangs_on_open_answers_as_the_summary_does(tmp_path):
    """Six M-Nets and a K-Net, too few to hang on anything; from ``verdicts.json`` alone."""
    networks = [small_network(f"mnist/seed={seed}") for seed in range(6)] + [small_network("kmnist/seed=0")]
    claims = {name: claim for name, claim in REGISTRY.items() if name.startswith(("4.1/", "4.2/"))}
    verdicts = judge_all(claims, Evidence(PROFILES["paper"], networks))
    written(tmp_path, verdicts)
    records = json.loads((tmp_path / "verdicts.json").read_text(encoding="utf-8"))["verdicts"]

    def changes(record, *, only_open):
        same = {record["verdict"], "not testable"}
        return any(one["outcome"] not in same and (one["open"] or not only_open) for one in record["choices"])

    n_open, n_any = (sum(changes(record, only_open=only) for record in records) for only in (True, False))
    assert 0 < n_open < n_any
    assert any(
        f". {n_open} change under an answer that the paper leaves open" in sentence
        and f". {n_any - n_open} more change only under an answer that the paper rules out." in sentence
        for sentence in gather(verdicts).summary.sentences
    )
    for one in (flip for record in records for flip in record["choices"]):
        assert one["open"] == (one["option"] not in CHOICES[one["choice"]].ruled_out)


@pytest.mark.parametrize("evidence", [None, evidence_by_hand()], ids=["verdicts alone", "with evidence"])
def test_two_writes_are_equal_to_the_byte(tmp_path, evidence):
    for name in ("one", "two"):
        written(tmp_path / name, handful(), evidence, figures={"2": "<svg/>"}, errors={"b": "x", "a": "y"})
    for file in ("index.html", "report.md", "verdicts.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_another_verdict_makes_another_report(tmp_path):
    written(tmp_path / "one", handful())
    written(tmp_path / "two", handful()[1:])
    assert (tmp_path / "one" / "index.html").read_bytes() != (tmp_path / "two" / "index.html").read_bytes()


def test_claims_stand_in_the_order_of_the_paper_whatever_the_order_given(tmp_path):
    shuffled = handful()
    random.Random(3).shuffle(shuffled)
    written(tmp_path / "one", handful())
    written(tmp_path / "two", shuffled)
    for file in ("index.html", "report.md"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_report_on_nothing_says_so(tmp_path):
    page = written(tmp_path, [])
    assert "Nothing was judged." in page.read_text(encoding="utf-8")
    assert "Nothing was judged." in (tmp_path / "report.md").read_text(encoding="utf-8")
