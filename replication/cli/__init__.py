"""The command ``replication``: each sub-command is a few lines over the library.

Heavy packages are imported where they are used, so that ``--help`` and ``list`` answer at once.
"""

from replication.cli.commands import app as app
from replication.cli.entry import main as main
