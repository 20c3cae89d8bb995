"""Merge the networks of several runs into one, unchanged or condensed for shipping many of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
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
    """Copy the networks of several runs into one, after checking that all files are intact and consistent.

    Args:
        sources: One or more runs of one profile; they are not modified.
        target: The run to copy into; created if missing.  Existing files are kept.
        condense: Whether to copy only one network per data set whole: the lowest seed with a checkpoint and all
            measurements.  For the others the checkpoint and the measurements by neuron and image, which no claim reads,
            are not copied, and incompletely measured networks are left out.
        progress: Counts every network read and copied.

    Returns:
        One line per network: its source and what was left out.

    Raises:
        NotARunError: A source is not a run or has another profile, or two runs hold different networks, or
            measurements of different networks, under the same id.
        CorruptArtefactError: A run's description cannot be read, or a piece, checkpoint or training state that would be
            copied or compared is damaged.  Nothing is copied in this case, and a missing target stays missing.
        RunLockedError: Another process holds the target's lock.
    """
    profile = _one_profile(sources)
    with exclusive(target.path):
        target.require_profile(profile)
        kept_whole = _lowest_whole([target, *sources], progress) if condense else set()
        copies = [
            _Copy(network_id, source, whole=not condense or network_id in kept_whole)
            for source, network_id in _networks(sources)
        ]
        _require_same_files(copies, target, progress)
        _require_same_networks(sources, target, progress)
        # Record the profile only now, so that a refused merge does not bind the folder to it.
        target.describe(profile)
        for copy in progress.track(copies, "copy networks"):
            for path in copy.files:
                goal = target.network_folder(copy.network_id) / path.name
                if not goal.exists():
                    write_atomically(goal, copy.content(path))
    return [copy.told() for copy in copies]


@dataclass(frozen=True)
class _Copy:
    """A network to copy.

    Attributes:
        network_id: The network.
        source: The run that holds it.
        whole: Whether to copy it whole; if not, it is condensed.
    """

    network_id: NetworkId
    source: RunFolder
    whole: bool

    @cached_property
    def files(self) -> list[Path]:
        """Files to copy: all except unfinished ones; if condensed the pieces alone, none unless all are there."""
        if self.whole:
            return sorted(self.source.network_folder(self.network_id).glob("[!.]*"))
        is_complete = self.source.holds(self.network_id, PIECES)
        return [self.source.piece(self.network_id, piece) for piece in PIECES] if is_complete else []

    def content(self, path: Path) -> bytes:
        """Return the content of a file as it is copied."""
        return path.read_bytes() if self.whole else _condensed_file(path)

    def told(self) -> str:
        """Return a line for the user: the source, and what is left out."""
        left_out = "" if self.whole else ", condensed" if self.files else ": left out, since it is not wholly measured"
        return f"{self.network_id}: from {self.source.path}{left_out}"


def _require_same_files(copies: list[_Copy], target: RunFolder, progress: Progress) -> None:
    """Check that all files to copy are intact, and that those of the same network and name are equal.

    Raises:
        NotARunError: Two files differ.
        CorruptArtefactError: A file is damaged.
    """
    seen: dict[Path, Path] = {}
    for copy in progress.track(copies, "compare networks of one name"):
        for path in copy.files:
            _require_sound(path)
            goal = target.network_folder(copy.network_id) / path.name
            other = seen.setdefault(goal, goal if goal.exists() else path)
            if other != path and copy.content(other) != copy.content(path):
                _require_sound(other)
                raise NotARunError(_difference_message(copy.network_id, path, other))


def _require_same_networks(sources: list[RunFolder], target: RunFolder, progress: Progress) -> None:
    """Check that what several runs hold of one network belongs to the same network.

    Raises:
        NotARunError: It belongs to different networks of the same name.
        CorruptArtefactError: A file cannot be read.
    """
    holders: dict[NetworkId, list[RunFolder]] = {}
    for run, network_id in _networks(list(dict.fromkeys([target, *sources]))):
        holders.setdefault(network_id, []).append(run)
    shared = [network_id for network_id, holding in holders.items() if len(holding) > 1]
    for network_id in progress.track(shared, "compare what they were measured on"):
        _require_one_network(network_id, holders[network_id])


def _one_profile(sources: list[RunFolder]) -> Profile:
    """Return the common profile of several runs.

    Raises:
        NotARunError: A source is not a run, or profiles differ.
        CorruptArtefactError: A description cannot be read.
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
    """Check that checkpoints and measurements with the same id belong to the same network.

    Raises:
        NotARunError: They belong to different networks.
        CorruptArtefactError: A file cannot be read.
    """
    found = {sha256: path for run in runs for sha256, path in _files_by_network(run, network_id)}
    if len(found) > 1:
        raise NotARunError(
            f"{' and '.join(map(str, found.values()))} are of {len(found)} networks called {network_id}; merge one of "
            "them only"
        )


