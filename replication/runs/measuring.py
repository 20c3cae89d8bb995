"""Measure the networks of a run, several at a time, because most of the work runs on one core on any device."""

from contextlib import closing
from functools import partial

import torch

from replication.precision import set_precision
from replication.progress import Progress
from replication.run_folder import RunFolder
from replication.runs.network_measuring import TYPICAL_S, measure_pieces
from replication.runs.side_by_side import Relay, several_at_a_time, side_by_side
from replication.study import NetworkId, Precision, Profile
from replication.threads import keep_to_usable_cores

WORKER_BYTES = 5 * 2**30
"""Memory per worker, with some to spare."""

GPU_WORKER_BYTES = 3 * 2**30
"""GPU memory per worker: its own CUDA context, the test images, and room for ablations."""


def measure_networks(
    run: RunFolder,
    network_ids: list[NetworkId],
    profile: Profile,
    device: torch.device,
    progress: Progress,
    *,
    precision: Precision = "ieee",
    n_workers: int | None = None,
) -> None:
    """Measure trained networks, skipping the pieces that the run already has.

    On an interruption or the failure of one network, all workers are ended at once; the files they wrote are complete.

    Args:
        run: Run folder; it holds the checkpoints and receives the pieces.
        network_ids: Networks to measure.
        profile: Measurement settings.
        device: Device to run the networks on.
        progress: Receives every step.
        precision: Float32 arithmetic of the GPU; the paper's GPU had IEEE.
        n_workers: Number of networks measured at a time; by default limited by cores, memory and GPU memory.  With 1
            the networks are measured in this process.

    Raises:
        ValueError: ``n_workers`` is not positive.
        FileNotFoundError: The run lacks one of the networks.
        CorruptArtefactError: A checkpoint is damaged.
        DataError: The test images can be neither found nor downloaded.
        BrokenProcessPool: A worker was killed.
    """
    set_precision(precision)
    # Release the GPU memory that torch cached during training in this process; workers could not use it.
    torch.cuda.empty_cache()
    n_at_once = _n_at_once(n_workers, len(network_ids), device)
    if n_at_once <= 1:
        keep_to_usable_cores()
        for network_id in network_ids:
            for _ in measure_pieces(run, network_id, profile, device, progress):
                pass
        return
    title = f"measure {len(network_ids)} networks, {n_at_once} at a time"
    jobs = {one: partial(_measure, run, one, profile, device, n_at_once) for one in network_ids}
    total = len(network_ids) * sum(TYPICAL_S.values())
    with closing(side_by_side(title, total, jobs, n_at_once, progress, precision=precision)) as measured:
        for _ in measured:
            pass


def _n_at_once(n_workers: int | None, n_networks: int, device: torch.device) -> int:
    """Return the number of networks to measure at a time."""
    n_at_once = several_at_a_time(n_workers, n_networks, WORKER_BYTES)
    if n_workers is not None or device.type != "cuda":
        return n_at_once
    free, _ = torch.cuda.mem_get_info(device)
    return max(1, min(n_at_once, free // GPU_WORKER_BYTES))


def _measure(run: RunFolder, network_id: NetworkId, profile: Profile, device: torch.device, n_at_once: int) -> None:
    """Measure one network in a worker, one of ``n_at_once``."""
    relay = Relay()
    for piece in measure_pieces(run, network_id, profile, device, relay, n_at_once=n_at_once):
        relay.count(TYPICAL_S[piece])
