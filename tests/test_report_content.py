"""What a report says: order, counts, sources, what luck would do, tables of the evidence."""

import html
import math
import re
from dataclasses import replace

import pytest
from handmade_verdicts import accuracy, evidence_by_hand, handful, rehearsed, source, verdict
from hypothesis import given, strategies as st
from scipy import stats
from small_evidence import small_evidence, small_verdicts

from replication.choices import CHOICES
from replication.judging import Contrast, Correlation, Exact, NoEffect, Statement, Value
from replication.judging.least_networks import LEAST_AGREEING
from replication.judging.rules.correlation import BY_BOOTSTRAP
from replication.judging.verdict import Criterion, Flip
from replication.ledger import LedgerRow
from replication.paper import REPORTED, Reported
from replication.report import gather, render_html, render_markdown
from replication.report.cards import sections_in_paper_order
from replication.report.class_harm import harm_tables
from replication.report.environment import environment
from replication.report.layer_hits import layer_tables
from replication.report.multiplicity import Luck, luck, multiplicity
from replication.report.open_choices import open_choices
from replication.report.outcomes import answer, flips_text, hidden_note, n_flips, shown, style, symbol, tally
from replication.report.printed_numbers import printed_numbers
from replication.report.sources import banner, joined_seeds, sources
from replication.stats import clopper_pearson, noise_ceiling


def test_sections_claims_and_networks_stand_in_the_order_of_the_paper():
    ledger = (
        LedgerRow("4.1/1.1", "", "", ("4.1/b", "4.1/a"), ""),
        LedgerRow("4.1/1.2", "", "", ("4.1/a",), ""),
    )
    given_ids = ["A/z", "9/y", "4.1/unmentioned", "4.1/a", "4.1/b", "abstract/x"]
    verdicts = [verdict(name, network) for name in given_ids for network in ("fashion", "mnist", "kmnist")]
    sections = sections_in_paper_order(verdicts, ledger, {})
    assert [section.id for section in sections] == ["abstract", "4.1", "A", "9"]
    assert [card.id for card in sections[1].cards] == ["4.1/b", "4.1/a", "4.1/unmentioned"]
    assert [one.network for one in sections[0].cards[0].verdicts] == ["mnist", "kmnist", "fashion"]


def test_a_claim_stands_where_its_own_section_first_speaks_of_it():
    ledger = (
        LedgerRow("abstract/1.1", "", "", ("4.1/b", "4.1/c"), ""),
        LedgerRow("4.1/1.1", "", "", ("4.1/a",), ""),
        LedgerRow("4.1/1.2", "", "", ("4.1/b",), ""),
    )
    (section,) = sections_in_paper_order([verdict(name) for name in ("4.1/a", "4.1/b", "4.1/c")], ledger, {})
    assert [card.id for card in section.cards] == ["4.1/c", "4.1/a", "4.1/b"]


@given(st.lists(st.text(max_size=6), min_size=1, max_size=8, unique=True))
def test_every_claim_has_an_anchor_of_its_own(ids):
    sections = sections_in_paper_order([verdict(name) for name in ids], (), {})
    anchors = [card.anchor for section in sections for card in section.cards]
    assert len(anchors) == len(set(anchors)) == len(ids)
    assert all(anchor.startswith("claim") and " " not in anchor for anchor in anchors)


@given(st.lists(st.text(max_size=6), min_size=1, max_size=8, unique=True))
def test_every_section_and_every_row_has_an_anchor_of_its_own(ids):
    verdicts = [verdict(name, network) for name in ids for network in ("mnist", "kmnist", "-")]
    sections = sections_in_paper_order(verdicts, (), {})
    anchors = [section.anchor for section in sections]
    assert len(anchors) == len(set(anchors))
    assert all(anchor.startswith("section") and " " not in anchor for anchor in anchors)
    rows = [card.row_anchor(verdict) for section in sections for card in section.cards for verdict in card.verdicts]
    assert len(rows) == len(set(rows)) == len(verdicts)
    assert all(row.startswith("row-") and " " not in row for row in rows)


