"""Every claim of the registry: described, seen to say yes and no, blind to nothing it should see.

Each control's values are computed once; planted evidence is the same for all data sets but for the accuracy.
"""

import math
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from small_evidence import small_evidence

from claims import REGISTRY
from claims.planted import FACTS, planted
from replication.choices import DEFAULTS, alternatives
from replication.evidence import Evidence, NetworkEvidence
from replication.judging import (
    Answer,
    Contrast,
    Correlation,
    Exact,
    NoEffect,
    Statement,
    Value,
    judge_claim,
    judge_network,
)
from replication.judging.judge import NO_NETWORK
from replication.ledger import claims_to_places, load_ledger
from replication.measurements import SCHEMA
from replication.paper import REPORTED
from replication.study import DATASETS, PROFILES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent

CLAIMS = list(REGISTRY.values())
ON_NETWORKS = [claim for claim in CLAIMS if claim.networks]
WITHOUT = [claim for claim in CLAIMS if not claim.networks]
CHECKS = [(claim, network) for claim in ON_NETWORKS for network in claim.networks]
NAMES_CLASSES = [claim for claim in ON_NETWORKS if re.search(r"\bclass(es)? \d", claim.sentence, re.IGNORECASE)]


def ids(cases):
    return [case.id if hasattr(case, "id") else f"{case[0].id}[{case[1]}]" for case in cases]


def each_claim(claims=None):
    claims = CLAIMS if claims is None else claims
    return pytest.mark.parametrize("claim", claims, ids=ids(claims))


each_check = pytest.mark.parametrize(("claim", "network"), CHECKS, ids=ids(CHECKS))


def run(claim, control, network, n_networks=12):
    """Planted networks, of two data sets where the claim compares; not kept: what they remember fills memory."""
    facts = getattr(claim, control)
    datasets = (network, claim.against) if claim.against else (network,)
    return Evidence(PROFILES["paper"], [one for name in datasets for one in planted(name, facts, n_networks)])


def networks_of(claim, control, n_networks=12):
    return run(claim, control, claim.networks[0], n_networks).networks(claim.networks[0])


@cache
def values_of(claim_id, control, dataset, of=""):
    """Of the networks of a data set, or ``of`` those that they are compared with."""
    claim = REGISTRY[claim_id]
    return tuple(claim.value_of(one) for one in run(claim, control, dataset).networks(of or dataset))


def values(claim, control, network):
    """The statistic's values over the planted networks of one control; facts may differ by data set."""
    differs = any(isinstance(fact, dict) and network in fact for fact in getattr(claim, control).values())
    return values_of(claim.id, control, network if differs else claim.networks[0])


def others(claim, control, network):
    """The values of the networks that a contrast compares with; none for any other rule."""
    return values_of(claim.id, control, network, claim.against) if claim.against else ()


def outcome(claim, network, numbers, compared=()):
    if isinstance(claim.rule, Contrast):
        return claim.rule.compare(numbers, compared).outcome
    return claim.rule.judge(numbers, claim.reported_on(network), network).outcome


def outcome_of(claim, control, network, mutate=list):
    return outcome(claim, network, mutate(values(claim, control, network)), mutate(others(claim, control, network)))


# Description -----------------------------------------------------------------------------------------------------


@each_claim()
def test_it_says_what_the_paper_says_and_where(claim):
    assert re.fullmatch(r"[A-Z0-9].*\.", claim.sentence)
    assert re.match(r"§|Abstract|Fig\. ", claim.place)
    assert set(claim.networks) <= set(DATASETS)
    assert claim.caveat == "" or claim.caveat.endswith(".")


@each_claim(ON_NETWORKS)
def test_a_bound_of_ours_is_told_as_the_reading_of_a_word_and_no_reading_is_left_out(claim):
    (network, *_) = claim.networks
    bound = judge_network(claim, run(claim, "holds", network, n_networks=1), network).judgement.bound
    said = f"{claim.sentence} {claim.caveat}".lower()
    if bound is not None:
        assert bound.reads.lower() in said
    elif not isinstance(claim.rule, Exact):  # what a property of the images is held against is another's, no number
        assert "is read as" not in claim.caveat


@each_check
def test_its_printed_numbers_are_those_its_rule_needs(claim, network):
    needed = {Value: 1, Correlation: 2}.get(type(claim.rule))
    if needed is not None:
        assert len(claim.reported_on(network)) == needed
    assert claim.reported_on(network) or claim.reported == "in words"


