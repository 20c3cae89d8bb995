"""The networks behind the verdicts, read from the verdicts themselves, so that the report shows a rehearsal at once."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from replication.evidence import Origin
from replication.judging.verdict import Verdict
from replication.report.cards import network_name
from replication.study import DATASETS, PROFILES, REHEARSAL_DATASET, NetworkId
from replication.words import count_text, in_a_row

DATASET_NAMES: Mapping[str, str] = {
    "mnist": "MNIST",
    "kmnist": "KMNIST",
    "fashion": "Fashion-MNIST",
    "digits": "digits",
}

DIGITS = DATASET_NAMES[REHEARSAL_DATASET]

MOST_FILES = 4
"""Maximum number of files named in the banner; the commands list all of them."""

SHOWN_DIGITS = 12
"""Digits of a checksum shown in the banner."""


@dataclass(frozen=True)
class ForeignFile:
    """The file that a network from elsewhere was read from.

    Attributes:
        network: The network's id in the run.
        name: The file's name, without line breaks; empty if unknown.
        sha256: The file's checksum; empty if unknown.
    """

    network: NetworkId
    name: str
    sha256: str


@dataclass(frozen=True)
class Source:
    """The networks behind the verdicts on one of the paper's networks.

    Attributes:
        network: The paper's name of the network that the verdicts are about.
        kind: ``"paper"``, or ``"rehearsal"`` if the verdicts decide nothing about the paper.
        origin: Who trained the networks, and whether they followed the profile.
        profile: Profile of the measurement and, unless the networks are from elsewhere, of the training.
        networks: Network ids.
        stands_in: Whether the networks were trained on another data set than the paper's.
        from_elsewhere: Files of the networks from elsewhere.
        commits: Commits of the code that made the measurements.
        devices: Devices used for training.
        precision: The float32 arithmetic of all measurements; empty if it is not unique or not known.
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
    def is_rehearsal(self) -> bool:
        """Whether the verdicts decide nothing about the paper."""
        return self.kind == "rehearsal"

    @property
    def n_networks(self) -> int:
        """Number of networks."""
        return len(self.networks)

    @property
    def seeds(self) -> str:
        """Seeds of the networks, with consecutive ones joined."""
        return joined_seeds([one.seed for one in self.networks])

    @property
    def trained_on_data(self) -> str:
        """Data sets of the training."""
        return ", ".join(dict.fromkeys(DATASET_NAMES[one.dataset] for one in self.networks))

    @property
    def data_text(self) -> str:
        """The data sets and, in brackets, why the networks are not the paper's own kind."""
        notes = ["stands in"] * self.stands_in + ["from elsewhere"] * (self.origin == "from elsewhere")
        return self.trained_on_data + (f" ({', '.join(notes)})" if notes else "")


def sources(verdicts: Sequence[Verdict]) -> tuple[Source, ...]:
    """Return one source per network of the paper that has verdicts based on networks."""
    found: dict[str, Source] = {}
    # A verdict that compares two data sets has the kind of the poorer one, so it comes last for its own network.
    for verdict in sorted(verdicts, key=lambda verdict: "compared_with" in verdict.evidence):
        if verdict.evidence.get("networks") and verdict.network not in found:
            found[verdict.network] = _source(verdict.network, verdict.evidence)
    return tuple(found[network] for network in DATASETS if network in found)


def banner(found: Sequence[Source]) -> str:
    """Return the warning to show before any number; empty if the evidence is of the paper's own kind."""
    if not found:
        return "No trained network is behind this report: it contains only what arithmetic can decide."
    rehearsed = [source for source in found if source.is_rehearsal]
    if not rehearsed:
        return ""
    notes = [*dict.fromkeys(sentence for source in rehearsed for sentence in _why_not_the_papers(source, rehearsed))]
    if len(rehearsed) == len(found) and {source.trained_on_data for source in rehearsed} == {DIGITS}:
        return " ".join([_on_digits(rehearsed), *(note for note in notes if note != PROFILES[REHEARSAL_DATASET].shows)])
    names = " and ".join(source.network for source in rehearsed)
    sentences = [
        "This is a rehearsal: it proves nothing about the paper."
        if len(rehearsed) == len(found)
        else f"What this report says about {names} is a rehearsal: it proves nothing about the paper."
    ]
    standing_in = [source for source in rehearsed if source.stands_in]
    if standing_in:
        names = ", ".join(dict.fromkeys(source.trained_on_data for source in standing_in))
        sentences.append(
            f"Networks trained on {names} stand in for {', '.join(source.network for source in standing_in)}."
        )
    return " ".join([*sentences, *notes])


