"""Shares, gains that recur, and comparisons, against literal computations."""

import math

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp
from strategies import seeds

from claims import REGISTRY
from claims.gains import gain_recurs
from claims.planted import planted
from claims.shares import evenness, ratio, total_variation, twice_as_much
from replication.seeds import generator

# Shares ----------------------------------------------------------------------------------------------------------


def test_evenness_of_one_two_and_three_layers():
    shares = np.array([[1, 1 / 2, 1 / 3, 0], [0, 1 / 2, 1 / 3, 0], [0, 0, 1 / 3, 0]])
    found = evenness(shares)
    assert found[:3] == pytest.approx([0, math.log(2) / math.log(3), 1])
    assert math.isnan(found[3])


@given(seeds, st.floats(0.1, 10))
def test_evenness_lies_between_0_and_1_whatever_the_scale(seed, scale):
    shares = np.random.default_rng(seed).exponential(size=(3, 4))
    assert ((evenness(shares) >= 0) & (evenness(shares) <= 1 + 1e-12)).all()
    assert evenness(scale * shares) == pytest.approx(evenness(shares))


def test_total_variation_is_0_for_the_like_and_1_for_strangers():
    shares = np.array([[1, 1, 0, 0.5], [0, 0, 1, 0.5]])
    assert total_variation(shares)[0] == pytest.approx([0, 0, 1, 0.5])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (6, 3, 2.0),
        (3, 0.5, 6.0),
        (0, 3, 0.0),
        (3, 0, math.inf),
        (0.5, 0, math.inf),
        (1, -2, math.inf),
        (0, 0, math.nan),
        (-1, 0, math.nan),
    ],
)
def test_something_is_infinitely_more_than_nothing_and_nothing_says_nothing(one, other, expected):
    assert ratio(one, other) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(("amounts", "expected"), [((3, 1, 2), 3.0), ((2, 2, 2), 1.0), ((0, 5, 1), math.inf)])
def test_twice_as_much_compares_the_most_with_the_least(amounts, expected):
    answer = twice_as_much(xr.DataArray(list(amounts), dims="class"), "of it", reads="more")
    assert (answer.number, float(answer)) == (expected, float(expected >= 2))


# Gains that recur --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("even", "odd", "recurs"),
    [
        ([0, 5, 1], [0, 3, 1], 1.0),
        ([0, 1, 0], [0, 1, 0], 1.0),
        ([0, 5, 1], [4, -1, 1], 0.0),
        ([0, 5, 1], [9, 3, 1], math.nan),
        ([-1, -2, -3], [-1, -2, -3], 0.0),
        ([0, 0, 0], [0, 0, 0], 0.0),
        ([0, -1, -1], [2, 5, -1], 0.0),
        ([4, 4, 4], [3, 1, -9], 1.0),
        ([4, 4, 0], [3, -1, 1], math.nan),
        ([4, 4, 4], [9, 0, 0], math.nan),
        ([4, 4, 3], [-1, -1, 5], math.nan),
    ],
    ids=[
        "on both",
        "a single image on both",
        "on neither",
        "one way only",
        "only harm",
        "nothing",
        "no gain to recur on one half",
        "most of equally good ones",
        "half of equally good ones",
        "one of equally good ones, and much",
        "another than the equally good ones",
    ],
)
def test_a_gain_recurs_if_the_best_of_each_half_gains_on_the_other(even, odd, recurs):
    assert gain_recurs(np.array([even, odd])) == pytest.approx(recurs, nan_ok=True)


@given(hnp.arrays(np.int64, (2, 6), elements=st.integers(-2, 2)), st.permutations(range(6)))
def test_the_order_of_the_units_does_not_tell_whether_a_gain_recurs(net_gain, order):
    """Gains are a few images, so that the best is often one of several."""
    assert gain_recurs(net_gain[:, order]) == pytest.approx(gain_recurs(net_gain), nan_ok=True)


def test_gains_by_chance_seldom_recur():
    rng = generator("test", "gains")
    found = [gain_recurs(rng.poisson(1.0, (2, 500)) - rng.poisson(1.0, (2, 500))) for _ in range(200)]
    assert np.mean([one == 1 for one in found]) < 1 / 4


# Comparisons -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["4.1/error-predicts-harm", "4.3/as-count-predicts-nh", "4.3/aes-count-predicts-nh"],
)
def test_correlations_are_compared_on_fishers_z(name):
    (network,) = planted("fashion", {}, 1)
    compared = [claim for claim in REGISTRY.values() if claim.id.startswith(f"{name}-better")]
    assert len(compared) in {1, 2}
    for claim in compared:
        assert claim.value_of(network) == pytest.approx(np.arctanh(REGISTRY[name].value_of(network)))


def test_the_embeddings_of_the_images_count_equally():
    (network,) = planted("mnist", {}, 1)
    hit = network.data_nh_by_embedding
    differences = hit.sel({"class": 3}) - hit.sel({"class": 7})
    found = REGISTRY["4.1/3-and-7-equally-separated"].value_of(network)
    assert found == pytest.approx(float(np.mean(differences.values)))
    assert found != pytest.approx(float(differences.values[np.abs(differences.values).argmax()]))