@each_claim([claim for claim in ON_NETWORKS if isinstance(claim.rule, NoEffect)])
def test_without_an_effect_every_criterion_is_met_and_with_one_none(claim):
    for control, met in (("holds", True), ("fails", False)):
        (network, *_) = claim.networks
        judgement = claim.rule.judge(values(claim, control, network), claim.reported_on(network), network)
        assert {criterion.met for criterion in judgement.criteria} == {met}


def test_a_statement_that_names_a_number_names_it_alike_whatever_the_network():
    answered = 0
    for claim in CLAIMS:
        if isinstance(claim.rule, Statement):
            told = [claim.answer_of(one) for control in ("holds", "fails") for one in networks_of(claim, control, 1)]
            answers = [answer for answer in told if isinstance(answer, Answer)]
            assert len({(answer.what, answer.relation, answer.bound) for answer in answers}) <= 1
            answered += bool(answers)
    assert answered >= 20


def test_ids_and_names_are_unique():
    assert len({claim.id for claim in CLAIMS}) == len({claim.name for claim in CLAIMS}) == len(CLAIMS)


def test_the_ledger_and_the_registry_name_the_same_claims():
    assert set(claims_to_places(load_ledger())) == set(REGISTRY)


def test_every_rule_that_changed_late_stands_in_the_changelog_under_its_date():
    rules = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition("### Rules\n")[2]
    entries = re.findall(r"^- (\d{4}-\d\d-\d\d)(.*?)(?=^- |\Z)", rules, re.MULTILINE | re.DOTALL)
    changed = [claim for claim in CLAIMS if claim.changed]
    assert len(changed) > 10
    for claim in changed:
        dates = [date for date, told in entries if f"`{claim.id}`" in told]
        assert claim.changed in dates, claim.id


# Controls --------------------------------------------------------------------------------------------------------


@each_check
def test_planted_support_is_replicated(claim, network):
    assert outcome_of(claim, "holds", network) == "replicated"


@each_check
def test_planted_refutation_is_not_replicated(claim, network):
    assert outcome_of(claim, "fails", network) == "not replicated"


def test_a_class_that_is_split_already_does_not_refute_that_ablation_splits_it():
    claim = REGISTRY["4.2/class-2-splits-when-ablated"]
    facts = {"clusters": {("out", 2): 2}, "clusters_ablated": {("out", 2): 2}}
    assert all(math.isnan(claim.value_of(one)) for one in planted("kmnist", facts, 3))


@each_claim(WITHOUT)
def test_arithmetic_says_yes_and_no(claim):
    assert claim.holds or claim.fails
    assert outcome(claim, NO_NETWORK, [float(claim.statistic(**claim.holds))]) == "replicated"
    assert outcome(claim, NO_NETWORK, [float(claim.statistic(**claim.fails))]) == "not replicated"


@each_claim()
def test_without_evidence_a_claim_about_networks_is_not_testable(claim):
    nothing = Evidence(PROFILES["paper"], [])
    expected = {"not testable"} if claim.networks else {"replicated", "not replicated"}
    assert {verdict.outcome for verdict in judge_claim(claim, nothing)} <= expected


@each_claim([claim for claim in ON_NETWORKS if not isinstance(claim.rule, Exact)])
@pytest.mark.parametrize("control", ["holds", "fails"])
def test_a_single_network_decides_nothing(claim, control):
    network = claim.networks[0]
    assert outcome_of(claim, control, network, lambda numbers: numbers[:1]) == "inconclusive"


# Mutations: what is wrong with a statistic must show in one of its controls ----------------------------------------


def negated(numbers):
    """The contrary of every truth value."""
    return [1.0 - number for number in numbers]


def flipped(numbers):
    """Every sign, or ratio, the other way round."""
    return [-number for number in numbers]


def inverted(numbers):
    """Every ratio upside down."""
    return [1 / number for number in numbers]


def blind(numbers):
    """A statistic that sees nothing."""
    return [0.0 for _ in numbers]


