"""Profiles and network ids."""

import dataclasses

import pytest
from hypothesis import given, strategies as st

from replication.paper import ABLATION, TRAINING
from replication.study import ALL_DATASETS, DATASETS, PROFILES, NetworkId

network_ids = st.builds(NetworkId, st.sampled_from(ALL_DATASETS), st.integers(0, 10**6))


@given(network_ids)
def test_an_id_is_read_back_from_its_text(network_id):
    assert NetworkId.parse(str(network_id)) == network_id
    assert str(network_id) == f"{network_id.dataset}/seed={network_id.seed}"


def test_ids_sort_by_data_set_and_by_seed_as_a_number():
    ids = [NetworkId("mnist", 10), NetworkId("mnist", 2), NetworkId("kmnist", 3)]
    assert [str(one) for one in sorted(ids)] == ["kmnist/seed=3", "mnist/seed=2", "mnist/seed=10"]


@pytest.mark.parametrize(
    "text",
    [
        "mnist",
        "mnist/3",
        "mnist/seed=",
        "mnist/seed=-1",
        "mnist/seed=1.5",
        "",
        "/seed=x",
        "mnist/seed=01",
        "mnist/seed=٣",
    ],
)
def test_what_is_no_id_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match=r"expected DATASET/seed=N, such as 'mnist/seed=0'"):
        NetworkId.parse(text)


def test_an_unknown_data_set_is_named_beside_the_known_ones():
    with pytest.raises(ValueError, match="unknown data set 'emnist'; there are mnist, kmnist, fashion, digits"):
        NetworkId.parse("emnist/seed=0")


def test_ids_and_profiles_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        NetworkId("mnist", 0).seed = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        PROFILES["paper"].epochs = 1


@pytest.mark.parametrize(("n_images", "n_used"), [(10_000, 9_984), (0, 0), (31, 0), (32, 32), (33, 32), (360, 352)])
def test_whole_batches_of_32(n_images, n_used):
    assert TRAINING.whole_batches(n_images) == n_used


@given(st.integers(0, 10**6))
def test_less_than_one_batch_is_left_out(n_images):
    left_out = n_images - TRAINING.whole_batches(n_images)
    assert 0 <= left_out < TRAINING.test_batch_size
    assert TRAINING.whole_batches(n_images) % TRAINING.test_batch_size == 0


def test_the_paper_profile_is_the_papers():
    paper = PROFILES["paper"]
    assert paper.training == {
        "epochs": 100,
        "batch_size": 64,
        "learning_rate": 0.001,
        "momentum": 0.9,
        "n_train": None,
    }
    assert (paper.n_test, paper.n_draws, paper.n_draws_small) == (None, 100, 20)
    assert (paper.datasets, paper.n_draws) == (DATASETS, ABLATION.n_draws)


def test_only_the_paper_profile_speaks_about_the_paper():
    assert [name for name, profile in PROFILES.items() if profile.is_paper] == ["paper"]
    for name, profile in PROFILES.items():
        assert profile.name == name
        if not profile.is_paper:
            assert "decides nothing about the paper" in profile.shows
