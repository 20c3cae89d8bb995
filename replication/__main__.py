"""Entry point of ``python -m replication``, the same as the command ``replication``."""

from replication.cli import main

if __name__ == "__main__":
    main()
