"""Layout of a run folder.

``RUN/run.json`` names the run's profile, ``RUN/mnist/seed=0/`` holds one network and its measurements, and
``RUN/report/`` and ``RUN/figures/`` are made from these alone.  Those of the recorded evidence go into ``report/`` and
``figures/`` of the current folder.
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
"""Recorded evidence, beside the package in a clone; absent if only the package is installed."""


class NotARunError(ReplicationError):
    """A folder holds no run, or a run that does not match what was asked for."""


@dataclass(frozen=True)
class RunFolder:
    """Paths and description of one run.

    Attributes:
        path: The folder.
    """

    path: Path

    def network_folder(self, network_id: NetworkId) -> Path:
        """Return the folder of one network."""
        return self.path / network_id.dataset / f"seed={network_id.seed}"

    def checkpoint(self, network_id: NetworkId) -> Path:
        """Return the path of the trained network."""
        return self.network_folder(network_id) / "network.safetensors"

    def training_state(self, network_id: NetworkId) -> Path:
        """Return the path of the training state that is kept while training runs."""
        return self.network_folder(network_id) / "training.safetensors"

    def piece(self, network_id: NetworkId, name: str) -> Path:
        """Return the path of one piece of a network's measurements.

        Args:
            network_id: The network.
            name: One of ``schema.PIECES``.
        """
        return self.network_folder(network_id) / f"{name}.nc"

    def holds(self, network_id: NetworkId, pieces: Iterable[str]) -> bool:
        """Return whether the files of some pieces of measurements exist; their contents are not checked.

        Args:
            network_id: The network.
            pieces: Names from ``schema.PIECES``.
        """
        return all(self.piece(network_id, piece).exists() for piece in pieces)

    @property
    def is_recorded(self) -> bool:
        """Whether this is the recorded evidence, by whatever path."""
        return self.path.resolve() == RECORDED.resolve()

    @property
    def report(self) -> Path:
        """The folder of the report."""
        return self._outputs / "report"

    @property
    def figures(self) -> Path:
        """The folder of the figures."""
        return self._outputs / "figures"

    @property
    def _outputs(self) -> Path:
        """The folder of what is made from the run: the run's own, for the recorded evidence the current folder."""
        return Path() if self.is_recorded else self.path

    @property
    def description_path(self) -> Path:
        """The path of the run's description."""
        return self.path / "run.json"

    def describe(self, profile: Profile) -> None:
        """Record the profile of the folder, unless it is recorded already.

        Raises:
            NotARunError: The folder belongs to another profile.
            CorruptArtefactError: The description cannot be read.
        """
        self.require_profile(profile)
        if not self.description_path.exists():
            write_atomically(self.description_path, json.dumps({"profile": profile.name}, indent=2).encode())

    def require_profile(self, profile: Profile) -> None:
        """Check that the folder has the given profile; a folder without a description fits every profile.

        Raises:
            NotARunError: The folder belongs to another profile.
            CorruptArtefactError: The description cannot be read.
        """
        if self.description_path.exists() and (found := self.profile().name) != profile.name:
            raise NotARunError(
                f"{self.path} holds a run of profile {found!r}, not {profile.name!r}: name another folder"
            )

    def profile(self) -> Profile:
        """Return the profile of the folder.

        Raises:
            NotARunError: The folder holds no run.
            CorruptArtefactError: The description cannot be read.
        """
        if not self.description_path.exists():
            raise NotARunError(f"{self.path} holds no run: there is no {self.description_path.name} in it")
        try:
            description: dict[str, Any] = json.loads(self.description_path.read_text(encoding="utf-8"))
            return PROFILES[description["profile"]]
        except (ValueError, KeyError, TypeError) as error:
            raise CorruptArtefactError(f"{self.description_path} cannot be read: {error!r}") from None

    def networks(self) -> list[NetworkId]:
        """Return the sorted ids of all networks that have a folder; ``passed_over`` lists misnamed folders."""
        return sorted(found for _, found in self._named() if isinstance(found, NetworkId))

    def passed_over(self) -> list[str]:
        """Return a message for each folder in a network's place whose name is not a network id."""
        return [f"{folder} is passed over: {found}" for folder, found in self._named() if isinstance(found, ValueError)]

    def _named(self) -> Iterator[tuple[Path, NetworkId | ValueError]]:
        """Yield each folder ``*/seed=*``, sorted, with its network id or the error that its name causes."""
        for folder in sorted(self.path.glob("*/seed=*")):
            try:
                yield folder, NetworkId.parse(f"{folder.parent.name}/{folder.name}")
            except ValueError as error:
                yield folder, error


def require_recorded(folder: Path, way_out: str) -> RunFolder:
    """Return the run of recorded evidence.

    Args:
        folder: Its location in a clone.
        way_out: Advice for the error message if the folder is missing.

    Raises:
        NotARunError: There is no such folder.
    """
    if not folder.is_dir():
        raise NotARunError(
            f"no recorded evidence at {folder}: it comes with a clone of the repository, not with a wheel; {way_out}"
        )
    return RunFolder(folder)
