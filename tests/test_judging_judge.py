"""Judging: choices are found by what a statistic reads, and each other answer is tried."""

import json
import math
import re

import numpy as np
import pytest
import torch
from heard import Heard
from small_evidence import small_evidence

from claims.planted import planted
from replication.choices import CHOICES
from replication.evidence import Evidence, NetworkEvidence
from replication.judging import (
    Answer,
    Contrast,
    Correlation,
    Exact,
    Registry,
    Statement,
    Value,
    as_printed,
    judge_all,
    judge_answers,
    judge_claim,
    judge_network,
    save_verdicts,
)
from replication.judging.claim import NO_NETWORK
from replication.study import PROFILES

N_NETWORKS = 6


@pytest.fixture(scope="module")
def run():
    return Evidence(PROFILES["paper"], planted("mnist", {}, N_NETWORKS) + planted("kmnist", {}, N_NETWORKS))


@pytest.fixture
def registry():
    return Registry()


def test_the_choices_that_a_statistic_reads_are_tried_one_at_a_time(run, registry):
    @registry.claim("x/units", place="§0", networks="mnist", rule=Statement())
    def counted_over_neurons(network):
        """Neurons are counted."""
        return network.choice("count") == "neurons"

    verdict = judge_network(counted_over_neurons, run, "mnist")
    assert verdict.outcome == "replicated"
    assert [(flip.choice, flip.option, flip.outcome, flip.measured_text) for flip in verdict.flips] == [
        ("count", "units", "not replicated", "0 of 6 networks")
    ]


def test_choices_read_within_quantities_and_by_single_networks_are_found(run, registry):
    @registry.claim("x/mixed", place="§0", networks="mnist", rule=Statement())
    def mixed(network):
        """One network asks for more."""
        if network.network.endswith("seed=3"):
            network.choice("count")
        return float(network.error.max()) > 0

    verdict = judge_network(mixed, run, "mnist")
    assert {flip.choice for flip in verdict.flips} == {"test-images", "denominator", "count"}
    assert len(verdict.flips) == sum(len(CHOICES[name].options) - 1 for name in ("test-images", "denominator", "count"))


def test_what_is_remembered_is_read_again_by_every_claim(run, registry):
    def statistic(network):
        """Classes differ."""
        return float(network.error.max()) > 0

    claims = [registry.claim(f"x/{name}", place="§0", networks="mnist", rule=Statement())(statistic) for name in "ab"]
    first, second = (judge_network(claim, run, "mnist") for claim in claims)
    assert first.flips == second.flips != ()


def test_an_answer_for_which_nothing_was_measured_makes_no_other_verdict(run, registry):
    @registry.claim("x/once", place="§0", networks="mnist", rule=Statement())
    def start_matters(network):
        """The start matters."""
        lacking = network.choice("umap-start") == "raw"
        return Answer("x", 1, "more than", 0, silence="embedded only once" * lacking, measured=not lacking)

    verdict = judge_network(start_matters, run, "mnist")
    (flip,) = verdict.flips
    assert (flip.option, flip.outcome, flip.measured_text) == ("raw", "not testable", "not measured")
    assert (verdict.outcome, verdict.differs_with(flip)) == ("replicated", False)


def test_an_answer_under_which_a_claim_can_hardly_fail_is_marked(run, registry):
    @registry.claim("x/weak", place="§0", networks="mnist", rule=Statement(chance=0.9))
    def depends(network):
        """It depends on the images."""
        return network.choice("test-images") != "all"

    verdict = judge_network(depends, run, "mnist")
    (flip,) = verdict.flips
    assert verdict.weak
    assert (flip.outcome, flip.weak) == ("not replicated", False)

    @registry.claim("x/strong", place="§0", networks="mnist", rule=Statement(chance=0.9))
    def depends_too(network):
        """It depends on the images."""
        return network.choice("test-images") == "all"

    verdict = judge_network(depends_too, run, "mnist")
    (flip,) = verdict.flips
    assert (verdict.outcome, verdict.weak, flip.outcome, flip.weak) == ("not replicated", False, "replicated", True)
    assert verdict.as_json()["choices"][0]["weak"] is True


