"""The command from its start to its end: what it says of an error, and how it exits."""

import sys
from io import TextIOWrapper

from replication.cli.commands import app
from replication.cli.exit_codes import REFUSED, STOPPED
from replication.errors import ReplicationError

WITH_LESS_MEMORY = (
    "give --workers 1, or in training on a GPU fewer --seeds at a time, or make memory free; the same command goes on "
    "where it was"
)


def main() -> None:
    """Run the command; known errors are one line and exit code 2, being stopped is one line and exit code 130."""
    _speak_utf_8()
    try:
        app()
    except (KeyboardInterrupt, SystemExit) as end:
        if isinstance(end, SystemExit) and end.code != STOPPED:
            raise
        print("replication: stopped; the same command goes on where it was", file=sys.stderr)
        sys.exit(STOPPED)
    except Exception as error:
        complaint = complaint_of(error)
        if not complaint:
            raise
        print(f"replication: {' '.join(complaint.split())}", file=sys.stderr)
        sys.exit(REFUSED)


def _speak_utf_8() -> None:
    """Let standard output and error take all that is printed: a pipe on Windows is taken for one of few characters."""
    for stream in (sys.stdout, sys.stderr):
        # Something else may stand in their place, and know no such thing.
        if isinstance(stream, TextIOWrapper):
            # Left as they are, since an encoding alone would make errors strict, and a strange file name one.
            stream.reconfigure(encoding="utf-8", errors=stream.errors)


def complaint_of(error: Exception) -> str:
    """Return what to say of a known error, with the way out; nothing of an unknown one."""
    from concurrent.futures.process import BrokenProcessPool

    if isinstance(error, ReplicationError):
        return str(error)
    if isinstance(error, BrokenProcessPool):
        return f"a worker process was killed, as happens for want of memory: {WITH_LESS_MEMORY}"
    if isinstance(error, OSError):
        return f"{error}; once that is put right, the same command goes on where it was"
    if isinstance(error, MemoryError | RuntimeError):
        from replication.ablation.budget import is_out_of_memory

        if is_out_of_memory(error):
            return f"out of memory: {error!r}: {WITH_LESS_MEMORY}"
    return ""
