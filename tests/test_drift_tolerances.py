"""Tolerances follow from the readings that ship, and the environment of these tests keeps within them."""

import math

import numpy as np
import pytest
from handmade_readings import network, reading
from hypothesis import given, strategies as st

from replication.drift import SHIPPED, TOLERANCES, Tolerances, load_readings, reference_of, tolerances_from
from replication.drift.tolerances import rounded_up
from replication.run_folder import RunFolder
from replication.study import PROFILES, NetworkId


def test_they_are_twice_the_largest_difference_rounded_up():
    one = reading("2.11.0", networks={"mnist/seed=0": network(shift=0.25, n_flipped=3, nh=90.5)})
    other = reading("2.12.0", networks={"mnist/seed=0": network(shift=-0.125, nh_raw=94.9, as_1=103, aes_1=50.25)})
    # Twice .25, 3/12, .5, .1, 3 and .25.
    assert tolerances_from([one, other, reading()]) == Tolerances(0.5, 0.5, 1.0, 0.2, 10.0, 0.5)


def test_environments_that_agree_leave_nothing_to_tolerate():
    assert tolerances_from([reading("2.11.0"), reading()]) == Tolerances(0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("readings", [[], [reading()], [reading("2.11.0", networks={}), reading()]])
def test_nothing_follows_from_a_single_environment(readings):
    with pytest.raises(ValueError, match="no two environments have measured the same network"):
        tolerances_from(readings)


@given(st.floats(1e-12, 1e12))
def test_rounding_goes_up_to_the_next_of_1_2_5(number):
    found = rounded_up(number)
    assert number * (1 - 1e-9) <= found <= 2.5 * number * (1 + 1e-9)
    mantissa = found / 10.0 ** math.floor(math.log10(found) + 1e-9)
    assert min(abs(mantissa - step) for step in (1, 2, 5)) < 1e-9
    assert rounded_up(found) == found


def test_the_constants_are_those_of_the_shipped_readings():
    assert tolerances_from(load_readings(SHIPPED)) == TOLERANCES


@pytest.mark.realdata
def test_this_environment_keeps_within_them():
    """The shipped networks give here what they gave in the reference environment."""
    import torch

    from replication.activations import layer_activations
    from replication.data import load
    from replication.training import load_checkpoint

    recorded, compared = RunFolder(SHIPPED.with_name("recorded")), 0
    for name, there in reference_of(load_readings(SHIPPED)).networks.items():
        path = recorded.checkpoint(NetworkId.parse(name))
        if path.exists() and (checkpoint := load_checkpoint(path)).sha256 == there.sha256:
            test = load(NetworkId.parse(name).dataset, "test", PROFILES["paper"], torch.device("cpu"))
            here = layer_activations(checkpoint.network(torch.device("cpu")), test.images, "out")
            gaps = np.abs(here[: len(there.log_probabilities)].astype(np.float64) - there.log_probabilities)
            assert gaps.max() <= TOLERANCES.log_probability
            assert (here.argmax(axis=1) != there.predictions).mean() <= TOLERANCES.share_flipped
            compared += 1
    assert compared, "no network that was read ships in fixtures/recorded: read them anew with replication drift"
