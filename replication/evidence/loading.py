"""Networks' measurements read from a run."""

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
    """Read the measurements of networks.

    Args:
        run: The run; it holds all pieces of each.
        network_ids: Which networks.

    Returns:
        Their evidence, in the same order.

    Raises:
        CorruptArtefactError: Of some networks a piece is damaged or of another release, or pieces were measured on
            different networks or on another than lies beside them; the message names all of them and the way out.
    """
    found, bad = [], {}
    for network_id in network_ids:
        try:
            found.append(NetworkEvidence(str(network_id), _pieces(run, network_id)))
        except CorruptArtefactError as error:
            bad[network_id] = str(error)
    if bad:
        told = (f"{network_id}: {reason}" for network_id, reason in bad.items())
        raise CorruptArtefactError(
            f"{run.path} holds measurements of no use: " + "; ".join([*told, *_ways_out(run, list(bad))])
        )
    return found


def _pieces(run: RunFolder, network_id: NetworkId) -> dict[str, xr.Dataset]:
    """Return the pieces of one network.

    Raises:
        CorruptArtefactError: One cannot be read, or they were measured on different networks, or on another than lies
            beside them.
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
    """Return whether a checkpoint is the network measured, or damaged: then it says nothing against measurements."""
    try:
        return {tensors_digest(checkpoint)} == measured
    except CorruptArtefactError:
        return True


def _ways_out(run: RunFolder, network_ids: list[NetworkId]) -> Iterator[str]:
    """Yield what can be done about networks with the checkpoint beside them, and about those without."""
    here = [network_id for network_id in network_ids if run.checkpoint(network_id).exists()]
    if here:
        yield f"measure {' and '.join(map(str, here))} again with: replication measure --run {run.path}"
    folders = [str(run.network_folder(network_id)) for network_id in network_ids if network_id not in here]
    if folders:
        yield f"delete {' and '.join(folders)}, or merge them again from where they came"
