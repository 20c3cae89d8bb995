"""What a run measures on one network: labelled arrays in one documented schema, checked whenever they are read.

Measurements come in pieces, one file each, so that a kill costs at most the piece in flight.  Counts are stored, not
rates, so that every choice of denominator and of test images stays open.  ``SCHEMA`` is the documentation: it
names each variable, its axes, its unit and its meaning, and ``load`` refuses whatever departs from it.

Seven eighths of it are arrays by neuron or by image that no claim reads: figures of a single network show them, and
other measures build on them.  ``condensed`` leaves them out, so that many networks can be shipped.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import h5netcdf
import h5py
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from replication.architecture import HIDDEN_LAYER_NAMES, LAYER_NAMES, N_CLASSES, N_NEURONS, UNIT_IDS
from replication.files import CorruptArtefactError, sealed, unsealed, write_atomically
from replication.metrics.populations import SELECTIVITY_LEVELS
from replication.paper import ABLATION

PARTS = ("even", "odd", "rest")
"""The test images: even and odd rows among whole batches, and the rest that fills no batch."""

PANELS = ("data", *LAYER_NAMES)
"""Panels of the horizontal embedding: the test images themselves, then each layer."""

STATES = ("intact", "ablated")
BASELINES: tuple[Literal["zero", "mean"], ...] = ("zero", "mean")
"""What an ablated unit puts out: nothing, as in the paper, or its mean over the test images."""

INITIALISATIONS: tuple[Literal["rescaled", "raw"], ...] = ("rescaled", "raw")
"""What UMAP does with the start that all panels share: stretches it, as today, or takes it as it is, as in 2020."""

CLUSTER_SIZES = ("5 %", "2 %", "10 %")

ORDERS = ("magnitude", "selectivity", "effect", "impact", "combined")
"""What the units of a layer are put in order by for cumulative ablation; ``measuring.orders`` defines each."""

DIRECTIONS = ("highest first", "lowest first")
LEVELS = tuple(eighths / 8 for eighths in range(1, 8))
"""Shares of a layer's units that are ablated, the first of an order."""

FIXED_AXES: Mapping[str, NDArray[Any]] = {
    "part": np.array(PARTS),
    "class": np.arange(N_CLASSES),
    "predicted": np.arange(N_CLASSES),
    "other": np.arange(N_CLASSES),
    "layer": np.array(HIDDEN_LAYER_NAMES),
    "fraction": np.array(ABLATION.fractions),
    "unit": np.array(UNIT_IDS),
    "neuron": np.arange(N_NEURONS),
    "baseline": np.array(BASELINES),
    "half": np.array(PARTS[:2]),
    "counted": np.array(["neurons", "units"]),
    "others": np.array(["classes", "images"]),
    "selectivity": SELECTIVITY_LEVELS,
    "intact_right": np.arange(2),
    "ablated_right": np.arange(2),
    "order": np.array(ORDERS),
    "direction": np.array(DIRECTIONS),
    "level": np.array(LEVELS),
    "panel": np.array(PANELS),
    "state": np.array(STATES),
    "initialisation": np.array(INITIALISATIONS),
    "k": np.array([5, 6]),
    "agreeing": np.arange(7),
    "cluster_size": np.array(CLUSTER_SIZES),
    "axis": np.array(["x", "y"]),
}
"""Axes whose labels are the same in every run; ``draw``, ``embedding_seed``, ``epoch`` and ``image`` are numbered."""


@dataclass(frozen=True)
class Variable:
    """One measured array.

    Attributes:
        axes: Names of its axes, in order.
        dtype: How it is stored; counts as integers with −1 where nothing was measured.
        unit: Physical or counted unit.
        meaning: What it holds.
        low: Least value a valid file may hold, beside −1 for a missing count and NaN; None where there is no bound.
        high: Greatest one; None where there is no bound.
        step: What is stored is a multiple of it, the nearest; None where it is stored as it is.
        condensable: Whether a condensed piece leaves it out.
    """

    axes: tuple[str, ...]
    dtype: str
    unit: str
    meaning: str
    low: float | None = 0
    high: float | None = None
    step: float | None = None
    condensable: bool = False


_EMBEDDED = ("initialisation", "state", "panel", "embedding_seed")
"""Axes of what is measured in embeddings; the raw initialisation has the first embedding seed alone."""

