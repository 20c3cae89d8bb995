"""Gathering the networks of several runs in one, as they are or condensed so that many of them can be shipped."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from replication.files import exclusive, write_atomically
from replication.measurements import condensed, load, packed
from replication.run_folder import NotARunError, RunFolder


def merge_runs(sources: list[RunFolder], target: RunFolder, *, condense: bool = False) -> Iterator[str]:
    """Copy the networks of several runs into one, file by file, once all were found to agree.

    Args:
        sources: Runs of one profile; they stay as they are.
        target: The run that takes them; made where missing.  The files it holds stay as they are.
        condense: Whether only the lowest seed of each data set is copied whole; of the others the trained network
            stays behind, and so do measurements by neuron and by image, which no claim reads.

    Yields:
        A line per network.

    Raises:
        NotARunError: A source is no run, is of another profile, or has a network of the same id that differs.
        CorruptArtefactError: The description of a run cannot be read, or a piece that is to be condensed.
        RunLockedError: Another process works in the target.
    """
    with exclusive(target.path):
        for source in sources:
            target.describe(source.profile())
        held = {network_id for run in (target, *sources) for network_id in run.networks()}
        lowest = {one.dataset: min(other.seed for other in held if other.dataset == one.dataset) for one in held}
        shrunk = {one for one in held if condense and one.seed != lowest[one.dataset]}
        # Whole files are read twice rather than kept in memory: there may be many.
        small = cache(lambda path: packed(condensed(load(path))))
        seen: dict[Path, Path] = {}
        for source in sources:
            for network_id in source.networks():
                for path in _files(source.network_folder(network_id), pieces_only=network_id in shrunk):
                    goal = target.network_folder(network_id) / path.name
                    other = seen.setdefault(goal, goal if goal.exists() else path)
                    content = small if network_id in shrunk else Path.read_bytes
                    if other != path and content(other) != content(path):
                        raise NotARunError(
                            f"{path} and {other} differ: two networks are called {network_id}; merge one of them only"
                        )
        for source in sources:
            for network_id in source.networks():
                for path in _files(source.network_folder(network_id), pieces_only=network_id in shrunk):
                    goal = target.network_folder(network_id) / path.name
                    if not goal.exists():
                        write_atomically(goal, small(path) if network_id in shrunk else path.read_bytes())
                yield f"{network_id}: from {source.path}{', condensed' if network_id in shrunk else ''}"


def _files(folder: Path, *, pieces_only: bool) -> list[Path]:
    """Return a network's files, or its pieces of measurements alone, without any that is half written."""
    return sorted(folder.glob("[!.]*.nc" if pieces_only else "[!.]*"))
