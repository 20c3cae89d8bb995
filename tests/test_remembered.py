"""What is computed once: found again under choices that were not read, made anew under others, never changed."""

import numpy as np
import pytest
import xarray as xr

from replication.choices import DEFAULTS
from replication.evidence import NetworkEvidence
from replication.remembered import quantity, remembered


@pytest.fixture
def network():
    return NetworkEvidence("mnist/seed=0", {})


@pytest.fixture
def calls():
    return []


def test_it_is_made_once_for_each_set_of_answers_read(network, calls):
    @remembered
    def made(view):
        calls.append(view.choice("count"))
        return len(calls)

    other = DEFAULTS.but("count", "units")
    assert [made(network.under(choices)) for choices in (DEFAULTS, DEFAULTS, other, other)] == [1, 1, 2, 2]
    assert made(network.under(DEFAULTS.but("baseline", "mean"))) == 1
    assert calls == ["neurons", "units"]


def test_reading_it_counts_as_reading_its_choices(network):
    @remembered
    def inner(view):
        return view.choice("count")

    @remembered
    def outer(view):
        view.choice("baseline")
        return inner(view)

    inner(network.under(DEFAULTS))
    for _ in range(2):
        view = network.under(DEFAULTS)
        view.choice("test-images")
        outer(view)
        assert view.choices_read == {"test-images", "baseline", "count"}


def test_choices_read_on_one_way_only_are_kept_apart(network, calls):
    @remembered
    def made(view):
        calls.append(1)
        return view.choice("nh-variant") if view.choice("nh-space") == "embedding" else "raw"

    raw = DEFAULTS.but("nh-space", "raw")
    assert made(network.under(raw)) == "raw"
    assert made(network.under(raw.but("nh-variant", "all"))) == "raw"
    assert made(network.under(DEFAULTS)) == "mean"
    assert made(network.under(DEFAULTS.but("nh-variant", "all"))) == "all"
    assert len(calls) == 3


def test_what_was_read_before_survives_an_error(network):
    @remembered
    def broken(view):
        view.choice("count")
        raise ZeroDivisionError

    view = network.under(DEFAULTS)
    view.choice("baseline")
    with pytest.raises(ZeroDivisionError):
        broken(view)
    assert view.choices_read == {"baseline", "count"}


@pytest.mark.parametrize(
    ("value", "array_of"),
    [
        (np.zeros(2), lambda value: value),
        (xr.DataArray(np.zeros(2)), lambda value: value.values),
        (xr.Dataset({"a": ("x", np.zeros(2))}), lambda value: value["a"].values),
        ((np.zeros(2), 1), lambda value: value[0]),
    ],
    ids=["array", "labelled array", "data set", "tuple"],
)
def test_arrays_come_out_read_only(network, value, array_of):
    with pytest.raises(ValueError, match="read-only"):
        array_of(remembered(lambda view: value)(network))[0] = 1


def test_a_quantity_is_a_property_that_is_made_once(calls):
    class Evidence(NetworkEvidence):
        @quantity
        def n_calls(self):
            """How often it was made."""
            calls.append(self.choice("count"))
            return len(calls)

    evidence = Evidence("mnist/seed=0", {})
    assert (evidence.n_calls, evidence.n_calls, evidence.choices_read) == (1, 1, {"count"})
    assert Evidence.n_calls.__doc__ == "How often it was made."
    with pytest.raises(AttributeError, match="cannot be set"):
        evidence.n_calls = 3
