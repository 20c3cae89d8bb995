"""Progress with time left: a bar on a terminal, a line now and then in a log, nothing in tests.

The work knows only ``Progress`` and ``Task``; what is drawn is decided where the command starts.
"""

import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TextIO, TypeVar

Item = TypeVar("Item")


class Task:
    """One counted piece of work.

    Args:
        on_advance: Called with the steps done so far and a note whenever the work moves on.

    Attributes:
        done: Steps done so far.
    """

    def __init__(self, on_advance: Callable[[float, str], None] = lambda done, note: None) -> None:
        self.done = 0.0
        self._on_advance = on_advance

    def advance(self, steps: float = 1, note: str = "") -> None:
        """Count more of the total as done.

        Args:
            steps: How much more, in the unit of the total.
            note: A few words beside it, such as the current loss.
        """
        self.done += steps
        self._on_advance(self.done, note)


class Progress:
    """The silent progress, and what the others share."""

    @contextmanager
    def task(self, title: str, total: float) -> Iterator[Task]:
        """Open a piece of work; the task it yields counts the steps.

        Args:
            title: What is done, in a few words.
            total: How many steps that takes.
        """
        yield Task()

    def say(self, line: str) -> None:
        """Tell of something finished, cached, re-made or gone wrong, in one line; nothing where progress is silent."""

    def track(self, items: Collection[Item], title: str) -> Iterator[Item]:
        """Yield the items, counting each as one step when the next is asked for.

        Args:
            items: What is worked on.
            title: What is done, in a few words.
        """
        with self.task(title, len(items)) as task:
            for item in items:
                yield item
                task.advance()

    def _say_done(self, title: str, start: float) -> None:
        """Tell how long a piece of work took that started then, if that was a second or more."""
        elapsed = time.monotonic() - start
        if elapsed >= 1:
            self.say(f"{title}: done in {duration_text(elapsed)}")


SILENT = Progress()


class Named(Progress):
    """Progress on a piece of other work: what it tells bears the name of that.

    Args:
        progress: Told of it.
        name: What stands before each title and line.
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
        """Pass the line on."""
        self._progress.say(f"{self._name}: {line}")


class LogProgress(Progress):
    """Lines for a log: one every ``interval_s`` seconds, and one at the end of what took a second or more.

    Args:
        stream: Where the lines go; standard error where None.
        interval_s: Least seconds between two lines of one piece of work.
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
    """Bars with elapsed time and time left, redrawn in place, and a line at the end of what took a second or more."""

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
    """Return bars where standard error is a terminal, plain lines elsewhere."""
    return TerminalProgress() if sys.stderr.isatty() else LogProgress()


def duration_text(seconds: float) -> str:
    """Return a duration as people say it.

    >>> duration_text(7.2), duration_text(75), duration_text(3725)
    ('7 s', '1 min 15 s', '1 h 02 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
