"""Work on several networks at a time, one worker process each; their messages and counts reach this process.

Processes change no result, but that the number of threads in each may move the last bit of a sum; in training such bits
grow into weights that differ as those of other hardware do.
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
"""Least seconds between two lines of one worker about one piece of work."""

COUNT_EVERY_S = 1.0
"""Least seconds between two counts of one worker that come step by step."""


def room_for(n_networks: int, bytes_each: int) -> int:
    """Return how many networks to work on at a time: at least 1, at most what cores and memory allow.

    Args:
        n_networks: How many there are.
        bytes_each: Memory that the process of one may need.

    Returns:
        1 or more.
    """
    return max(1, min(n_networks, usable_cores(), usable_memory() // bytes_each))


def several_at_a_time(n_workers: int | None, n_networks: int, bytes_each: int) -> int:
    """Return how many networks to work on at a time, never more than there are.

    Args:
        n_workers: How many were asked for; None for as many as ``room_for`` allows.
        n_networks: How many networks there are to work on.
        bytes_each: Memory that work on one takes.

    Raises:
        ValueError: ``n_workers`` is not positive.
    """
    if n_workers is not None and n_workers < 1:
        raise ValueError(f"n_workers={n_workers}: expected at least 1")
    return min(n_workers or room_for(n_networks, bytes_each), n_networks)


def threads_of_each(n_at_once: int) -> int:
    """Return how many threads each of several processes computes in.

    Args:
        n_at_once: How many processes, 1 or more.

    Returns:
        Its share of the usable cores, at least 1, or fewer where ``OMP_NUM_THREADS`` asks for fewer.
    """
    share = max(1, usable_cores() // n_at_once)
    # A list tells of threads within threads, of which there are none here.
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
    """Do something to each of several networks, so many at a time, each in a process with its share of the cores.

    Interrupted, or when one network fails, the workers end at once; what they wrote is whole.

    Args:
        title: What is done, in a few words.
        total: What the counts of all jobs amount to.
        jobs: What is done to each network.  It tells of it through a ``Relay`` that it makes.
        n_at_once: How many at a time, 1 or more.
        progress: Told what the workers tell.
        precision: Float32 arithmetic of the GPU in the workers.

    Yields:
        Networks and results as they come, in any order.  Whatever the workers have told is told when all have come.

    Raises:
        BrokenProcessPool: A worker was killed.
        OSError: What they told could not be told here; raised when all is done.
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
    """In a worker: what is said is said by the process that started it, and what is counted counts there."""

    def __init__(self) -> None:
        super().__init__(interval_s=REPORT_EVERY_S)

    def say(self, line: str) -> None:
        """Pass the line on."""
        _events.put(("line", line, ""))

    def count(self, steps: float, note: str = "") -> None:
        """Count more of the work on all networks as done.

        Args:
            steps: How much more, in the unit of ``side_by_side``'s total.
            note: A few words beside it.
        """
        _events.put(("steps", steps, note))


class StepRelay(Relay):
    """A relay that passes on the steps of the one piece of work opened in it, in place of lines about it.

    Args:
        network_id: Named before every note.
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
        # All of it: training that diverges ends before its last step.
        self.count(total - told)
        self._say_done(title, start)


@contextmanager
def _listening(events: Any, progress: Progress, task: Task) -> Iterator[None]:
    """Pass on what the workers tell, until the context ends without an error.

    A worker that was ended may have held the queue's lock, or have told half of something: then nobody waits for it.
    What cannot be told is taken all the same, since workers wait where the queue is full.
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
"""In a worker: the queue to the process that started it, of ``("line", text, "")`` and ``("steps", n, note)``."""


def _prepare(events: Any, precision: Precision, n_threads: int) -> None:
    """Set up a worker."""
    global _events
    _events = events
    set_threads(n_threads)
    set_precision(precision)
