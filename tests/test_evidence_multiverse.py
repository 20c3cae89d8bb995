"""Every combination of the choices read, each as the evidence itself gives it."""

import numpy as np
import pytest
import xarray as xr
from small_evidence import networks, small_network

from replication.choices import CHOICES, DEFAULTS
from replication.evidence import CORRELATIONS, Multiverse, ProfileCorrelation, multiverse
from replication.evidence.multiverse import _asked_for, specifications
from replication.stats import pearson_of_rows


def test_specifications_are_all_combinations_with_the_defaults_first():
    found = specifications(("denominator", "nh-variant"))
    assert found[0] == DEFAULTS
    pairs = [(choices["denominator"], choices["nh-variant"]) for choices in found]
    assert len(set(pairs)) == len(pairs) == 2 * 3
    assert specifications(()) == [DEFAULTS]


def choices_read(profile, network):
    """The choices that a profile reads, under whatever other answers."""
    read = set().union(*_asked_for(profile, network).values())
    return tuple(name for name in CHOICES if name in read)


@pytest.mark.parametrize("kind", CORRELATIONS)
def test_choices_read_are_those_that_are_asked_for(kind):
    network = small_network("mnist/seed=0")
    for profile in CORRELATIONS[kind].profiles:
        read = choices_read(profile, network)
        view = network.under(DEFAULTS)
        profile(view)
        assert view.choices_read <= set(read)
        for other in set(CHOICES) - set(read):
            option = list(CHOICES[other].options)[-1]
            moved = profile(network.under(DEFAULTS.but(other, option))).values
            assert np.array_equal(moved, profile(network).values), "a choice that is not read moves nothing"


def test_a_choice_read_only_under_another_answer_is_found():
    def profile(view):
        return view.choice("denominator") if view.choice("baseline") == "mean" else "zero"

    assert choices_read(profile, small_network("mnist/seed=0")) == ("denominator", "baseline")


def asks_under_two_departures(view):
    """A profile that asks for one choice under one of four answers to two others."""
    departed = view.choice("baseline") == "mean" and view.choice("denominator") == "full-test-set"
    return xr.DataArray(np.arange(3.0) ** (2 if departed and view.choice("nh-space") == "raw" else 1))


def test_a_choice_read_only_under_two_other_answers_is_found_and_tried():
    network = small_network("mnist/seed=0")
    assert choices_read(asks_under_two_departures, network) == ("denominator", "baseline", "nh-space")
    correlation = ProfileCorrelation(
        "made-up",
        "",
        (asks_under_two_departures, lambda view: xr.DataArray([0.0, 1.0, 2.0])),
        pearson_of_rows,
    )
    found = multiverse(correlation, [network])
    assert len(found.specifications) == 4
    moved = [one for one, r in zip(found.specifications, found.r[0], strict=True) if r < 0.99]
    assert [set(one.changed) for one in moved] == [
        {("denominator", "full-test-set"), ("baseline", "mean"), ("nh-space", "raw")}
    ]


def only_repeats(choices):
    """Log-probabilities are those of the images used, with units set to zero, and no images flipped are asked for."""
    of_accuracy = {"denominator", "test-images", "baseline", "aes-units"}
    return choices["effect"] != "accuracy" and bool(of_accuracy & {name for name, _ in choices.changed})


@pytest.mark.parametrize("kind", CORRELATIONS)
def test_every_specification_agrees_with_the_evidence_under_its_choices(kind):
    correlation = CORRELATIONS[kind]
    (network,) = networks()
    found = multiverse(correlation, [network])
    names, n = found.choices, len(found.specifications)
    assert found.r.shape == (1, n)
    # Of eight answers to the three, four are left: raw space has no start, and the start itself is not begun anywhere.
    with_embedding = {"nh-space", "umap-start", "data-panel"}
    assert with_embedding <= set(names) or not with_embedding & set(names)
    combined = [choices for choices in specifications(names) if not only_repeats(choices)]
    assert n == (len(combined) // 2 if "nh-space" in names else len(combined))
    if "nh-space" in names:
        raw, start, unstretched = (
            np.array([choices[name] == option for choices in found.specifications])
            for name, option in (("nh-space", "raw"), ("data-panel", "start"), ("umap-start", "raw"))
        )
        assert not ((raw | start) & unstretched).any()
        assert not (raw & start).any()
    for row in range(0, n, max(1, n // 12)):
        expected = correlation.r(network.under(found.specifications[row]))
        assert found.r[0, row] == pytest.approx(expected, nan_ok=True)
    assert found.r[0, 0] == pytest.approx(correlation.r(network))


def test_a_specification_that_only_repeats_another_is_left_out():
    def profile(view):
        asked = view.choice("baseline") if view.choice("nh-space") == "raw" else "zero"
        return xr.DataArray(np.arange(3.0) ** (1 + len(asked)))

    correlation = ProfileCorrelation(
        "made-up", "", (profile, lambda view: xr.DataArray([0.0, 1.0, 2.0])), pearson_of_rows
    )
    found = multiverse(correlation, networks()).specifications
    answers = sorted((choices["nh-space"], choices["baseline"]) for choices in found)
    assert answers == [("embedding", "zero"), ("raw", "mean"), ("raw", "zero")]


def test_some_choice_moves_each_correlation():
    for correlation in CORRELATIONS.values():
        assert len(set(multiverse(correlation, networks()).r[0])) > 1


def test_means_are_over_the_networks_where_r_is_defined():
    r = np.array([[0.0, np.nan, 0.1], [0.8, np.nan, np.nan]])
    means = Multiverse(("baseline",), (DEFAULTS,) * 3, r).means
    assert means.tolist() == pytest.approx([0.5, np.nan, 0.1], nan_ok=True)
