"""Exit codes of the command."""

REFUSED = 2
DIVERGED = 3
"""A network diverged.  Not 1, which is Python's exit code for an unhandled exception."""
STOPPED = 130
"""The convention of shells, and of typer, for a command ended by SIGINT."""