def test_the_summary_counts_every_verdict_once():
    summary = gather(handful()).summary
    assert summary.counts == {
        "replicated": 2,
        "replicated by a weak test": 1,
        "not replicated": 1,
        "inconclusive": 1,
        "not testable": 1,
    }
    assert summary.sentences[0] == (
        "The paper's network was trained here four times on each of two of its three data sets, MNIST and KMNIST. 3 of "
        "the paper's claims were tested on those networks, with 4 verdicts, one per claim and data set: 1 replicated, "
        "1 replicated by a weak test, 1 not replicated, 1 inconclusive. A weak test is one that most networks would "
        "pass by chance or untrained, or whose interval does not exclude the contrary. Of the 1 claim tested on both, "
        "none replicates in both (weak tests not "
        "counted), and none fails in both."
    )
    assert summary.paper_itself == "1 more claim needs no network: 1 holds."
    assert summary.columns == ("M-Net, 4 networks", "K-Net, 4 networks", "F-Net", "the paper itself")
    ((heading, of_all),) = summary.totals
    assert heading == "All"
    found = [list(counts.values()) for counts in of_all]
    assert found == [[1, 1, 0, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 0, 1], [1, 0, 0, 0, 0]]
    for column, counts in enumerate(of_all):
        for outcome, n in counts.items():
            assert sum(row[column][outcome] for _, row in summary.by_section) == n


def test_only_networks_that_verdicts_speak_of_have_a_column():
    assert gather([verdict(network="kmnist")]).summary.columns == ("K-Net, 4 networks",)
    assert gather([]).summary.columns == ()
    assert gather([]).summary.sentences == ("Nothing was judged.",)


def test_verdicts_on_what_is_said_of_another_network_are_counted_apart():
    six = {"values": (1.0,) * 6}
    verdicts = [
        verdict("4.2/a", **six),
        replace(verdict("4.2/b", **six), extended=True),
        replace(verdict("4.2/c", outcome="not replicated", **six), extended=True),
        replace(verdict("4.2/b", network="kmnist"), extended=True),
    ]
    (_, of_all), (heading, extended) = gather(verdicts).summary.totals
    assert heading == "of these, said of another network, to which this is called similar"
    assert [sum(counts.values()) for counts in of_all] == [3, 1]
    assert [list(counts.values()) for counts in extended] == [[1, 0, 1, 0, 0], [1, 0, 0, 0, 0]]


def test_verdicts_on_what_the_paper_only_implies_are_counted_apart():
    verdicts = [verdict("4.2/a"), replace(verdict("4.2/b"), implied=True)]
    summary = gather(verdicts).summary
    assert " The paper implies 1 claim without stating it, 1 for each network." in summary.sentences[0]
    (_, of_all), (heading, implied) = summary.totals
    assert heading == "of these, only implied"
    assert [sum(counts.values()) for counts in (*of_all, *implied)] == [2, 1]


def test_a_rehearsal_decides_nothing_in_the_summary_either():
    verdicts = small_verdicts(("digits",), LEAST_AGREEING, profile="digits")
    assert {verdict.evidence["kind"] for verdict in verdicts} == {"rehearsal", "arithmetic"}
    summary = gather(verdicts).summary
    assert summary.paper_itself == ""
    (lead,) = summary.sentences
    assert lead == "92 claims of the paper, 188 verdicts."
    assert multiplicity(verdicts).firm == ()


def test_where_some_networks_are_a_rehearsal_their_column_says_so():
    content = gather([verdict(), verdict(network="kmnist", evidence=rehearsed())])
    assert content.summary.columns == ("M-Net, 4 networks", "K-Net, 2 networks (rehearsal)")
    assert content.summary.counts["replicated"] == 1, "what decides nothing is not counted beside what does"
    ((_, of_section),) = content.summary.by_section
    assert [counts["replicated"] for counts in of_section] == [1, 0]
    absent = rehearsed() | {"networks": []}
    content_without = gather([verdict(), verdict(network="kmnist", evidence=absent, outcome="not testable")])
    assert content_without.summary.columns == ("M-Net, 4 networks", "K-Net"), "no network is no rehearsal"
    (row,) = [line for line in render_markdown(content).splitlines() if line.startswith("| 4.1/classes-differ | K-Net")]
    assert row.split("|")[-3].strip() == "rehearsal"
    assert "- K-Net (rehearsal on digits): **rehearsal**; reported" in render_markdown(content)


