"""Worker processes that outlive neither what they were started for nor the process that started them."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from multiprocessing import active_children, get_context, parent_process
from typing import TypeVar

import psutil

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")

MOST_PROCESSES = 61 if sys.platform == "win32" else sys.maxsize
"""Under Windows a process can wait for no more."""


def in_workers(
    calls: Mapping[Key, Callable[[], Result]], n_processes: int, prepare: Callable[[], None] | None = None
) -> Generator[tuple[Key, Result], None, None]:
    """Make calls in worker processes, several at a time.

    Whatever ends this before its time (an interruption, the error of a call, a caller who closes the generator) ends
    the workers at once, with all processes that they have started, in the midst of their calls.  What a call writes
    it must write atomically.

    Args:
        calls: The calls by name; what they are made of can be pickled.
        n_processes: How many at a time, 1 or more; under Windows 61 at the most.
        prepare: Called first in each worker.

    Yields:
        Names and results as they come, in any order.

    Raises:
        BrokenProcessPool: A worker was killed.
    """
    before = set(active_children())
    # Spawned, because a fork would copy the locks of the threads that torch and numba have running.
    context = get_context("spawn")
    with ProcessPoolExecutor(
        min(n_processes, MOST_PROCESSES), mp_context=context, initializer=_begin, initargs=(prepare,)
    ) as pool:
        try:
            with _interruptions_held_back():
                names = {pool.submit(call): name for name, call in calls.items()}
            for done in as_completed(names):
                yield names[done], done.result()
        except BaseException:
            # Leaving the pool waits for its workers, and would so for all calls that are not made yet.
            _end(one.pid for one in set(active_children()) - before if one.pid)
            raise


def end_with_parent() -> None:
    """Let this worker end when its parent does: the first thing that a pool's worker is to call.

    A command given again must not meet workers left over from one that was killed.
    """
    threading.Thread(target=_wait_and_end, daemon=True).start()


def _wait_and_end() -> None:
    """End this process, and with it the workers it may have, once its parent is gone."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _begin(prepare: Callable[[], None] | None) -> None:
    """Set up a worker."""
    end_with_parent()
    if prepare is not None:
        prepare()


def _end(pids: Iterable[int]) -> None:
    """End processes, and all that they have started, in the midst of their work."""
    for one in _hold(pids):
        with suppress(psutil.Error):
            one.kill()


def _hold(pids: Iterable[int]) -> list[psutil.Process]:
    """Let processes, and all that they have started, come to a halt.

    They would start others meanwhile, and those would tell of a parent that ended before they had begun.
    """
    held = []
    for pid in pids:
        with suppress(psutil.Error):
            one = psutil.Process(pid)
            one.suspend()
            held += [one, *_hold(child.pid for child in one.children())]
    return held


@contextmanager
def _interruptions_held_back() -> Iterator[None]:
    """Hold SIGINT back, where that can be done, in this thread and for good in the processes it starts meanwhile.

    A terminal sends it to all of them.  Workers leave it to their parent, who ends them: each would tell of it.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
