"""Store the measurements of one network as labelled arrays, validated against ``schema`` on every read.

Measurements are divided into pieces, one file each, so that a kill loses at most the piece in progress.  ``load``
rejects files that do not match the schema.
"""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5netcdf
import h5py
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from replication.files import CorruptArtefactError, sealed, unsealed, write_atomically
from replication.schema import FIXED_AXES, PIECES, SCHEMA

_WORTH_COMPRESSING = 4096
"""Minimum size in bytes of a variable or coordinate that is compressed."""

_CHARACTERS = "string"
"""Prefix of the netCDF dimension of a string's characters; its length follows."""

_ATTRIBUTES = ("units", "long_name")


class InvalidMeasurementError(CorruptArtefactError):
    """A piece of measurements does not match the schema."""


def build(piece: str, arrays: Mapping[str, NDArray[Any]], provenance: Mapping[str, Any]) -> xr.Dataset:
    """Build a labelled, validated data set from the arrays of one piece.

    Args:
        piece: One of ``PIECES``.
        arrays: All variables of the piece, or of the condensed piece, with axes in the order of the schema.
        provenance: Origin of the arrays; any JSON-serialisable values.

    Returns:
        The piece, valid under the schema.

    Raises:
        KeyError: There is no such piece.
        InvalidMeasurementError: A variable is missing, unknown, of the wrong shape, out of range, or not representable
            in its stored dtype.
    """
    expected = _expected_names(piece, set(arrays))
    data = {}
    for name in expected:
        variable = SCHEMA[piece][name]
        given = np.asarray(arrays[name])
        if variable.step is not None:
            given = np.round(given / variable.step) * variable.step
        if variable.bits is not None:
            mantissa, exponent = np.frexp(given)
            given = np.ldexp(np.round(np.ldexp(mantissa, variable.bits)), exponent - variable.bits)
        with np.errstate(invalid="ignore"):
            array = given.astype(variable.dtype)
        if array.dtype.kind == "i" and not np.array_equal(array, given):
            raise InvalidMeasurementError(
                f"{piece}/{name} holds values from {given.min()} to {given.max()}, which {variable.dtype} cannot hold"
            )
        if array.ndim != len(variable.axes):
            raise InvalidMeasurementError(
                f"{piece}/{name} has shape {array.shape}; expected the axes ({', '.join(variable.axes)})"
            )
        data[name] = xr.Variable(variable.axes, array, {"units": variable.unit, "long_name": variable.meaning})
    coordinates = {
        axis: FIXED_AXES.get(str(axis), np.arange(size))
        for variable in data.values()
        for axis, size in variable.sizes.items()
    }
    try:
        dataset = xr.Dataset(data, coordinates, {"piece": piece, "provenance": json.dumps(provenance, sort_keys=True)})
    except ValueError as error:
        raise InvalidMeasurementError(f"{piece}: an axis has the wrong length: {error}") from None
    validate(dataset)
    return dataset


def condensed(dataset: xr.Dataset) -> xr.Dataset:
    """Drop the arrays by neuron or image that no claim reads.

    Args:
        dataset: A piece, whole or already condensed.

    Returns:
        The condensed piece, valid under the schema, with the same provenance.
    """
    left_out = [name for name in dataset.data_vars if SCHEMA[dataset.attrs["piece"]][str(name)].condensable]
    kept = dataset.drop_vars(left_out)
    used = {axis for variable in kept.data_vars.values() for axis in variable.dims}
    return kept.drop_vars([axis for axis in kept.coords if axis not in used])


def is_whole(dataset: xr.Dataset) -> bool:
    """Return whether a piece has all variables of the schema, that is, is not condensed."""
    return set(dataset.data_vars) == set(SCHEMA[dataset.attrs["piece"]])


def validate(dataset: xr.Dataset) -> None:
    """Validate one piece, whole or condensed, against the schema.

    Raises:
        InvalidMeasurementError: The piece does not match; the message gives what was found and what was expected.
    """
    piece = str(dataset.attrs.get("piece"))
    if piece not in SCHEMA:
        raise InvalidMeasurementError(f"piece {piece!r} is unknown: there are {', '.join(PIECES)}")
    expected = _expected_names(piece, {str(name) for name in dataset.data_vars})
    for axis, size in dataset.sizes.items():
        if not np.array_equal(dataset[axis].values, FIXED_AXES.get(str(axis), np.arange(size))):
            raise InvalidMeasurementError(f"{piece}: axis {axis!r} does not have the labels of the schema")
    for name in expected:
        array, variable = dataset[name], SCHEMA[piece][name]
        if array.dims != variable.axes or array.dtype != variable.dtype:
            raise InvalidMeasurementError(
                f"{piece}/{name} is {array.dtype}({', '.join(map(str, array.dims))}); "
                f"expected {variable.dtype}({', '.join(variable.axes)})"
            )
        values = array.values
        values = values[values != -1] if values.dtype.kind == "i" else values[~np.isnan(values)]
        low = -np.inf if variable.low is None else variable.low
        high = np.inf if variable.high is None else variable.high
        if (values < low).any() or (values > high).any() or np.isinf(values).any():
            raise InvalidMeasurementError(
                f"{piece}/{name} holds values from {values.min()} to {values.max()}; "
                f"expected finite ones from {low} to {high}"
            )