def some_without_log_probabilities(n, n_without, dataset="mnist"):
    """Networks of which the first were not measured for another answer to ``effect``."""
    found = small_evidence((dataset,), n).networks(dataset)
    for place in range(n_without):
        units = found[place].pieces["units"]
        missing = units["lost_log_probability"] * np.float32("nan")
        pieces = {**found[place].pieces, "units": units.assign(lost_log_probability=missing)}
        found[place] = NetworkEvidence(found[place].network, pieces)
    return found


@pytest.mark.parametrize(
    ("n", "n_without", "outcome", "text"),
    [
        (8, 0, "replicated", "8 of 8 networks"),
        (8, 2, "replicated", "6 of 6 networks, measured for 6 of 8 networks"),
        (8, 3, "not testable", "measured for 5 of 8 networks"),
        (4, 0, "inconclusive", "4 of 4 networks"),
        (4, 1, "not testable", "measured for 3 of 4 networks"),
        (4, 4, "not testable", "not measured"),
    ],
)
def test_networks_that_were_not_measured_for_an_answer_are_left_out(registry, n, n_without, outcome, text):
    @registry.claim("x/effect", place="§0", networks="mnist", rule=Statement())
    def has_an_effect(network):
        """Units have an effect."""
        return bool(network.net_gain_by_half.any())

    evidence = Evidence(PROFILES["paper"], some_without_log_probabilities(n, n_without))
    verdict = judge_network(has_an_effect, evidence, "mnist")
    assert verdict.judgement.measured_text == f"{n} of {n} networks"
    (flip,) = [flip for flip in verdict.flips if flip.choice == "effect"]
    assert (flip.outcome, flip.measured_text) == (outcome, text)


def test_an_answer_on_fewer_networks_is_compared_with_the_usual_answer_on_the_same(registry):
    @registry.claim("x/late", place="§0", networks="mnist", rule=Statement())
    def is_late(network):
        """Networks that were measured are late ones."""
        network.choice("effect")
        return int(network.network.rpartition("=")[2]) >= 2

    evidence = Evidence(PROFILES["paper"], some_without_log_probabilities(8, 2))
    verdict = judge_network(is_late, evidence, "mnist")
    (flip,) = verdict.flips
    assert (verdict.outcome, flip.outcome, flip.otherwise) == ("inconclusive", "replicated", "replicated")
    assert not verdict.differs_with(flip)
    assert verdict.as_json()["choices"][0]["otherwise"] == "replicated"


@pytest.mark.parametrize(("n_without", "tested"), [(0, True), (1, True), (2, False), (6, False)])
def test_a_contrast_needs_enough_measured_networks_of_both_data_sets(registry, n_without, tested):
    @registry.claim("x/more", place="§0", networks="mnist", against="kmnist", rule=Contrast(0.3))
    def effect(network):
        """More of an effect."""
        return float(abs(network.net_gain_by_half).sum())

    networks = small_evidence(("mnist",), 6).networks("mnist") + some_without_log_probabilities(6, n_without, "kmnist")
    verdict = judge_network(effect, Evidence(PROFILES["paper"], networks), "mnist")
    (flip,) = [flip for flip in verdict.flips if flip.choice == "effect"]
    assert (flip.outcome != "not testable") == tested


def test_another_answer_is_judged_by_those_networks_for_which_it_was_measured(run, registry):
    @registry.claim("x/some", place="§0", networks="mnist", rule=Statement())
    def more_from_the_first_start(network):
        """More comes from the first start."""
        raw = network.choice("umap-start") == "raw"
        lacking = raw and network.network.endswith("seed=0")
        return Answer("x", -1 if raw else 1, "more than", 0, silence="lacking" * lacking, measured=not lacking)

    (flip,) = judge_network(more_from_the_first_start, run, "mnist").flips
    expected = Statement().judge([math.nan] + [0] * (N_NETWORKS - 1), (), "mnist")
    assert (flip.outcome, flip.measured_text) == (expected.outcome, expected.measured_text)


