"""Train the networks of a run: together on a GPU, one process per network on a CPU.

A training step of one small network does not occupy a GPU.  On a CPU, splitting such a step over several cores makes
threads wait at every small matrix product; one network per core avoids this.
"""

import math
from collections.abc import Generator
from contextlib import closing
from functools import partial

import torch

from replication.data import count, load
from replication.progress import SILENT, Progress
from replication.run_folder import RunFolder
from replication.runs.side_by_side import StepRelay, several_at_a_time, side_by_side
from replication.study import NetworkId, Profile
from replication.threads import keep_to_usable_cores
from replication.training import DivergedError, find_state, save_checkpoint, train_together

WORKER_BYTES = 2 * 2**30
"""Memory per worker, with some to spare: the training images, a step, and torch itself."""

WORTH_A_PROCESS = 1_000
"""Training steps, excluding the longest training, below which worker processes cost more time than they save.

They take about 50 s on two cores.
"""

Outcomes = Generator[tuple[NetworkId, DivergedError | None], None, None]
"""Networks, each with its error if it diverged."""


def train_networks(
    run: RunFolder,
    network_ids: list[NetworkId],
    profile: Profile,
    device: torch.device,
    progress: Progress,
    *,
    n_workers: int | None = None,
) -> list[NetworkId]:
    """Train networks, resuming from saved training states.

    On a CPU the bits of a trained network depend on the number of threads, and so on the number of networks trained at
    a time.  Its provenance records the number of threads of each session.

    Args:
        run: Run folder; each network is saved there as soon as it is trained.
        network_ids: Networks to train, without duplicates.
        profile: Training settings.
        device: Device to train on.
        progress: Receives every step, and a line for each network that diverged.
        n_workers: Number of networks trained at a time on a CPU; by default limited by cores and memory.  If it is 1,
            or little training is left, the networks are trained in this process, one after the other.

    Returns:
        Ids of the networks that did not diverge.

    Raises:
        ValueError: ``n_workers`` is not positive.
        DataError: The images can be neither found nor downloaded.
        BrokenProcessPool: A worker was killed.
    """
    n_at_once = several_at_a_time(n_workers, len(network_ids), WORKER_BYTES)
    n_images = {dataset: _n_images(dataset, profile) for dataset in {one.dataset for one in network_ids}}
    outcomes = _train_here(run, network_ids, profile, device, progress)
    if device.type == "cpu" and n_at_once > 1:
        steps = _steps_left(run, network_ids, profile, n_images)
        if sum(steps.values()) - max(steps.values()) >= WORTH_A_PROCESS:
            outcomes = _train_apart(run, steps, profile, n_at_once, progress)
    diverged = set()
    with closing(outcomes):
        for network_id, failure in outcomes:
            if failure is not None:
                progress.say(f"diverged: {failure}")
                diverged.add(network_id)
    return [network_id for network_id in network_ids if network_id not in diverged]


def _train_here(
    run: RunFolder, network_ids: list[NetworkId], profile: Profile, device: torch.device, progress: Progress
) -> Outcomes:
    """Train networks in this process, one data set at a time."""
    keep_to_usable_cores()
    for dataset in dict.fromkeys(network_id.dataset for network_id in network_ids):
        images = load(dataset, "train", profile, device)
        of_dataset = [network_id for network_id in network_ids if network_id.dataset == dataset]
        for network_id, outcome in train_together(of_dataset, profile, images, run.training_state, progress):
            if isinstance(outcome, DivergedError):
                yield network_id, outcome
                continue
            save_checkpoint(run.checkpoint(network_id), outcome)
            run.training_state(network_id).unlink(missing_ok=True)
            yield network_id, None


def _train_apart(
    run: RunFolder,
    steps: dict[NetworkId, int],
    profile: Profile,
    n_at_once: int,
    progress: Progress,
) -> Outcomes:
    """Train networks in worker processes on the CPU, ``n_at_once`` at a time, the longest first."""
    title = f"train {len(steps)} networks, {n_at_once} at a time"
    jobs = {one: partial(_train, run, one, profile) for one in sorted(steps, key=steps.__getitem__, reverse=True)}
    yield from side_by_side(title, sum(steps.values()), jobs, n_at_once, progress, precision="ieee")


def _train(run: RunFolder, network_id: NetworkId, profile: Profile) -> DivergedError | None:
    """Train one network in a worker; return the error if it diverged."""
    ((_, failure),) = _train_here(run, [network_id], profile, torch.device("cpu"), StepRelay(network_id))
    return failure


def _n_images(dataset: str, profile: Profile) -> int:
    """Return the number of training images, downloading missing files once for all workers.

    Test images are checked as well, so that a missing file is reported now and not after hours of training.
    """
    n_images = count(dataset, "train", profile)
    count(dataset, "test", profile)
    return n_images


def _steps_left(
    run: RunFolder, network_ids: list[NetworkId], profile: Profile, n_images: dict[str, int]
) -> dict[NetworkId, int]:
    """Return the number of training steps that each network still needs."""
    steps = {}
    for network_id in network_ids:
        state = find_state(run.training_state(network_id), network_id, profile, torch.device("cpu"), SILENT)
        n_epochs = profile.epochs - (len(state.provenance["loss_per_epoch"]) if state else 0)
        steps[network_id] = n_epochs * math.ceil(n_images[network_id.dataset] / profile.batch_size)
    return steps