def test_a_comparison_with_a_rehearsal_does_not_make_a_network_one():
    undecided = {"outcome": "inconclusive", "values": (1.0,) * 6}
    own = verdict("4.1/a", evidence=source("mnist", 6), **undecided)
    compared = source("mnist", 6) | {"kind": "rehearsal", "compared_with": ["digits/seed=0"]}
    content = gather([own, verdict("4.1/b", evidence=compared, **undecided)])
    assert content.summary.columns == ("M-Net, 6 networks",)
    assert any(told.startswith("1 of 1 verdicts on 6 M-Nets: ") for told in content.undecided)


def test_flips_are_other_outcomes_only():
    assert n_flips(accuracy()) == 1
    assert len(accuracy().flips) == 2


BY_OWN_TESTS = "p is above .05 in each network, as in the paper"


@pytest.mark.parametrize(
    ("none_found", "values", "note"),
    [
        ((), [0.5, 0.55, 0.6, 0.58, 0.52, 0.57], ""),
        ((), [0.8, 0.81, 0.8, 0.79, 0.8, 0.8], "the sign fits, the size does not"),
        ((), [-0.8, -0.81, -0.8, -0.79, -0.8, -0.8], ""),
        (("mnist",), [0.02, -0.02, 0.01, 0.0, 0.03, -0.01], "the printed size does not fit"),
        (("mnist",), [0.7, 0.75, 0.8, 0.78, 0.72, 0.77], ""),
        (
            ("mnist",),
            [0.5, 0.55, 0.6, 0.58, 0.52, 0.57],
            f"the printed size fits and {BY_OWN_TESTS}",
        ),
        (("mnist",), [0.4, 0.65, 0.6, 0.58, 0.52, 0.57], "the printed size fits"),
        (("mnist",), [0.45, 0.46, 0.45, 0.44, 0.45, 0.45], BY_OWN_TESTS),
    ],
)
def test_what_the_verdict_on_a_correlation_hides_is_told(none_found, values, note):
    printed = [Reported("r/mnist", "0.55", 0.55, "", "§0"), Reported("p/mnist", "0.10", 0.10, "", "§0")]
    judgement = Correlation(margin=0.3, none_found=none_found).judge(values, printed, "mnist")
    one = replace(verdict(), judgement=judgement)
    assert hidden_note(one) == note
    for told in (render_markdown(gather([one])), render_html(gather([one]))):
        assert (note in told) if note else not re.search("size (does not|fits)|printed size", told)


def test_flips_of_what_the_paper_leaves_open_and_of_what_it_rules_out_are_told_apart():
    flips = [
        Flip("nh-variant", "all", "inconclusive", ""),
        Flip("nh-variant", "self", "replicated", ""),
        Flip("umap-start", "raw", "not testable", "not measured"),
        Flip("nh-space", "raw", "not replicated", ""),
    ]
    assert flips_text(verdict(flips=flips)) == "1 of 2; 1 of 1 ruled out"
    assert flips_text(verdict(flips=flips[:3])) == "1 of 2"
    assert flips_text(verdict(flips=flips[3:])) == "1 of 1 ruled out"
    assert flips_text(verdict()) == "–"
    one = verdict(flips=flips, values=(1.0,) * 6)
    assert "| 1 of 2; 1 of 1 ruled out |" in render_markdown(gather([one]))
    assert '<span class="interval"><b>1 of 1 ruled out</b></span>' in render_html(gather([one]))
    assert "; ruled out by the paper" in render_html(gather([one]))
    assert "Flips with nh-space = raw, ruled out by the paper: " in render_markdown(gather([one]))
    assert "Flips with umap-start" not in render_markdown(gather([one]))


def test_outcomes_differ_in_symbol_and_word():
    assert len({symbol(outcome) for outcome in tally([])}) == len({style(outcome) for outcome in tally([])}) == 5


def test_only_what_is_replicated_has_a_weak_test():
    told = "it would also be true of 90% of networks in which nothing means anything"
    assert shown(verdict(uninformative=told)) == "replicated by a weak test"
    assert shown(verdict()) == "replicated"
    assert shown(verdict(outcome="inconclusive", uninformative=told)) == "inconclusive"