def _on_digits(rehearsed: Sequence[Source]) -> str:
    """Return the warning for a run in which digits replace all data sets."""
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
    """Return the commands that reproduce the evidence and judge it; comments name commits and checksums."""
    lines = dict.fromkeys(line for source in found for line in _commands(source))
    return (*lines, "pytest claims/ --run RUN" if lines else "pytest claims/")


def seeds_option(seeds: Sequence[int]) -> str:
    """Return seeds in the format of ``replication run --seeds``.

    >>> seeds_option([0, 1, 2]), seeds_option([4]), seeds_option([0, 1, 2, 5])
    ('3', '4-4', '0-2,5')
    """
    runs = _runs(seeds)
    if len(runs) == 1:
        first, last = runs[0]
        return f"{first}-{last}" if first else str(last + 1)
    return ",".join(f"{first}-{last}" if first < last else str(first) for first, last in runs)


def joined_seeds(seeds: Sequence[int]) -> str:
    """Return seeds as text for the reader.

    >>> joined_seeds([0, 1, 2, 5, 7, 8])
    '0–2, 5, 7, 8'
    """
    return ", ".join(
        f"{first}–{last}" if last > first + 1 else ", ".join(map(str, range(first, last + 1)))
        for first, last in _runs(seeds)
    )


def _runs(seeds: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first and last seed of each consecutive run."""
    runs: list[tuple[int, int]] = []
    for seed in sorted(set(seeds)):
        if runs and seed == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], seed)
        else:
            runs.append((seed, seed))
    return runs


def _why_not_the_papers(source: Source, rehearsed: Sequence[Source]) -> Iterator[str]:
    """Yield how the networks differ from the paper's; the profile's own words only if its training was followed."""
    profile = PROFILES.get(source.profile)
    if source.from_elsewhere:
        of_these = [one.network for one in rehearsed if one.from_elsewhere == source.from_elsewhere]
        n, n_all = len(source.from_elsewhere), count_text(source.n_networks, "network")
        files = _files_text(source.from_elsewhere)
        yield (
            f"{n} of {n_all} behind {' and '.join(of_these)} {'is' if n == 1 else 'are'} from elsewhere (training "
            f"unknown){files and f': {files}'}."
        )
    elif source.origin == "trained otherwise":
        yield f"Networks behind {source.network} were not trained as profile {source.profile} says."
    elif profile and not profile.is_paper and {one.dataset for one in source.networks} <= {*profile.datasets}:
        yield profile.shows


def _files_text(files: Sequence[ForeignFile]) -> str:
    """Return the files of the networks, with the first digits of their checksums; empty if none is known."""
    named = [
        f"{one.name} (SHA-256 {one.sha256[:SHOWN_DIGITS]}…)" if one.sha256 else one.name for one in files if one.name
    ]
    more = f" and {len(named) - MOST_FILES} more" if len(named) > MOST_FILES else ""
    return ", ".join(named[:MOST_FILES]) + more


def _commands(source: Source) -> Iterator[str]:
    """Yield the commands that make the networks and measurements of one source, by data set."""
    foreign = {one.network for one in source.from_elsewhere}
    run = "--precision tf32 --run RUN" if source.precision == "tf32" else "--run RUN"
    for dataset in dict.fromkeys(one.dataset for one in source.networks):
        commits = f"commit{'s' if len(source.commits) > 1 else ''} {', '.join(source.commits)}"
        yield f"# {DATASET_NAMES[dataset]}: {commits}"
        seeds = [one.seed for one in source.networks if one.dataset == dataset and one not in foreign]
        if source.origin == "trained otherwise":
            yield f"# not trained as profile {source.profile} says: no command here trains them again"
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
    """Return the source described in a verdict's own record."""
    return Source(
        network=network_name(network),
        kind=evidence["kind"],
        origin=evidence["origin"],
        profile=evidence["profile"],
        networks=tuple(NetworkId.parse(name) for name in evidence["networks"]),
        stands_in=bool(evidence["stand_in"]),
        from_elsewhere=tuple(
            ForeignFile(NetworkId.parse(name), *(_known(record[part]) for part in ("file", "sha256")))
            for name, record in evidence["from_elsewhere"].items()
        ),
        commits=tuple(evidence["commits"]),
        devices=", ".join(evidence["trained_on"]),
        precision=evidence["precision"][0] if evidence["precision"] in (["ieee"], ["tf32"]) else "",
    )


def _known(text: str) -> str:
    """Return the known text about a file in one line; empty if unknown."""
    return "" if text == "unknown" else " ".join(text.splitlines())
