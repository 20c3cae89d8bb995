"""The study from end to end: each step reuses existing results, computes missing ones, and reports which it did."""

import torch

from replication.evidence import load_networks
from replication.files import CorruptArtefactError, exclusive
from replication.precision import set_precision
from replication.progress import Progress
from replication.run_folder import NotARunError, RunFolder
from replication.runs.measuring import measure_networks
from replication.runs.training import train_networks
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
    """Train the networks that the run does not hold yet; see ``train_networks``.

    Raises:
        NotARunError: The run holds a network of the same id with other training settings or of foreign origin.
    """
    asked = dict.fromkeys(network_ids)
    missing = [network_id for network_id in asked if not _is_trained(run, network_id, profile, device, progress)]
    trained = train_networks(run, missing, profile, device, progress, n_workers=n_workers)
    return [network_id for network_id in network_ids if network_id in trained or network_id not in missing]


def _is_trained(
    run: RunFolder, network_id: NetworkId, profile: Profile, device: torch.device, progress: Progress
) -> bool:
    """Return whether the run holds an intact checkpoint; report if it is cached, damaged or of another precision.

    Raises:
        NotARunError: The checkpoint has other training settings or foreign origin; it is never overwritten.
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


def _measured_without_checkpoint(run: RunFolder, network_ids: list[NetworkId], progress: Progress) -> list[NetworkId]:
    """Return the networks with complete measurements but no checkpoint, as in a condensed run, and report them.

    Raises:
        CorruptArtefactError: Measurements of such a network are unusable.
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
    """Train and measure networks in a run folder, holding its lock.

    Args:
        run: Run folder; existing results are kept.
        network_ids: Networks to train and measure.
        profile: Training and measurement settings.
        device: Device to train and measure on.
        progress: Receives every step.
        precision: Float32 arithmetic of the GPU; the paper's GPU had IEEE.
        n_workers: Number of networks measured at a time, and on a CPU also trained at a time; by default limited by
            cores and memory.

    Returns:
        Ids of the measured networks, that is, of all that did not diverge.

    Raises:
        RunLockedError: Another process holds the lock of the run folder.
        NotARunError: The folder belongs to another profile, or holds a network of the same id with other training
            settings.
        CorruptArtefactError: Measurements without a checkpoint are unusable.
        DataError: The images can be neither found nor downloaded.
        ValueError: ``n_workers`` is not positive.
        BrokenProcessPool: A worker was killed.
    """
    set_precision(precision)
    with exclusive(run.path):
        run.describe(profile)
        kept = _measured_without_checkpoint(run, network_ids, progress)
        here = [network_id for network_id in network_ids if network_id not in kept]
        trained = obtain_networks(run, here, profile, device, progress, n_workers=n_workers)
        measure_networks(run, trained, profile, device, progress, precision=precision, n_workers=n_workers)
    return [network_id for network_id in network_ids if network_id in trained or network_id in kept]