def test_what_is_settled_by_one_network_is_not_where_another_data_set_stands_in(registry):
    @registry.claim("x/exact", place="§0", networks="kmnist", rule=Exact())
    def exact(network):
        """It is so."""
        return False

    standing_in = Evidence(PROFILES["digits"], planted("digits", {}, 2))
    judgement = judge_network(exact, standing_in, "kmnist").judgement
    assert judgement.outcome == "inconclusive"
    assert judgement.why.endswith("; but of digits, which only stand in")
    itself = Evidence(PROFILES["paper"], planted("kmnist", {}, 2))
    assert judge_network(exact, itself, "kmnist").outcome == "not replicated"


@pytest.mark.parametrize(("rule", "value"), [(Statement(), 1.0), (Correlation(0.3, none_found=("kmnist",)), 0.0)])
def test_what_takes_many_networks_is_settled_by_those_that_stand_in(registry, rule, value):
    @registry.claim("x/many", place="§0", networks="kmnist", reported="spearman", rule=rule)
    def many(network):
        """It is so."""
        return value

    judgement = judge_network(many, Evidence(PROFILES["digits"], planted("digits", {}, 6)), "kmnist").judgement
    assert judgement.outcome == "replicated"
    assert "stand in" not in judgement.why


def test_a_statistic_that_reads_no_choice_has_no_flips(run, registry):
    @registry.claim("x/constant", place="§0", networks=("mnist", "kmnist"), rule=Statement())
    def constant(network):
        """It is so."""
        return True

    verdicts = judge_claim(constant, run)
    assert [(verdict.network, verdict.flips) for verdict in verdicts] == [("mnist", ()), ("kmnist", ())]


def test_the_numbers_behind_answers_stand_with_the_judgement(run, registry):
    @registry.claim("x/bounded", place="§0", networks="mnist", rule=Statement())
    def bounded(network):
        """It is much."""
        return Answer("seed", int(network.network[-1]), "more than", 0)

    judgement = judge_network(bounded, run, "mnist").judgement
    seeds = [int(network.network[-1]) for network in run.networks("mnist")]
    assert judgement.values == tuple(float(seed > 0) for seed in seeds)
    assert judgement.behind == f"seed: 0 to {max(seeds)}; asked: more than 0"


def test_an_implied_claim_says_how_and_its_verdict_that(run, registry):
    @registry.claim("x/y", place="§0", networks="mnist", rule=Statement(), implied="It follows", caveat="Read so.")
    def y(network):
        """They are."""
        return True

    @registry.claim("x/z", place="§0", networks="mnist", rule=Statement())
    def z(network):
        """They are, too."""
        return True

    assert y.caveat == "Implied, not stated: It follows. Read so."
    verdicts = [judge_network(one, run, "mnist") for one in (y, z)]
    assert [verdict.implied for verdict in verdicts] == [True, False]
    assert [verdict.as_json()["implied"] for verdict in verdicts] == [True, False]


def test_a_claim_may_be_implied_for_some_of_its_networks(run, registry):
    @registry.claim(
        "x/y",
        place="§0",
        networks=("mnist", "kmnist"),
        rule=Statement(),
        implied="It says it of M-Net",
        implied_for=("kmnist",),
    )
    def y(network):
        """They are."""
        return True

    assert y.caveat == "Implied, not stated of K-Net: It says it of M-Net."
    assert [verdict.implied for verdict in judge_claim(y, run)] == [False, True]
    for wrong in ({"implied_for": ("fashion",), "implied": "So"}, {"implied_for": ("mnist",)}):
        with pytest.raises(ValueError, match="claim 'x/z' is implied for"):
            registry.claim("x/z", place="§0", networks=("mnist",), rule=Statement(), **wrong)(y.statistic)


