"""A progress that keeps what it is told."""

from contextlib import nullcontext

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