def save(path: Path, dataset: xr.Dataset) -> None:
    """Write one piece atomically, as netCDF followed by a seal.

    Args:
        path: Path of the netCDF file.
        dataset: A piece made by ``build``.

    Raises:
        InvalidMeasurementError: The piece does not match the schema.
        OSError: The disk is full or the folder is read-only; an existing file is left unchanged.
    """
    write_atomically(path, packed(dataset))


def packed(dataset: xr.Dataset) -> bytes:
    """Return a piece's file content, netCDF followed by a seal; equal pieces give equal bytes.

    Raises:
        InvalidMeasurementError: The piece does not match the schema.
    """
    validate(dataset)
    return sealed(_as_netcdf(dataset))


def load(path: Path) -> xr.Dataset:
    """Read and validate one piece.

    The seal is verified first, because a single wrong bit can put HDF5's parser into an endless loop.

    Args:
        path: A file written by ``save``.

    Returns:
        The piece, in memory.

    Raises:
        FileNotFoundError: There is no such file.
        CorruptArtefactError: The file is truncated, was modified, or was not written by ``save``.
        InvalidMeasurementError: The file does not match the schema.
    """
    if not path.exists():
        raise FileNotFoundError(f"no measurements at {path}")
    content = unsealed(path)
    try:
        dataset = _from_netcdf(content)
        validate(dataset)
    except (InvalidMeasurementError, OSError, TypeError) as error:
        raise InvalidMeasurementError(
            f"{path} was written by another release, or is no piece of measurements: {error}"
        ) from None
    return dataset


def provenance_of(dataset: xr.Dataset) -> dict[str, Any]:
    """Return the provenance of a piece."""
    found: dict[str, Any] = json.loads(dataset.attrs["provenance"])
    return found


def _as_netcdf(dataset: xr.Dataset) -> bytes:
    """Encode a piece as netCDF-4, with strings as character arrays, which unlike strings can be compressed."""
    buffer = io.BytesIO()
    # Small files are a third smaller in HDF5's 1.10 format than in its 1.6 format, which stores no times either.
    with h5netcdf.File(buffer, "w", libver="v110", track_times=False) as file:
        file.dimensions = dict(dataset.sizes)
        for name, variable in dataset.variables.items():
            axes, values = variable.dims, variable.values
            said = dict(variable.attrs)
            if values.dtype.kind == "U":
                values = np.char.encode(values, "ascii")
                values = values.view("S1").reshape(len(values), values.itemsize)
                axes = (*axes, f"{_CHARACTERS}{values.shape[-1]}")
                if axes[-1] not in file.dimensions:
                    file.dimensions[axes[-1]] = values.shape[-1]
                said["_Encoding"] = "ascii"
            # Compression enlarges small arrays.
            packed = values.nbytes >= _WORTH_COMPRESSING
            options = {"compression": "gzip", "compression_opts": 9, "shuffle": True, "chunks": values.shape}
            file.create_variable(name, axes, data=values, **(options if packed else {})).attrs.update(said)
        file.attrs.update(dataset.attrs)
    return buffer.getvalue()


def _from_netcdf(content: bytes) -> xr.Dataset:
    """Decode a netCDF-4 file made by ``_as_netcdf``.

    Axes are taken from the schema, because resolving them from the file takes several times as long.

    Raises:
        InvalidMeasurementError: An array has the wrong number of axes, or an axis the wrong length.
        OSError: The content is not an HDF5 file.
        TypeError: The file holds an object that is not an array.
    """
    with h5py.File(io.BytesIO(content)) as file:
        attributes = {name: file.attrs[name] for name in file.attrs if not name.startswith("_")}
        variables = SCHEMA.get(str(attributes.get("piece")), {})
        data = {}
        for name, array in file.items():
            if name.startswith(_CHARACTERS):
                continue
            values = array[()]
            if values.dtype == "S1":
                values = values.view(f"S{values.shape[-1]}")[:, 0].astype(np.str_)
            axes = variables[name].axes if name in variables else (name,)
            if len(axes) != values.ndim:
                raise InvalidMeasurementError(f"{name} has shape {values.shape}; expected the axes ({', '.join(axes)})")
            said = {attribute: array.attrs[attribute] for attribute in _ATTRIBUTES if attribute in array.attrs}
            data[name] = xr.Variable(axes, values, said)
    try:
        return xr.Dataset(data, attrs=attributes)
    except ValueError as error:
        raise InvalidMeasurementError(f"an axis has the wrong length: {error}") from None


def _expected_names(piece: str, found: set[str]) -> tuple[str, ...]:
    """Return the variables of a whole or condensed piece, whichever was found, in the order of the schema.

    Raises:
        InvalidMeasurementError: The variables found are those of neither.
    """
    whole = tuple(SCHEMA[piece])
    kept = tuple(name for name in whole if not SCHEMA[piece][name].condensable)
    if found == set(kept):
        return kept
    if found != set(whole):
        raise InvalidMeasurementError(
            f"{piece} has the variables {sorted(found)}; missing {sorted(set(whole) - found)}, "
            f"unknown {sorted(found - set(whole))}"
        )
    return whole