def test_a_claim_extended_to_other_networks_says_so_of_their_verdicts(run, registry):
    networks = ("kmnist", "mnist", "fashion")

    @registry.claim("x/like", place="§0", networks=networks, said_of="kmnist", rule=Statement(), caveat="Read so.")
    def like(network):
        """It is so."""
        return True

    assert like.caveat == "Read so. The paper says this of K-Net and calls M-Net and F-Net similar."
    verdicts = judge_claim(like, run)
    assert [(verdict.network, verdict.extended) for verdict in verdicts] == [
        ("kmnist", False),
        ("mnist", True),
        ("fashion", True),
    ]
    assert [verdict.as_json()["extended"] for verdict in verdicts] == [False, True, True]
    of_each = registry.claim("x/each", place="§0", networks=networks, rule=Statement())(statistic)
    assert [verdict.extended for verdict in judge_claim(of_each, run)] == [False, False, False]


def test_a_rule_that_changed_after_evidence_was_seen_says_so_of_its_verdicts(run, registry):
    @registry.claim("x/late", place="§0", networks="mnist", rule=Statement(), caveat="Read so.", changed="2026-11-26")
    def late(network):
        """It is so."""
        return True

    assert (
        late.caveat
        == "Read so. The rule was changed on 2026-11-26, after some results had been seen: CHANGELOG, Rules."
    )
    (verdict,) = judge_claim(late, run)
    assert verdict.as_json()["rule_changed"] == "2026-11-26"


def test_a_change_for_printed_correlations_is_none_for_their_absence(registry):
    @registry.claim(
        "x/r",
        place="§0",
        networks=("kmnist", "mnist"),
        reported="spearman",
        rule=Correlation(margin=0.3, none_found=("mnist",)),
        changed="2026-11-26",
    )
    def r(network):
        """They correlate in one of them."""
        return 0.0

    assert r.caveat.startswith("The rule where the paper prints one was changed on 2026-11-26, after")
    assert [r.changed_for(network) for network in ("kmnist", "mnist")] == ["2026-11-26", ""]


@pytest.mark.parametrize("none_found", [("fashion",), "mnist"], ids=["of another", "not a tuple"])
def test_none_is_found_in_networks_that_a_claim_speaks_of(registry, none_found):
    message = f"claim 'x/r' finds none in {none_found!r}: expected some of ('mnist',)"
    with pytest.raises(ValueError, match=re.escape(message)):
        registry.claim("x/r", place="§0", networks="mnist", rule=Correlation(0.3, none_found))(statistic)


@pytest.mark.parametrize("networks", [("mnist", "kmnist"), ("fashion",)])
def test_a_claim_is_said_of_one_of_several_networks(registry, networks):
    with pytest.raises(ValueError, match="claim 'x/one' is said of 'fashion': expected one of several in"):
        registry.claim("x/one", place="§0", networks=networks, said_of="fashion", rule=Exact())(statistic)


def test_a_network_that_is_missing_is_not_testable(run, registry):
    @registry.claim("x/missing", place="§0", networks="fashion", rule=Statement())
    def missing(network):
        """It is so."""
        raise AssertionError

    (verdict,) = judge_claim(missing, run)
    assert (verdict.outcome, verdict.judgement.measured_text) == ("not testable", "nothing")
    assert verdict.judgement.why == "the evidence holds no network trained on fashion"


def comparison(registry, against):
    @registry.claim("x/compared", place="§0", networks="mnist", against=against, rule=Contrast(least=0.1))
    def compared(network):
        """One has more than the other."""
        is_first = network.network.startswith("mnist")
        network.choice("count" if is_first else "nh-variant")
        return float(is_first)

    return compared


