"""The measured networks of one run."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from replication.evidence.loading import load_networks
from replication.evidence.network import NetworkEvidence
from replication.measurements import provenance_of
from replication.run_folder import RunFolder
from replication.schema import PIECES
from replication.study import PROFILES, REHEARSAL_DATASET, Profile

Origin = Literal["trained", "stand-in", "trained otherwise", "from elsewhere"]
"""Origin of the networks of a data set.

- trained: trained by their profile on the paper's data set;
- stand-in: trained by their profile on another data set in its place;
- trained otherwise: trained by this suite, but not as their profile specifies;
- from elsewhere: at least one was imported, and its training is unknown.
"""


class Evidence:
    """Measured networks of one run, by data set.

    Args:
        profile: Profile of their training and measurement.
        networks: Evidence of the networks, in the order of data sets and seeds.

    Attributes:
        by_dataset: Networks by the data set they were trained on.
    """

    def __init__(self, profile: Profile, networks: Sequence[NetworkEvidence]) -> None:
        self.profile = profile
        self.by_dataset: dict[str, list[NetworkEvidence]] = {}
        for network in networks:
            self.by_dataset.setdefault(network.network.partition("/")[0], []).append(network)

    @classmethod
    def of_run(cls, run: RunFolder) -> "Evidence":
        """Load the measurements of a run; networks with missing pieces are omitted.

        Raises:
            NotARunError: The folder is not a run.
            CorruptArtefactError: Measurements of some networks are unusable; see ``load_networks``.
        """
        complete = [network_id for network_id in run.networks() if run.holds(network_id, PIECES)]
        return cls(run.profile(), load_networks(run, complete))

    def networks(self, dataset: str) -> list[NetworkEvidence]:
        """Return the networks trained on a data set of the paper, or else the stand-ins, if there are any."""
        return self.by_dataset.get(dataset) or self.by_dataset.get(REHEARSAL_DATASET, [])

    def source(self, dataset: str, *, against: str = "") -> dict[str, object]:
        """Return the basis of a verdict: kind, origin, profile, networks, device, arithmetic, stand-in.

        Networks from elsewhere are listed with their file and its SHA-256.  These, and the commits of the code that
        measured the networks, are ``unknown`` if the pieces do not record them.

        Args:
            dataset: Data set of the paper.
            against: Data set to compare with; its networks are listed separately, and if they are a rehearsal the kind
                of the verdict is ``rehearsal`` too.

        Returns:
            JSON-serialisable.
        """
        source = self._source(dataset)
        if against:
            compared = self._source(against)
            source["compared_with"] = compared["networks"]
            if compared["kind"] == "rehearsal":
                source["kind"] = "rehearsal"
        return source

    def _source(self, dataset: str) -> dict[str, object]:
        """Return the basis of a verdict on the networks of one data set."""
        networks = self.networks(dataset)
        stand_in = bool(networks) and dataset not in self.by_dataset
        provenance = {one.network: [provenance_of(piece) for piece in one.pieces.values()] for one in networks}
        sources = [source for of_network in provenance.values() for source in of_network]
        elsewhere = {name: _file(of_network) for name, of_network in provenance.items() if _is_foreign(of_network)}
        # A run of the paper's profile may hold networks from elsewhere, which were not trained by that profile.
        as_profiled = all(source.get("training", self.profile.training) == self.profile.training for source in sources)
        devices = {_device(source) for source in sources}
        return {
            "origin": self._origin(sources, stand_in=stand_in),
            "kind": "paper" if self.profile.is_paper and as_profiled and not stand_in else "rehearsal",
            "precision": sorted({str(source.get("precision", "unknown")) for source in sources}),
            "trained_precision": sorted({str(source.get("trained_precision", "unknown")) for source in sources}),
            "profile": " and ".join(sorted({str(source.get("profile", self.profile.name)) for source in sources})),
            "networks": list(provenance),
            "from_elsewhere": elsewhere,
            "commits": sorted({commit for source in sources for commit in _commits(source)}),
            "stand_in": REHEARSAL_DATASET if stand_in else "",
            "trained_on": sorted(devices),
        }

    def _origin(self, sources: Sequence[Mapping[str, Any]], *, stand_in: bool) -> Origin:
        """Return the origin of networks, from the provenance of their pieces."""
        if _is_foreign(sources):
            return "from elsewhere"
        for source in sources:
            name = source.get("profile", self.profile.name)
            profile = self.profile if name == self.profile.name else PROFILES.get(name, self.profile)
            if source.get("training", profile.training) != profile.training:
                return "trained otherwise"
        return "stand-in" if stand_in else "trained"

    def all_networks(self) -> list[NetworkEvidence]:
        """Return every network of the run."""
        return [network for networks in self.by_dataset.values() for network in networks]


def _is_foreign(sources: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether some piece was measured on a network whose training is unknown."""
    return any(source.get("training") == {} for source in sources)


def _file(sources: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return name and SHA-256 of the file that a network from elsewhere was read from."""
    merged = {name: value for source in sources for name, value in source.items()}
    return {"file": merged.get("source", "unknown"), "sha256": merged.get("source_sha256", "unknown")}


def _commits(source: Mapping[str, Any]) -> Iterator[str]:
    """Yield the commits of the code that made a piece."""
    yield str(source.get("commit", "unknown"))
    if "derived_commit" in source:
        yield str(source["derived_commit"])


def _device(source: Mapping[str, object]) -> str:
    """Return the training device with its kind, and its arithmetic unless IEEE or unknown: ``"H200 (GPU) in tf32"``."""
    kinds = {"cpu": " (CPU)", "cuda": " (GPU)"}
    arithmetic = source.get("trained_precision", "unknown")
    named = str(source.get("trained_on", "unknown")) + kinds.get(str(source.get("trained_on_device")), "")
    return named if arithmetic in {"ieee", "unknown"} else f"{named} in {arithmetic}"
