"""Where the parts of a run lie on disk.

``RUN/run.json`` says what the run is; ``RUN/mnist/seed=0/`` holds one network and what was measured on it;
``RUN/report/`` is made from these alone.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from replication.errors import ReplicationError
from replication.files import CorruptArtefactError, write_atomically
from replication.study import PROFILES, NetworkId, Profile

RECORDED = Path(__file__).parent.parent / "fixtures" / "recorded"
"""The recorded evidence, beside the package in a clone; there is no such folder where only the package is installed."""


class NotARunError(ReplicationError):
    """A folder holds no run, or one of another study."""


@dataclass(frozen=True)
class RunFolder:
    """One run's folder.

    Attributes:
        path: The folder.
    """

    path: Path

    def network_folder(self, network_id: NetworkId) -> Path:
        """Return the folder of one network."""
        return self.path / network_id.dataset / f"seed={network_id.seed}"

    def checkpoint(self, network_id: NetworkId) -> Path:
        """Return where the trained network lies."""
        return self.network_folder(network_id) / "network.safetensors"

    def training_state(self, network_id: NetworkId) -> Path:
        """Return where the half-trained state lies while training runs."""
        return self.network_folder(network_id) / "training.safetensors"

    def piece(self, network_id: NetworkId, name: str) -> Path:
        """Return where one piece of a network's measurements lies.

        Args:
            network_id: The network.
            name: One of ``schema.PIECES``.
        """
        return self.network_folder(network_id) / f"{name}.nc"

    def holds(self, network_id: NetworkId, pieces: Iterable[str]) -> bool:
        """Return whether pieces of a network's measurements are there, in whatever state.

        Args:
            network_id: The network.
            pieces: Which, of ``schema.PIECES``.
        """
        return all(self.piece(network_id, piece).exists() for piece in pieces)

    @property
    def report(self) -> Path:
        """The folder of the report."""
        return self.path / "report"

    @property
    def description_path(self) -> Path:
        """Where the run's description lies."""
        return self.path / "run.json"

    def describe(self, profile: Profile) -> None:
        """Write down which profile the folder belongs to.

        Raises:
            NotARunError: It belongs to another profile already.
            CorruptArtefactError: Its description cannot be read.
        """
        self.require_profile(profile)
        if not self.description_path.exists():
            write_atomically(self.description_path, json.dumps({"profile": profile.name}, indent=2).encode())

    def require_profile(self, profile: Profile) -> None:
        """Refuse a profile other than that of the folder; one without a description may become of any.

        Raises:
            NotARunError: It belongs to another profile.
            CorruptArtefactError: Its description cannot be read.
        """
        if self.description_path.exists() and (found := self.profile().name) != profile.name:
            raise NotARunError(
                f"{self.path} holds a run of profile {found!r}, not {profile.name!r}: name another folder"
            )

    def profile(self) -> Profile:
        """Return the profile the folder was made under.

        Raises:
            NotARunError: The folder holds no run.
            CorruptArtefactError: Its description cannot be read.
        """
        if not self.description_path.exists():
            raise NotARunError(f"{self.path} holds no run: there is no {self.description_path.name} in it")
        try:
            description: dict[str, Any] = json.loads(self.description_path.read_text(encoding="utf-8"))
            return PROFILES[description["profile"]]
        except (ValueError, KeyError, TypeError) as error:
            raise CorruptArtefactError(f"{self.description_path} cannot be read: {error!r}") from None

    def networks(self) -> list[NetworkId]:
        """Return the ids of the networks the folder has anything of, sorted; others are ``passed_over``."""
        return sorted(found for _, found in self._named() if isinstance(found, NetworkId))

    def passed_over(self) -> list[str]:
        """Return a line for each folder that stands where a network's would and bears no network's name, and why."""
        return [f"{folder} is passed over: {found}" for folder, found in self._named() if isinstance(found, ValueError)]

    def _named(self) -> Iterator[tuple[Path, NetworkId | ValueError]]:
        """Yield what stands where networks' folders would, sorted, with the id that it names, or why it names none."""
        for folder in sorted(self.path.glob("*/seed=*")):
            try:
                yield folder, NetworkId.parse(f"{folder.parent.name}/{folder.name}")
            except ValueError as error:
                yield folder, error


def require_recorded(folder: Path, way_out: str) -> RunFolder:
    """Return the run of recorded evidence.

    Args:
        folder: Where it lies in a clone.
        way_out: What to do where it does not.

    Raises:
        NotARunError: There is no such folder.
    """
    if not folder.is_dir():
        raise NotARunError(
            f"no recorded evidence at {folder}: it comes with a clone of the repository, not with a wheel; {way_out}"
        )
    return RunFolder(folder)
