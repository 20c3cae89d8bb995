"""Gathering the networks of several runs in one, as they are or condensed so that many of them can be shipped."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import xarray as xr

from replication.files import CorruptArtefactError, exclusive, tensors_digest, unsealed, write_atomically
from replication.measurements import condensed, is_whole, load, packed, provenance_of
from replication.progress import SILENT, Progress
from replication.run_folder import NotARunError, RunFolder
from replication.schema import PIECES
from replication.study import NetworkId, Profile

MEASURE_AGAIN = "delete it, or measure it again, and merge then"


def merge_runs(
    sources: list[RunFolder], target: RunFolder, *, condense: bool = False, progress: Progress = SILENT
) -> list[str]:
    """Copy the networks of several runs into one, file by file, once all were found to be whole and to agree.

    Args:
        sources: Runs of one profile, one or more; they stay as they are.
        target: The run that takes them; made where missing.  The files it holds stay as they are.
        condense: Whether only one network of each data set is copied whole, that of the lowest seed of which the
            network and all its measurements are there.  Of the others the trained network stays behind, and so do
            measurements by neuron and by image, which no claim reads; what is not wholly measured stays behind.
        progress: Counts every network read and copied.

    Returns:
        A line per network: from where, and what was left out of it.

    Raises:
        NotARunError: A source is no run, is of another profile, or has a network of the same id that differs, or
            measurements of one.
        CorruptArtefactError: The description of a run cannot be read, or a piece, network or half-trained state is
            damaged that would be copied or meets another run's; nothing was copied then.
        RunLockedError: Another process works in the target.
    """
    with exclusive(target.path):
        profile = _one_profile(sources)
        target.require_profile(profile)
        kept_whole = _lowest_whole([target, *sources], progress) if condense else set()
        # Files are read several times rather than kept in memory: there may be many.
        small = cache(_condensed_file)
        seen: dict[Path, Path] = {}
        copies: list[tuple[NetworkId, RunFolder, bool, list[Path]]] = []
        found = _networks(sources)
        for source, network_id in progress.track(found, "compare networks of one name"):
            whole = not condense or network_id in kept_whole
            files = _files(source, network_id, whole=whole)
            copies.append((network_id, source, whole, files))
            for path in files:
                _require_sound(path)
                goal = target.network_folder(network_id) / path.name
                other = seen.setdefault(goal, goal if goal.exists() else path)
                content = Path.read_bytes if whole else small
                if other != path and content(other) != content(path):
                    _require_sound(other)
                    raise NotARunError(_how_they_differ(network_id, path, other))
        holders: dict[NetworkId, list[RunFolder]] = {}
        for run, network_id in _networks(list(dict.fromkeys([target, *sources]))):
            holders.setdefault(network_id, []).append(run)
        shared = [network_id for network_id, holding in holders.items() if len(holding) > 1]
        for network_id in progress.track(shared, "compare what they were measured on"):
            _require_one_network(network_id, holders[network_id])
        # Only now, because a merge that is refused shall not bind the folder to a profile.
        target.describe(profile)
        lines = []
        for network_id, source, whole, files in progress.track(copies, "copy networks"):
            for path in files:
                goal = target.network_folder(network_id) / path.name
                if not goal.exists():
                    write_atomically(goal, path.read_bytes() if whole else small(path))
            left_out = "" if whole else ", condensed" if files else ": left out, since it is not wholly measured"
            lines.append(f"{network_id}: from {source.path}{left_out}")
    return lines


def _one_profile(sources: list[RunFolder]) -> Profile:
    """Return the profile of runs.

    Raises:
        NotARunError: One is no run, or they are of several profiles.
        CorruptArtefactError: The description of one cannot be read.
    """
    first, *others = sources
    for other in others:
        if other.profile() != first.profile():
            raise NotARunError(
                f"{first.path} holds a run of profile {first.profile().name!r} and {other.path} one of "
                f"{other.profile().name!r}: merge runs of one profile"
            )
    return first.profile()


def _require_one_network(network_id: NetworkId, runs: list[RunFolder]) -> None:
    """Check that networks and measurements that meet under one name are of one network.

    Raises:
        NotARunError: They are not.
        CorruptArtefactError: One of them cannot be read.
    """
    found = {sha256: path for run in runs for sha256, path in _files_by_network(run, network_id)}
    if len(found) > 1:
        raise NotARunError(
            f"{' and '.join(map(str, found.values()))} are of {len(found)} networks called {network_id}; merge one of "
            "them only"
        )


def _files_by_network(run: RunFolder, network_id: NetworkId) -> Iterator[tuple[str, Path]]:
    """Yield the checksum of the network that each file is of, where the file says so."""
    checkpoint = run.checkpoint(network_id)
    if checkpoint.exists():
        yield tensors_digest(checkpoint), checkpoint
    for path in (run.piece(network_id, piece) for piece in PIECES):
        if path.exists() and (sha256 := provenance_of(_piece(path)).get("network_sha256")):
            yield sha256, path


def _require_sound(path: Path) -> None:
    """Check a file's seal or checksum, where it is of a kind that has one.

    Raises:
        CorruptArtefactError: It was changed since it was written.
    """
    if path.suffix == ".nc":
        try:
            unsealed(path)
        except CorruptArtefactError as error:
            raise CorruptArtefactError(f"{error}; {MEASURE_AGAIN}") from None
    elif path.suffix == ".safetensors":
        tensors_digest(path)


def _piece(path: Path) -> xr.Dataset:
    """Return a piece.

    Raises:
        CorruptArtefactError: It cannot be read.
    """
    try:
        return load(path)
    except CorruptArtefactError as error:
        raise CorruptArtefactError(f"{error}; {MEASURE_AGAIN}") from None


def _networks(runs: list[RunFolder]) -> list[tuple[RunFolder, NetworkId]]:
    """Return the networks of all runs, each with its run."""
    return [(run, network_id) for run in runs for network_id in run.networks()]


def _lowest_whole(runs: list[RunFolder], progress: Progress) -> set[NetworkId]:
    """Return for each data set the lowest seed whose network is there with all measurements, none condensed."""
    found = _networks(runs)
    whole = {one for run, one in progress.track(found, "read networks") if _is_whole(run, one)}
    lowest = {one.dataset: one.seed for one in sorted(whole, reverse=True)}
    return {NetworkId(dataset, seed) for dataset, seed in lowest.items()}


def _is_whole(run: RunFolder, network_id: NetworkId) -> bool:
    """Return whether a network is there with all measurements, none condensed."""
    there = run.checkpoint(network_id).exists() and run.holds(network_id, PIECES)
    return there and all(is_whole(_piece(run.piece(network_id, piece))) for piece in PIECES)


def _files(run: RunFolder, network_id: NetworkId, *, whole: bool) -> list[Path]:
    """Return the files of a network that are copied: none that is half written, if condensed the pieces alone."""
    if whole:
        return sorted(run.network_folder(network_id).glob("[!.]*"))
    return [run.piece(network_id, piece) for piece in PIECES] if run.holds(network_id, PIECES) else []


def _condensed_file(path: Path) -> bytes:
    """Return the file of the condensed piece."""
    return packed(condensed(_piece(path)))


def _how_they_differ(network_id: NetworkId, path: Path, other: Path) -> str:
    """Return a message on two files of one name that are not the same, and the way out."""
    if path.suffix == other.suffix == ".nc" and _condensed_file(path) == _condensed_file(other):
        return f"{path} and {other} are the same measurements, one of them condensed; leave out the condensed one"
    return f"{path} and {other} differ: two networks are called {network_id}; merge one of them only"
