"""What the reader is told first: the claims the paper is read for, its numbers beside ours, what stays open."""

import html
import re
from dataclasses import replace

import numpy as np
import pytest
from handmade_verdicts import rehearsed, unmarked, verdict
from small_evidence import small_evidence, small_verdicts

from claims import REGISTRY
from claims.main_claims import MAIN_CLAIMS
from replication.choices import DEFAULTS
from replication.evidence import CORRELATIONS, Evidence, Multiverse, multiverse
from replication.judging import Flip, judge_all
from replication.judging.least_networks import LEAST_AGREEING, LEAST_NETWORKS
from replication.report import render_html, render_markdown
from replication.report.cards import Card
from replication.report.comparison import SPAN, comparison
from replication.report.content import gather
from replication.report.headlines import (
    Headline,
    headlines,
    joint_outcome,
    number_behind,
    outcome_text,
    plain_answer,
    undecided,
)
from replication.report.known import TAKEAWAYS_HEADING, UNKNOWN, Known, Takeaway
from replication.report.markdown_text import escape
from replication.report.sources import Source
from replication.study import PROFILES, NetworkId
from replication.words import true_minus


def source(network, n_networks, kind="paper", devices="H200 (GPU)"):
    """Networks that stand behind verdicts, all of MNIST."""
    return Source(
        network=network,
        kind=kind,
        origin="trained",
        profile="paper",
        networks=tuple(NetworkId("mnist", seed) for seed in range(n_networks)),
        stands_in=False,
        from_elsewhere=(),
        commits=("c0",),
        devices=devices,
        precision="ieee",
    )


def test_the_headlines_are_claims_on_every_network():
    ids = [claim for one in MAIN_CLAIMS for claim in one.claims.values()]
    assert all({*REGISTRY[claim].networks} == {"mnist", "kmnist", "fashion"} for claim in ids)
    content = gather(small_verdicts(n_seeds=2), main_claims=MAIN_CLAIMS)
    assert [card.id for headline in content.headlines for card in headline.parts.values()] == ids
    page, markdown = render_html(content), render_markdown(content)
    beginning = html.unescape(unmarked(page[: page.index("</section>")]))
    for headline in content.headlines:
        for card in headline.parts.values():
            assert f'href="#{card.anchor}">{card.id}</a>' in beginning
        assert f". {escape(headline.sentence)} **{escape(plain_answer(headline))}**" in markdown
        assert plain_answer(headline) in beginning
        assert headline.note in beginning
        assert escape(headline.note) in markdown
        for name, verdicts in zip(("M-Net", "K-Net", "F-Net"), headline.by_network, strict=True):
            told = outcome_text(headline, verdicts)
            assert told.startswith(f"{joint_outcome(verdicts)}, ")
            assert f"   - {escape(name)}: {escape(told)}\n" in markdown
            assert all(true_minus(one.judgement.measured_text) in beginning for one in verdicts)
            assert number_behind(headline, verdicts) == ""
    for sentence in content.undecided:
        assert sentence in beginning
        assert f"- {escape(sentence)}\n" in markdown


def test_what_a_headline_takes_for_denied_is_what_its_claims_find_none_of():
    for one in MAIN_CLAIMS:
        rules = [REGISTRY[claim].rule for claim in one.claims.values()]
        assert {getattr(rule, "none_found", ()) for rule in rules} == {one.denied_for}, one.gist
    assert any(one.denied_for for one in MAIN_CLAIMS)


def card_of(**outcomes):
    """A claim's card; of each network the outcome, and on how many networks."""
    return Card(
        id="4.1/classes-differ",
        anchor="",
        verdicts=tuple(
            verdict(network=network, outcome=outcome, values=(1.0,) * n) for network, (outcome, n) in outcomes.items()
        ),
        caveat="",
    )


def headline_of(*cards):
    return Headline(
        "It is so.", "it is so", {str(n): card for n, card in enumerate(cards)} if len(cards) > 1 else {"": cards[0]}
    )


