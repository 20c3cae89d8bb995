"""The audit: what holds, what the paper contradicts, and that a planted wrong number is caught."""

import dataclasses
from collections.abc import Mapping

import pytest

from replication.audit import Finding, audit
from replication.paper import FIGURES, REPORTED, SEPARATION_FALLS, Figure, Reported


def findings(
    reported: Mapping[str, Reported] = REPORTED, figures: Mapping[str, Figure] = FIGURES
) -> dict[str, Finding]:
    """Findings by id."""
    return {finding.id: finding for finding in audit(reported, figures)}


def planted(key: str, text: str) -> dict[str, Reported]:
    """The paper's numbers with one of them replaced."""
    value = float(text.replace(",", "").replace("−", "-"))
    return {**REPORTED, key: dataclasses.replace(REPORTED[key], text=text, value=value)}


def test_ids_are_unique_and_details_given() -> None:
    found = audit()
    assert len({finding.id for finding in found}) == len(found)
    assert all(finding.statement and finding.detail and finding.place for finding in found)


def test_the_paper_contradicts_itself_twice() -> None:
    assert [finding.id for finding in audit() if finding.outcome == "contradicted"] == [
        "neurons-per-kernel",
        "captions",
    ]


def test_counts_hold() -> None:
    found = findings()
    for id in ("test-images", "neurons", "activation-matrix", "conv2-width"):
        assert found[id].outcome == "holds"
    assert "64·14² + 64·7² + 64·3² + 512 + 512 = 17,280" in found["neurons"].detail
    assert "312 complete batches" in found["test-images"].detail
    assert "1,216 units" in found["units"].detail


def test_a_kernel_of_25_neurons_would_leave_5824() -> None:
    # 192 kernels of 25 and 1024 fully connected neurons
    assert "5,824" in findings()["neurons-per-kernel"].detail


@pytest.mark.parametrize("kind", ["spearman", "as-nh", "aes-nh"])
@pytest.mark.parametrize("network", ["mnist", "kmnist", "fashion"])
def test_the_nine_correlations_are_consistent(kind: str, network: str) -> None:
    assert findings()[f"correlation/{kind}/{network}"].outcome == "holds"


@pytest.mark.parametrize(("network", "d2"), [("kmnist", "66, 68"), ("fashion", "86"), ("mnist", "122")])
def test_spearman_coefficients_are_attainable_without_ties(network: str, d2: str) -> None:
    finding = findings()[f"attainable/spearman/{network}"]
    assert finding.outcome == "holds"
    assert finding.detail.partition("; that give this r and p = ")[2].endswith(f": {d2}.")


def test_fashions_p_fits_the_approximation_alone() -> None:
    assert "3 of 3 fit the t approximation, 2 the exact" in findings()["exact-test"].detail
    assert "only the approximation fits spearman/fashion" in findings()["exact-test"].detail


def test_words_stronger_than_their_p_get_a_remark() -> None:
    remarked = {id for id, finding in findings().items() if id.startswith("wording/") and finding.outcome == "remark"}
    assert remarked == {"wording/spearman/kmnist", "wording/spearman/fashion", "wording/as-nh/fashion"}


def test_the_one_significant_correlation_does_not_survive_its_family() -> None:
    finding = findings()["multiplicity"]
    assert finding.outcome == "remark"
    assert "becomes 0.18 after Bonferroni" in finding.detail
    assert "26 %" in finding.detail


def test_ten_classes_have_45_percent_power_by_an_approximation_that_says_so() -> None:
    """Exactly 49 %, by 400,000 samples."""
    assert "45 % of samples of 10 by Fisher's approximation, which gives up to 5 points" in findings()["power"].detail
    assert "−0.05 to 0.89" in findings()["wording/spearman/kmnist"].detail
    assert "0.09 to 0.92" in findings()["wording/aes-nh/fashion"].detail


def test_captions_of_a7_and_a8_name_one_network_and_the_text_two() -> None:
    assert findings()["captions"].detail == "Figure A.8: caption M-Net, text K-Net"
    assert "A.7 as S7" in findings()["figure-numbers"].detail
    assert "not for 4" in findings()["ablation-seeds"].detail