SCHEMA: Mapping[str, Mapping[str, Variable]] = {
    "intact": {
        "confusion": Variable(
            ("part", "class", "predicted"), "int32", "images", "test images by true class and predicted class"
        ),
        "training_loss": Variable(("epoch",), "float32", "nats", "mean negative log-likelihood per training epoch"),
    },
    "draws": {
        "draw_hits": Variable(
            ("baseline", "part", "layer", "fraction", "draw", "class"),
            "int16",
            "images",
            "images classified rightly with a random fraction of one layer's units ablated; −1 where none was drawn",
        ),
    },
    "units": {
        "lost": Variable(
            ("baseline", "part", "unit", "class"),
            "int16",
            "images",
            "images right when intact and wrong with one unit ablated",
        ),
        "gained": Variable(
            ("baseline", "part", "unit", "class"),
            "int16",
            "images",
            "images wrong when intact and right with one unit ablated",
        ),
    },
    "activations": {
        "class_mean": Variable(
            ("half", "neuron", "class"),
            "float32",
            "activation",
            "mean activation of a neuron over a class's images",
            condensable=True,
        ),
        "example_activation": Variable(
            ("class", "neuron"),
            "float32",
            "activation",
            "activations for the first test image of each class",
            condensable=True,
        ),
        "unit_mean": Variable(
            ("unit", "class"), "float32", "activation", "mean activation over a class's images and a unit's neurons"
        ),
        "preferred": Variable(("neuron",), "int8", "class", "class of the highest mean; −1 for dead neurons", high=9),
        "example_preferred": Variable(
            ("neuron",), "int8", "class", "class whose first test image excites it most; −1 where none does", high=9
        ),
        "n_preferred": Variable(
            ("half", "counted", "class"), "int32", "1", "neurons, and units, that prefer a class on one half alone"
        ),
        "active": Variable(
            ("neuron", "class"), "int8", "1", "1 for the most active tenth, activations scaled within layers", high=1
        ),
        "n_active_on_both": Variable(
            ("class", "other"),
            "int32",
            "neurons",
            "neurons among the most active tenth for one class on even images and for another on odd ones",
        ),
        "n_preferring_active": Variable(
            ("class",),
            "int32",
            "neurons",
            "neurons that prefer a class and are among as many most active for it",
        ),
        "n_selective_for_both": Variable(
            ("class", "other"),
            "int32",
            "neurons",
            "neurons among the most selective tenth for one class and for another",
        ),
        "response_cosine": Variable(
            ("class", "other"),
            "float32",
            "1",
            "cosine of two classes' activations over all neurons, scaled within layers",
            high=1.0001,
        ),
        "n_by_selectivity": Variable(
            ("others", "layer", "selectivity"),
            "int32",
            "neurons",
            "living neurons by AS, in intervals that hold their upper end, which labels them",
        ),
    },
    "cumulative": {
        "cumulative_hits": Variable(
            ("half", "order", "direction", "layer", "level", "class"),
            "int16",
            "images",
            "images of the other half classified rightly with the first units ablated of an order made on this half",
        ),
        "random_hits": Variable(
            ("half", "layer", "level", "draw", "class"),
            "int16",
            "images",
            "the same with the first units ablated of a random order, which is the same for both halves",
        ),
    },
    "horizontal": {
        "coordinates": Variable(
            ("state", "panel", "image", "axis"),
            "float32",
            "arbitrary",
            "embedded test images, aligned along the chain; first embedding seed",
            low=None,
            step=2**-20,
            condensable=True,
        ),
        "start": Variable(
            ("image", "axis"),
            "float32",
            "arbitrary",
            "the start common to all panels",
            low=None,
            step=2**-10,
            condensable=True,
        ),
        "label": Variable(("image",), "int8", "class", "true class", high=9, condensable=True),
        "prediction": Variable(("state", "image"), "int8", "class", "predicted class", high=9, condensable=True),
        "n_images": Variable(
            ("class", "intact_right", "ablated_right"),
            "int32",
            "images",
            "embedded test images by whether the intact and the ablated network classify them rightly",
        ),
        "agreement": Variable(
            (*_EMBEDDED, "k", "class", "agreeing"),
            "int32",
            "images",
            "images of a class by how many of their k nearest others in the embedding share the class",
        ),
        "agreement_raw": Variable(
            ("state", "panel", "k", "class", "agreeing"),
            "int32",
            "images",
            "the same in the panel's own space, before any embedding",
        ),
        "agreement_start": Variable(
            ("k", "class", "agreeing"),
            "int32",
            "images",
            "the same in the start that all panels share, before it is rounded",
        ),
        "agreement_lost": Variable(
            ("initialisation", "panel", "embedding_seed", "agreeing"),
            "int32",
            "images",
            "ablated: images lost by the ablation, by how many of their 6 nearest others share their true class",
        ),
        "spread": Variable(
            (*_EMBEDDED, "class"),
            "float32",
            "panel radius",
            "root mean square distance of a class's points to their centroid",
        ),
        "centroid_distance": Variable(
            (*_EMBEDDED, "class", "other"),
            "float32",
            "panel radius",
            "distance between the centroids of two classes",
        ),
        "n_clusters": Variable(
            (*_EMBEDDED, "cluster_size", "class"), "int16", "clusters", "HDBSCAN clusters of one class's points"
        ),
        "distance_correlation": Variable(
            ("panel",),
            "float32",
            "1",
            "Pearson correlation of pairwise distances, intact with ablated, between fixed images in the panel's space",
            low=-1,
            high=1,
        ),
        "trustworthiness": Variable(
            ("state", "panel"), "float32", "1", "trustworthiness of the first embedding at k = 6", high=1
        ),
        "continuity": Variable(
            ("state", "panel"), "float32", "1", "continuity of the first embedding at k = 6", high=1
        ),
        "image_scatter": Variable(
            ("class", "other"),
            "float32",
            "1",
            "mean squared distance between images of two classes, in units of the mean over all pairs of images",
        ),
    },
    "vertical": {
        "neuron_coordinates": Variable(
            ("neuron", "axis"), "float32", "arbitrary", "embedded neurons; NaN for dead ones", low=None, step=2**-10
        ),
    },
}

