"""What the verdicts rest on, read off the verdicts themselves, so that a rehearsal shows on the report's face."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from replication.evidence import Origin
from replication.judging.verdict import Verdict
from replication.plural import count_text, in_a_row
from replication.report.cards import network_name
from replication.study import DATASETS, PROFILES, REHEARSAL_DATASET, NetworkId

DATASET_NAMES: Mapping[str, str] = {
    "mnist": "MNIST",
    "kmnist": "KMNIST",
    "fashion": "Fashion-MNIST",
    "digits": "digits",
}

DIGITS = DATASET_NAMES[REHEARSAL_DATASET]

MOST_FILES = 4
"""Named in the banner; all of them stand among the commands."""

SHOWN_DIGITS = 12
"""Of a checksum, in the banner."""


@dataclass(frozen=True)
class ForeignFile:
    """The file that a network from elsewhere was read from.

    Attributes:
        network: The network's id in the run.
        name: The file's name, without line breaks; empty where the measurements do not tell it.
        sha256: Its checksum; empty where they do not.
    """

    network: NetworkId
    name: str
    sha256: str


@dataclass(frozen=True)
class Source:
    """The networks that stand behind the verdicts on one of the paper's networks.

    Attributes:
        network: The paper's name of the network that the verdicts speak of.
        kind: ``"paper"``, or ``"rehearsal"`` where the verdicts decide nothing about the paper.
        origin: Who trained the networks, and whether as their profile says.
        profile: How the networks were measured and, unless they are from elsewhere, trained.
        networks: Their ids.
        stands_in: Whether they were not trained on the paper's data set.
        from_elsewhere: The files of those that are from elsewhere.
        commits: Of the code that made the measurements.
        devices: What they were trained on.
        precision: The float32 arithmetic that all of it was measured in; empty where that is not one, or not told.
    """

    network: str
    kind: str
    origin: Origin
    profile: str
    networks: tuple[NetworkId, ...]
    stands_in: bool
    from_elsewhere: tuple[ForeignFile, ...]
    commits: tuple[str, ...]
    devices: str
    precision: str

    @property
    def n_networks(self) -> int:
        """How many networks."""
        return len(self.networks)

    @property
    def seeds(self) -> str:
        """Their seeds, runs of consecutive ones joined."""
        return joined_seeds([one.seed for one in self.networks])

    @property
    def trained_on_data(self) -> str:
        """Data sets they were trained on."""
        return ", ".join(dict.fromkeys(DATASET_NAMES[one.dataset] for one in self.networks))

    @property
    def data_text(self) -> str:
        """The same, and in brackets why they are not the paper's own."""
        notes = ["stands in"] * self.stands_in + ["from elsewhere"] * (self.origin == "from elsewhere")
        return self.trained_on_data + (f" ({', '.join(notes)})" if notes else "")


def sources(verdicts: Sequence[Verdict]) -> tuple[Source, ...]:
    """Return one source per network of the paper that the verdicts speak of and some network stands behind."""
    found: dict[str, Source] = {}
    # A verdict that compares two data sets is of the poorer one's kind, and speaks last of its own networks.
    for verdict in sorted(verdicts, key=lambda verdict: "compared_with" in verdict.evidence):
        if verdict.evidence.get("networks") and verdict.network not in found:
            found[verdict.network] = _source(verdict.network, verdict.evidence)
    return tuple(found[network] for network in DATASETS if network in found)


def speaks_of_the_paper(verdict: Verdict) -> bool:
    """Return whether a verdict rests on networks trained as one of the paper's.

    A rehearsal's decides nothing, and one that rests on no network does not speak of the paper's either.
    """
    evidence = verdict.evidence
    return evidence["kind"] == "paper" and verdict.network in DATASETS and bool(evidence.get("networks"))


def banner(found: Sequence[Source]) -> str:
    """Return what a reader must know before any number; empty where the evidence is the paper's own kind."""
    if not found:
        return "No trained network stands behind this report: it holds what arithmetic alone can settle."
    rehearsed = [source for source in found if source.kind != "paper"]
    if not rehearsed:
        return ""
    notes = [*dict.fromkeys(sentence for source in rehearsed for sentence in _why_not_the_papers(source, rehearsed))]
    if len(rehearsed) == len(found) and {source.trained_on_data for source in rehearsed} == {DIGITS}:
        return " ".join([_on_digits(rehearsed), *(note for note in notes if note != PROFILES[REHEARSAL_DATASET].shows)])
    names = " and ".join(source.network for source in rehearsed)
    told = [
        "This is a rehearsal: it proves nothing about the paper."
        if len(rehearsed) == len(found)
        else f"What is said of {names} is a rehearsal: it proves nothing about the paper."
    ]
    standing_in = [source for source in rehearsed if source.stands_in]
    if standing_in:
        names = ", ".join(dict.fromkeys(source.trained_on_data for source in standing_in))
        told.append(f"Networks trained on {names} stand in for {', '.join(source.network for source in standing_in)}.")
    return " ".join([*told, *notes])


def _on_digits(rehearsed: Sequence[Source]) -> str:
    """Return what a reader must know where digits stand in for all."""
    names = in_a_row([source.network for source in rehearsed])
    what = (
        "all three data sets"
        if len(rehearsed) == len(DATASETS)
        else f"what {names} {'was' if len(rehearsed) == 1 else 'were'} trained on"
    )
    return (
        f"This is a rehearsal on scikit-learn's small digits, which stand in for {what}. It shows that every stage "
        "runs; it says nothing about the paper."
    )