@pytest.mark.parametrize(
    ("key", "text", "id"),
    [
        ("test-images", "9999", "test-images"),
        ("neurons", "17,281", "neurons"),
        ("matrix-columns", "9984", "activation-matrix"),
        ("accuracy/mnist", "99.004", "percentage/accuracy/mnist"),
        ("kmnist-conv1-most-harmed-drop", "30.949", "percentage/kmnist-conv1-most-harmed-drop"),
        ("spearman-p/fashion", "0.18", "correlation/spearman/fashion"),
        ("spearman-r/fashion", "0.47", "attainable/spearman/fashion"),
        ("aes-nh-p/fashion", "0.06", "wording/aes-nh/fashion"),
        ("aes-nh-p/kmnist", "0.04", "wording/aes-nh/kmnist"),
        ("aes-nh-r/mnist", "0.13", "correlation/aes-nh/mnist"),
    ],
)
def test_a_planted_wrong_number_is_caught(key: str, text: str, id: str) -> None:
    assert findings()[id].outcome != "contradicted"
    assert findings(planted(key, text))[id].outcome == "contradicted"


@pytest.mark.parametrize(
    ("key", "text", "id", "outcome"),
    [
        ("as-nh-p/fashion", "0.01", "wording/as-nh/fashion", "holds"),
        ("aes-nh-p/fashion", "0.001", "multiplicity", "holds"),
        ("as-nh-r/fashion", "0.97", "fashion-only", "holds"),
    ],
)
def test_a_remark_goes_when_its_ground_does(key: str, text: str, id: str, outcome: str) -> None:
    assert findings()[id].outcome == "remark"
    assert findings(planted(key, text))[id].outcome == outcome


def test_printed_percentages_are_told_by_the_papers_own_words() -> None:
    found = {id: one.statement for id, one in findings().items() if id.startswith("percentage/")}
    assert list(found.values()) == [
        "M-Net's accuracy is 99.0 %.",
        "K-Net's accuracy is 95.3 %.",
        "F-Net's accuracy is 91.2 %.",
        "Ablating half of K-Net's conv1 costs class 1, the most harmed, 30.9 pp.",
        "Ablating half of K-Net's conv1 costs class 2, the least harmed, 0.4 pp.",
    ]


def test_an_accuracy_printed_finely_enough_is_a_real_check() -> None:
    assert findings()["percentage/accuracy/mnist"].outcome == "remark"
    assert findings(planted("accuracy/mnist", "99.018"))["percentage/accuracy/mnist"].outcome == "holds"  # 9886 of 9984


def test_figures_that_agree_are_found_to_hold() -> None:
    figures = {
        id: dataclasses.replace(
            figure,
            caption_networks=figure.text_networks,
            cited_as="",
            ablation_seed=1 if figure.kind == "ablated layers" else None,
        )
        for id, figure in FIGURES.items()
    }
    found = findings(figures=figures)
    assert [found[id].outcome for id in ("captions", "figure-numbers", "ablation-seeds")] == ["holds"] * 3


def test_where_ablation_impairs_separation_is_said_in_two_ways() -> None:
    finding = findings()["separation-under-ablation"]
    assert finding.outcome == "remark"
    assert finding.place == "§1 ¶3 s2, §4.2 ¶2 s6, §5 ¶2 s2"
    assert finding.detail == (
        "§1 ¶3 s2: without exception; §4.2 ¶2 s6: only in out, or nearly so; §5 ¶2 s2: only in out, or nearly so."
    )


@pytest.mark.parametrize("layers", [(), ("out",)], ids=["the whole network", "the output"])
def test_sentences_that_agree_on_the_layers_call_for_no_remark(layers: tuple[str, ...]) -> None:
    *_, finding = audit(separation_falls=dict.fromkeys(SEPARATION_FALLS, layers))
    assert (finding.id, finding.outcome) == ("separation-under-ablation", "holds")


def test_a_missing_number_is_named() -> None:
    with pytest.raises(KeyError, match="neurons"):
        audit({key: number for key, number in REPORTED.items() if key != "neurons"})
