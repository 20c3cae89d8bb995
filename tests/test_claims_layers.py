"""What the claims say of NH, density and separability from layer to layer."""

import math

import numpy as np
import pytest
import xarray as xr
from claims_networks import CLASSES

from claims import REGISTRY
from claims.planted import planted
from replication.architecture import LAYER_NAMES
from replication.choices import DEFAULTS, Choices
from replication.evidence import NetworkEvidence

# Neighbourhood hit and ties ----------------------------------------------------------------------------------------

RISES = REGISTRY["4.2/nh-rises-along-layers"]


def with_nh(by_embedding, **choices):
    """A network whose layers have that NH in each embedding, and the mean of them in the spaces themselves."""
    (network,) = planted("mnist", {}, 1)
    panels = network.pieces["horizontal"].copy(deep=True)
    table = np.broadcast_to(
        np.asarray(by_embedding, dtype=np.float64).T[..., None, None], (6, len(by_embedding), 2, 10)
    )
    layers = {"state": "intact", "panel": list(LAYER_NAMES)}
    for name, nh in (("agreement", table), ("agreement_raw", table.mean(axis=1))):
        starts = {"initialisation": "rescaled"} if name == "agreement" else {}
        counts = panels[name].sel(**layers, **starts)
        axes = ("panel", *(["embedding_seed"] if starts else []), "k", "class", "agreeing")
        filled = np.zeros(counts.transpose(*axes).shape, dtype=np.int64)
        for row, k in enumerate(counts["k"].values):
            filled[..., row, :, int(k)] = np.rint(100 * nh[..., row, :])
            filled[..., row, :, 0] = 10_000 - filled[..., row, :, int(k)]
        panels[name].loc[{**layers, **starts}] = xr.DataArray(filled, dims=axes)
    return NetworkEvidence(network.network, {**network.pieces, "horizontal": panels}, Choices(tuple(choices.items())))


def test_nh_that_sinks_slowly_along_the_layers_does_not_rise():
    sinking = np.array([97.0, 96.6, 96.2, 95.8, 95.4, 95.0])
    assert RISES.value_of(with_nh([sinking, sinking + 0.1, sinking - 0.1])) == 0


@pytest.mark.parametrize(("fall", "span", "holds"), [(0.5, 0.1, 0), (0.5, 0.6, 1), (0.02, 0.1, 1), (0.02, 0.01, 0)])
def test_a_fall_of_nh_passes_only_where_embeddings_differ_by_as_much(fall, span, holds):
    nh = np.array([90.0, 92.0, 94.0, 96.0, 98.0, 98.0 - fall])
    apart = np.array([0, 0, 0, 0, 0, span / 2])
    network = with_nh([nh, nh - apart, nh + apart])
    assert RISES.value_of(network) == holds
    assert RISES.value_of(network.under(DEFAULTS.but("nh-rise", "strict"))) == 0


def test_the_span_of_other_layers_excuses_no_fall():
    nh = np.array([90.0, 92.0, 94.0, 96.0, 98.0, 97.5])
    apart = np.array([1, 0, 0, 0, 0, 0])
    assert RISES.value_of(with_nh([nh, nh + apart, nh - apart])) == 0


EVERYWHERE_ELSE = slice(1, -1)


@pytest.mark.parametrize(
    ("where", "span", "holds"), [(0, 0.45, 1), (0, 0.8, 0), (-1, 0.45, 1), (-1, 0.8, 0), (EVERYWHERE_ELSE, 0.8, 1)]
)
def test_the_whole_rise_of_nh_is_larger_than_what_its_ends_span(where, span, holds):
    nh = np.array([97.0, 97.1, 97.2, 97.3, 97.4, 97.5])
    apart = np.zeros(6)
    apart[where] = span / 2
    assert RISES.value_of(with_nh([nh, nh - apart, nh + apart])) == holds


def test_in_the_space_itself_no_fall_of_nh_passes():
    nh = np.array([90.0, 92.0, 94.0, 96.0, 98.0, 97.9])
    apart = [nh, nh - 0.5, nh + 0.5]
    assert RISES.value_of(with_nh(apart)) == 1
    assert RISES.value_of(with_nh(apart, **{"nh-space": "raw"})) == 0
    assert RISES.value_of(with_nh([np.sort(nh)] * 3, **{"nh-space": "raw"})) == 1


def test_of_a_single_embedding_nothing_is_said():
    rising = np.array([90.0, 92.0, 94.0, 96.0, 98.0, 99.0])
    network = with_nh([rising] * 3)
    once = network.pieces["horizontal"].isel(embedding_seed=[0])
    alone = {**network.pieces, "horizontal": once}
    twice = {**network.pieces, "horizontal": network.pieces["horizontal"].isel(embedding_seed=[0, 1])}
    assert RISES.value_of(network) == RISES.value_of(NetworkEvidence(network.network, twice)) == 1
    assert math.isnan(RISES.value_of(NetworkEvidence(network.network, alone)))
    assert not RISES.answer_of(NetworkEvidence(network.network, alone)).measured
    assert RISES.value_of(NetworkEvidence(network.network, alone, Choices((("nh-rise", "strict"),)))) == 1


