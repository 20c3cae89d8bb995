"""Six definitions of "replicated" against their wording, one by one."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st
from scipy import stats

from replication.stats import (
    correlation_p,
    fisher_interval,
    r33,
    replication_criteria,
)

quick = settings(deadline=None, max_examples=100)
originals = st.floats(-0.95, 0.95).filter(lambda r: abs(r) > 0.02)
replications = st.floats(-0.99, 0.99)
sizes = st.integers(4, 60)


def by_name(*args):
    return {result.name: result for result in replication_criteria(*args)}


def share_accepted(result):
    """The share of the coefficients in (−1, 1) that would have met a criterion."""
    return (result.high - result.low) / 2


def test_prediction_interval_of_the_papers_strongest_spearman():
    result = by_name(0.60, 10, 0.1, 10)["prediction interval"]
    assert (round(result.low, 2), round(result.high, 2)) == (-0.34, 0.94)
    assert result.met
    assert share_accepted(result) == pytest.approx(0.64, abs=0.005)


@pytest.mark.parametrize(
    ("r_replication", "met"),
    [
        (0.6, {"same sign", "both intervals", "prediction interval", "small telescopes"}),
        (0.1, {"same sign", "both intervals", "prediction interval", "small telescopes"}),
        (-0.2, {"prediction interval"}),
        (-0.6, set()),
        (0.93, {"same sign", "prediction interval", "small telescopes"}),
    ],
)
def test_a_replication_of_ten_pairs(r_replication, met):
    results = by_name(0.60, 10, r_replication, 10)
    assert results["direction and significance"].met is None  # p = .07
    assert results["same sign"].met == ("same sign" in met)
    assert results["original in replication interval"].met == ("both intervals" in met)
    assert results["replication in original interval"].met == ("both intervals" in met)
    assert results["prediction interval"].met == ("prediction interval" in met)
    assert results["small telescopes"].met == ("small telescopes" in met)


def test_a_precise_replication_is_punished_by_one_criterion_alone():
    results = by_name(0.60, 10, 0.45, 1000)
    assert not results["original in replication interval"].met
    assert share_accepted(results["original in replication interval"]) < 0.1
    assert results["replication in original interval"].met
    assert results["prediction interval"].met
    assert not results["small telescopes"].met  # .45 is significantly below r33 = .52


@quick
@given(originals, sizes, replications, sizes)
def test_agrees_with_the_wording(r_o, n_o, r_r, n_r):
    z_o, z_r = math.atanh(r_o), math.atanh(r_r)
    e_o, e_r = 1 / math.sqrt(n_o - 3), 1 / math.sqrt(n_r - 3)
    same_sign = r_o * r_r > 0
    smaller = math.atanh(r33(n_o)) - math.copysign(z_r, r_o * r_r)
    edges = [
        abs(z_r - z_o) - 1.959964 * e_r,
        abs(z_r - z_o) - 1.959964 * e_o,
        abs(z_r - z_o) - 1.959964 * math.hypot(e_o, e_r),
        correlation_p(r_r, n_r) - 0.05,
        stats.norm.sf(smaller / e_r) - 0.05,
        r_r,
        correlation_p(r_o, n_o) - 0.05,
    ]
    assume(all(abs(edge) > 1e-6 for edge in edges))
    results = by_name(r_o, n_o, r_r, n_r)
    assert results["same sign"].met == same_sign
    significant = correlation_p(r_r, n_r) < 0.05
    expected = same_sign and significant if correlation_p(r_o, n_o) < 0.05 else None
    assert results["direction and significance"].met == expected
    assert results["original in replication interval"].met == fisher_interval(r_r, n_r).contains(r_o)
    assert results["replication in original interval"].met == fisher_interval(r_o, n_o).contains(r_r)
    assert results["prediction interval"].met == (edges[2] < 0)
    assert results["small telescopes"].met == (edges[4] > 0)


@quick
@given(originals, sizes, replications, sizes)
def test_mirrored_and_bounded(r_o, n_o, r_r, n_r):
    pairs = zip(replication_criteria(r_o, n_o, r_r, n_r), replication_criteria(-r_o, n_o, -r_r, n_r), strict=True)
    for result, mirrored in pairs:
        assert result.met == mirrored.met
        assert (result.low, result.high) == pytest.approx((-mirrored.high, -mirrored.low), nan_ok=True)
        assert math.isnan(result.low) or 0 < share_accepted(result) <= 1


@pytest.mark.parametrize(("r_o", "n_o", "n_r"), [(0.6, 10, 10), (-0.31, 10, 30), (0.68, 10, 10), (-0.9, 40, 8)])
def test_the_share_accepted_is_what_a_grid_of_replications_meets(r_o, n_o, n_r):
    verdicts = [replication_criteria(r_o, n_o, r_r, n_r) for r_r in np.arange(-0.995, 1, 0.01)]
    for results in zip(*verdicts, strict=True):
        if results[0].met is not None:
            n_met = sum(bool(result.met) for result in results)
            assert n_met / len(verdicts) == pytest.approx(share_accepted(results[0]), abs=0.0051)


def test_a_significant_original_asks_for_significance():
    assert by_name(0.68, 10, 0.64, 10)["direction and significance"].met
    assert not by_name(0.68, 10, 0.62, 10)["direction and significance"].met
    assert not by_name(0.68, 10, -0.9, 10)["direction and significance"].met
    assert by_name(-0.68, 10, -0.9, 10)["direction and significance"].met


def test_no_correlation_has_not_the_same_sign():
    assert not by_name(0.6, 10, 0.0, 10)["same sign"].met
    assert not by_name(-0.6, 10, 0.0, 10)["same sign"].met
    assert by_name(-0.6, 10, 1.0, 10)["same sign"].high == 0
    assert by_name(0.6, 10, 1.0, 10)["small telescopes"].met


def test_refuses_what_has_no_direction_or_too_few_pairs():
    for r_original in (0, 1, -1):
        with pytest.raises(ValueError, match=f"r_original = {r_original}, expected a direction"):
            replication_criteria(r_original, 10, 0.5, 10)
    with pytest.raises(ValueError, match="r_original = 2, expected a correlation"):
        replication_criteria(2, 10, 0.5, 10)
    with pytest.raises(ValueError, match="r_replication = nan, expected a correlation"):
        replication_criteria(0.5, 10, math.nan, 10)
    with pytest.raises(ValueError, match="n_original = 3, expected at least 4"):
        replication_criteria(0.5, 3, 0.5, 10)
    with pytest.raises(ValueError, match="n_replication = 3, expected at least 4"):
        replication_criteria(0.5, 10, 0.5, 3)