@pytest.mark.parametrize(
    ("outcomes", "together"),
    [
        (["replicated", "replicated"], "replicated"),
        (["replicated", "not replicated", "inconclusive"], "not replicated"),
        (["replicated", "inconclusive"], "inconclusive"),
        (["inconclusive", "not testable"], "not testable"),
    ],
)
def test_what_several_claims_say_together_holds_if_all_do_and_fails_if_one_does(outcomes, together):
    assert joint_outcome([verdict(outcome=outcome) for outcome in outcomes]) == together


def test_of_several_claims_the_answer_is_one_and_what_was_measured_is_told_of_each():
    enough, few = LEAST_AGREEING, LEAST_AGREEING - 1
    held = card_of(mnist=("replicated", enough), kmnist=("replicated", enough), fashion=("inconclusive", few))
    part = card_of(mnist=("replicated", enough), kmnist=("not replicated", enough), fashion=("inconclusive", few))
    both = headline_of(held, part)
    assert plain_answer(both) == "Holds in M-Net; does not hold in K-Net; undecided in F-Net: too few networks."
    told = outcome_text(both, both.by_network[1])
    assert told == "not replicated, 0: 3 of 4 networks; 1: 3 of 4 networks"


def test_an_answer_in_plain_words_gathers_the_networks_for_which_it_is_the_same():
    enough, few = LEAST_AGREEING, LEAST_AGREEING - 1
    held = card_of(mnist=("replicated", enough), kmnist=("replicated", enough), fashion=("inconclusive", few))
    assert plain_answer(headline_of(held)) == "Holds in M-Net and K-Net; undecided in F-Net: too few networks."
    failed = card_of(
        mnist=("not replicated", enough), kmnist=("inconclusive", enough), fashion=("not testable", enough)
    )
    assert plain_answer(headline_of(failed)) == ("Does not hold in M-Net; undecided in K-Net; not testable in F-Net.")
    assert plain_answer(
        headline_of(card_of(mnist=("inconclusive", few), kmnist=("inconclusive", few), fashion=("inconclusive", 1)))
    ) == ("Undecided in M-Net, K-Net and F-Net: too few networks.")


def told_of(one):
    return outcome_text(headline_of(Card(one.id, "", (one,), "")), [one])


def test_what_the_paper_prints_and_open_answers_stand_beside_an_outcome():
    flips = [
        Flip("nh-variant", "all", "inconclusive", "4 of 6 networks"),
        Flip("nh-variant", "self", "not replicated", "0 of 6 networks"),
        Flip("umap-start", "raw", "inconclusive", "4 of 6 networks"),
        Flip("nh-space", "raw", "not replicated", "0 of 6 networks"),
    ]
    printed = {"reported": "r = -0.26, p = 0.47", "printed": -0.26, "text": "r = -0.55", "flips": flips}
    told = told_of(verdict(values=(1.0,) * LEAST_AGREEING, **printed))
    assert told == (
        "replicated, r = −0.55; the paper: r = −0.26, p = 0.47; but inconclusive with nh-variant=all or "
        "umap-start=raw, not replicated with nh-variant=self, which the paper leaves open"
    )
    assert told_of(verdict(**printed)) == "replicated, r = −0.55; the paper: r = −0.26, p = 0.47"
    assert told_of(verdict()) == "replicated, 3 of 4 networks"


def undecided_with(*flips, outcome="inconclusive"):
    return verdict(outcome=outcome, values=(1.0,) * LEAST_AGREEING, flips=flips)


BY_LOG_PROBABILITY = Flip("effect", "log-probability", "replicated", "6 of 6 networks")


def test_where_a_claim_is_undecided_answers_that_decide_it_are_told_though_the_paper_rules_them_out():
    undecided_as_well = Flip("baseline", "mean", "inconclusive", "4 of 6 networks")
    one = undecided_with(BY_LOG_PROBABILITY, undecided_as_well, Flip("nh-variant", "all", "not replicated", ""))
    told = told_of(one)
    assert told.endswith(
        "; but not replicated with nh-variant=all, which the paper leaves open; replicated with "
        "effect=log-probability, which the paper rules out"
    )
    assert told_of(undecided_with(replace(BY_LOG_PROBABILITY, weak=True))).endswith(
        "; but replicated by a weak test with effect=log-probability, which the paper rules out"
    )
    on_some = replace(BY_LOG_PROBABILITY, otherwise="inconclusive")
    assert "rules out" in told_of(undecided_with(on_some))
    assert "rules out" not in told_of(undecided_with(replace(on_some, otherwise="replicated")))
    assert "rules out" not in told_of(undecided_with(BY_LOG_PROBABILITY, outcome="not replicated"))
    assert "rules out" not in told_of(verdict(outcome="inconclusive", flips=[BY_LOG_PROBABILITY]))