# Clusters that become denser ---------------------------------------------------------------------------------------

BANDED = DEFAULTS.but("spread-fall", "banded")


def with_spread(by_embedding, choices=DEFAULTS):
    """A network whose classes spread that far in conv1 to fc1 of each embedding."""
    (network,) = planted("mnist", {}, 1)
    panels = network.pieces["horizontal"].copy(deep=True)
    for seed, spread in enumerate(by_embedding):
        where = {"initialisation": "rescaled", "state": "intact", "panel": list(LAYER_NAMES[:4])}
        where["embedding_seed"] = panels["embedding_seed"].values[seed]
        panels["spread"].loc[where] = np.asarray(spread)[:, None]
    return NetworkEvidence(network.network, {**network.pieces, "horizontal": panels}, choices)


@pytest.mark.parametrize("claim_id", ["4.2/denser-to-fc1", "4.2/more-distinct-to-fc1"])
@pytest.mark.parametrize(
    ("rise", "span", "strict", "banded"),
    [(0.02, 0.01, 0, 0), (0.02, 0.04, 0, 1), (-0.02, 0.04, 1, 1), (-0.02, 0, 1, 1)],
)
def test_a_step_within_what_embeddings_differ_by_is_a_fall_by_the_banded_reading_alone(
    claim_id, rise, span, strict, banded
):
    spread = np.array([0.7, 0.6, 0.4, 0.4 + rise])
    apart = np.array([0, 0, 0, span / 2])
    found = [
        REGISTRY[claim_id].value_of(with_spread([spread, spread - apart, spread + apart], choices))
        for choices in (DEFAULTS, BANDED)
    ]
    assert found == [strict, banded]


def test_clusters_that_hardly_change_become_no_denser_by_the_banded_reading():
    spread = np.array([0.41, 0.41, 0.405, 0.40])
    claim = REGISTRY["4.2/denser-to-fc1"]
    assert claim.value_of(with_spread([spread, spread - 0.05, spread + 0.05], BANDED)) == 0


@pytest.mark.parametrize(
    ("where", "span", "holds"), [(0, 0.05, 1), (0, 0.08, 0), (-1, 0.05, 1), (-1, 0.08, 0), (EVERYWHERE_ELSE, 0.08, 1)]
)
def test_the_whole_fall_is_larger_than_what_its_ends_span_by_the_banded_reading(where, span, holds):
    spread = np.array([0.46, 0.44, 0.42, 0.40])
    apart = np.zeros(4)
    apart[where] = span / 2
    network = with_spread([spread, spread - apart, spread + apart], BANDED)
    assert REGISTRY["4.2/denser-to-fc1"].value_of(network) == holds


@pytest.mark.parametrize(("layer", "excused"), [(0, 0), (1, 0), (2, 1), (3, 1)])
def test_a_rise_is_excused_by_the_span_of_either_of_its_two_layers_alone(layer, excused):
    spread = np.array([0.7, 0.6, 0.4, 0.42])
    apart = 0.03 * (np.arange(4) == layer)
    network = with_spread([spread, spread - apart, spread + apart], BANDED)
    assert REGISTRY["4.2/denser-to-fc1"].value_of(network) == excused


def test_of_a_single_embedding_the_banded_reading_says_nothing():
    network = with_spread([[0.7, 0.6, 0.5, 0.4]] * 3)
    twice = {**network.pieces, "horizontal": network.pieces["horizontal"].isel(embedding_seed=[0, 1])}
    once = {**network.pieces, "horizontal": network.pieces["horizontal"].isel(embedding_seed=[0])}
    claim = REGISTRY["4.2/denser-to-fc1"]
    assert claim.value_of(NetworkEvidence(network.network, once)) == 1
    assert math.isnan(claim.value_of(NetworkEvidence(network.network, once, BANDED)))
    assert not claim.answer_of(NetworkEvidence(network.network, once, BANDED)).measured
    assert claim.value_of(NetworkEvidence(network.network, twice, BANDED)) == 1


# Ablations too weak to show anything -------------------------------------------------------------------------------


@pytest.mark.parametrize("claim_id", ["4.2/out-separability-falls", "4.2/hidden-separability-kept"])
@pytest.mark.parametrize(("cost", "says"), [(1.0, False), (3.0, True)])
def test_nothing_is_said_of_separability_where_the_shown_ablation_costs_too_little(claim_id, cost, says):
    facts = {"figure_harm": dict.fromkeys(CLASSES, cost), "nh_ablated": {"out": 79.5}}
    for network in planted("mnist", facts, 3):
        assert network.figure_harm_overall == pytest.approx(cost, abs=0.8)
        assert math.isnan(REGISTRY[claim_id].value_of(network)) != says
