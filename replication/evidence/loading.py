"""Loading the measurements of networks from a run."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import xarray as xr

from replication.evidence.network import NetworkEvidence
from replication.files import CorruptArtefactError, tensors_digest
from replication.measurements import load, provenance_of
from replication.run_folder import RunFolder
from replication.schema import PIECES
from replication.study import NetworkId


def load_networks(run: RunFolder, network_ids: Iterable[NetworkId]) -> list[NetworkEvidence]:
    """Load the measurements of networks.

    Args:
        run: The run; must hold all pieces of each network.
        network_ids: The networks to load.

    Returns:
        The evidence of each network, in the order of ``network_ids``.

    Raises:
        CorruptArtefactError: For some networks a piece is damaged or from another release, or the pieces were measured
            on different networks, or on another network than the checkpoint beside them.  The message names all such
            networks and a remedy.
    """
    found, bad = [], {}
    for network_id in network_ids:
        try:
            found.append(NetworkEvidence(str(network_id), _pieces(run, network_id)))
        except CorruptArtefactError as error:
            bad[network_id] = str(error)
    if bad:
        reasons = (f"{network_id}: {reason}" for network_id, reason in bad.items())
        raise CorruptArtefactError(
            f"{run.path} holds measurements of no use: " + "; ".join([*reasons, *_remedies(run, list(bad))])
        )
    return found


def _pieces(run: RunFolder, network_id: NetworkId) -> dict[str, xr.Dataset]:
    """Return the pieces of one network.

    Raises:
        CorruptArtefactError: A piece cannot be read, or the pieces were measured on different networks, or on another
            network than the checkpoint beside them.
    """
    pieces = {piece: load(run.piece(network_id, piece)) for piece in PIECES}
    measured = {provenance_of(piece).get("network_sha256") for piece in pieces.values()}
    if len(measured) > 1:
        raise CorruptArtefactError(f"its pieces were measured on {len(measured)} different networks")
    checkpoint = run.checkpoint(network_id)
    if measured != {None} and checkpoint.exists() and not _may_be(checkpoint, measured):
        raise CorruptArtefactError(f"its pieces were measured on another network than {checkpoint}")
    return pieces


def _may_be(checkpoint: Path, measured: set[str | None]) -> bool:
    """Return whether a checkpoint may be the measured network; True if it is damaged and cannot be compared."""
    try:
        return {tensors_digest(checkpoint)} == measured
    except CorruptArtefactError:
        return True


def _remedies(run: RunFolder, network_ids: list[NetworkId]) -> Iterator[str]:
    """Yield the remedy for networks with a checkpoint beside them, and for networks without."""
    here = [network_id for network_id in network_ids if run.checkpoint(network_id).exists()]
    if here:
        yield f"measure {' and '.join(map(str, here))} again with: replication measure --run {run.path}"
    folders = [str(run.network_folder(network_id)) for network_id in network_ids if network_id not in here]
    if folders:
        yield f"delete {' and '.join(folders)}, or merge them again from where they came"
