"""Import a network that this suite did not train into a run."""

import itertools
import re
from pathlib import Path

import torch

from replication.data import count
from replication.files import CorruptArtefactError
from replication.run_folder import RunFolder
from replication.study import NetworkId, Profile
from replication.training import Checkpoint, load_checkpoint, read_foreign_weights, save_checkpoint

LONGEST_NAME = 32
"""Most characters of a file's name in the name of a folder."""


def read_network(path: Path, dataset: str, profile: Profile) -> Checkpoint:
    """Read a foreign checkpoint and check that it can be measured, without touching a run.

    Args:
        path: A safetensors file, or weights saved by ``torch.save``; no code in it is executed.
        dataset: Data set that the network was trained on.
        profile: Measurement settings.

    Returns:
        The weights, on the CPU.

    Raises:
        CorruptArtefactError: The file does not hold weights of this architecture, or a weight is NaN or infinite.
        FileNotFoundError: There is no such file.
        DataError: The test images can be neither found nor downloaded.
    """
    checkpoint = read_foreign_weights(path)
    try:
        checkpoint.network(torch.device("cpu"))
    except CorruptArtefactError as error:
        raise CorruptArtefactError(f"{path} is {error}") from None
    count(dataset, "test", profile)
    return checkpoint


def own_folder(checkpoint: Checkpoint, dataset: str, profile: Profile) -> Path:
    """Return the default run folder of a foreign network, where this suite trains none and no other network goes.

    Args:
        checkpoint: The network, as returned by ``read_network``.
        dataset: Data set that the network was trained on.
        profile: Measurement settings.

    Returns:
        ``runs/foreign/NAME-SHA8-DATASET-PROFILE``, with the name of the network's file, shortened and without
        characters that a shell reads, and the first 8 digits of the file's SHA-256.  It depends on nothing else.
    """
    name = re.sub(r"[^\w.-]+", "-", Path(checkpoint.provenance["source"]).stem)[:LONGEST_NAME]
    sha256 = checkpoint.provenance["source_sha256"]
    return Path("runs") / "foreign" / f"{name}-{sha256[:8]}-{dataset}-{profile.name}"


def adopt_network(run: RunFolder, checkpoint: Checkpoint, dataset: str) -> NetworkId:
    """Save a foreign network in a run under the lowest free seed of its data set.

    A network that the run already holds keeps its seed, so that an interrupted command can be repeated.

    Args:
        run: The run that receives the network.
        checkpoint: The network, as returned by ``read_network``.
        dataset: Data set that the network was trained on.

    Returns:
        The network's id in the run.
    """
    present = [network_id for network_id in run.networks() if network_id.dataset == dataset]
    for network_id in present:
        if _holds(run.checkpoint(network_id), checkpoint):
            return network_id
    taken = {network_id.seed for network_id in present}
    network_id = NetworkId(dataset, next(seed for seed in itertools.count() if seed not in taken))
    save_checkpoint(run.checkpoint(network_id), checkpoint)
    return network_id


def _holds(path: Path, checkpoint: Checkpoint) -> bool:
    """Return whether ``path`` holds an intact checkpoint with the same tensors."""
    try:
        return load_checkpoint(path).sha256 == checkpoint.sha256
    except (CorruptArtefactError, FileNotFoundError):
        return False
