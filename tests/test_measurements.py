"""The schema, and that a file departing from it in any way is refused."""

import io
import math
import time
from dataclasses import replace

import h5py
import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings, strategies as st
from strategies import seeds

from replication import measurements
from replication.architecture import N_UNITS
from replication.files import CorruptArtefactError, sealed, unsealed
from replication.measurements import (
    InvalidMeasurementError,
    build,
    condensed,
    is_whole,
    load,
    provenance_of,
    save,
    validate,
)
from replication.schema import FIXED_AXES, PIECES, SCHEMA

FREE_AXES = {"draw", "embedding_seed", "image", "epoch"}
STORY = {"network": "mnist/seed=0", "wall_s": 1.5, "software": {"torch": "2.15.0"}}


def make_arrays(piece, seed=0, **sizes):
    """Valid arrays of a piece: counts up to 9, −1 here and there, numbers between the bounds."""
    rng = np.random.default_rng(seed)
    arrays = {}
    for name, variable in SCHEMA[piece].items():
        shape = [len(FIXED_AXES[axis]) if axis in FIXED_AXES else sizes.get(axis, 2) for axis in variable.axes]
        if variable.dtype.startswith("int"):
            arrays[name] = rng.integers(-1, 10 if variable.high is None else variable.high + 1, shape)
        else:
            low, high = (variable.low or 0, 1 if variable.high is None else variable.high)
            step = variable.step or 2.0 ** -(variable.bits or 20)
            arrays[name] = (rng.integers(low / step, high / step, shape) * step).astype(np.float32)
    return arrays


small = {"draw": st.integers(1, 3), "embedding_seed": st.integers(1, 2), "image": st.integers(0, 5)}


@pytest.fixture
def intact(tmp_path):
    path = tmp_path / "intact.nc"
    save(path, build("intact", make_arrays("intact"), STORY))
    return path


# The schema is the documentation -----------------------------------------------------------------------------------


@pytest.mark.parametrize("piece", PIECES)
def test_every_variable_says_what_it_holds(piece):
    for name, variable in SCHEMA[piece].items():
        assert variable.unit
        assert len(variable.meaning) > 5, name
        assert set(variable.axes) <= FREE_AXES | FIXED_AXES.keys()
        assert len(set(variable.axes)) == len(variable.axes)
        assert np.dtype(variable.dtype).kind in "if"


def test_names_are_unique_over_the_pieces():
    names = [name for variables in SCHEMA.values() for name in variables]
    assert len(set(names)) == len(names)


def test_unit_and_meaning_are_written_into_the_file(intact):
    confusion = load(intact)["confusion"]
    assert confusion.attrs["units"] == "images"
    assert confusion.attrs["long_name"] == "test images by true class and predicted class"


def test_axes_carry_the_names_of_things():
    draws = build("draws", make_arrays("draws", draw=3), STORY)
    assert draws["layer"].values.tolist() == ["conv1", "conv2", "conv3", "fc1", "fc2"]
    assert draws["fraction"].values.tolist() == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert draws["part"].values.tolist() == ["even", "odd", "rest"]
    assert draws["draw"].values.tolist() == [0, 1, 2]
    units = build("units", make_arrays("units"), STORY)
    assert units["unit"].values[[0, 64, -1]].tolist() == ["conv1/0", "conv2/0", "fc2/511"]


# Round trips -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("piece", PIECES)
@settings(max_examples=4)
@given(seed=seeds, sizes=st.fixed_dictionaries(small))
def test_what_is_saved_is_loaded(tmp_path_factory, piece, seed, sizes):
    path = tmp_path_factory.mktemp("piece") / f"{piece}.nc"
    arrays = make_arrays(piece, seed, **sizes)
    written = build(piece, arrays, STORY)
    save(path, written)
    found = load(path)
    xr.testing.assert_identical(found, written)
    assert provenance_of(found) == STORY
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name].values, array)
        assert found[name].dtype == SCHEMA[piece][name].dtype


def test_the_same_measurements_are_the_same_bytes_whenever_they_are_written(tmp_path):
    for name in ("one.nc", "two.nc"):
        save(tmp_path / name, build("intact", make_arrays("intact"), STORY))
        # HDF5 would note the second.
        time.sleep(1.01)
    assert (tmp_path / "one.nc").read_bytes() == (tmp_path / "two.nc").read_bytes()


@pytest.mark.parametrize("piece", PIECES)
def test_other_tools_read_a_sealed_file(tmp_path, piece):
    save(tmp_path / "piece.nc", build(piece, make_arrays(piece), STORY))
    with xr.open_dataset(tmp_path / "piece.nc", engine="h5netcdf", mask_and_scale=False) as opened:
        xr.testing.assert_identical(opened.load(), load(tmp_path / "piece.nc"))


