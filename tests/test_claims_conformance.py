"""Every claim of the registry: described, seen to say yes and no, blind to nothing it should see.

Each control's values are computed once; planted evidence is the same for all data sets but for the accuracy.
"""

import math
import re
from dataclasses import replace
from functools import cache, wraps
from pathlib import Path

import numpy as np
import pytest
from small_evidence import small_evidence

from claims import REGISTRY
from claims.planted import FACTS, _piece, planted
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
from replication.judging.claim import NO_NETWORK
from replication.ledger import load_ledger
from replication.paper import REPORTED
from replication.schema import SCHEMA
from replication.seeds import generator
from replication.study import DATASETS, PROFILES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent

CLAIMS = list(REGISTRY.values())
ON_NETWORKS = [claim for claim in CLAIMS if claim.networks]
WITHOUT = [claim for claim in CLAIMS if not claim.networks]
CHECKS = [(claim, network) for claim in ON_NETWORKS for network in claim.networks]
NAMES_CLASSES = [claim for claim in ON_NETWORKS if re.search(r"\bclass(es)? \d", claim.sentence, re.IGNORECASE)]
NAMES_LAYERS = [  # other than the one that is ablated
    claim
    for claim in ON_NETWORKS
    if re.search(r"(?<!half of )(?<!ablating )\b(conv\d|fc\d|output)\b", claim.sentence, re.IGNORECASE)
]


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


def outcome_of(claim, control, network, n_networks=None):
    numbers, compared = values(claim, control, network), others(claim, control, network)
    return outcome(claim, network, numbers[:n_networks], compared[:n_networks])


# Description -----------------------------------------------------------------------------------------------------


@each_claim()
def test_it_says_what_the_paper_says_and_where(claim):
    whole = "expected a sentence from its capital, or digit, to its full stop"
    assert re.fullmatch(r"[A-Z0-9].*\.", claim.sentence), f"docstring {claim.sentence!r}, {whole}"
    where = "expected such as '§4.1 ¶2 s3', 'Abstract s4' or 'Fig. 2'"
    assert re.match(r"§|Abstract|Fig\. ", claim.place), f"place {claim.place!r}, {where}"
    assert set(claim.networks) <= set(DATASETS)
    assert claim.caveat == "" or claim.caveat.endswith("."), f"caveat {claim.caveat!r}, expected a full stop at its end"


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
    of_ledger = {claim for row in load_ledger() for claim in row.claims}
    unnamed, unknown = sorted(set(REGISTRY) - of_ledger), sorted(of_ledger - set(REGISTRY))
    assert not unnamed, f"name {unnamed} in the rows of their sentences in replication/ledger.toml"
    assert not unknown, f"replication/ledger.toml names {unknown}, of which claims/ knows nothing"


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
    assert outcome_of(claim, "holds", network) == "replicated", f"of evidence with the facts holds={claim.holds}"


@each_check
def test_planted_refutation_is_not_replicated(claim, network):
    assert outcome_of(claim, "fails", network) == "not replicated", f"of evidence with the facts fails={claim.fails}"


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
    verdicts = judge_claim(claim, nothing)
    assert [verdict.network for verdict in verdicts] == list(claim.subjects)
    assert {verdict.outcome for verdict in verdicts} <= expected


@each_claim([claim for claim in ON_NETWORKS if not isinstance(claim.rule, Exact)])
@pytest.mark.parametrize("control", ["holds", "fails"])
def test_a_single_network_decides_nothing(claim, control):
    network = claim.networks[0]
    assert outcome_of(claim, control, network, n_networks=1) == "inconclusive"


# Mutations: evidence that is not what it says must show in one of a claim's controls ---------------------------------

EXPECTED = {"holds": "replicated", "fails": "not replicated"}
N_MUTATED = 6
"""As few networks as decide every rule."""


def decided(claim, control, mutate=lambda network: network):
    """The outcome of a control of which each network is mutated."""
    (network, *_) = claim.networks
    evidence = run(claim, control, network, N_MUTATED)
    with np.errstate(invalid="ignore"):  # of nonsense much is undefined
        numbers, compared = (
            [claim.value_of(mutate(one)) for one in evidence.networks(dataset)] if dataset else []
            for dataset in (network, claim.against)
        )
    return outcome(claim, network, numbers, compared)


def notices(claim, mutate):
    """Whether a mutation changes the outcome of a control."""
    return any(decided(claim, control, mutate) != expected for control, expected in EXPECTED.items())


def of_arrays(change):
    """A mutation of a network's evidence from one of its arrays."""

    @wraps(change)
    def mutate(network):
        pieces = {
            piece: data.assign(
                {name: array.copy(data=change(array.values, SCHEMA[piece][name])) for name, array in data.items()}
            )
            for piece, data in network.pieces.items()
        }
        return NetworkEvidence(network.network, pieces)

    return mutate


