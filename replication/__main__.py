"""``python -m replication``: the command ``replication`` where no script of that name is on the path."""

from replication.cli import main

if __name__ == "__main__":
    main()
