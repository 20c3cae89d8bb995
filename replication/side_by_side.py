"""Measuring several networks at a time, one process each: most of it runs on one core, whatever the device.

Processes change no result, but that the number of threads in each may move the last bit of a sum.
"""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any

import torch

from replication.machine import usable_cores, usable_memory
from replication.network_measuring import measure_pieces
from replication.precision import Precision, set_precision
from replication.processes import in_workers
from replication.progress import LogProgress, Progress, Task
from replication.run_folder import RunFolder
from replication.study import NetworkId, Profile

TYPICAL_S = {
    "intact": 9,
    "draws": 227,
    "units": 90,
    "activations": 4,
    "cumulative": 66,
    "horizontal": 450,
    "vertical": 102,
}
"""Seconds that each piece took on two cores: what it counts for in the time left, and nothing else."""

WORKER_BYTES = 5 * 2**30
"""Memory that a worker may need, with some to spare."""

REPORT_EVERY_S = 60.0
"""Least seconds between two lines of one worker about one piece of work."""


def room_for(n_networks: int) -> int:
    """Return how many networks to measure at a time: at least 1, at most what cores and memory allow."""
    return max(1, min(n_networks, usable_cores(), usable_memory() // WORKER_BYTES))


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
    """Measure trained networks, leaving out the pieces the run already has.

    Interrupted, or when one network fails, the workers end at once; what they wrote is whole.

    Args:
        run: The run; it holds the checkpoints, and takes the pieces.
        network_ids: Which networks.
        profile: How much is measured.
        device: Where the networks run.
        progress: Told what is done.
        precision: Float32 arithmetic of the GPU; the paper's had IEEE.
        n_workers: How many at a time; by default as many as ``room_for``.  One is measured here, in this process.

    Raises:
        ValueError: ``n_workers`` is not positive.
        FileNotFoundError: The run lacks one of the networks.
        CorruptArtefactError: A checkpoint is damaged.
        DataError: The test images are not to be had.
    """
    if n_workers is not None and n_workers < 1:
        raise ValueError(f"n_workers={n_workers}: expected at least 1")
    n_workers = min(n_workers or room_for(len(network_ids)), len(network_ids))
    set_precision(precision)
    # What training in this process has kept of a GPU's memory, no worker could take.
    torch.cuda.empty_cache()
    if n_workers <= 1:
        for network_id in network_ids:
            for _ in measure_pieces(run, network_id, profile, device, progress):
                pass
        return
    title = f"measure {len(network_ids)} networks, {n_workers} at a time"
    context = get_context("spawn")
    events = context.SimpleQueue()
    with progress.task(title, len(network_ids) * sum(TYPICAL_S.values())) as task, _listening(events, progress, task):
        n_threads = max(1, usable_cores() // n_workers)
        prepare = partial(_prepare, events, precision, n_threads)
        jobs = {one: partial(_measure, run, one, profile, str(device), n_workers) for one in network_ids}
        with closing(in_workers(jobs, n_workers, prepare)) as measured:
            for _ in measured:
                pass


@contextmanager
def _listening(events: Any, progress: Progress, task: Task) -> Iterator[None]:
    """Pass on what the workers tell, until the context ends without an error.

    A worker that was ended may have held the queue's lock, or have told half of something: then nobody waits for it.
    """

    def listen() -> None:
        while (event := events.get()) is not None:
            kind, text = event
            if kind == "piece":
                task.advance(TYPICAL_S[text])
            else:
                progress.say(text)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    yield
    events.put(None)
    listener.join()


class _Relay(LogProgress):
    """What is said in a worker is said by the process that started it."""

    def __init__(self, events: Any) -> None:
        super().__init__(interval_s=REPORT_EVERY_S)
        self._events = events

    def say(self, line: str) -> None:
        """Pass the line on."""
        self._events.put(("line", line))


_events: Any = None
"""In a worker: the queue to the process that started it, of ``("piece", its name)`` and ``("line", what is said)``."""


def _prepare(events: Any, precision: Precision, n_threads: int) -> None:
    """Set up a worker."""
    from threadpoolctl import threadpool_limits

    global _events
    _events = events
    torch.set_num_threads(n_threads)
    threadpool_limits(n_threads)
    set_precision(precision)


def _measure(run: RunFolder, network_id: NetworkId, profile: Profile, device: str, n_at_once: int) -> None:
    """Measure one network in a worker, one of so many."""
    progress = _Relay(_events)
    for piece in measure_pieces(run, network_id, profile, torch.device(device), progress, n_at_once=n_at_once):
        _events.put(("piece", piece))