def test_a_headline_says_where_only_a_weak_test_holds():
    weak = verdict(uninformative="it can hardly fail", values=(1.0,) * LEAST_AGREEING)
    part = headline_of(Card("a", "", (weak,), ""), Card("b", "", (verdict(values=(1.0,) * LEAST_AGREEING),), ""))
    assert plain_answer(part) == "Holds in M-Net by a weak test."
    assert told_of(weak).startswith("replicated by a weak test, ")
    flips = [Flip("nh-variant", "all", "replicated", "", weak=True), Flip("nh-variant", "self", "replicated", "")]
    assert told_of(undecided_with(*flips)).endswith(
        "; but replicated by a weak test with nh-variant=all, replicated with nh-variant=self, which the paper leaves "
        "open"
    )


def test_several_claims_are_decided_together_by_an_answer_that_decides_each():
    def told(*verdicts):
        headline = headline_of(*(Card(str(n), "", (one,), "") for n, one in enumerate(verdicts)))
        return outcome_text(headline, verdicts)

    by_answer, by_itself = undecided_with(BY_LOG_PROBABILITY), undecided_with(outcome="replicated")
    not_measured = undecided_with(replace(BY_LOG_PROBABILITY, outcome="not testable"), outcome="replicated")
    expected = "; but replicated with effect=log-probability, which the paper rules out"
    assert told(by_answer, by_itself).endswith(expected)
    fails = replace(BY_LOG_PROBABILITY, outcome="not replicated")
    one_fails = "; but not replicated with effect=log-probability, which the paper rules out"
    assert told(undecided_with(fails), undecided_with()).endswith(one_fails), "if one fails, they fail together"
    assert "rules out" not in told(by_answer, not_measured)
    assert "rules out" not in told(by_answer, undecided_with())


def test_where_networks_are_enough_the_number_behind_a_headline_is_told():
    content = gather(small_verdicts(n_seeds=LEAST_AGREEING), main_claims=MAIN_CLAIMS)
    page, markdown = render_html(content), render_markdown(content)
    beginning = html.unescape(unmarked(page[: page.index("</section>")]))
    told = [number_behind(headline, verdicts) for headline in content.headlines for verdicts in headline.by_network]
    assert sum(map(bool, told)) >= 3
    for behind in filter(None, told):
        assert "; asked: " in behind
        assert f'<span class="behind">{behind}</span>' in beginning
        assert f"({escape(behind)})" in markdown


def test_what_was_found_instead_takes_the_place_of_the_number_behind_it():
    verdicts = small_verdicts(n_seeds=LEAST_AGREEING)
    (claim,) = MAIN_CLAIMS[0].claims.values()
    changed = [
        replace(one, judgement=replace(one.judgement, outcome="not replicated")) if one.id == claim else one
        for one in verdicts
    ]
    known = Known({(claim, "mnist"): "it falls by -.5"}, ("They were looked at once.",))
    content = gather(changed, known=known, main_claims=MAIN_CLAIMS)
    page, markdown = render_html(content), render_markdown(content)
    beginning = html.unescape(unmarked(page[: page.index("</section>")]))
    assert '<span class="behind">it falls by −.5</span>' in beginning
    assert "   - M-Net: not replicated, " in markdown
    assert "(it falls by −.5)" in markdown
    assert "  - Found instead: it falls by −.5\n" in markdown
    assert "Found instead: it falls by −.5." in page
    assert "<li>They were looked at once.</li>" in beginning
    assert "- They were looked at once.\n" in markdown
    holding = [replace(one, judgement=replace(one.judgement, outcome="replicated")) for one in changed]
    assert "it falls" not in render_markdown(gather(holding, known=known, main_claims=MAIN_CLAIMS)), (
        "what holds is as it was found to be"
    )


