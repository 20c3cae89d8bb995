"""What the command exits with."""

REFUSED = 2
DIVERGED = 3
"""Not 1, with which Python ends at an error that nobody has foreseen."""
STOPPED = 130
"""What shells take a command for that SIGINT has ended; typer, too."""
