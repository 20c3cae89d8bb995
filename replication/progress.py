"""Progress with remaining time: bars on a terminal, occasional lines in a log, nothing in tests.

Library code uses only ``Progress`` and ``Task``; the command chooses the display.
"""

import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TextIO, TypeVar

Item = TypeVar("Item")


class Task:
    """A counted piece of work.

    Args:
        on_advance: Called on every advance with the number of steps done so far and a note.

    Attributes:
        done: Steps done so far.
    """

    def __init__(self, on_advance: Callable[[float, str], None] = lambda done, note: None) -> None:
        self.done = 0.0
        self._on_advance = on_advance

    def advance(self, steps: float = 1, note: str = "") -> None:
        """Add to the number of steps done.

        Args:
            steps: Steps to add, in the unit of the total.
            note: Short remark to display, such as the current loss.
        """
        self.done += steps
        self._on_advance(self.done, note)


class Progress:
    """Silent progress, and the base class of the others."""

    @contextmanager
    def task(self, title: str, total: float) -> Iterator[Task]:
        """Open a piece of work and yield the task that counts its steps.

        Args:
            title: Short description of the work.
            total: Total number of steps.
        """
        yield Task()

    def say(self, line: str) -> None:
        """Report a line on something finished, cached, redone or failed; silent progress ignores it."""

    def track(self, items: Collection[Item], title: str) -> Iterator[Item]:
        """Yield the items, counting each as one step when the next is requested.

        Args:
            items: The items to work on.
            title: Short description of the work.
        """
        with self.task(title, len(items)) as task:
            for item in items:
                yield item
                task.advance()

    def _say_done(self, title: str, start: float) -> None:
        """Report the duration of a piece of work that began at ``start``, if it took a second or more."""
        elapsed = time.monotonic() - start
        if elapsed >= 1:
            self.say(f"{title}: done in {duration_text(elapsed)}")


SILENT = Progress()


class Named(Progress):
    """Progress on a part of other work, with a name as prefix.

    Args:
        progress: The progress that receives the prefixed titles and lines.
        name: Prefix of each title and line.
    """

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress = progress
        self._name = name

    @contextmanager
    def task(self, title: str, total: float) -> Iterator[Task]:
        """Open a piece of work; see the class."""
        with self._progress.task(f"{self._name}: {title}", total) as task:
            yield task

    def say(self, line: str) -> None:
        """Pass the line on with the prefix."""
        self._progress.say(f"{self._name}: {line}")


class LogProgress(Progress):
    """Lines for a log: one every ``interval_s`` seconds, and one at the end of work that took a second or more.

    Args:
        stream: Output stream; standard error if None.
        interval_s: Minimum seconds between two lines of one piece of work.
    """

    def __init__(self, stream: TextIO | None = None, interval_s: float = 15.0) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._interval_s = interval_s

    def say(self, line: str) -> None:
        """Print the line at once."""
        print(f"{time.strftime('%H:%M:%S')}  {line}", file=self._stream, flush=True)

    @contextmanager
    def task(self, title: str, total: float) -> Iterator[Task]:
        """Open a piece of work; see the class."""
        start = last = time.monotonic()

        def on_advance(done: float, note: str) -> None:
            nonlocal last
            now = time.monotonic()
            if not done or now - last < self._interval_s or done >= total:
                return
            last = now
            left = duration_text((now - start) * (total - done) / done)
            self.say(f"{title}: {100 * done / total:.0f} %, {left} left" + (f", {note}" if note else ""))

        yield Task(on_advance)
        self._say_done(title, start)


class TerminalProgress(Progress):
    """Bars with elapsed and remaining time, redrawn in place, and a line after work that took a second or more."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(stderr=True)

    def say(self, line: str) -> None:
        """Print the line above the bars."""
        self._console.print(line, markup=False, highlight=False)

    @contextmanager
    def task(self, title: str, total: float) -> Iterator[Task]:
        """Open a piece of work; see the class."""
        from rich import progress as bars

        columns = (
            bars.TextColumn("{task.description}"),
            bars.BarColumn(),
            bars.TaskProgressColumn(),
            bars.TimeElapsedColumn(),
            bars.TextColumn("left"),
            bars.TimeRemainingColumn(elapsed_when_finished=False),
            bars.TextColumn("{task.fields[note]}"),
        )
        with bars.Progress(*columns, console=self._console, transient=True) as display:
            row = display.add_task(title, total=total, note="")
            start = time.monotonic()
            yield Task(lambda done, note: display.update(row, completed=done, note=note))
        self._say_done(title, start)


def for_this_terminal() -> Progress:
    """Return a progress with bars if standard error is a terminal, else with plain lines."""
    return TerminalProgress() if sys.stderr.isatty() else LogProgress()


def duration_text(seconds: float) -> str:
    """Format a duration in seconds, minutes or hours.

    >>> duration_text(7.2), duration_text(75), duration_text(3725)
    ('7 s', '1 min 15 s', '1 h 02 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
