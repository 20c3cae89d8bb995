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
"""Where the networks of a data set come from.

- trained: by their profile, on the paper's data set;
- stand-in: by their profile, on another data set in its place;
- trained otherwise: trained here, but not as their profile says;
- from elsewhere: the weights of at least one were brought, and how they were trained is unknown.
"""


class Evidence:
    """The measured networks of one run, by data set.

    Args:
        profile: How they were trained and measured.
        networks: The networks' evidence, in the order of data sets and seeds.

    Attributes:
        by_dataset: The networks by the data set they were trained on.
    """

    def __init__(self, profile: Profile, networks: Sequence[NetworkEvidence]) -> None:
        self.profile = profile
        self.by_dataset: dict[str, list[NetworkEvidence]] = {}
        for network in networks:
            self.by_dataset.setdefault(network.network.partition("/")[0], []).append(network)

    @classmethod
    def of_run(cls, run: RunFolder) -> "Evidence":
        """Read a run's measurements; networks that were not wholly measured are left out.

        Raises:
            NotARunError: The folder holds no run.
            CorruptArtefactError: Measurements of some networks are of no use.
        """
        complete = [network_id for network_id in run.networks() if run.holds(network_id, PIECES)]
        return cls(run.profile(), load_networks(run, complete))

    def networks(self, dataset: str) -> list[NetworkEvidence]:
        """Return the networks trained on a data set of the paper, or those that stand in for it, if there are any."""
        return self.by_dataset.get(dataset) or self.by_dataset.get(REHEARSAL_DATASET, [])

    def source(self, dataset: str, *, against: str = "") -> dict[str, object]:
        """Return what a verdict on a data set rests on: kind, origin, profile, networks, device, arithmetic, stand-in.

        Each network from elsewhere is named with its file and the file's SHA-256; these, and the commits of the code
        that measured the networks, are ``unknown`` where the pieces do not tell.

        Args:
            dataset: Of the paper.
            against: Data set whose networks it is compared with; its networks are listed apart, and are of no better
                kind than the verdict.

        Returns:
            Ready for JSON.
        """
        source = self._source(dataset)
        if against:
            compared = self._source(against)
            source["compared_with"] = compared["networks"]
            if compared["kind"] == "rehearsal":
                source["kind"] = "rehearsal"
        return source

    def _source(self, dataset: str) -> dict[str, object]:
        """Return what is said of the networks of one data set."""
        networks = self.networks(dataset)
        stand_in = bool(networks) and dataset not in self.by_dataset
        told = {network.network: [provenance_of(piece) for piece in network.pieces.values()] for network in networks}
        sources = [source for of_network in told.values() for source in of_network]
        elsewhere = {name: _file(of_network) for name, of_network in told.items() if _is_foreign(of_network)}
        # A network from elsewhere stands in a run of the paper's profile without having been trained by it.
        as_said = all(source.get("training", self.profile.training) == self.profile.training for source in sources)
        devices = {_device(source) for source in sources}
        return {
            "origin": self._origin(sources, stand_in=stand_in),
            "kind": "paper" if self.profile.is_paper and as_said and not stand_in else "rehearsal",
            "precision": sorted({str(source.get("precision", "unknown")) for source in sources}),
            "trained_precision": sorted({str(source.get("trained_precision", "unknown")) for source in sources}),
            "profile": " and ".join(sorted({str(source.get("profile", self.profile.name)) for source in sources})),
            "networks": list(told),
            "from_elsewhere": elsewhere,
            "commits": sorted({commit for source in sources for commit in _commits(source)}),
            "stand_in": REHEARSAL_DATASET if stand_in else "",
            "trained_on": sorted(devices),
        }

    def _origin(self, sources: Sequence[Mapping[str, Any]], *, stand_in: bool) -> Origin:
        """Return where networks come from, by what their pieces tell."""
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
    """Return whether some piece was measured on a network of which no training is told."""
    return any(source.get("training") == {} for source in sources)


def _file(sources: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return name and SHA-256 of the file that a network from elsewhere was read from."""
    told = {name: value for source in sources for name, value in source.items()}
    return {"file": told.get("source", "unknown"), "sha256": told.get("source_sha256", "unknown")}


def _commits(source: Mapping[str, Any]) -> Iterator[str]:
    """Yield the commits of the code that made a piece."""
    yield str(source.get("commit", "unknown"))
    if "derived_commit" in source:
        yield str(source["derived_commit"])


def _device(source: Mapping[str, object]) -> str:
    """Return what a network was trained on, of which kind that is, and in what but IEEE: ``"H200 (GPU) in tf32"``."""
    kinds = {"cpu": " (CPU)", "cuda": " (GPU)"}
    arithmetic = source.get("trained_precision", "unknown")
    named = str(source.get("trained_on", "unknown")) + kinds.get(str(source.get("trained_on_device")), "")
    return named if arithmetic in {"ieee", "unknown"} else f"{named} in {arithmetic}"
