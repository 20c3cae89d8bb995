"""The command ``replication``; each sub-command is a thin layer over the library.

Heavy packages are imported where they are used, so that ``--help`` and ``list`` respond at once.
"""

from replication.cli.commands import app as app
from replication.cli.entry import main as main