def test_a_comparison_takes_the_networks_of_two_data_sets(run, registry):
    verdict = judge_network(comparison(registry, "kmnist"), run, "mnist")
    assert verdict.outcome == "replicated"
    assert verdict.judgement.values == (1.0,) * N_NETWORKS
    assert {flip.choice for flip in verdict.flips} == {"count", "nh-variant"}
    assert verdict.evidence["networks"] == [f"mnist/seed={seed}" for seed in range(N_NETWORKS)]
    assert verdict.evidence["compared_with"] == [f"kmnist/seed={seed}" for seed in range(N_NETWORKS)]


def test_a_comparison_with_networks_that_stand_in_is_a_rehearsal(registry):
    evidence = small_evidence(("mnist", "digits"), 2, profile="paper")
    assert judge_network(comparison(registry, "kmnist"), evidence, "mnist").evidence["kind"] == "rehearsal"


def test_a_contrast_and_it_alone_says_what_it_is_against(registry):
    with pytest.raises(
        ValueError, match="claim 'x/compared' compares with no data set by a rule of the family 'contra"
    ):
        comparison(registry, "")
    with pytest.raises(ValueError, match="compares with kmnist by a rule of the family 'statement'"):

        @registry.claim("x/stated", place="§0", networks="mnist", against="kmnist", rule=Statement())
        def stated(network):
            """It is so."""
            return True

    with pytest.raises(ValueError, match="'x/compared' compares with kmnist, and names no networks to compare"):
        registry.claim("x/compared", place="§0", against="kmnist", rule=Contrast(least=1.0, unit=""))(statistic)


def test_a_data_set_is_not_compared_with_itself(registry):
    with pytest.raises(ValueError, match="claim 'x/compared' compares mnist with itself"):
        comparison(registry, "mnist")


def test_a_comparison_with_a_data_set_that_is_missing_is_not_testable(run, registry):
    (verdict,) = judge_claim(comparison(registry, "fashion"), run)
    assert verdict.outcome == "not testable"
    assert verdict.judgement.why == "the evidence holds no network trained on mnist, or none on fashion"


def test_a_comparison_with_an_unknown_data_set_is_refused(registry):
    with pytest.raises(ValueError, match=r"claim 'x/compared' speaks of unknown networks \['cifar'\]"):
        comparison(registry, "cifar")


def test_a_claim_about_no_network_is_judged_without_any(run, registry):
    @registry.claim("x/arithmetic", place="§0", rule=Exact())
    def two_and_two(total=4):
        """Two and two are four."""
        return total == 2 + 2

    (verdict,) = judge_claim(two_and_two, run)
    assert (verdict.network, verdict.outcome) == (NO_NETWORK, "replicated") == ("-", "replicated")
    assert verdict.evidence == {"kind": "arithmetic"}


def test_all_claims_are_judged_in_their_order_and_each_is_told_of(run, registry):
    registry.claim("x/late", place="§0", networks=("kmnist", "mnist"), rule=Statement())(statistic)

    @registry.claim("x/early", place="§0", rule=Exact())
    def early():
        """It is so without networks."""
        return True

    heard = Heard()
    verdicts = judge_all(registry, run, heard)
    ((title, total, task),) = heard.tasks
    assert (title, total, task.done) == ("judge claims", 2, 2)
    assert verdicts == tuple(verdict for claim in registry.values() for verdict in judge_claim(claim, run))
    assert [(verdict.id, verdict.network) for verdict in verdicts] == [
        ("x/late", "kmnist"),
        ("x/late", "mnist"),
        ("x/early", "-"),
    ]


def test_a_verdict_carries_the_as_printed_and_its_source(run, registry):
    @registry.claim("x/accuracy", place="§0", networks="mnist", reported="accuracy", rule=Value(unit="%"))
    def accuracy(network):
        """The networks are accurate."""
        return network.accuracy

    (verdict,) = judge_claim(accuracy, run)
    assert (verdict.reported, verdict.printed, verdict.family) == ("99.0 %", 99.0, "value")
    assert verdict.evidence["networks"] == [f"mnist/seed={seed}" for seed in range(N_NETWORKS)]
    assert len(verdict.judgement.values) == N_NETWORKS