@given(seed=seeds)
@settings(max_examples=10)
def test_log_probabilities_keep_eight_digits_whatever_their_size(seed):
    rng = np.random.default_rng(seed)
    given = rng.normal(size=(2, N_UNITS, 10)) * 10.0 ** rng.integers(-30, 3, (2, N_UNITS, 10))
    given[0, :3, 0] = 0, np.nan, -(2.0**-20)
    found = build("units", make_arrays("units") | {"lost_log_probability": given}, STORY)["lost_log_probability"].values
    np.testing.assert_allclose(found, given, rtol=2**-8)
    assert found[0, 2, 0] == -(2.0**-20)
    mantissas = np.ldexp(np.frexp(found[~np.isnan(found)])[0], 8)
    assert np.array_equal(mantissas, np.round(mantissas))


def test_places_are_rounded_to_their_step():
    arrays = make_arrays("vertical")
    arrays["neuron_coordinates"][:3, 0] = [0.1, -2.00049, math.nan]
    found = build("vertical", arrays, STORY)["neuron_coordinates"].values
    np.testing.assert_array_equal(found[:3, 0], np.array([102, -2049, math.nan]) / 1024)
    np.testing.assert_array_equal(found[:, 1], arrays["neuron_coordinates"][:, 1])


def test_missing_counts_are_minus_one_and_missing_numbers_nan(tmp_path):
    draws = make_arrays("draws")
    draws["draw_hits"][..., 1, :] = -1
    save(tmp_path / "draws.nc", build("draws", draws, STORY))
    assert (load(tmp_path / "draws.nc")["draw_hits"].sel(draw=1) == -1).all()
    vertical = make_arrays("vertical")
    vertical["neuron_coordinates"][7] = math.nan
    save(tmp_path / "vertical.nc", build("vertical", vertical, STORY))
    assert np.isnan(load(tmp_path / "vertical.nc")["neuron_coordinates"][7]).all()


def test_a_network_from_elsewhere_has_no_losses(tmp_path):
    save(tmp_path / "intact.nc", build("intact", make_arrays("intact") | {"training_loss": np.zeros(0)}, {}))
    assert load(tmp_path / "intact.nc")["training_loss"].shape == (0,)


# Condensed pieces ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("piece", PIECES)
def test_a_condensed_piece_lacks_what_no_claim_reads_and_nothing_else(tmp_path, piece):
    whole = build(piece, make_arrays(piece), STORY)
    small = condensed(whole)
    save(tmp_path / "piece.nc", small)
    xr.testing.assert_identical(load(tmp_path / "piece.nc"), small)
    left_out = {name for name, variable in SCHEMA[piece].items() if variable.condensable}
    assert set(whole.data_vars) - set(small.data_vars) == left_out
    for name in small.data_vars:
        xr.testing.assert_identical(small[name], whole[name])
    assert is_whole(whole)
    assert is_whole(small) == (not left_out)
    assert provenance_of(small) == STORY
    xr.testing.assert_identical(condensed(small), small)
    assert set(small.coords) == set(small.dims)


def test_a_piece_condensed_by_half_is_refused():
    half = build("activations", make_arrays("activations"), STORY).drop_vars("class_mean")
    with pytest.raises(InvalidMeasurementError, match=r"activations has .*missing \['class_mean'\]"):
        validate(half)


# Refusals when building --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda arrays: arrays.pop("confusion"), r"missing \['confusion'\], unknown \[\]"),
        (lambda arrays: arrays.update(accuracy=np.zeros(2)), r"missing \[\], unknown \['accuracy'\]"),
        (
            lambda arrays: arrays.update(confusion=np.zeros((10, 10))),
            r"intact/confusion has shape \(10, 10\); expected the axes \(part, class, predicted\)",
        ),
        (lambda arrays: arrays.update(confusion=np.zeros((3, 10, 9))), "an axis has the wrong length: .*predicted"),
        (
            lambda arrays: arrays.update(confusion=np.full((3, 10, 10), -2)),
            "values from -2 to -2; expected finite ones from 0 to inf",
        ),
        (
            lambda arrays: arrays.update(confusion=np.full((3, 10, 10), 2**31)),
            "holds values from 2147483648 to 2147483648, which int32 cannot hold",
        ),
        (lambda arrays: arrays.update(confusion=np.full((3, 10, 10), 0.5)), "which int32 cannot hold"),
        (lambda arrays: arrays.update(confusion=np.full((3, 10, 10), math.nan)), "which int32 cannot hold"),
        (lambda arrays: arrays.update(training_loss=np.array([0.5, -0.5])), "intact/training_loss holds values from"),
        (lambda arrays: arrays.update(training_loss=np.array([math.inf])), "from inf to inf; expected finite"),
    ],
)
def test_arrays_that_depart_from_the_schema_are_refused(change, complaint):
    arrays = make_arrays("intact")
    change(arrays)
    with pytest.raises(InvalidMeasurementError, match=complaint):
        build("intact", arrays, STORY)


@pytest.mark.parametrize(
    ("piece", "name", "value"),
    [
        ("horizontal", "label", 10),
        ("horizontal", "prediction", -2),
        ("horizontal", "distance_correlation", -1.01),
        ("horizontal", "trustworthiness", 1.01),
        ("horizontal", "spread", -0.01),
        ("horizontal", "coordinates", math.inf),
        ("draws", "draw_hits", -2),
        ("units", "lost", -2),
        ("activations", "class_mean", -1e-6),
    ],
)
def test_one_value_out_of_range_is_enough(piece, name, value):
    arrays = make_arrays(piece)
    arrays[name].flat[-1] = value
    with pytest.raises(InvalidMeasurementError, match=f"{piece}/{name} holds values from .*; expected"):
        build(piece, arrays, STORY)