def test_what_could_hardly_have_failed_is_counted_apart():
    content = gather(handful())
    (row,) = [line for line in render_markdown(content).splitlines() if line.startswith("| All ")]
    cells = [cell.replace("\N{NO-BREAK SPACE}", " ").strip() for cell in row.split("|")[2:-1]]
    assert cells == ["1 ✓ · 1 (✓)", "1 ✗ · 1 ?", "1 –", "1 ✓"]
    assert "| (✓) replicated by a weak test |" in render_markdown(content)


def test_sources_are_read_off_the_verdicts():
    (first, second) = sources([verdict(network="kmnist", evidence=rehearsed()), verdict(), verdict()])
    assert (first.network, first.n_networks, first.seeds, first.devices) == ("M-Net", 4, "0–3", "a GPU")
    assert (second.network, second.trained_on_data, second.stands_in) == ("K-Net", "digits", True)


def test_the_banner_depends_on_the_evidence():
    assert banner(sources([verdict(evidence=source("mnist"))])) == ""
    assert "stand in for what M-Net was trained on" in banner(sources([verdict(evidence=rehearsed())]))
    assert "No trained network" in banner(())


@given(st.sets(st.integers(0, 40), min_size=1))
def test_joined_seeds_name_each_seed(seeds):
    told = set()
    for part in joined_seeds(list(seeds)).split(", "):
        first, _, last = part.partition("–")
        told |= set(range(int(first), int(last or first) + 1))
    assert told == seeds


# Luck ------------------------------------------------------------------------------------------------------------


@given(st.integers(0, 30), st.sampled_from([0, 1 / 720, 0.1, 0.5, 0.9, 1]))
def test_luck_is_the_probability_of_a_deciding_count(n, chance):
    deciding = [k for k in range(n + 1) if clopper_pearson(k, n).low > 0.5]
    assert luck(n, chance) == pytest.approx(sum(stats.binom.pmf(deciding, n, chance)), abs=1e-9)


def test_a_coin_replicates_at_most_one_statement_in_forty():
    assert max(luck(n, 0.5) for n in range(31)) <= 0.025


def test_expectations_add_up_over_statements():
    ten = (1.0,) * 10
    verdicts = [
        verdict(values=ten, chance=0.5),
        verdict(values=ten, chance=None),
        verdict(values=ten, outcome="not replicated", chance=0.9),
        *(
            replace(
                verdict(family=Value.family, chance=None),
                judgement=Value("%").judge([middle, middle + 0.1] * 5, [REPORTED["accuracy/mnist"]], "mnist"),
            )
            for middle in (98.95, 90.0)
        ),
        accuracy(),
        verdict(),
        verdict(values=ten, outcome="not testable"),
    ]
    found = multiplicity(verdicts)
    # 9 of 10 is the least count whose interval lies above one half: (10 + 1) / 2^10.
    # Three or four networks decide nothing, and so cannot err.
    assert (
        found.unlikely
        == found.without_chance
        == Luck(
            n=1,
            n_replicated=1,
            n_refuted=0,
            expected=pytest.approx(11 / 1024),
            expected_alike=0.5,
            refuted=pytest.approx(11 / 1024),
            refuted_alike=0.5,
        )
    )
    assert (found.likely.n, found.likely.n_replicated, found.likely.expected_alike) == (1, 0, 0.9)
    assert found.likely.expected == pytest.approx(luck(10, 0.9))
    assert found.likely.refuted == pytest.approx(stats.binom.cdf(1, 10, 0.9))
    assert found.likely.refuted_alike == pytest.approx(0.1)
    assert found.families == {"statement": 4, "value": 3}
    assert (found.n_intervals, found.n_outside, found.by_interval) == (2, 1, 0.1)
    assert "enough networks, 1 lies outside." in found.firm[-1]


@pytest.mark.parametrize(
    ("rule", "n", "enough"),
    [
        (Exact(), 1, True),
        (Statement(), 5, False),
        (Statement(chance=0.5), 6, True),
        (Value(), 4, False),
        (Value(), 5, True),
        (NoEffect(1.0), 5, True),
        (Correlation(margin=0.3), 4, False),
    ],
)
def test_each_family_needs_its_number_of_networks(rule, n, enough):
    assert verdict(family=rule.family, values=(1.0,) * n).has_enough_networks == enough


