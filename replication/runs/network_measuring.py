"""Measure one trained network of a run, piece by piece."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
import xarray as xr
from numpy.typing import NDArray

from replication import measurements
from replication.data import load
from replication.devices import device_name
from replication.files import CorruptArtefactError
from replication.measuring import MEASURES, Subject
from replication.paper import REPORTED
from replication.precision import precision_on, told_precision
from replication.progress import Progress, duration_text
from replication.provenance import commit, machine, software
from replication.run_folder import RunFolder
from replication.study import NetworkId, Profile
from replication.training import Checkpoint, load_checkpoint, trained_precision

STRANGE_ERRORS = 2
"""Multiple of the paper's error rate above which a foreign network's training data or input scaling is questioned.

The recorded networks make at most 1.03 times as many errors as the paper's.  On 2,000 test images with unfamiliar
scaling (to [0, 1], to [0, 255], or by MNIST's mean and standard deviation) the first network of each data set makes 2.2
to 7.7 times as many errors as the paper's, and on images of another data set at least 9.4 times as many.  A bound
half-way between the printed accuracy and chance would miss seven of these nine scalings.  Networks that were trained
too briefly are questioned as well.
"""

WORTH_TELLING_S = 10
"""Minimum remaining time, in seconds, that is reported."""

TYPICAL_S = {
    "intact": 9,
    "draws": 227,
    "units": 90,
    "activations": 4,
    "cumulative": 66,
    "horizontal": 450,
    "vertical": 102,
}
"""Seconds that each piece took on two cores; used only as weights in estimates of the remaining time."""


def measure_pieces(
    run: RunFolder,
    network_id: NetworkId,
    profile: Profile,
    device: torch.device,
    progress: Progress,
    *,
    n_at_once: int = 1,
) -> Iterator[str]:
    """Measure one trained network, piece by piece, skipping the pieces that the run already has.

    Args:
        run: Run folder; it holds the checkpoint and receives the pieces.
        network_id: Network to measure.
        profile: Measurement settings.
        device: Device to run the network on.
        progress: Receives every step.
        n_at_once: Number of networks measured at a time, which share the memory.

    Yields:
        Name of each piece once the run holds it.

    Raises:
        FileNotFoundError: The run holds no such network.
        CorruptArtefactError: The checkpoint is damaged or not a working network.  (Damaged pieces are measured again.)
        DataError: The test images can be neither found nor downloaded.
    """
    path, way_out = run.checkpoint(network_id), f"delete it, and train or fetch {network_id} again"
    try:
        checkpoint = load_checkpoint(path)
    except CorruptArtefactError as error:
        raise CorruptArtefactError(f"{error}; {way_out}") from None
    found = {piece: _measured(run, network_id, piece, checkpoint, progress) for piece in MEASURES}
    pieces = {piece: dataset for piece, dataset in found.items() if dataset is not None}
    yield from pieces
    missing = [piece for piece in MEASURES if piece not in pieces]
    otherwise = _other_precision(pieces, device)
    if not missing:
        progress.say(f"{network_id}: measurements cached{otherwise}")
        return
    if pieces:
        progress.say(f"{network_id}: {len(pieces)} of {len(MEASURES)} pieces of measurements kept{otherwise}")
    try:
        network = checkpoint.network(device)
    except CorruptArtefactError as error:
        raise CorruptArtefactError(f"{path} is {error}; {way_out}") from None
    subject = Subject(
        name=str(network_id),
        dataset=network_id.dataset,
        network=network,
        test=load(network_id.dataset, "test", profile, device),
        profile=profile,
        losses=tuple(checkpoint.provenance.get("loss_per_epoch", ())),
        progress=progress,
        pieces=pieces,
        n_at_once=n_at_once,
    )
    measured_s, of_s = 0.0, 0
    for piece in missing:
        begin = time.monotonic()
        arrays = MEASURES[piece](subject)
        wall_s = round(time.monotonic() - begin, 1)
        source = _source(checkpoint, profile, device) | {"network": str(network_id), "wall_s": wall_s}
        pieces[piece] = measurements.build(piece, arrays, source)
        measurements.save(run.piece(network_id, piece), pieces[piece])
        measured_s, of_s = measured_s + wall_s, of_s + TYPICAL_S[piece]
        left_s = measured_s / of_s * sum(TYPICAL_S[other] for other in MEASURES if other not in pieces)
        left = f", about {duration_text(left_s)} of measuring left" if left_s >= WORTH_TELLING_S else ""
        progress.say(f"{network_id}: {piece} measured in {duration_text(wall_s)}{left}")
        if piece == "intact":
            progress.say(accuracy_line(network_id, pieces[piece]["confusion"].values, checkpoint.provenance))
        yield piece


def accuracy_line(network_id: NetworkId, confusion: NDArray[np.int64], provenance: Mapping[str, Any]) -> str:
    """Return a line on a network's accuracy, with a warning if a foreign network is suspiciously inaccurate.

    Args:
        network_id: The network.
        confusion: Test images by true and predicted class, shape (parts, classes, classes), from the piece ``intact``.
        provenance: Provenance of the checkpoint; a foreign network has the key ``source``.

    Returns:
        The accuracy on all test images in per cent.  For a foreign network with more than ``STRANGE_ERRORS`` times the
        paper's errors (§3.1), the paper's accuracy and possible causes are added.  For ``digits`` the paper reports no
        accuracy.
    """
    found = confusion.sum(axis=0)
    accuracy = 100 * found.trace() / found.sum()
    line = f"{network_id}: accuracy {accuracy:.2f} % of all test images"
    printed = REPORTED.get(f"accuracy/{network_id.dataset}")
    if "source" not in provenance or printed is None or 100 - accuracy <= STRANGE_ERRORS * (100 - printed.value):
        return line
    return (
        f"{line}, with more than twice the errors of the paper's {printed.text} %: it may have been trained on other "
        "data, on inputs scaled otherwise than from −1 to 1, or less"
    )


def _measured(
    run: RunFolder, network_id: NetworkId, piece: str, checkpoint: Checkpoint, progress: Progress
) -> xr.Dataset | None:
    """Load a piece if it is whole and was measured on this network; else report why not and return None."""
    path = run.piece(network_id, piece)
    if not path.exists():
        return None
    try:
        dataset = measurements.load(path)
    except CorruptArtefactError as error:
        progress.say(f"{network_id}: measured again: {error}")
        return None
    if measurements.provenance_of(dataset).get("network_sha256") != checkpoint.sha256:
        progress.say(f"{network_id}: measured again: {path} was measured on another network")
        return None
    if not measurements.is_whole(dataset):
        progress.say(f"{network_id}: measured again: {path} is condensed")
        return None
    return dataset


def _other_precision(pieces: Mapping[str, xr.Dataset], device: torch.device) -> str:
    """Return a note for messages if existing pieces were measured in another precision than the one in force."""
    sources = map(measurements.provenance_of, pieces.values())
    told = ((source.get("measured_on_device", ""), source.get("precision", "")) for source in sources)
    found = {told_precision(where, precision) for where, precision in told if where and precision}
    asked = precision_on(device)
    others = " and ".join(sorted(found - {asked}))
    return f"; they were measured in {others}, and {asked} is asked for" if others else ""


def _source(checkpoint: Checkpoint, profile: Profile, device: torch.device) -> dict[str, Any]:
    """Return the provenance of a piece; for a foreign network it names the file and has no training."""
    sessions = checkpoint.provenance.get("sessions", [])
    file = {name: checkpoint.provenance[name] for name in ("source", "source_sha256") if name in checkpoint.provenance}
    return file | {
        "profile": profile.name,
        "trained_on": " and ".join(dict.fromkeys(session["device_name"] for session in sessions)) or "unknown",
        "trained_on_device": " and ".join(dict.fromkeys(session["device"] for session in sessions)) or "unknown",
        "trained_precision": trained_precision(checkpoint.provenance),
        "training_wall_s": sum(session["wall_s"] for session in sessions),
        "training": checkpoint.provenance.get("training", {}),
        "network_sha256": checkpoint.sha256,
        "measured_on": device_name(device),
        "measured_on_device": device.type,
        "precision": precision_on(device),
        "machine": machine(),
        "software": software(),
        "commit": commit(),
    }