def commands(found: Sequence[Source]) -> tuple[str, ...]:
    """Return the commands that make the evidence again, and judge it; comments name commits and checksums."""
    lines = dict.fromkeys(line for source in found for line in _commands(source))
    return (*lines, "pytest claims/ --run RUN" if lines else "pytest claims/")


def seeds_option(seeds: Sequence[int]) -> str:
    """Return seeds as ``replication run --seeds`` reads them.

    >>> seeds_option([0, 1, 2]), seeds_option([4]), seeds_option([0, 1, 2, 5])
    ('3', '4-4', '0-2,5')
    """
    runs = _runs(seeds)
    if len(runs) == 1:
        first, last = runs[0]
        return f"{first}-{last}" if first else str(last + 1)
    return ",".join(f"{first}-{last}" if first < last else str(first) for first, last in runs)


def joined_seeds(seeds: Sequence[int]) -> str:
    """Return seeds as the reader is told them.

    >>> joined_seeds([0, 1, 2, 5, 7, 8])
    '0–2, 5, 7, 8'
    """
    return ", ".join(
        f"{first}–{last}" if last > first + 1 else ", ".join(map(str, range(first, last + 1)))
        for first, last in _runs(seeds)
    )


def _runs(seeds: Sequence[int]) -> list[tuple[int, int]]:
    """Return first and last of each run of consecutive seeds."""
    runs: list[tuple[int, int]] = []
    for seed in sorted(set(seeds)):
        if runs and seed == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], seed)
        else:
            runs.append((seed, seed))
    return runs


def _why_not_the_papers(source: Source, rehearsed: Sequence[Source]) -> Iterator[str]:
    """Yield what sets networks apart from the paper's; a profile's own words only where its training was followed."""
    profile = PROFILES.get(source.profile)
    if source.from_elsewhere:
        of_these = [one.network for one in rehearsed if one.from_elsewhere == source.from_elsewhere]
        n, n_all = len(source.from_elsewhere), count_text(source.n_networks, "network")
        files = _files_text(source.from_elsewhere)
        yield (
            f"{n} of {n_all} behind {' and '.join(of_these)} {'is' if n == 1 else 'are'} from elsewhere, training "
            f"unknown{files and f': {files}'}."
        )
    elif source.origin == "trained otherwise":
        yield f"Networks behind {source.network} were trained otherwise than profile {source.profile} says."
    elif profile and not profile.is_paper and {one.dataset for one in source.networks} <= {*profile.datasets}:
        yield profile.shows


def _files_text(files: Sequence[ForeignFile]) -> str:
    """Return the files that networks came from, with the beginning of their checksums; nothing where none is known."""
    named = [
        f"{one.name} (SHA-256 {one.sha256[:SHOWN_DIGITS]}…)" if one.sha256 else one.name for one in files if one.name
    ]
    more = f" and {len(named) - MOST_FILES} more" if len(named) > MOST_FILES else ""
    return ", ".join(named[:MOST_FILES]) + more


def _commands(source: Source) -> Iterator[str]:
    """Yield the commands that make the networks of one source and their measurements, data set by data set."""
    foreign = {one.network for one in source.from_elsewhere}
    run = "--precision tf32 --run RUN" if source.precision == "tf32" else "--run RUN"
    for dataset in dict.fromkeys(one.dataset for one in source.networks):
        commits = f"commit{'s' if len(source.commits) > 1 else ''} {', '.join(source.commits)}"
        yield f"# {DATASET_NAMES[dataset]}: {commits}"
        seeds = [one.seed for one in source.networks if one.dataset == dataset and one not in foreign]
        if source.origin == "trained otherwise":
            yield f"# trained otherwise than profile {source.profile} says: no command here trains them again"
        elif seeds:
            options = f"--datasets {dataset} --seeds {seeds_option(seeds)}"
            yield f"replication run --profile {source.profile} {options} {run}"
        for one in source.from_elsewhere:
            if one.network.dataset == dataset:
                if one.sha256:
                    yield f"# {one.name}: SHA-256 {one.sha256}"
                file = shlex.quote(one.name) if one.name else "FILE"
                yield f"replication measure --network {file} --dataset {dataset} --profile {source.profile} {run}"


def _source(network: str, evidence: Mapping[str, Any]) -> Source:
    """Return the source that a verdict's own record tells of."""
    return Source(
        network=network_name(network),
        kind=evidence["kind"],
        origin=evidence["origin"],
        profile=evidence["profile"],
        networks=tuple(NetworkId.parse(name) for name in evidence["networks"]),
        stands_in=bool(evidence["stand_in"]),
        from_elsewhere=tuple(
            ForeignFile(NetworkId.parse(name), *(_known(told[part]) for part in ("file", "sha256")))
            for name, told in evidence["from_elsewhere"].items()
        ),
        commits=tuple(evidence["commits"]),
        devices=", ".join(evidence["trained_on"]),
        precision=evidence["precision"][0] if evidence["precision"] in (["ieee"], ["tf32"]) else "",
    )


def _known(told: str) -> str:
    """Return what is told of a file, in one line; nothing where it is unknown."""
    return "" if told == "unknown" else " ".join(told.splitlines())