@pytest.mark.parametrize(("n", "n_others", "enough"), [(5, 5, True), (4, 9, False), (9, 4, False)])
def test_a_contrast_needs_enough_networks_of_both_data_sets(n, n_others, enough):
    evidence = source("mnist") | {"compared_with": ["kmnist/seed=0"] * n_others}
    one = verdict(family=Contrast.family, values=(1.0,) * n, evidence=evidence)
    assert one.has_enough_networks == enough


# Choices and printed numbers -------------------------------------------------------------------------------------


def test_a_choice_counts_the_verdicts_that_hang_on_it():
    six = {"values": (1.0,) * 6}
    flipping = verdict(flips=[Flip("test-images", "all", "not replicated", "")], **six)
    staying = verdict(network="kmnist", flips=[Flip("test-images", "all", "replicated", "")], **six)
    found = {one.choice.name: one for one in open_choices([flipping, staying, accuracy(), verdict(**six)])}
    assert list(found) == list(CHOICES)
    assert (found["test-images"].n_depending, found["test-images"].flips) == (2, {"all": 1})
    assert found["baseline"].n_depending == 0
    rehearsal = verdict(flips=flipping.flips, evidence=rehearsed(), **six)
    assert {one.n_depending for one in open_choices([rehearsal])} == {0}


def test_a_printed_number_is_placed_among_the_networks():
    (row,) = [row for row in printed_numbers(handful()) if row.verdict.id == "3.1/accuracy"]
    assert (row.span, row.place, row.interval) == ("99.00 to 99.10 %", "0 of 4 below", "98.90 to 99.20 %")


# Evidence --------------------------------------------------------------------------------------------------------


def test_classes_are_ranked_in_each_network():
    (found,) = harm_tables(evidence_by_hand())
    seven, three, zero = found.rows[7], found.rows[3], found.rows[0]
    assert (seven.n_most, seven.harm_pp, seven.low_pp, seven.high_pp, seven.said) == (2, 41.0, 40.0, 42.0, "most")
    assert (three.n_least, three.said, three.error_pp) == (1, "least", 3.5)
    assert (zero.n_least, zero.said, zero.label) == (1, "", "0")
    assert found.trained.heading == "MNIST (M-Net, 2 networks)"


def test_the_noise_ceiling_stands_beside_the_classes_ranked():
    evidence = small_evidence(("mnist",), 3)
    (found,) = harm_tables(evidence)
    ceiling = noise_ceiling([network.total_harm.values for network in evidence.networks("mnist")])
    ends = f"{ceiling.lower:.2f} to {ceiling.upper:.2f}".replace("-", "−")
    assert f"a rank correlation of {ends} with a new" in found.ceiling
    content = gather([accuracy()], evidence)
    assert found.ceiling in render_markdown(content)
    assert found.ceiling in html.unescape(render_html(content))
    (alone,) = harm_tables(small_evidence(("mnist",), 1))
    assert alone.ceiling == ""


def test_layers_have_their_mean_and_spread_over_networks():
    (found,) = layer_tables(evidence_by_hand())
    data = found.rows[0]
    means = (51.0, 47.0, 52.0, 49.0, 51.0, pytest.approx(51 / 1.1))
    assert (data.panel, tuple(data.means.values())) == ("data", means)
    assert data.spreads["NH, intact (%)"] == pytest.approx(2**0.5)
    assert found.rows[-1].means["NH, intact (%)"] == 51 + 5 * 6


def test_the_cost_of_the_ablation_shown_stands_among_those_of_the_draws():
    """It costs 3 pp; draws cost 2 and 4 on one network, 3 and 5 on the other."""
    (found,) = layer_tables(evidence_by_hand())
    assert found.ablation == (
        "The ablated panels show the ablation of one random half of conv1. It costs 3.00 pp of accuracy. The 2 random "
        "halves drawn for each network cost 3.00 to 4.00 pp on average. 0 to 50 % of them cost less than the one shown."
    )