@of_arrays
def renamed(values, variable):
    """Class c is called c + 1, the last one 0."""
    axes = [axis for axis, name in enumerate(variable.axes) if name in {"class", "predicted", "other"}]
    rolled = np.roll(values, [1] * len(axes), axes)
    return np.where(rolled >= 0, (rolled + 1) % 10, -1) if variable.unit == "class" else rolled


@of_arrays
def classes_alike(values, variable):
    """Every class has what the classes have on average; units and neurons prefer each class in turn."""
    if variable.unit == "class":
        return np.where(values >= 0, np.arange(values.size).reshape(values.shape) % 10, -1)
    if "class" not in variable.axes:
        return values
    mean = values.mean(axis=variable.axes.index("class"), keepdims=True)
    whole = np.rint(mean) if np.issubdtype(values.dtype, np.integer) else mean
    return np.broadcast_to(whole, values.shape).astype(values.dtype)


@of_arrays
def a_layer_on(values, variable):
    """Every layer and panel has what the next one has, the last one what the first has."""
    axes = [axis for axis, name in enumerate(variable.axes) if name in {"layer", "panel"}]
    return np.roll(values, [-1] * len(axes), axes)


@of_arrays
def an_order_on(values, variable):
    """Every order of units has what the one before it has."""
    return np.roll(values, 1, variable.axes.index("order")) if "order" in variable.axes else values


@of_arrays
def fractions_reversed(values, variable):
    """The smaller the ablated fraction, the larger it is called."""
    return np.flip(values, variable.axes.index("fraction")) if "fraction" in variable.axes else values


@of_arrays
def units_shuffled(values, variable):
    """Units and neurons stand in an order of its own in each variable."""
    for axis, name in enumerate(variable.axes):
        if name in {"unit", "neuron"}:
            order = generator("test", "shuffled units", variable.meaning).permutation(values.shape[axis])
            values = np.take(values, order, axis)
    return values


def losses_as_gains(network):
    """Images lost by ablating a unit pass for images gained, and the other way round."""
    units = network.pieces["units"]
    exchanged = units.assign(lost=units["gained"], gained=units["lost"])
    return NetworkEvidence(network.network, {**network.pieces, "units": exchanged})


MUTATIONS = (classes_alike, a_layer_on, units_shuffled, an_order_on, losses_as_gains, fractions_reversed)
"""Those that most claims notice come first, since one is enough."""

UNNOTICED = {
    "4.3/most-selective-not-most-active": "a share of neurons, whichever class, layer or neuron they are of",
    "5/relative-positions-preserved": "one correlation, planted alike in all panels",
}
"""Claims that notice no mutation, and why."""


@each_claim(ON_NETWORKS)
def test_evidence_that_is_not_what_it_says_is_noticed(claim):
    (network, *_) = claim.networks
    assert {control: outcome_of(claim, control, network, N_MUTATED) for control in EXPECTED} == EXPECTED
    noticed = any(notices(claim, mutate) for mutate in MUTATIONS)
    assert noticed != (claim.id in UNNOTICED)


@each_claim(NAMES_CLASSES)
def test_renamed_classes_are_noticed(claim):
    assert notices(claim, renamed)


@each_claim(NAMES_LAYERS)
def test_layers_that_are_taken_for_others_are_noticed(claim):
    assert notices(claim, a_layer_on) != (claim.id in UNNOTICED)


def test_a_statistic_that_tells_its_controls_apart_by_something_else_is_found_out():
    """Neurons that are planted at random lie nearer to the origin, too, than those in islands on a circle of 20."""

    def near_the_origin(network):
        return float(np.nanmax(np.abs(network.pieces["vertical"]["neuron_coordinates"].values))) < 18

    other = replace(REGISTRY["4.3/regions-shared"], statistic=near_the_origin)
    assert {control: decided(other, control) for control in EXPECTED} == EXPECTED
    assert not any(notices(other, mutate) for mutate in MUTATIONS)


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


def test_a_fact_of_a_layer_or_class_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"fact 'harm' names \['fcl1'\]: expected some of conv1, .*, fc2, 0, .*, 9$"):
        planted("mnist", {"harm": {("fcl1", 7): 9.0}})


def test_planted_networks_differ_and_recur():
    one, other = planted("mnist", {}, n_networks=2)
    assert one.network == "mnist/seed=0"
    assert not np.array_equal(one.total_harm, other.total_harm)
    _piece.cache_clear()  # or it would be the same arrays
    (again,) = planted("mnist", {}, n_networks=1)
    assert np.array_equal(one.total_harm, again.total_harm)


def test_accuracy_is_planted_by_data_set():
    facts = REGISTRY["3.1/accuracy"].holds
    for dataset in DATASETS:
        (network,) = planted(dataset, facts, n_networks=1)
        assert abs(network.accuracy - REPORTED[f"accuracy/{dataset}"].value) < 0.5