def _files_by_network(run: RunFolder, network_id: NetworkId) -> Iterator[tuple[str, Path]]:
    """Yield each file that records the checksum of its network, with this checksum."""
    checkpoint = run.checkpoint(network_id)
    if checkpoint.exists():
        yield tensors_digest(checkpoint), checkpoint
    for path in (run.piece(network_id, piece) for piece in PIECES):
        if path.exists() and (sha256 := provenance_of(_piece(path)).get("network_sha256")):
            yield sha256, path


def _require_sound(path: Path) -> None:
    """Verify the seal of a piece or the checksum of a checkpoint; other files pass.

    Raises:
        CorruptArtefactError: The file was modified since it was written.
    """
    if path.suffix == ".nc":
        try:
            unsealed(path)
        except CorruptArtefactError as error:
            raise CorruptArtefactError(f"{error}; {MEASURE_AGAIN}") from None
    elif path.suffix == ".safetensors":
        tensors_digest(path)


def _piece(path: Path) -> xr.Dataset:
    """Load a piece.

    Raises:
        CorruptArtefactError: The piece cannot be read; the message says what to do.
    """
    try:
        return load(path)
    except CorruptArtefactError as error:
        raise CorruptArtefactError(f"{error}; {MEASURE_AGAIN}") from None


def _networks(runs: list[RunFolder]) -> list[tuple[RunFolder, NetworkId]]:
    """Return every network of every run, with its run."""
    return [(run, network_id) for run in runs for network_id in run.networks()]


def _lowest_whole(runs: list[RunFolder], progress: Progress) -> set[NetworkId]:
    """Return, for each data set, the lowest seed with a checkpoint and all measurements, none condensed."""
    found = _networks(runs)
    whole = {one for run, one in progress.track(found, "read networks") if _is_whole(run, one)}
    lowest = {one.dataset: one.seed for one in sorted(whole, reverse=True)}
    return {NetworkId(dataset, seed) for dataset, seed in lowest.items()}


def _is_whole(run: RunFolder, network_id: NetworkId) -> bool:
    """Return whether a run holds a network's checkpoint and all its measurements, none condensed."""
    there = run.checkpoint(network_id).exists() and run.holds(network_id, PIECES)
    return there and all(is_whole(_piece(run.piece(network_id, piece))) for piece in PIECES)


def _condensed_file(path: Path) -> bytes:
    """Return the content of a piece's file after condensing."""
    return packed(condensed(_piece(path)))


def _difference_message(network_id: NetworkId, path: Path, other: Path) -> str:
    """Return an error message for two different files of the same name."""
    if path.suffix == other.suffix == ".nc" and _condensed_file(path) == _condensed_file(other):
        return f"{path} and {other} are the same measurements, one of them condensed; leave out the condensed one"
    return f"{path} and {other} differ: two networks are called {network_id}; merge one of them only"
