"""The specification curve: ordered by the mean over seeds, with the defaults and the printed number."""

import numpy as np
import pytest
from figure_checks import named, snapshot
from small_evidence import small_evidence

from replication.evidence import CORRELATIONS
from replication.figures import data_of_multiverse, draw
from replication.figures.multiverse import summarised
from replication.paper import REPORTED
from replication.stats import fisher_mean


def networks(n_seeds=1):
    return small_evidence(("mnist",), n_seeds).networks("mnist")


def test_summary_by_hand():
    table = {
        "specification": np.array([0, 1, 2, 0, 1, 2]),
        "seed": np.array([0, 0, 0, 1, 1, 1]),
        "r": np.array([0.5, np.nan, 0.1, 0.7, np.nan, np.nan]),
        "baseline": np.array(["zero", "mean", "zero"] * 2),
    }
    found = summarised(table)
    assert found["specification"].tolist() == [2, 0, 1]
    assert found["mean"].tolist() == pytest.approx([0.1, fisher_mean([0.5, 0.7]), np.nan], nan_ok=True)
    assert found["low"].tolist() == pytest.approx([0.1, 0.5, np.nan], nan_ok=True)
    assert found["high"].tolist() == pytest.approx([0.1, 0.7, np.nan], nan_ok=True)
    assert found["baseline"].tolist() == ["zero", "zero", "mean"]


def check_curve(figure, kind, networks):
    """Means rise, the diamond is the default's mean, the dashed line the printed number."""
    axes = figure.axes[0]
    means = np.asarray(named(axes, "mean").get_offsets())[:, 1]
    assert (np.diff(means[np.isfinite(means)]) >= 0).all()
    default = float(np.asarray(named(axes, "default").get_offsets())[0, 1])
    assert default == pytest.approx(fisher_mean([CORRELATIONS[kind].r(network) for network in networks]))
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
