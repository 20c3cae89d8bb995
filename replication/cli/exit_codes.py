"""Exit codes of the command."""

UNEXPECTED = 1
"""Python's exit code for an unhandled exception, and that of a report in which a claim ended in an error."""
REFUSED = 2
DIVERGED = 3
"""A network diverged."""
STOPPED = 130
"""The convention of shells, and of typer, for a command ended by SIGINT."""