@pytest.mark.parametrize(
    ("key", "network", "unit", "number"),
    [
        ("accuracy", "mnist", "%", 99.0),
        ("aes-nh", "mnist", "r", -0.31),
        ("kmnist-conv1-most-harmed-drop", "kmnist", "pp", 30.9),
        ("as-count-ratio", "fashion", "", 2),
        ("aes-count-ratio", "fashion", "", 3),
        ("neurons", NO_NETWORK, "", 17_280),
        ("accuracy", "mnist", "pp", None),
        ("accuracy", "mnist", "share", None),
        ("aes-nh", "mnist", "", None),
        ("most-harmed-class", "mnist", "", None),
        ("in words", "mnist", "", None),
    ],
)
def test_a_as_printed_counts_only_in_the_unit_of_the_values(registry, key, network, unit, number):
    assert (
        registry.claim("x/one", place="§0", reported=key, rule=Exact())(statistic).printed_in(unit, network) == number
    )


@pytest.mark.parametrize(
    ("key", "network", "text"),
    [
        ("accuracy", "mnist", "99.0 %"),
        ("aes-nh", "mnist", "r = −0.31, p = 0.38"),
        ("kmnist-conv1-most-harmed-drop", "kmnist", "30.9 pp"),
        ("most-harmed-class", "mnist", "class 7"),
        ("as-count-ratio", "fashion", "more than twice"),
        ("aes-nh-r", "mnist", "−0.31"),
        ("neurons", NO_NETWORK, "17,280"),
        ("text: M-Net; caption: K-Net", "mnist", "text: M-Net; caption: K-Net"),
    ],
)
def test_what_the_paper_reports_is_told_as_printed_with_its_unit(registry, key, network, text):
    assert registry.claim("x/one", place="§0", reported=key, rule=Exact())(statistic).reported_text(network) == text


# Another paper ---------------------------------------------------------------------------------------------------


class OwnNetwork:
    """All that judging asks of a network: here one that was measured under the defaults alone."""

    is_measured = True
    choices_read = frozenset()

    def __init__(self, accuracy):
        self.accuracy = accuracy

    def under(self, choices):
        return self


class OwnEvidence:
    """All that judging asks of a run."""

    def __init__(self, by_dataset):
        self.by_dataset = by_dataset

    def networks(self, dataset):
        return self.by_dataset.get(dataset, [])

    def source(self, dataset, *, against=""):
        return {"kind": "own", "stand_in": ""}


@pytest.fixture
def other_paper():
    """A registry of a paper on two other data sets."""
    numbers = {"accuracy/cifar10": as_printed("93.4", "%"), "accuracy/svhn": as_printed("97.1", "%")}
    return Registry(names={"cifar10": "C-Net", "svhn": "S-Net"}, numbers=numbers)


@pytest.fixture
def accurate(other_paper):
    @other_paper.claim("2/accuracy", place="§2", networks=("cifar10", "svhn"), reported="accuracy", rule=Value("%", 1))
    def accuracy(network):
        """The networks are accurate."""
        return network.accuracy

    return accuracy


def test_a_registry_of_another_paper_knows_its_networks_and_numbers_and_no_others(other_paper, accurate):
    assert [accurate.reported_text(name) for name in accurate.networks] == ["93.4 %", "97.1 %"]
    assert accurate.printed_in("%", "svhn") == 97.1
    assert accurate.reported_on("mnist") == ()
    with pytest.raises(ValueError, match=r"claim 'x/one' speaks of unknown networks \['mnist'\]"):
        other_paper.claim("x/one", place="§0", networks="mnist", rule=Exact())(statistic)


def test_another_paper_has_no_numbers_of_this_one():
    registry = Registry(names={"mnist": "LeNet-300"})
    with pytest.raises(ValueError, match="none named 'accuracy', 'accuracy/mnist' or 'accuracy-r/mnist'"):
        registry.claim("2/accuracy", place="§2", networks="mnist", reported="accuracy", rule=Value("%"))(statistic)