def test_a_start_that_is_longer_than_the_images_is_refused():
    arrays = make_arrays("horizontal", image=4)
    arrays["start"] = np.zeros((5, 2))
    with pytest.raises(InvalidMeasurementError, match="horizontal: an axis has the wrong length"):
        build("horizontal", arrays, STORY)


# Refusals when validating and saving -------------------------------------------------------------------------------


def valid():
    return build("intact", make_arrays("intact"), STORY)


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda piece: piece.assign_attrs(piece="extra"), "piece 'extra' is unknown: there are intact, draws"),
        (lambda piece: piece.assign_attrs(piece="draws"), r"missing \['draw_hits'\]"),
        (lambda piece: piece.drop_attrs(), "piece 'None' is unknown"),
        (lambda piece: piece.drop_vars("confusion"), r"missing \['confusion'\]"),
        (lambda piece: piece.assign(accuracy=1), r"unknown \['accuracy'\]"),
        (lambda piece: piece.rename(part="half"), "axis 'half' does not have the labels of the schema"),
        (lambda piece: piece.transpose("class", "part", "predicted", "epoch"), r"expected int32\(part, class, pred"),
        (lambda piece: piece.astype(np.int64), r"int64\(part, class, predicted\); expected int32"),
        (lambda piece: piece.isel(part=[1, 0, 2]), "axis 'part' does not have the labels of the schema"),
        (lambda piece: piece.isel(part=[0]), "axis 'part' does not have the labels of the schema"),
        (lambda piece: piece.isel(epoch=[1, 0]), "axis 'epoch' does not have the labels of the schema"),
    ],
)
def test_a_piece_that_departs_from_the_schema_is_neither_valid_nor_saved(tmp_path, damage, complaint):
    damaged = damage(valid())
    with pytest.raises(InvalidMeasurementError, match=complaint):
        validate(damaged)
    with pytest.raises(InvalidMeasurementError, match=complaint):
        save(tmp_path / "piece.nc", damaged)
    assert list(tmp_path.iterdir()) == []


# Refusals when loading ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"dtype": "int16"}, "intact/confusion is int32"),
        ({"axes": ("part", "class")}, r"confusion has shape \(3, 10, 10\); expected the axes \(part, class\)"),
        ({"axes": ("class", "part", "predicted")}, "an axis has the wrong length: .*"),
    ],
)
def test_a_file_by_another_schema_names_itself(intact, monkeypatch, change, complaint):
    """Its checksum is right, yet it was written under other rules."""
    other = {**SCHEMA["intact"], "confusion": replace(SCHEMA["intact"]["confusion"], **change)}
    monkeypatch.setattr(measurements, "SCHEMA", {**SCHEMA, "intact": other})
    with pytest.raises(InvalidMeasurementError, match=f"{intact} was written by another release.*: {complaint}"):
        load(intact)


def test_a_sealed_file_that_is_no_piece_is_refused(tmp_path, intact):
    other = tmp_path / "other.nc"
    other.write_bytes(sealed(b"no netCDF at all"))
    with pytest.raises(InvalidMeasurementError, match=f"{other} was written by another release, or is no piece"):
        load(other)
    buffer = io.BytesIO(unsealed(intact))
    with h5py.File(buffer, "a") as file:
        file.create_group("extra")
    other.write_bytes(sealed(buffer.getvalue()))
    with pytest.raises(InvalidMeasurementError, match=f"{other} was written by another release, or is no piece"):
        load(other)


def test_no_file_is_no_corrupt_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no measurements at .*draws\.nc"):
        load(tmp_path / "draws.nc")


@pytest.mark.parametrize("content", [b"", b"CDF\x01", b"no netCDF at all", b"\x89HDF\r\n\x1a\n"])
def test_what_is_no_netcdf_is_refused(intact, content):
    intact.write_bytes(content)
    with pytest.raises(CorruptArtefactError, match=rf"{intact} was changed since it was written, or not by this suite"):
        load(intact)


def test_a_truncated_file_is_always_noticed(intact):
    content = intact.read_bytes()
    for length in range(0, len(content), len(content) // 40):
        intact.write_bytes(content[:length])
        with pytest.raises(CorruptArtefactError, match=str(intact)):
            load(intact)


def test_a_changed_bit_is_always_noticed(intact):
    """Wherever it is: HDF5 loops for ever over some, so none may come to its parser."""
    content = intact.read_bytes()
    rng = np.random.default_rng(11)
    for position in rng.choice(len(content), 120, replace=False):
        changed = bytearray(content)
        changed[position] ^= 1 << rng.integers(8)
        intact.write_bytes(bytes(changed))
        with pytest.raises(CorruptArtefactError, match="was changed since it was written"):
            load(intact)
