"""Networks held out: which verdicts they bear out, which they contradict, and what is not counted."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from handmade_verdicts import rehearsed, source, verdict
from small_evidence import small_verdicts

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


def test_what_the_networks_before_decide_and_those_held_out_answer_is_told():
    true, false = judged(*[1.0] * 8), judged(*[0.0] * 8, outcome="not replicated", chance=None)
    found = check_held_out([true, false], HELD_OUT)
    assert [(one.before, one.n_before, one.of_before, one.n_true, one.n_defined) for one in found.statements] == [
        ("replicated", 6, 6, 2, 2),
        ("not replicated", 0, 6, 0, 2),
    ]
    assert found.contradicted == ()


@pytest.mark.parametrize("first", [1.0, 0.0])
def test_one_contrary_answer_contradicts(first):
    (one,) = check_held_out([judged(*[first] * 7, 1 - first, chance=None)], HELD_OUT).contradicted
    assert (one.n_before, one.n_true, one.network) == (6 * first, 1, "M-Net")


def test_what_the_networks_before_leave_open_is_not_decided():
    undecided = judged(1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0)
    undefined = judged(*[1.0] * 5, NAN, 1.0, 0.0)
    none_before = replace(judged(1.0), evidence=source("mnist", 8) | {"networks": ["mnist/seed=6"]})
    found = check_held_out([undecided, undefined, none_before], HELD_OUT)
    assert [one.is_decided for one in found.statements] == [False, False]
    assert found.contradicted == ()


def test_a_network_without_an_answer_does_not_contradict():
    found = check_held_out([judged(*[1.0] * 6, NAN, 1.0), judged(*[1.0] * 6, NAN, NAN)], HELD_OUT)
    assert [(one.is_decided, one.is_contradicted, one.n_defined) for one in found.statements] == [
        (True, False, 1),
        (True, False, 0),
    ]


@pytest.mark.parametrize(
    ("first", "chance", "decided"),
    [(1.0, 0.9, False), (1.0, 0.5, True), (1.0, None, True), (0.0, 0.1, False), (0.0, 0.5, True), (0.0, None, True)],
)
def test_an_outcome_that_chance_would_give_most_networks_shows_nothing(first, chance, decided):
    (one,) = check_held_out([judged(*[first] * 7, 1 - first, chance=chance)], HELD_OUT).statements
    assert (one.is_decided, one.is_contradicted, one.expected > 0) == (decided, decided, decided)


def test_the_expectation_is_that_of_all_divisions_into_seen_and_held_out():
    rows = [[1.0] * 7 + [0.0], [0.0] * 7 + [1.0], [1.0] * 6 + [NAN, 0.0], [1.0] * 8, [1.0] * 6 + [0.0] * 2]
    for row in rows:
        (one,) = check_held_out([judged(*row, chance=None)], HELD_OUT).statements
        divisions = list(itertools.combinations(range(8), 6))
        contradicted = []
        for seen in divisions:
            others = [n for n in range(8) if n not in seen]
            (by_chance,) = check_held_out(
                [judged(*(row[n] for n in (*seen, *others)), chance=None)], HELD_OUT
            ).statements
            contradicted.append(by_chance.is_contradicted)
        assert one.expected == pytest.approx(np.mean(contradicted))


def test_statements_fitted_to_the_networks_before_are_contradicted_more_often_than_expected():
    """Coins; the fitted are turned so that the first six networks agree, and what they do not decide is left out."""
    rows = np.random.default_rng(0).integers(0, 2, (3000, 8)).astype(float)
    honest = check_held_out([judged(*row, chance=None) for row in rows.tolist()], HELD_OUT)
    assert len(honest.contradicted) == pytest.approx(sum(one.expected for one in honest.statements), rel=0.25)
    fitted = rows.copy()
    fitted[:, :6] = fitted[:, :1]
    found = check_held_out([judged(*row, chance=None) for row in fitted.tolist()], HELD_OUT)
    assert len(found.contradicted) > 2 * sum(one.expected for one in found.statements)


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
        "that no rule could be fitted to them. The other networks decide 4 statements (not counting "
        "outcomes that chance alone would mostly give); "
        "held-out networks contradict 1, where 0.2 would be expected if all networks were divided at random. Among "
        "these, 2 follow a rule that was changed after a look; held-out networks contradict 1, where 0.2 would be "
        "expected. These expectations count all statements, also those that the other networks leave undecided, "
        "because another division of the networks might decide them. Of 2 numbers of held-out networks, 1 lies within "
        "the range of the other networks; at least 1 would "
        "be expected if all were of the same kind."
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


def test_where_all_networks_were_held_out_it_is_said_that_nothing_is_left_to_compare_with():
    everyone = HeldOut(frozenset(f"mnist/seed={n}" for n in range(6)), "2026-11-28")
    (sentence,) = check_held_out([judged(*[1.0] * 6)], everyone).sentences
    assert sentence.endswith(" There are no other networks to compare them with.")


@pytest.mark.parametrize("datasets", [("mnist", "kmnist", "fashion"), ("fashion",)])
def test_all_claims_are_judged_on_networks_held_out(datasets):
    """Exact claims have no value of each network, and contrasts none without the networks to compare with."""
    verdicts = small_verdicts(datasets, 7)
    held_out = HeldOut(frozenset(f"{dataset}/seed=6" for dataset in datasets), "2026-11-28")
    content = gather(verdicts, known=Known(held_out=held_out))
    assert content.held_out.networks == dict.fromkeys(datasets, 1)
    assert sum(one.is_decided for one in content.held_out.statements) > 5
    assert content.held_out.n_values > 5
    assert content.held_out.sentences[0] in content.summary.sentences


def test_the_networks_held_out_were_named_before_and_no_rule_has_changed_since():
    held_out = known_of_recorded().held_out
    assert held_out.networks == {f"{one}/seed={n}" for one in ("mnist", "kmnist", "fashion") for n in range(6, 10)}
    # A rule that has to be changed later is not counted for them: then replace this by the claims concerned.
    changed = {claim.changed_for(network) for claim in REGISTRY.values() for network in claim.networks}
    assert max(changed) <= held_out.since
