"""Whom a figure shows, and what it says when that network is not there."""

import pytest
from small_evidence import small_evidence

from replication.evidence import Evidence, NetworkEvidence
from replication.figures import FIGURES, draw, subjects
from replication.figures.subject import (
    NoNetworkError,
    all_seeds,
    held_datasets,
    one_network,
    seed_of,
    title_over,
    whose,
)
from replication.measurements import condensed


def test_names_of_the_papers_networks():
    evidence = small_evidence(n_seeds=3)
    assert one_network(evidence, "kmnist", 2).title("text") == "K-Net, seed 2: text"
    assert all_seeds(evidence, "fashion").title("text") == "F-Net, 3 seeds: text"
    assert one_network(evidence, "fashion").class_labels[1] == "1 trouser"
    assert one_network(evidence, "mnist").class_labels[1] == "1"


def test_a_stand_in_is_named_and_keeps_its_own_classes():
    evidence = small_evidence(("digits",), profile="digits")
    subject = one_network(evidence, "fashion")
    assert subject.title("text") == "F-Net (digits stand in), seed 0: text [rehearsal]"
    assert subject.class_labels[1] == "1"
    assert one_network(evidence, "digits").name == "digits network"


def test_a_brief_training_is_a_rehearsal_without_a_stand_in():
    evidence = small_evidence(("mnist",), profile="quick")
    assert one_network(evidence, "mnist").title("text") == "M-Net, seed 0: text [rehearsal]"


def test_the_seed_chooses_the_network():
    evidence = small_evidence(("mnist",), 3)
    assert [seed_of(network) for network in all_seeds(evidence, "mnist").networks] == [0, 1, 2]
    assert seed_of(one_network(evidence, "mnist", 1).network) == 1
    assert seed_of(one_network(evidence, "mnist").network) == 0


def test_what_shows_neurons_takes_the_first_network_that_is_not_condensed():
    evidence = small_evidence(("mnist",), 3)
    networks = [
        NetworkEvidence(one.network, {name: condensed(piece) for name, piece in one.pieces.items()})
        for one in evidence.networks("mnist")[::2]
    ]
    mixed = Evidence(evidence.profile, [networks[0], evidence.networks("mnist")[1], networks[1]])
    assert seed_of(one_network(mixed, "mnist").network) == 0
    assert seed_of(one_network(mixed, "mnist", whole=True).network) == 1
    with pytest.raises(
        NoNetworkError, match=r"no network of seed 2 trained on mnist that is not condensed: the run has 1$"
    ):
        one_network(mixed, "mnist", 2, whole=True)


def test_what_is_not_there_is_named():
    evidence = small_evidence(("mnist",), 2)
    with pytest.raises(ValueError, match="no data set named 'mnits': there are mnist, kmnist, fashion, digits"):
        all_seeds(evidence, "mnits")
    with pytest.raises(NoNetworkError, match="no network trained on kmnist"):
        one_network(evidence, "kmnist")
    with pytest.raises(NoNetworkError, match="no network of seed 5 trained on mnist: the run has 0, 1"):
        one_network(evidence, "mnist", 5)
    with pytest.raises(NoNetworkError, match="the run holds no network"):
        held_datasets(small_evidence(()), None)
    with pytest.raises(NoNetworkError, match="no network trained on fashion"):
        held_datasets(evidence, "fashion")
    with pytest.raises(ValueError, match="no data set named 'mnits'"):
        held_datasets(evidence, "mnits")


def test_all_data_sets_are_those_the_run_holds():
    assert held_datasets(small_evidence(("fashion", "mnist")), None) == ("mnist", "fashion")
    assert held_datasets(small_evidence(("fashion", "mnist")), "mnist") == ("mnist",)
    assert held_datasets(small_evidence(("digits",)), None) == ("digits",)


def test_a_title_over_several_data_sets_names_none_but_says_rehearsal():
    held = subjects("noise-ceiling", small_evidence(("fashion", "mnist"), 2))
    assert [subject.who for subject in held] == ["M-Net, 2 seeds", "F-Net, 2 seeds"]
    assert title_over(held, "some text") == "Some text"
    assert title_over(held[:1], "some text") == "M-Net, 2 seeds: some text"
    brief = subjects("noise-ceiling", small_evidence(("fashion", "mnist"), profile="quick"))
    assert title_over(brief, "some text") == "Some text [rehearsal]"


def test_whose_networks_a_figure_shows_is_told_without_brackets():
    evidence = small_evidence(n_seeds=3)
    assert whose(subjects("1", evidence)) == "M-Net, K-Net and F-Net, seed 0"
    assert whose(subjects("5", evidence)) == "F-Net, seed 0"
    assert whose(subjects("selective-counts", evidence)) == "F-Net, 3 seeds"
    assert whose(subjects("3", small_evidence(("digits",), profile="digits"))) == "K-Net, digits stand in, seed 0"


@pytest.mark.parametrize("figure_id", [figure_id for figure_id, kind in FIGURES.items() if kind.dataset])
def test_the_networks_told_are_those_drawn(figure_id):
    """Also where the first network is condensed, so that figures of single neurons or images show the second."""
    evidence = small_evidence(n_seeds=2)
    networks = [
        NetworkEvidence(one.network, {name: condensed(piece) for name, piece in one.pieces.items()})
        if seed_of(one) == 0
        else one
        for name in evidence.by_dataset
        for one in evidence.networks(name)
    ]
    mixed = Evidence(evidence.profile, networks)
    (subject,) = subjects(figure_id, mixed)
    assert draw(figure_id, mixed).get_suptitle().startswith(f"{subject.who}:")
