"""Networks held out: which verdicts they bear out, which they contradict, and what is not counted."""

import math
from dataclasses import replace

import numpy as np
import pytest
from handmade_verdicts import rehearsed, source, verdict

from claims import REGISTRY
from claims.known_failures import known_of_recorded
from replication.judging import Contrast, NoEffect, Value
from replication.report import HeldOut, Known, gather, render_html, render_markdown
from replication.report.held_out import check_held_out

HELD_OUT = HeldOut(frozenset({"mnist/seed=6", "mnist/seed=7", "kmnist/seed=6"}), "2026-11-28")
NAN = math.nan


def judged(*values, claim_id="4.1/classes-differ", network="mnist", changed="", **rest):
    """A verdict on as many networks as there are values; the first six were seen before."""
    one = verdict(claim_id, network, values=values, evidence=source(network, len(values)), **rest)
    return replace(one, rule_changed=changed)


def test_a_statement_is_borne_out_if_each_held_out_network_answers_as_those_before():
    true, false = judged(*[1.0] * 8), judged(*[0.0] * 8, outcome="not replicated")
    found = check_held_out([true, false], HELD_OUT)
    assert [(one.before, one.n_before, one.of_before, one.n_true, one.n_defined) for one in found.statements] == [
        ("replicated", 6, 6, 2, 2),
        ("not replicated", 0, 6, 0, 2),
    ]
    assert found.contrary == ()


@pytest.mark.parametrize("first", [1.0, 0.0])
def test_one_contrary_answer_is_enough_to_be_listed(first):
    (one,) = check_held_out([judged(*[first] * 7, 1 - first)], HELD_OUT).contrary
    assert (one.n_before, one.n_true, one.network) == (6 * first, 1, "M-Net")


def test_what_the_networks_before_leave_open_is_not_counted():
    undecided = judged(1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0)
    undefined = judged(*[1.0] * 5, NAN, 1.0, 1.0)
    unanswered = judged(*[1.0] * 6, NAN, NAN)
    none_before = replace(judged(1.0), evidence=source("mnist", 8) | {"networks": ["mnist/seed=6"]})
    assert check_held_out([undecided, undefined, unanswered, none_before], HELD_OUT).statements == ()


def test_a_network_without_an_answer_neither_bears_out_nor_contradicts():
    (one,) = check_held_out([judged(*[1.0] * 6, NAN, 1.0)], HELD_OUT).statements
    assert (one.agree, one.n_true, one.n_defined) == (True, 1, 1)


def test_rules_changed_after_the_networks_were_held_out_are_not_counted():
    before, after = judged(*[1.0] * 8, changed="2026-11-28"), judged(*[1.0] * 8, changed="2026-11-29")
    assert [one.verdict for one in check_held_out([before, after], HELD_OUT).statements] == [before]


def test_only_networks_trained_like_the_paper_s_count():
    rehearsal = replace(judged(*[1.0] * 2), evidence=rehearsed())
    arithmetic = replace(judged(), network="-", evidence={"kind": "arithmetic"})
    nothing = replace(judged(), evidence={"kind": "paper"})
    before = judged(*[1.0] * 6)
    found = check_held_out([rehearsal, arithmetic, nothing, before], HELD_OUT)
    assert (found.networks, found.statements, found.sentences) == ({}, (), ())
    assert check_held_out([judged(*[1.0] * 8)], HeldOut()).networks == {}


def test_numbers_are_counted_within_the_range_of_the_networks_before():
    def numbers(*values, family=Value.family):
        return judged(*values, family=family, chance=None)

    six = (1.0, 6.0, 2.0, 5.0, 3.0, 4.0)
    found = check_held_out(
        [
            numbers(*six, 1.0, 6.1),
            numbers(*six, 0.9, NAN, family=NoEffect.family),
            numbers(*six[:5], NAN, 5.5, 4.0),  # five before, the largest of which is 6
            numbers(*six, 3.0, 3.0, family=Contrast.family),  # judged already as a number of its own
            numbers(NAN, NAN, NAN, NAN, NAN, 1.0, 1.0, 1.0),  # one network has no range
        ],
        HELD_OUT,
    )
    assert (found.n_values, found.n_within) == (5, 3)
    assert found.expected == pytest.approx(3 * 5 / 7 + 2 * 4 / 6)


@pytest.mark.parametrize("draw", ["normal", "standard_cauchy", "exponential"])
def test_the_expectation_holds_for_networks_of_the_same_kind_whatever_the_distribution(draw):
    rows = getattr(np.random.default_rng(0), draw)(size=(3000, 8))
    found = check_held_out([judged(*row, family=Value.family, chance=None) for row in rows.tolist()], HELD_OUT)
    assert found.expected == pytest.approx(6000 * 5 / 7)
    assert found.n_within == pytest.approx(found.expected, rel=0.02)


def test_rules_fitted_to_the_networks_before_are_seen_by_fewer_agreements():
    """Statements without meaning, of which only those are kept that the first six networks happen to decide."""
    rng = np.random.default_rng(0)
    coins = [row for row in rng.integers(0, 2, (4000, 8)).astype(float).tolist() if len(set(row[:6])) == 1]
    found = check_held_out([judged(*row) for row in coins], HELD_OUT)
    assert len(found.statements) == len(coins) > 100
    assert sum(one.agree for one in found.statements) / len(coins) == pytest.approx(1 / 4, abs=0.1)


def test_the_sentence_counts_statements_changed_rules_and_numbers():
    verdicts = [
        judged(*[1.0] * 8),
        judged(*[1.0] * 7, 0.0, claim_id="4.1/other", changed="2026-01-01"),
        judged(*[1.0] * 7, claim_id="4.1/another", network="kmnist", changed="2026-01-01"),
        judged(*[1.0] * 8, claim_id="4.1/weak", chance=0.9),
        judged(*[0.0] * 8, claim_id="4.1/refuted", chance=0.9, outcome="not replicated"),
        judged(*[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 0.3, 0.7, claim_id="4.1/number", family=Value.family, chance=None),
    ]
    (sentence,) = check_held_out(verdicts, HELD_OUT).sentences
    assert sentence == (
        "Held out were two M-Nets and one K-Net: they were measured after the last change to any rule counted here, so "
        "that no rule could be fitted to them. On 3 of 4 statements that the other networks decide (weak tests not "
        "counted), all held-out networks give the same answer as these. Of the statements whose rule had been changed "
        "after some results had been seen, it is 1 of 2. Of 2 numbers of held-out networks, 1 lies within the range of "
        "the other networks; 1 would be expected if all were of the same kind."
    )
    content = gather(verdicts, known=Known(held_out=HELD_OUT))
    assert sentence in content.summary.sentences
    page, text = render_html(content), " ".join(render_markdown(content).split())
    assert "Networks held out" in page
    assert "## Networks held out" in text
    assert "| 4.1/other | M-Net | 6 of 6 | 1 of 2 | 2026-01-01 |" in text
    assert "4.1/another | K-Net | 6 of 6" not in text


def test_without_networks_held_out_nothing_is_told():
    content = gather([judged(*[1.0] * 6)], known=Known(held_out=HELD_OUT))
    assert "held out" not in (render_html(content) + render_markdown(content)).lower()


def test_the_networks_held_out_were_named_before_and_no_rule_has_changed_since():
    held_out = known_of_recorded().held_out
    assert held_out.networks == {f"{one}/seed={n}" for one in ("mnist", "kmnist", "fashion") for n in range(6, 10)}
    changed = {claim.changed_for(network) for claim in REGISTRY.values() for network in claim.networks}
    assert max(changed) <= held_out.since