def mutations(claim, network):
    """The mutations that a check must notice, by its rule."""
    rule = claim.rule
    if isinstance(rule, Statement | Exact):
        return [negated]
    if isinstance(rule, NoEffect) or network in getattr(rule, "none_found", ()):
        return [blind]
    if isinstance(rule, Value) and rule.scale == "log":
        return [inverted]
    if isinstance(rule, Value):
        return [blind, flipped] if rule.null == 0 else [blind]
    return [blind, flipped]


@each_check
def test_a_mutated_statistic_is_noticed(claim, network):
    for mutate in mutations(claim, network):
        found = [outcome_of(claim, control, network, mutate) for control in ("holds", "fails")]
        assert found != ["replicated", "not replicated"], mutate.__doc__


@each_claim(NAMES_CLASSES)
def test_renamed_classes_are_noticed(claim):
    network = claim.networks[0]
    found = [
        outcome(claim, network, [claim.value_of(renamed(one)) for one in networks_of(claim, control)])
        for control in ("holds", "fails")
    ]
    assert found != ["replicated", "not replicated"]


def renamed(network):
    """The same evidence with class c called c + 1, the last one 0."""
    pieces = {}
    for name, piece in network.pieces.items():
        arrays = {}
        for variable, array in piece.data_vars.items():
            axes = [axis for axis, dim in enumerate(array.dims) if dim in {"class", "predicted", "other"}]
            rolled = np.roll(array.values, [1] * len(axes), axes)
            holds_classes = SCHEMA[name][str(variable)].unit == "class"
            arrays[variable] = array.copy(
                data=np.where(rolled >= 0, (rolled + 1) % 10, -1) if holds_classes else rolled
            )
        pieces[name] = piece.assign(arrays)
    return NetworkEvidence(network.network, pieces)


# Conduct ---------------------------------------------------------------------------------------------------------


@each_claim(ON_NETWORKS)
def test_the_statistic_leaves_its_evidence_alone(claim):
    (original,) = networks_of(claim, "holds", n_networks=1)
    copied = NetworkEvidence(original.network, {name: piece.copy(deep=True) for name, piece in original.pieces.items()})
    first = claim.value_of(copied)
    assert all(piece.identical(original.pieces[name]) for name, piece in copied.pieces.items())
    assert np.array_equal(claim.value_of(copied.under(DEFAULTS)), first, equal_nan=True)


@each_claim(ON_NETWORKS)
def test_it_is_judged_under_every_choice_it_reads(claim):
    network = claim.networks[0]
    networks = run(claim, "holds", network, n_networks=2)
    verdict = judge_network(claim, networks, network)
    read = set()
    for one in (*networks.networks(network), *(networks.networks(claim.against) if claim.against else ())):
        view = one.under(DEFAULTS)
        claim.value_of(view)
        read |= view.choices_read
    assert [(flip.choice, flip.option) for flip in verdict.flips] == list(alternatives(read))


@pytest.mark.parametrize("profile", ["paper", "digits"])
def test_every_claim_can_be_judged_on_a_small_run(profile):
    datasets = DATASETS if profile == "paper" else ("digits",)
    run = small_evidence(datasets, n_seeds=2, profile=profile)
    verdicts = [verdict for claim in CLAIMS for verdict in judge_claim(claim, run)]
    assert len(verdicts) == len(CHECKS) + len(WITHOUT)
    assert "not testable" not in {verdict.outcome for verdict in verdicts}


# Planted evidence ------------------------------------------------------------------------------------------------


def test_every_fact_is_planted_by_some_control():
    used = {fact for claim in ON_NETWORKS for fact in (*claim.holds, *claim.fails)}
    assert used == set(FACTS)


def test_an_unknown_fact_is_refused():
    with pytest.raises(ValueError, match="no facts named \\['harms'\\]: there are accuracy, error"):
        planted("mnist", {"harms": {7: 9.0}})


def test_planted_networks_differ_and_recur():
    one, other = planted("mnist", {}, n_networks=2)
    assert one.network == "mnist/seed=0"
    assert not np.array_equal(one.total_harm, other.total_harm)
    (again,) = planted("mnist", {}, n_networks=1)
    assert np.array_equal(one.total_harm, again.total_harm)


def test_accuracy_is_planted_by_data_set():
    facts = REGISTRY["3.1/accuracy"].holds
    for dataset in DATASETS:
        (network,) = planted(dataset, facts, n_networks=1)
        assert abs(network.accuracy - REPORTED[f"accuracy/{dataset}"].value) < 0.5