PIECES = tuple(SCHEMA)

_WORTH_COMPRESSING = 4096
"""Bytes of a variable or of its axis."""

_CHARACTERS = "string"
"""What the netCDF dimension of a string's characters is called, its length behind it."""

_ATTRIBUTES = ("units", "long_name")


class InvalidMeasurementError(CorruptArtefactError):
    """A piece of measurements departs from the schema."""


def build(piece: str, arrays: Mapping[str, NDArray[Any]], provenance: Mapping[str, Any]) -> xr.Dataset:
    """Label the arrays of one piece.

    Args:
        piece: One of ``PIECES``.
        arrays: Every variable of the piece, or of the condensed piece, its axes in the order of the schema.
        provenance: Where they come from; anything JSON can hold.

    Returns:
        The piece, valid by the schema.

    Raises:
        KeyError: There is no such piece.
        InvalidMeasurementError: A variable is missing, unknown, of the wrong shape, out of range, or too large for
            how it is stored.
    """
    expected = _expected_names(piece, set(arrays))
    data = {}
    for name in expected:
        variable = SCHEMA[piece][name]
        given = np.asarray(arrays[name])
        if variable.step is not None:
            given = np.round(given / variable.step) * variable.step
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
    """Return a piece without the arrays by neuron or by image that no claim reads.

    Args:
        dataset: A piece, whole or condensed already.

    Returns:
        The piece, valid by the schema, its provenance as it was.
    """
    left_out = [name for name in dataset.data_vars if SCHEMA[dataset.attrs["piece"]][str(name)].condensable]
    kept = dataset.drop_vars(left_out)
    used = {axis for variable in kept.data_vars.values() for axis in variable.dims}
    return kept.drop_vars([axis for axis in kept.coords if axis not in used])


def is_whole(dataset: xr.Dataset) -> bool:
    """Return whether a piece holds all that was measured, and was not condensed."""
    return set(dataset.data_vars) == set(SCHEMA[dataset.attrs["piece"]])


def validate(dataset: xr.Dataset) -> None:
    """Check one piece, whole or condensed, against the schema.

    Raises:
        InvalidMeasurementError: The piece departs from it; the message names variable, found and expected.
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
    """Write one piece atomically, as netCDF with a seal behind it.

    Args:
        path: Where the netCDF file shall stand.
        dataset: A piece made by ``build``.

    Raises:
        InvalidMeasurementError: The piece departs from the schema.
        OSError: The disk is full or the folder is read-only; the old file, if any, is untouched.
    """
    write_atomically(path, packed(dataset))


def packed(dataset: xr.Dataset) -> bytes:
    """Return the bytes of a piece's file: netCDF with a seal behind it, the same for the same piece.

    Raises:
        InvalidMeasurementError: The piece departs from the schema.
    """
    validate(dataset)
    return sealed(_as_netcdf(dataset))


def load(path: Path) -> xr.Dataset:
    """Read one piece and check it.

    The seal comes first: a single wrong bit can keep HDF5's parser busy for ever.

    Args:
        path: A file of ``save``.

    Returns:
        The piece, in memory.

    Raises:
        FileNotFoundError: There is no such file.
        CorruptArtefactError: The file is truncated, was changed, or was not written by ``save``.
        InvalidMeasurementError: The file departs from the schema.
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
    """Return where a piece comes from."""
    found: dict[str, Any] = json.loads(dataset.attrs["provenance"])
    return found


def _as_netcdf(dataset: xr.Dataset) -> bytes:
    """Return a netCDF-4 file; strings are arrays of characters, which unlike strings can be compressed."""
    buffer = io.BytesIO()
    # A small file takes a third less in the format of HDF5 1.10 than in that of 1.6, which knows no times either.
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
            # What is small grows by being compressed.
            packed = values.nbytes >= _WORTH_COMPRESSING
            options = {"compression": "gzip", "compression_opts": 9, "shuffle": True, "chunks": values.shape}
            file.create_variable(name, axes, data=values, **(options if packed else {})).attrs.update(said)
        file.attrs.update(dataset.attrs)
    return buffer.getvalue()


def _from_netcdf(content: bytes) -> xr.Dataset:
    """Return the piece in a netCDF-4 file of ``_as_netcdf``.

    The schema knows the axes, so that they need not be resolved from the file, which takes several times as long.

    Raises:
        InvalidMeasurementError: The file holds no piece of the schema, or an array has other axes.
        OSError: It is no HDF5 file.
        TypeError: It holds what is no array.
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
    """Return the variables of a piece in the order of the schema: all of them, or those of a condensed piece.

    Raises:
        InvalidMeasurementError: The variables found are neither.
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
