"""The paper as data: printed strings name their values, and stand in the sentences that claims are drawn from."""

import dataclasses

import pytest

from replication.architecture import N_CLASSES
from replication.ledger import load_ledger
from replication.paper import (
    ABLATION,
    CLASS_NAMES,
    CORRELATION_KINDS,
    EMBEDDING,
    FIGURES,
    NETWORK_NAMES,
    REPORTED,
    TRAINING,
)

WORDED = {"more than twice": 2, "almost three times": 3}
UNITS = {"%", "pp", "class", "ratio", "count", ""}
CLAIM_OF_KEY = {
    "accuracy": "3.1/accuracy",
    "test-images": "3.1/test-images",
    "neurons": "3.2/neurons-17280",
    "matrix-rows": "3.2/matrix-shape",
    "matrix-columns": "3.2/matrix-shape",
    "neurons-per-kernel": "3.1/kernel-is-25-neurons",
    "most-harmed-class": "4.1/most-harmed-class",
    "least-harmed-class": "4.1/least-harmed-class",
    "spearman-r": "4.1/error-predicts-harm",
    "spearman-p": "4.1/error-predicts-harm",
    "kmnist-conv1-most-harmed-class": "4.2/conv1-most-harmed-class",
    "kmnist-conv1-most-harmed-drop": "4.2/conv1-most-harmed-drop",
    "kmnist-conv1-least-harmed-class": "4.2/conv1-least-harmed-class",
    "kmnist-conv1-least-harmed-drop": "4.2/conv1-least-harmed-drop",
    "as-count-ratio": "4.3/as-count-1-over-2",
    "aes-count-ratio": "4.3/aes-count-1-over-2",
    "as-nh-r": "4.3/as-count-predicts-nh",
    "as-nh-p": "4.3/as-count-predicts-nh",
    "aes-nh-r": "4.3/aes-count-predicts-nh",
    "aes-nh-p": "4.3/aes-count-predicts-nh",
}


def named_value(text: str) -> float:
    """The number that a printed string names."""
    return WORDED[text] if text in WORDED else float(text.replace(",", "").replace("−", "-"))


@pytest.mark.parametrize("key", REPORTED)
def test_a_printed_string_names_its_value(key: str) -> None:
    reported = REPORTED[key]
    assert named_value(reported.text) == reported.value
    assert reported.key == key
    assert reported.unit in UNITS


def test_a_string_that_names_another_value_is_told_apart() -> None:
    assert named_value("0.26") != REPORTED["spearman-r/kmnist"].value


@pytest.mark.parametrize("key", REPORTED)
def test_a_number_stands_in_a_sentence_its_claim_is_drawn_from(key: str) -> None:
    claims = {row.place: row.claims for row in load_ledger()}
    assert CLAIM_OF_KEY[key.partition("/")[0]] in claims[REPORTED[key].place]


def test_each_network_has_its_accuracy_and_its_three_correlations() -> None:
    kinds = ["accuracy", *(f"{kind}-{letter}" for kind in CORRELATION_KINDS for letter in "rp")]
    for network in NETWORK_NAMES:
        assert {f"{kind}/{network}" for kind in kinds} <= set(REPORTED)


def test_training_settings_are_the_papers() -> None:
    assert dataclasses.asdict(TRAINING) == {
        "n_epochs": 100,
        "batch_size": 64,
        "learning_rate": 0.001,
        "momentum": 0.9,
        "pixel_mean": 0.5,
        "pixel_std": 0.5,
        "n_train_images": 60_000,
        "n_test_images": 10_000,
        "test_batch_size": 32,
    }
    assert TRAINING.n_test_images_used == REPORTED["test-images"].value == 9984


def test_ablation_and_embedding_settings_are_the_papers() -> None:
    assert ABLATION.fractions == (0.1, 0.2, 0.3, 0.4, 0.5)
    assert (ABLATION.reported_fraction, ABLATION.n_draws, ABLATION.kernel_side, ABLATION.shown_layer) == (
        0.5,
        100,
        5,
        "conv1",
    )
    assert (EMBEDDING.n_hit_neighbours, EMBEDDING.start_min_dist) == (6, 0.8)


def test_classes_are_named_without_repetition() -> None:
    assert set(CLASS_NAMES) == set(NETWORK_NAMES)
    for names in CLASS_NAMES.values():
        assert len(set(names)) == len(names) == N_CLASSES
    assert CLASS_NAMES["fashion"][1] == "trouser"  # said of class 1 in Figure 5's caption


def test_figures_are_numbered_1_to_6_and_a1_to_a8() -> None:
    assert list(FIGURES) == [*(str(i) for i in range(1, 7)), *(f"A.{i}" for i in range(1, 9))]
    assert all(set(figure.caption_networks + figure.text_networks) <= set(NETWORK_NAMES) for figure in FIGURES.values())


def test_seeds_are_known_for_two_of_three_ablated_figures() -> None:
    seeds = {id: figure.ablation_seed for id, figure in FIGURES.items() if figure.kind == "ablated layers"}
    assert seeds == {"4": None, "A.4": 4, "A.6": 7}
    assert all(figure.ablation_seed is None for figure in FIGURES.values() if figure.kind != "ablated layers")


def test_every_figure_has_its_caption_in_the_ledger() -> None:
    captions = {row.id.partition("/")[0] for row in load_ledger() if row.id.startswith("figure ")}
    assert captions == {f"figure {id}" for id in FIGURES}


def test_nothing_of_the_paper_can_be_changed() -> None:
    with pytest.raises(TypeError):
        REPORTED["accuracy/mnist"] = REPORTED["accuracy/kmnist"]  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError):
        REPORTED["accuracy/mnist"].value = 100  # type: ignore[misc]
