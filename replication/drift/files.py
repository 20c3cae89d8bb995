"""Readings on disk: a JSON file of numbers and a compressed file of arrays per environment."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replication.drift.reading import NetworkReading, Reading
from replication.files import CorruptArtefactError, content_digest, write_atomically

SHIPPED = Path(__file__).parent.parent.parent / "fixtures" / "drift"
"""Folder of the readings that ship with the suite; missing if only the package is installed."""

_DECIMALS = 6


def save_reading(folder: Path, reading: Reading) -> Path:
    """Write a reading to ``NAME.json`` and ``NAME.npz``.

    Args:
        folder: Target folder; created if missing.
        reading: The reading; an existing reading of the same environment is replaced.

    Returns:
        Path of the JSON file.
    """
    arrays: dict[str, Any] = {}
    for network, one in reading.networks.items():
        arrays[f"{network}/log_probabilities"] = one.log_probabilities
        arrays[f"{network}/predictions"] = one.predictions
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    content = {
        "provenance": reading.provenance,
        "networks": {
            network: {
                "sha256": one.sha256,
                "nh": _rounded(one.nh),
                "nh_raw": _rounded(one.nh_raw),
                "n_selective": [round(count, _DECIMALS) for count in one.n_selective],
                "n_effect_selective": [round(count, _DECIMALS) for count in one.n_effect_selective],
            }
            for network, one in reading.networks.items()
        },
        "answers": reading.answers,
        "verdicts": reading.verdicts,
        "judged_sha256": reading.judged_sha256,
        "arrays_sha256": content_digest(arrays),
    }
    write_atomically(folder / f"{reading.name}.npz", packed.getvalue())
    path = folder / f"{reading.name}.json"
    write_atomically(path, json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n")
    return path


def load_readings(folder: Path) -> tuple[Reading, ...]:
    """Read all readings of a folder.

    Args:
        folder: Folder written by ``save_reading``.

    Returns:
        The readings sorted by name; empty if the folder does not exist.

    Raises:
        CorruptArtefactError: A file is damaged, or a JSON file and its arrays do not belong together.
    """
    return tuple(_load(path) for path in sorted(folder.glob("*.json")))


def _load(path: Path) -> Reading:
    """Read one reading.

    Raises:
        CorruptArtefactError: The file cannot be read, or its arrays do not match the checksum.
    """
    way_out = f"delete it, or make it again with: replication drift --readings {path.parent}"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        with np.load(io.BytesIO(path.with_suffix(".npz").read_bytes())) as packed:
            arrays = {name: packed[name] for name in packed.files}
        expected = content["arrays_sha256"]
        reading = Reading(
            provenance=content["provenance"],
            networks={network: _network(network, one, arrays) for network, one in content["networks"].items()},
            answers={name: tuple(found) for name, found in content["answers"].items()},
            verdicts=content["verdicts"],
            judged_sha256={name: content["judged_sha256"][name] for name in content["verdicts"]},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise CorruptArtefactError(f"{path} is no reading of an environment: {error!r}; {way_out}") from None
    if content_digest(arrays) != expected:
        raise CorruptArtefactError(f"{path.with_suffix('.npz')} holds other arrays than {path.name} says; {way_out}")
    return reading


def _network(network: str, content: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> NetworkReading:
    """Return one network's part of a reading."""
    return NetworkReading(
        sha256=content["sha256"],
        log_probabilities=arrays[f"{network}/log_probabilities"],
        predictions=arrays[f"{network}/predictions"],
        nh=content["nh"],
        nh_raw=content["nh_raw"],
        n_selective=tuple(content["n_selective"]),
        n_effect_selective=tuple(content["n_effect_selective"]),
    )


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    """Round values to the stored number of decimals."""
    return {name: round(value, _DECIMALS) for name, value in values.items()}
