"""The study from end to end: each step looks for what is there, makes what is missing, and says which it did."""

import torch

from replication.evidence import load_networks
from replication.files import CorruptArtefactError, exclusive
from replication.precision import set_precision
from replication.progress import Progress
from replication.run_folder import NotARunError, RunFolder
from replication.run_measuring import measure_networks
from replication.run_training import train_networks
from replication.schema import PIECES
from replication.study import NetworkId, Precision, Profile
from replication.training import load_checkpoint, other_precision


def obtain_networks(
    run: RunFolder,
    network_ids: list[NetworkId],
    profile: Profile,
    device: torch.device,
    progress: Progress,
    *,
    n_workers: int | None = None,
) -> list[NetworkId]:
    """Train what is not trained yet, in the way that suits the device; see ``train_networks``.

    Args:
        run: The run the networks belong to; it takes each as soon as it is done.
        network_ids: Which networks.
        profile: How they are trained.
        device: Where.
        progress: Told of each step, with a line for each network that diverged.
        n_workers: How many are trained at a time on a CPU; by default as many as there is room for.

    Returns:
        The ids of the networks that did not diverge.

    Raises:
        NotARunError: The run holds a network of that id that was trained otherwise, or elsewhere.
        DataError: The images are neither found nor downloaded.
        ValueError: ``n_workers`` is not positive.
    """
    asked = dict.fromkeys(network_ids)
    missing = [network_id for network_id in asked if not _is_trained(run, network_id, profile, device, progress)]
    trained = train_networks(run, missing, profile, device, progress, n_workers=n_workers)
    return [network_id for network_id in network_ids if network_id in trained or network_id not in missing]


def _is_trained(
    run: RunFolder, network_id: NetworkId, profile: Profile, device: torch.device, progress: Progress
) -> bool:
    """Return whether a whole network is there; say so, and where it is damaged or of another arithmetic.

    Raises:
        NotARunError: What is there was trained otherwise, or elsewhere; it is never overwritten.
    """
    path = run.checkpoint(network_id)
    if not path.exists():
        return False
    try:
        found = load_checkpoint(path).provenance
    except CorruptArtefactError as error:
        progress.say(f"{network_id}: trained again: {error}")
        return False
    if (found.get("network"), found.get("training")) != (str(network_id), profile.training):
        raise NotARunError(
            f"{path} is another network: found {found.get('network', found.get('source'))!r} trained as "
            f"{found.get('training')}, expected {network_id} trained as {profile.training}; name "
            "another folder with --run"
        )
    progress.say(f"{network_id}: network cached{other_precision(found, device)}")
    return True


def _came_measured(run: RunFolder, network_ids: list[NetworkId], progress: Progress) -> list[NetworkId]:
    """Return those whose measurements are there and the network is not, as in a condensed run; say so.

    Raises:
        CorruptArtefactError: Measurements of some of them are of no use.
    """
    found = [one for one in network_ids if run.holds(one, PIECES) and not run.checkpoint(one).exists()]
    load_networks(run, found)
    for network_id in found:
        progress.say(f"{network_id}: measurements kept, the network itself is not here")
    return found


def run_study(
    run: RunFolder,
    network_ids: list[NetworkId],
    profile: Profile,
    device: torch.device,
    progress: Progress,
    *,
    precision: Precision = "ieee",
    n_workers: int | None = None,
) -> list[NetworkId]:
    """Train and measure networks in a run folder that nobody else works in; return those that did not diverge.

    Args:
        run: The run; what it already holds is kept.
        network_ids: Which networks.
        profile: How they are trained and measured.
        device: Where.
        progress: Told of each step.
        precision: Float32 arithmetic of the GPU; the paper's had IEEE.
        n_workers: Networks measured at a time, and on a CPU trained; by default as many as the machine has room for.

    Returns:
        The ids of the measured networks.

    Raises:
        RunLockedError: Another process works in the run's folder.
        NotARunError: The folder is of another profile, or holds a network of such an id that was trained otherwise.
        CorruptArtefactError: Measurements whose network is elsewhere are of no use.
        DataError: The images are neither found nor downloaded.
        ValueError: ``n_workers`` is not positive.
    """
    set_precision(precision)
    with exclusive(run.path):
        run.describe(profile)
        kept = _came_measured(run, network_ids, progress)
        here = [network_id for network_id in network_ids if network_id not in kept]
        trained = obtain_networks(run, here, profile, device, progress, n_workers=n_workers)
        measure_networks(run, trained, profile, device, progress, precision=precision, n_workers=n_workers)
    return [network_id for network_id in network_ids if network_id in trained or network_id in kept]
