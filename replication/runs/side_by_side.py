"""Process several networks at a time, one worker process each, and relay their progress to this process.

Results do not depend on the processes, except that the number of threads in each may change the last bit of a sum.  In
training such differences grow until weights differ as between machines.
"""

import os
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any, TypeVar

from replication.machine import usable_cores, usable_memory
from replication.precision import set_precision
from replication.processes import in_workers
from replication.progress import LogProgress, Progress, Task
from replication.study import NetworkId, Precision
from replication.threads import set_threads

Result = TypeVar("Result")

REPORT_EVERY_S = 60.0
"""Minimum seconds between two lines of one worker about one piece of work."""

COUNT_EVERY_S = 1.0
"""Minimum seconds between two messages of one worker about its steps."""


def room_for(n_networks: int, bytes_each: int) -> int:
    """Return the number of networks that cores and memory allow to process at a time.

    Args:
        n_networks: Number of networks, an upper limit.
        bytes_each: Memory per process, in bytes.

    Returns:
        At least 1.
    """
    return max(1, min(n_networks, usable_cores(), usable_memory() // bytes_each))


def several_at_a_time(n_workers: int | None, n_networks: int, bytes_each: int) -> int:
    """Return the number of networks to process at a time, at most ``n_networks``.

    Args:
        n_workers: Requested number; None for the result of ``room_for``.
        n_networks: Number of networks to process.
        bytes_each: Memory per process, in bytes.

    Raises:
        ValueError: ``n_workers`` is not positive.
    """
    if n_workers is not None and n_workers < 1:
        raise ValueError(f"n_workers={n_workers}: expected at least 1")
    return min(n_workers or room_for(n_networks, bytes_each), n_networks)


def threads_of_each(n_at_once: int) -> int:
    """Return the number of threads for each of several processes.

    Args:
        n_at_once: Number of processes, at least 1.

    Returns:
        An equal share of the usable cores, at least 1, or ``OMP_NUM_THREADS`` if that is smaller.
    """
    share = max(1, usable_cores() // n_at_once)
    # Further elements of a list apply to nested threads, which are not used here.
    asked = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return min(share, max(1, int(asked))) if asked.isdecimal() else share


def side_by_side(
    title: str,
    total: float,
    jobs: Mapping[NetworkId, Callable[[], Result]],
    n_at_once: int,
    progress: Progress,
    *,
    precision: Precision,
) -> Generator[tuple[NetworkId, Result], None, None]:
    """Run one job per network in worker processes, ``n_at_once`` at a time, each with its share of the cores.

    On an interruption or the failure of one network, all workers are ended at once; the files they wrote are complete.

    Args:
        title: Short description of the work.
        total: Total number of steps of all jobs.
        jobs: A picklable callable per network, which reports through a ``Relay`` that it creates.
        n_at_once: Number of jobs at a time, at least 1.
        progress: Receives the workers' messages and counts.
        precision: Float32 precision of the GPU in the workers.

    Yields:
        Networks and results in order of completion.  All messages have been relayed when the generator is exhausted.

    Raises:
        BrokenProcessPool: A worker was killed.
        Exception: A message could not be shown, for the reason that ``progress`` raised; after all jobs are done.
    """
    events = get_context("spawn").SimpleQueue()
    prepare = partial(_prepare, events, precision, threads_of_each(n_at_once))
    with (
        progress.task(title, total) as task,
        _listening(events, progress, task),
        closing(in_workers(jobs, n_at_once, prepare)) as done,
    ):
        yield from done


class Relay(LogProgress):
    """Progress of a worker, whose messages and counts are relayed to the parent process."""

    def __init__(self) -> None:
        super().__init__(interval_s=REPORT_EVERY_S)

    def say(self, line: str) -> None:
        """Pass the line on to the parent process."""
        _events.put(("line", line, ""))

    def count(self, steps: float, note: str = "") -> None:
        """Add to the number of steps done on all networks.

        Args:
            steps: Steps to add, in the unit of ``side_by_side``'s total.
            note: Short remark to display.
        """
        _events.put(("steps", steps, note))


class StepRelay(Relay):
    """A relay that passes on the steps of its single task instead of lines about it.

    Args:
        network_id: Prefix of every note.
    """

    def __init__(self, network_id: NetworkId) -> None:
        super().__init__()
        self._network_id = network_id

    @contextmanager
    def task(self, title: str, total: float) -> Iterator[Task]:
        """Open the piece of work."""
        start = told_at = time.monotonic()
        told = 0.0

        def on_advance(done: float, note: str) -> None:
            nonlocal told, told_at
            if time.monotonic() - told_at >= COUNT_EVERY_S:
                self.count(done - told, f"{self._network_id}: {note}")
                told, told_at = done, time.monotonic()

        yield Task(on_advance)
        # Count the whole total, because training that diverges ends early.
        self.count(total - told)
        self._say_done(title, start)


@contextmanager
def _listening(events: Any, progress: Progress, task: Task) -> Iterator[None]:
    """Relay the workers' events to ``progress`` and ``task`` until the context ends without an error.

    After an error the listener is not joined, because a killed worker may have held the queue's lock or sent half of an
    event.  If an event cannot be shown, the listener continues to read, because workers block on a full queue; the
    first failure is raised at the end.
    """
    failures: list[Exception] = []

    def listen() -> None:
        while (event := events.get()) is not None:
            kind, told, note = event
            try:
                if kind == "steps":
                    task.advance(told, note)
                else:
                    progress.say(told)
            except Exception as error:
                failures.append(error)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    yield
    events.put(None)
    listener.join()
    if failures:
        raise failures[0]


_events: Any = None
"""In a worker, the queue to the parent process, of ``("line", text, "")`` and ``("steps", n, note)``."""


def _prepare(events: Any, precision: Precision, n_threads: int) -> None:
    """Set up a worker: event queue, threads and precision."""
    global _events
    _events = events
    set_threads(n_threads)
    set_precision(precision)
