"""Worker processes that end with their task and with their parent process."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import TypeVar

import psutil

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")

MOST_PROCESSES = 61 if sys.platform == "win32" else sys.maxsize
"""Maximum number of workers; a process on Windows can wait for no more than 61."""


def in_workers(
    calls: Mapping[Key, Callable[[], Result]], n_processes: int, prepare: Callable[[], None] | None = None
) -> Generator[tuple[Key, Result], None, None]:
    """Run calls in worker processes, several at a time; see ``beside``, which takes the same arguments.

    The calls begin when the first result is requested.  Closing the generator ends them.

    Yields:
        Names and results in order of completion.

    Raises:
        BrokenProcessPool: A worker was killed.
    """
    with beside(calls, n_processes, prepare) as results:
        yield from results


@contextmanager
def beside(
    calls: Mapping[Key, Callable[[], Result]], n_processes: int, prepare: Callable[[], None] | None = None
) -> Iterator[Iterator[tuple[Key, Result]]]:
    """Run calls in worker processes while the body of the ``with`` statement does other work.

    When the body ends before all calls have, by an interruption or an exception too, all workers and their child
    processes are killed at once, in the middle of their calls.  Calls must therefore write files atomically.  A script
    must start them under ``if __name__ == "__main__":``, because each worker imports the script.

    Args:
        calls: Picklable callables by name.
        n_processes: Number of workers, at least 1; on Windows no more than 61 are used.
        prepare: Called once in each worker before its first call.

    Yields:
        Iterator of names and results in order of completion.  It waits for each result; it raises the exception of a
        call, or ``BrokenProcessPool`` if a worker was killed.
    """
    before = set(active_children())
    # Spawn, because a fork would copy locks held by running threads of torch and numba.
    context = get_context("spawn")
    names: dict[Future[Result], Key] = {}
    with ProcessPoolExecutor(
        min(n_processes, MOST_PROCESSES), mp_context=context, initializer=_begin, initargs=(prepare,)
    ) as pool:
        workers: set[BaseProcess] = set()
        try:
            try:
                with _interruptions_held_back():
                    for name, call in calls.items():
                        names[pool.submit(call)] = name
            finally:
                # Submitting starts them; whatever the body starts is left alone.
                workers = set(active_children()) - before
            yield ((names[done], done.result()) for done in as_completed(names))
        finally:
            if len(names) < len(calls) or not all(call.done() for call in names):
                # Kill the workers first: leaving the pool waits for them, and for all pending calls.
                _end(one.pid for one in workers if one.pid)


def end_with_parent() -> None:
    """Make this worker exit when its parent does; each worker must call this first.

    Otherwise a repeated command could meet workers left over from a killed one.
    """
    threading.Thread(target=_wait_and_end, daemon=True).start()


def _wait_and_end() -> None:
    """Exit this process when its parent is gone; workers of this process then exit as well."""
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
    """Kill processes and all their descendants."""
    for one in _hold(pids):
        with suppress(psutil.Error):
            one.kill()


def _hold(pids: Iterable[int]) -> list[psutil.Process]:
    """Suspend processes and all their descendants, and return them.

    Otherwise they could start further processes meanwhile, which would report that their parent ended before they
    began.
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
    """Block SIGINT in this thread, and permanently in processes started meanwhile, if the platform supports it.

    A terminal sends SIGINT to parent and workers alike.  Only the parent handles it and ends the workers; otherwise
    each worker would print a traceback.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