def test_what_matters_most_is_told_where_all_verdicts_bear_it_out():
    names = [("4.1/classes-differ", "mnist"), ("4.1/robust-to-small-ablations", "kmnist")]
    verdicts = [verdict(*names[0], "not replicated"), verdict(*names[1])]
    takeaway = Takeaway("All is < alike.", "By 3 % in K-Net.", {names[0]: "not replicated", names[1]: "replicated"})
    known = Known(takeaways=(takeaway,))
    assert takeaway.claims == ("4.1/classes-differ", "4.1/robust-to-small-ablations")

    content = gather(verdicts, known=known)
    beginning, _, _ = unmarked(render_html(content)).partition("</section>")
    assert "<strong>All is &lt; alike.</strong> By 3 % in K-Net. " in beginning
    assert all(f"{claim}</a>" in beginning for claim in takeaway.claims)
    assert f"1. **{escape(takeaway.headline)}** By 3 % in K-Net.\n" in render_markdown(content)

    rehearsal = verdict(*names[1], evidence=rehearsed())
    for others in (verdicts[:1], [verdicts[0], verdict(*names[1], "inconclusive")], [verdicts[0], rehearsal]):
        assert gather(others, known=known).takeaways == ()
        assert TAKEAWAYS_HEADING not in render_html(gather(others, known=known))
        assert TAKEAWAYS_HEADING not in render_markdown(gather(others, known=known))


def test_a_rehearsal_has_no_outcomes_and_a_report_without_these_claims_no_headlines():
    content = gather(small_verdicts(("digits",), 2, profile="digits"), main_claims=MAIN_CLAIMS)
    assert {outcome_text(headline, of) for headline in content.headlines for of in headline.by_network} == {"rehearsal"}
    page = render_html(content)
    assert "badge" not in page[page.index('class="findings"') :].partition("</ol>")[0]
    assert {plain_answer(headline) for headline in content.headlines} == {"A rehearsal, which decides nothing."}
    assert headlines(MAIN_CLAIMS, content.sections[:1], UNKNOWN) == ()


def test_few_networks_and_rehearsals_and_no_gpu_leave_things_open():
    enough, few = source("M-Net", n_networks=LEAST_AGREEING), source("K-Net", n_networks=LEAST_NETWORKS)
    rehearsed = source("F-Net", kind="rehearsal", n_networks=9, devices="EPYC (CPU)")
    assert undecided((), ()) == ()
    (eye,) = undecided((enough,), ())
    assert "by eye" in eye
    number, anything, _ = undecided((enough, few, rehearsed), ())
    assert f"Here: {LEAST_NETWORKS} K-Nets." in number
    assert "Anything about F-Net" in anything
    assert any("none of these networks was trained on a GPU" in told for told in undecided((rehearsed,), ()))


@pytest.mark.parametrize(
    ("devices", "told"),
    [
        ("EPYC (CPU), Xeon (CPU)", True),
        ("EPYC (CPU), H200 (GPU)", False),
        ("H200 (GPU) in tf32", False),
        ("unknown", False),
        ("EPYC (CPU), unknown", False),
        ("EPYC and H200", False),
    ],
)
def test_no_gpu_is_said_only_of_networks_of_which_it_is_known(devices, told):
    """The last began on a CPU and ended on a GPU; of a network from elsewhere nothing is known."""
    known = source("M-Net", n_networks=LEAST_AGREEING, devices="EPYC (CPU)")
    other = source("K-Net", n_networks=LEAST_AGREEING, devices=devices)
    sentences = undecided((known, other), ())
    assert any("none of these networks was trained on a GPU" in sentence for sentence in sentences) == told


def test_verdicts_that_enough_networks_leave_open_are_counted():
    enough = source("M-Net", n_networks=LEAST_AGREEING)
    verdicts = [verdict(outcome="inconclusive"), verdict(), verdict(outcome="inconclusive", network="kmnist")]
    told, _ = undecided((enough,), verdicts)
    assert told.startswith(
        f"1 of 2 verdicts on {LEAST_AGREEING} M-Nets: the networks disagree, the statistic is undefined"
    )


