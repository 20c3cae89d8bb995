"""Entry point of the command: error messages and exit codes."""

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
    """Run the command; known errors print one line and exit with code 2, interruptions one line and code 130."""
    _use_utf_8()
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


def _use_utf_8() -> None:
    """Set standard output and error to UTF-8, because a pipe on Windows has a more limited encoding by default."""
    for stream in (sys.stdout, sys.stderr):
        # A replaced stream may not support reconfiguration.
        if isinstance(stream, TextIOWrapper):
            # Keep the error handler: setting only the encoding makes it strict, and an odd file name would then raise.
            stream.reconfigure(encoding="utf-8", errors=stream.errors)


def complaint_of(error: Exception) -> str:
    """Return the message for a known error, including what to do; an empty string for an unknown one."""
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
