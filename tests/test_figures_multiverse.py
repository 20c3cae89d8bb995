"""The specification curve: every combination of the choices read, each as the evidence itself gives it."""

import numpy as np
import pytest
import xarray as xr
from figure_checks import named, snapshot
from small_evidence import small_evidence, small_network

from replication.choices import CHOICES, DEFAULTS, Choices
from replication.evidence import CORRELATIONS, ProfileCorrelation
from replication.figures import data_of_multiverse, draw
from replication.figures.multiverse import summarised
from replication.figures.specifications import choices_read, specifications
from replication.paper import REPORTED
from replication.stats import pearson


def networks(n_seeds=1):
    return small_evidence(("mnist",), n_seeds).networks("mnist")


def test_specifications_are_all_combinations_with_the_defaults_first():
    found = specifications(("denominator", "nh-variant"))
    assert found[0] == DEFAULTS
    pairs = [(choices["denominator"], choices["nh-variant"]) for choices in found]
    assert len(set(pairs)) == len(pairs) == 2 * 3
    assert specifications(()) == [DEFAULTS]


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


@pytest.mark.parametrize("kind", CORRELATIONS)
def test_every_specification_agrees_with_the_evidence_under_its_choices(kind):
    correlation = CORRELATIONS[kind]
    (network,) = networks()
    table = data_of_multiverse(correlation, [network])
    names = [name for name in table if name in CHOICES]
    n = len(table["r"])
    # Of eight answers to the three, four are left: raw space has no start, and the start itself is not begun anywhere.
    with_embedding = {"nh-space", "umap-start", "data-panel"}
    assert with_embedding <= set(names) or not with_embedding & set(names)
    combinations = np.prod([len(CHOICES[name].options) for name in names])
    assert n == (combinations // 2 if "nh-space" in table else combinations)
    if "nh-space" in table:
        moot = (table["nh-space"] == "raw") | (table["data-panel"] == "start")
        assert not (moot & (table["umap-start"] == "raw")).any()
        assert not ((table["nh-space"] == "raw") & (table["data-panel"] == "start")).any()
    for row in range(0, n, max(1, n // 12)):
        choices = Choices(tuple((name, str(table[name][row])) for name in names))
        assert table["r"][row] == pytest.approx(correlation.r(network.under(choices)), nan_ok=True)
    assert table["r"][0] == pytest.approx(correlation.r(network))


def test_a_specification_that_only_repeats_another_is_left_out():
    def profile(view):
        asked = view.choice("baseline") if view.choice("nh-space") == "raw" else "zero"
        return xr.DataArray(np.arange(3.0) ** (1 + len(asked)))

    correlation = ProfileCorrelation("made-up", "", (profile, lambda view: xr.DataArray([0.0, 1.0, 2.0])), pearson)
    table = data_of_multiverse(correlation, networks())
    found = [*zip(table["nh-space"].tolist(), table["baseline"].tolist(), strict=True)]
    assert sorted(found) == [("embedding", "zero"), ("raw", "mean"), ("raw", "zero")]


def test_some_choice_moves_each_correlation():
    for correlation in CORRELATIONS.values():
        assert len(set(data_of_multiverse(correlation, networks())["r"])) > 1


def test_summary_by_hand():
    table = {
        "specification": np.array([0, 1, 2, 0, 1, 2]),
        "seed": np.array([0, 0, 0, 1, 1, 1]),
        "r": np.array([0.5, np.nan, 0.1, 0.7, np.nan, np.nan]),
        "baseline": np.array(["zero", "mean", "zero"] * 2),
    }
    found = summarised(table)
    assert found["specification"].tolist() == [2, 0, 1]
    assert found["median"].tolist() == pytest.approx([0.1, 0.6, np.nan], nan_ok=True)
    assert found["low"].tolist() == pytest.approx([0.1, 0.5, np.nan], nan_ok=True)
    assert found["high"].tolist() == pytest.approx([0.1, 0.7, np.nan], nan_ok=True)
    assert found["baseline"].tolist() == ["zero", "zero", "mean"]


def check_curve(figure, kind, networks):
    """Medians rise, the diamond is the default's median, the dashed line the printed number."""
    axes = figure.axes[0]
    medians = np.asarray(named(axes, "median").get_offsets())[:, 1]
    assert (np.diff(medians[np.isfinite(medians)]) >= 0).all()
    default = float(np.asarray(named(axes, "default").get_offsets())[0, 1])
    assert default == pytest.approx(np.median([CORRELATIONS[kind].r(network) for network in networks]))
    assert named(axes, "printed").get_ydata()[0] == REPORTED[f"{kind}-r/mnist"].value


def test_curve_default_and_printed_number():
    evidence = small_evidence(("mnist",), 3)
    check_curve(draw("multiverse-as-nh", evidence), "as-nh", evidence.networks("mnist"))
    with pytest.raises(AssertionError):
        check_curve(draw("multiverse-spearman", evidence), "as-nh", evidence.networks("mnist"))


def test_a_data_set_the_paper_does_not_print_has_no_line():
    evidence = small_evidence(("digits",), profile="digits")
    lines = draw("multiverse-spearman", evidence, dataset="digits").axes[0].lines
    assert "printed" not in {line.get_label() for line in lines}


@pytest.mark.parametrize("kind", ["spearman", "as-nh"])
def test_plotted_data(dataframe_regression, kind):
    dataframe_regression.check(snapshot(data_of_multiverse(CORRELATIONS[kind], networks(2))))