def test_the_comparison_by_hand():
    evidence = small_evidence(n_seeds=3, profile="paper")
    rows = {row.text: row for row in comparison(evidence)}
    networks = evidence.networks("kmnist")
    values = [network.accuracy for network in networks]
    assert rows["accuracy"].reported == {"mnist": "99.0 %", "kmnist": "95.3 %", "fashion": "91.2 %"}
    expected = f"{np.mean(values):.2f} % ({min(values):.2f} to {max(values):.2f})"
    assert rows["accuracy"].measured["kmnist"] == expected
    of_fc1 = [float(network.nh_overall.sel(state="intact", panel="fc1")) for network in networks]
    assert rows["NH of fc1"].measured["kmnist"].startswith(f"{np.mean(of_fc1):.1f} % ")
    assert rows["NH of fc1"].reported == {}
    assert rows["class harmed most by ablations"].reported == {"mnist": "7"}
    most = [network.most_harmed_class for network in evidence.networks("fashion")]
    most_often = max(map(most.count, most))
    commonest = sorted({label for label in most if most.count(label) == most_often})
    told = rows["class harmed most by ablations"].measured["fashion"]
    assert [int(number) for number in re.findall(r"(?:^|or )(\d) ", told)] == commonest
    assert told.endswith(f"({most_often} of 3{' each' if len(commonest) > 1 else ''})")


def test_a_correlation_has_one_mean_in_claims_and_comparison():
    evidence = small_evidence(n_seeds=3, profile="paper")
    (row,) = [row for row in comparison(evidence) if row.text.startswith("r, prediction error")]
    name = "4.1/error-predicts-harm"
    judged = {verdict.network: verdict for verdict in judge_all({name: REGISTRY[name]}, evidence)}
    for dataset, told in row.measured.items():
        assert told.startswith(true_minus(judged[dataset].judgement.measured_text).removeprefix("r = ") + " (")


def test_under_each_correlation_stands_its_span_over_the_open_choices():
    evidence = small_evidence(("mnist",), 2, profile="paper")
    rows = comparison(evidence)
    (place,) = [place for place, row in enumerate(rows) if row.text.startswith("r, number of neurons by AS")]
    found = multiverse(CORRELATIONS["as-nh"], evidence.networks("mnist"))
    ruled_out = {("test-images", "all"), ("nh-space", "raw")}
    means = [r for r, one in zip(found.means, found.specifications, strict=True) if not ruled_out & {*one.changed}]
    assert 0 < len(means) < len(found.means)
    expected = f"{min(means):.2f} to {max(means):.2f}, {len(means)} ways".replace("-", "−")
    assert (rows[place + 1].text, rows[place + 1].measured) == (SPAN, {"mnist": expected})
    assert sum(row.text == SPAN for row in rows) == 3


def test_a_correlation_that_is_undefined_has_no_span(monkeypatch):
    nowhere = Multiverse((), (DEFAULTS,), np.full((1, 1), np.nan))
    monkeypatch.setattr("replication.report.comparison.multiverse", lambda *_: nowhere)
    rows = comparison(small_evidence(("mnist",), 1, profile="paper"))
    assert {row.measured["mnist"] for row in rows if row.text == SPAN} == {"undefined"}


def test_one_network_has_no_span_and_a_rehearsal_no_numbers():
    rows = comparison(small_evidence(("mnist",), 1, profile="paper"))
    assert all("(" not in row.measured["mnist"] and "kmnist" not in row.measured for row in rows)
    rehearsed = comparison(small_evidence(("digits",), 1, profile="digits"))
    assert {told for row in rehearsed for told in row.measured.values()} == {"rehearsal"}
    assert all(row.measured == {} for row in comparison(Evidence(PROFILES["paper"], [])))


@pytest.mark.parametrize("end", ["most", "least"])
def test_a_class_has_its_name_once(end):
    rows = {row.text: row for row in comparison(small_evidence(("mnist", "kmnist"), 1, profile="paper"))}
    told = rows[f"class harmed {end} by ablations"].measured
    assert told["mnist"].isdigit()
    assert len(told["kmnist"].split()) == 2
