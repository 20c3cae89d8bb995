"""The correlations of class profiles against scipy, under the default and under other choices."""

import math

import numpy as np
import pytest
from scipy import stats
from small_evidence import small_network

from replication.choices import DEFAULTS
from replication.evidence import CORRELATIONS
from replication.paper import CORRELATION_KINDS

VIEWS = [
    DEFAULTS,
    DEFAULTS.but("data-panel", "start"),
    DEFAULTS.but("count", "units"),
    DEFAULTS.but("baseline", "mean"),
]


def test_there_is_one_for_each_kind_the_paper_reports():
    assert tuple(CORRELATIONS) == CORRELATION_KINDS


@pytest.mark.parametrize("choices", VIEWS, ids=str)
def test_coefficients_agree_with_scipy(choices):
    network = small_network("kmnist/seed=0").under(choices)
    expected = {
        "spearman": stats.spearmanr(network.error, network.total_harm),
        "as-nh": stats.pearsonr(network.n_selective, network.data_nh),
        "aes-nh": stats.pearsonr(network.n_effect_selective, network.data_nh),
    }
    for kind, correlation in CORRELATIONS.items():
        assert correlation.r(network) == pytest.approx(expected[kind].statistic)


def test_nh_is_that_of_the_embedding_of_the_test_images_that_is_meant():
    network = small_network("kmnist/seed=0")
    start = network.under(DEFAULTS.but("data-panel", "start"))
    for kind in ("as-nh", "aes-nh"):
        assert CORRELATIONS[kind].r(start) != pytest.approx(CORRELATIONS[kind].r(network))


def test_a_constant_profile_leaves_it_undefined(monkeypatch):
    network = small_network("kmnist/seed=0")
    constant = network.error.copy(data=np.full(10, 3.0))
    monkeypatch.setattr(type(network), "error", property(lambda self: constant))
    assert math.isnan(CORRELATIONS["spearman"].r(network))