@pytest.mark.parametrize("rule", [Value(), Correlation(0.3)], ids=lambda rule: rule.family)
@pytest.mark.parametrize("networks", ["svhn", ()])
def test_a_claim_on_a_printed_number_that_there_is_not_is_refused_before_anything_is_judged(
    other_paper, rule, networks
):
    with pytest.raises(ValueError, match="claim 'x/one' is held against a printed number, and there is none"):
        other_paper.claim("x/one", place="§0", networks=networks, reported="a", rule=rule)(statistic)
    assert "x/one" not in other_paper
    other_paper.claim("x/one", place="§0", networks=networks, reported="a", rule=Statement())(statistic)


@pytest.mark.parametrize("key", ["size-r/svhn", "size/svhn", "size"])
def test_a_correlation_may_be_printed_without_its_p(key):
    registry = Registry(names={"svhn": "S-Net"}, numbers={key: as_printed("−.31")})
    claim = registry.claim("2/size", place="§2", networks="svhn", reported="size", rule=Correlation(0.3))(statistic)
    assert claim.reported_text("svhn") == "r = −.31"
    assert claim.printed_in("r", "svhn") == -0.31
    judgement = judge_answers(claim, "svhn", {"svhn": [-0.4, -0.5, -0.3, -0.45, -0.35, -0.4]})
    assert judgement.outcome == "replicated"


def test_a_printed_number_without_its_digits_is_refused():
    with pytest.raises(ValueError, match=r"number 'accuracy/svhn' is 97\.1: expected it as_printed, whose digits tell"):
        Registry(names={"svhn": "S-Net"}, numbers={"accuracy/svhn": 97.1})


def test_the_number_of_one_data_set_is_not_held_against_another(other_paper):
    with pytest.raises(ValueError, match="there is none named 'accuracy/svhn', 'accuracy/svhn/cifar10' or"):
        other_paper.claim(
            "2/accuracy", place="§2", networks=("svhn", "cifar10"), reported="accuracy/svhn", rule=Value("%", 1)
        )(statistic)
    claim = other_paper.claim("2/accuracy", place="§2", networks="svhn", reported="accuracy/svhn", rule=Value("%", 1))(
        statistic
    )
    assert claim.reported_text("svhn") == "97.1 %"


def test_a_caveat_has_the_names_of_the_other_paper(other_paper):
    claim = other_paper.claim(
        "x/one",
        place="§0",
        networks=("cifar10", "svhn"),
        said_of="svhn",
        implied="It is called clear",
        implied_for=("cifar10",),
        rule=Statement(),
    )(statistic)
    assert claim.caveat == (
        "Implied, not stated of C-Net: It is called clear. The paper says this of S-Net and calls C-Net similar."
    )


def test_a_claim_of_another_paper_is_judged_on_evidence_of_its_own(accurate):
    numbers = {"cifar10": [93.1, 93.5, 93.3, 93.6, 93.2, 93.4], "svhn": [95.0, 95.1, 95.2, 95.0, 95.1, 95.2]}
    evidence = OwnEvidence({name: [*map(OwnNetwork, values)] for name, values in numbers.items()})
    verdicts = judge_claim(accurate, evidence)
    assert [(verdict.network, verdict.outcome, verdict.reported) for verdict in verdicts] == [
        ("cifar10", "replicated", "93.4 %"),
        ("svhn", "not replicated", "97.1 %"),
    ]
    for verdict in verdicts:
        assert verdict.judgement == judge_answers(accurate, verdict.network, numbers)


def test_answers_alone_are_judged_as_on_evidence_with_their_bound_and_what_is_behind(run, registry):
    @registry.claim("x/errors", place="§0", networks="mnist", rule=Statement())
    def errors_are_small(network):
        """Errors are small."""
        return Answer("error, %", float(network.error.max()), "less than", 50, reads="small")

    answers = {"mnist": [errors_are_small.answer_of(one) for one in run.networks("mnist")]}
    judgement = judge_answers(errors_are_small, "mnist", answers)
    assert judgement == judge_network(errors_are_small, run, "mnist").judgement
    assert judgement.behind.startswith("error, %: ")
    assert judgement.bound.reads == "small"


