"""Verdicts as machines read them, field by field, and which other answers make another verdict."""

import json
import math

import pytest

from replication import __version__
from replication.choices import CHOICES
from replication.judging import Criterion, Flip, Judgement, Verdict
from replication.judging.bound import Bound
from replication.judging.verdict import DECIDED, save_verdicts
from replication.stats import Interval


def verdict(judgement, **rest):
    return Verdict(
        id="4.1/x",
        network="mnist",
        sentence="It is so − mostly.",
        place="§4.1 ¶1 s1",
        reported="2.0 %",
        printed=2.0,
        family="value",
        rule="The interval holds it.",
        judgement=judgement,
        flips=(
            Flip("denominator", "full-test-set", "inconclusive", "3.0 %"),
            Flip("test-images", "all", "replicated", "2.1 %"),
        ),
        evidence={"kind": "paper"},
        **rest,
    )


FULL = Judgement(
    outcome="replicated",
    measured=2.5,
    measured_text="2.5 %",
    interval=Interval(2.0, math.inf, 0.9),
    why="it fits",
    criteria=(Criterion("fits", True, "2.0 within"), Criterion("is precise", None, "unknown")),
    values=(2.0, math.nan, 3.0),
    uninformative="it could hardly fail",
    unit="%",
    decimals=1,
    chance=0.1,
    behind="loss: 2 to 3; asked: at least 1",
    bound=Bound("much", "at least", 1.0, (2.0, math.nan, math.inf), -math.inf, 2.0, with_high=True),
)
BARE = Judgement("not testable", None, "nothing", None, "no network", ())


def test_every_field_is_told_and_what_is_no_number_is_null():
    assert verdict(FULL, extended=True, implied=True, rule_changed="2026-11-26").as_json() == {
        "id": "4.1/x",
        "network": "mnist",
        "verdict": "replicated",
        "reported": "2.0 %",
        "printed": 2.0,
        "measured": 2.5,
        "measured_text": "2.5 %",
        "unit": "%",
        "interval": [2.0, None],
        "interval_level": 0.9,
        "family": "value",
        "rule": "The interval holds it.",
        "chance": 0.1,
        "behind": "loss: 2 to 3; asked: at least 1",
        "bound": {
            "reads": "much",
            "relation": "at least",
            "asked": 1.0,
            "numbers": [2.0, None, None],
            "low": None,
            "high": 2.0,
            "with_low": False,
            "with_high": True,
        },
        "why": "it fits",
        "uninformative": "it could hardly fail",
        "values": [2.0, None, 3.0],
        "criteria": [
            {"name": "fits", "met": True, "detail": "2.0 within"},
            {"name": "is precise", "met": None, "detail": "unknown"},
        ],
        "choices": [
            {
                "choice": "denominator",
                "option": "full-test-set",
                "outcome": "inconclusive",
                "measured_text": "3.0 %",
                "otherwise": None,
                "weak": False,
                "open": True,
            },
            {
                "choice": "test-images",
                "option": "all",
                "outcome": "replicated",
                "measured_text": "2.1 %",
                "otherwise": None,
                "weak": False,
                "open": False,
            },
        ],
        "sentence": "It is so − mostly.",
        "place": "§4.1 ¶1 s1",
        "extended": True,
        "implied": True,
        "rule_changed": "2026-11-26",
        "evidence": {"kind": "paper"},
    }


def test_what_a_judgement_does_not_say_is_null_or_empty():
    record = verdict(BARE).as_json()
    assert {name for name, value in record.items() if value is None} == {
        "measured",
        "interval",
        "interval_level",
        "chance",
        "bound",
        "rule_changed",
    }
    assert (record["unit"], record["behind"], record["uninformative"]) == ("", "", "")
    assert (record["extended"], record["implied"], BARE.decimals) == (False, False, 2)


def test_the_file_is_readable_and_without_numbers_that_json_lacks(tmp_path):
    path = tmp_path / "verdicts.json"
    save_verdicts(path, [verdict(FULL), verdict(BARE)], {"4.1/z [-]": "KeyError('é')", "4.1/y [mnist]": "Error()"})
    text = path.read_text(encoding="utf-8")
    assert json.loads(text) == {
        "format": 1,
        "suite": __version__,
        "errors": {"4.1/y [mnist]": "Error()", "4.1/z [-]": "KeyError('é')"},
        "verdicts": [verdict(FULL).as_json(), verdict(BARE).as_json()],
    }
    assert text.startswith('{\n "format": 1,\n')
    assert text.index("4.1/y") < text.index("4.1/z")
    assert text.endswith("}\n ]\n}\n")
    assert "It is so − mostly." in text
    with pytest.raises(ValueError, match="not JSON compliant"):
        save_verdicts(path, [verdict(Judgement("inconclusive", 1.0, "1", None, "", (), chance=math.nan))], {})


@pytest.mark.parametrize("outcome", ["replicated", "not replicated", "inconclusive"])
@pytest.mark.parametrize("other", ["replicated", "not replicated", "inconclusive", "not testable"])
def test_another_answer_makes_another_verdict_where_something_was_measured_for_it(outcome, other):
    flip = Flip("denominator", "full-test-set", other, "")
    assert flip.is_measured == (other != "not testable")
    differs = verdict(Judgement(outcome, None, "", None, "", ())).differs_with(flip)
    assert differs == (other not in {outcome, "not testable"})


def test_an_answer_is_open_where_the_paper_does_not_rule_it_out():
    for name, choice in CHOICES.items():
        for option in choice.options:
            assert Flip(name, option, "replicated", "").is_open == (option not in choice.ruled_out)


def test_only_two_outcomes_say_whether_a_claim_holds():
    assert {"replicated", "not replicated"} == DECIDED
