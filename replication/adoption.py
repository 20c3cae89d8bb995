"""A network from elsewhere: read, and taken into a run."""

import itertools
from pathlib import Path

import torch

from replication.data import count
from replication.files import CorruptArtefactError
from replication.run_folder import RunFolder
from replication.study import NetworkId, Profile
from replication.training import Checkpoint, load_checkpoint, read_foreign_weights, save_checkpoint


def read_network(path: Path, dataset: str, profile: Profile) -> Checkpoint:
    """Read a checkpoint from elsewhere once it is clear that it can be measured; no run is touched.

    Args:
        path: A safetensors file, or weights that ``torch.save`` wrote; nothing in it is executed.
        dataset: What the network was trained on.
        profile: How much shall be measured.

    Returns:
        The weights, on the CPU.

    Raises:
        CorruptArtefactError: The file cannot be read as weights of this architecture, or one is no finite number.
        FileNotFoundError: There is no such file.
        DataError: The images are neither found nor downloaded.
    """
    checkpoint = read_foreign_weights(path)
    try:
        checkpoint.network(torch.device("cpu"))
    except CorruptArtefactError as error:
        raise CorruptArtefactError(f"{path} is {error}") from None
    count(dataset, "test", profile)
    return checkpoint


def adopt_network(run: RunFolder, checkpoint: Checkpoint, dataset: str) -> NetworkId:
    """Take a network from elsewhere into a run, under the next free seed of its data set.

    A network that the run already holds keeps the seed it has, so that a command that was stopped can be repeated.

    Args:
        run: The run that takes it.
        checkpoint: The network, as ``read_network`` returns it.
        dataset: What the network was trained on.

    Returns:
        The id under which it now stands in the run.
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
    """Return whether a whole checkpoint with the very same tensors lies there."""
    try:
        return load_checkpoint(path).sha256 == checkpoint.sha256
    except (CorruptArtefactError, FileNotFoundError):
        return False