def test_answers_of_other_data_sets_are_refused(registry, accurate):
    with pytest.raises(ValueError, match=r"claim '2/accuracy' is not about 'mnist': expected one of cifar10, svhn"):
        judge_answers(accurate, "mnist", {"mnist": [90.0]})
    with pytest.raises(ValueError, match=r"claim '2/accuracy' on 'svhn' lacks answers for svhn: expected a mapping"):
        judge_answers(accurate, "svhn", {"cifar10": [90.0]})
    contrast = comparison(registry, "kmnist")
    with pytest.raises(ValueError, match="on 'mnist' lacks answers for kmnist"):
        judge_answers(contrast, "mnist", {"mnist": [0.1]})


def test_numbers_of_numpy_and_torch_can_be_kept(other_paper, tmp_path):
    @other_paper.claim("x/little", place="§0", networks="svhn", rule=Statement())
    def little(network):
        """It costs little."""
        return Answer("lost, pp", network.accuracy, "less than", np.float32(1), reads="little")

    lost = [np.float32(0.4), torch.tensor(0.5), np.float64(0.6), np.array(0.7), 0, 0.9]
    (verdict,) = judge_claim(little, OwnEvidence({"svhn": [*map(OwnNetwork, lost)]}))
    save_verdicts(tmp_path / "verdicts.json", [verdict], {})
    (kept,) = json.loads((tmp_path / "verdicts.json").read_text(encoding="utf-8"))["verdicts"]
    assert kept["bound"]["numbers"] == pytest.approx([0.4, 0.5, 0.6, 0.7, 0, 0.9])


def test_answers_of_two_data_sets_are_compared(run, registry):
    claim = comparison(registry, "kmnist")
    answers = {name: [claim.answer_of(one) for one in run.networks(name)] for name in ("mnist", "kmnist")}
    assert judge_answers(claim, "mnist", answers) == judge_network(claim, run, "mnist").judgement


# The registry ----------------------------------------------------------------------------------------------------


def statistic(network):
    """It is so."""
    return True


def test_a_claim_is_what_it_was_given_and_says_nothing_beside(registry):
    def in_two_lines(network):
        """It is said
        in two lines.
        """
        return Answer("x", 1, "more than", 0)

    facts = {"holds": {"harm": {7: 9.0}}, "fails": {"harm": {4: 9.0}}}
    claim = registry.claim("x/one", place="§0", networks="mnist", rule=Statement(), **facts)(in_two_lines)
    assert (claim.id, claim.place, claim.networks, claim.rule) == ("x/one", "§0", ("mnist",), Statement())
    assert (claim.name, claim.sentence) == ("in_two_lines", "It is said in two lines.")
    assert {"holds": claim.holds, "fails": claim.fails} == facts
    assert (claim.reported, claim.caveat, claim.changed) == ("in words", "", "")
    assert claim.value_of(None) == 1.0
    without = registry.claim("x/two", place="§0", rule=Exact())(in_two_lines)
    assert without.holds == without.fails == {}


def test_an_id_is_given_once(registry):
    registry.claim("x/one", place="§0", rule=Exact())(statistic)
    with pytest.raises(ValueError, match="claim id 'x/one' is taken"):
        registry.claim("x/one", place="§0", rule=Exact())(statistic)


def test_an_unknown_network_is_refused(registry):
    with pytest.raises(ValueError, match=r"claim 'x/one' speaks of unknown networks \['cifar'\]"):
        registry.claim("x/one", place="§0", networks="cifar", rule=Exact())(statistic)


def test_a_claim_needs_a_sentence(registry):
    with pytest.raises(ValueError, match="claim 'x/one' has no sentence"):
        registry.claim("x/one", place="§0", rule=Exact())(lambda network: True)
