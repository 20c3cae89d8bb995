"""A progress that keeps what it is told, and one that stops the work."""

from contextlib import nullcontext
from unittest.mock import Mock

from replication.progress import Progress, Task


class Heard(Progress):
    """Keeps what is said, and the tasks with title, total and notes."""

    def __init__(self):
        self.said, self.tasks, self.notes = [], [], []

    def say(self, line):
        self.said.append(line)

    def pop(self):
        """What was said since the last time."""
        said, self.said = self.said, []
        return said

    def task(self, title, total):
        task = Task(lambda done, note: self.notes.append(note))
        self.tasks.append((title, total, task))
        return nullcontext(task)


class Killed(BaseException):
    """Stands for a kill."""


class KillAfter(Progress):
    """Stops the work after so many steps of progress."""

    def __init__(self, steps):
        self.advance = Mock(side_effect=[None] * (steps - 1) + [Killed])

    def task(self, title, total):
        return nullcontext(self)
