"""The study from end to end: each step looks for what is there, makes what is missing, and says which it did."""

import torch

from replication.data import load
from replication.files import CorruptArtefactError
from replication.progress import Progress
from replication.run_folder import RunFolder
from replication.study import NetworkId, Profile
from replication.training import Checkpoint, DivergedError, load_checkpoint, save_checkpoint, train


def obtain_network(
    run: RunFolder, network_id: NetworkId, profile: Profile, device: torch.device, progress: Progress
) -> Checkpoint:
    """Return the trained network of that id, trained now where the run has none that is whole.

    Args:
        run: The run it belongs to.
        network_id: Which network.
        profile: How it is trained.
        device: Where it is trained.
        progress: Told what is done.

    Returns:
        The checkpoint, which stands in the run folder.
    """
    path, state = run.checkpoint(network_id), run.training_state(network_id)
    if path.exists():
        try:
            checkpoint = load_checkpoint(path)
        except CorruptArtefactError as error:
            progress.say(f"{network_id}: trained again: {error}")
        else:
            progress.say(f"{network_id}: network cached")
            return checkpoint
    images, _ = load(network_id.dataset, profile, device)
    checkpoint = train(network_id, profile, images, state, progress)
    save_checkpoint(path, checkpoint)
    state.unlink(missing_ok=True)
    return checkpoint


def obtain_networks(
    run: RunFolder, network_ids: list[NetworkId], profile: Profile, device: torch.device, progress: Progress
) -> dict[NetworkId, Checkpoint]:
    """Return the trained networks, without those that diverged, which are named in a line each."""
    checkpoints = {}
    for network_id in network_ids:
        try:
            checkpoints[network_id] = obtain_network(run, network_id, profile, device, progress)
        except DivergedError as error:
            progress.say(f"diverged: {error}")
    return checkpoints