def test_one_network_has_no_spread():
    evidence = evidence_by_hand()
    evidence.networks("mnist").pop()
    (found,) = layer_tables(evidence)
    assert all(math.isnan(spread) for spread in found.rows[0].spreads.values())


def test_the_environment_is_what_the_pieces_tell():
    found = environment(evidence_by_hand())
    assert dict(found.facts) == {"commit": "c0; c1", "software.torch": "2.15"}
    training = found.wall_times[0]
    assert (training.step, training.median_s, training.total_s, training.n_networks) == ("training", 90, 180, 2)
    assert {time.total_s for time in found.wall_times[1:]} == {4.0}


@pytest.mark.parametrize("decides", [True, False])
def test_a_rehearsal_shows_its_networks_before_verdicts_that_decide_nothing(decides):
    content = gather([accuracy() if decides else replace(accuracy(), evidence=rehearsed())])
    assert content.decides == decides
    page, markdown = render_html(content), render_markdown(content)
    assert (page.index('id="claims"') < page.index('id="numbers"')) == decides
    assert page.count('<li><a href="#claims"') == page.count('<li><a href="#numbers"') == 2
    assert (page.index('<li><a href="#claims"') < page.index('<li><a href="#numbers"')) == decides
    assert (markdown.index("## All claims in one table") < markdown.index("## The paper's numbers")) == decides


@pytest.mark.parametrize(
    ("name", "met", "word"),
    [("sign", True, "yes"), ("sign", False, "no"), ("sign", None, "undecided"), (BY_BOOTSTRAP, None, "not judged")],
)
def test_a_criterion_that_only_shows_a_number_is_not_called_undecided(name, met, word):
    assert answer(Criterion(name, met, "")) == word


def test_what_changed_after_results_were_seen_is_counted():
    told = gather([accuracy(), replace(accuracy(), rule_changed="2026-11-26")]).summary.sentences
    assert told[-1] == (
        "Changed rules: 1 of the 2 verdicts on trained networks follows a rule that was changed after some results had "
        "been seen: 1 of the 2 decided. Caveats give the date. The changelog explains each change and tells which "
        "verdicts it moved."
    )
    undecided = replace(verdict(outcome="inconclusive"), rule_changed="2026-11-26")
    assert "after some results had been seen. Caveats" in gather([undecided]).summary.sentences[-1]


def test_a_failure_says_whether_the_paper_only_implies_the_claim():
    one = verdict(outcome="not replicated")
    for implied in (False, True):
        content = gather([replace(one, implied=implied)])
        ((failure,),) = content.failures
        assert failure.name == f"M-Net{' (implied)' * implied}"
        for told in (render_html(content), render_markdown(content)):
            assert ("(implied)" in told) == implied


def test_failures_stand_claim_by_claim_in_the_order_of_the_verdicts_and_of_the_data_sets():
    one, other = "4.1/classes-differ", "3.1/accuracy"
    named = [(one, "fashion"), (other, "kmnist"), (one, "mnist")]
    content = gather([verdict(claim, network, "not replicated") for claim, network in named])
    found = [[(failure.verdict.id, failure.network) for failure in of_claim] for of_claim in content.failures]
    assert sorted(found) == [[(other, "K-Net")], [(one, "M-Net"), (one, "F-Net")]]
    of_failures = render_html(content).partition('id="failures"')[2].partition("</section>")[0]
    assert [int(n) for n in re.findall(r'rowspan="(\d)"', of_failures)] == [len(rows) for rows in found]


def test_failures_of_what_the_paper_only_implies_come_last():
    implied, stated = verdict("3.1/accuracy", "mnist", "not replicated"), verdict("4.1/a", "mnist", "not replicated")
    content = gather([replace(implied, implied=True), stated])
    assert [of_claim[0].verdict.id for of_claim in content.failures] == ["4.1/a", "3.1/accuracy"]


def test_figures_stand_in_the_order_of_their_registry_with_their_captions():
    pictures = gather([], figures={"seed-distribution": "<svg/>", "2": "<svg/>"}).pictures
    assert [picture.id for picture in pictures] == ["2", "seed-distribution"]
    assert pictures[0].heading.startswith("Figure 2. ")
    assert not pictures[1].heading.startswith("Figure")
    assert pictures[1].caption
