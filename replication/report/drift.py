"""Differences between environments, as text tables for the page, Markdown and the terminal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from replication.drift import Difference, Reading, differences, reference_of
from replication.words import count_text, true_minus

MOST_NAMED = 3
"""Maximum number of flips to name; beyond it only the count is shown."""


@dataclass(frozen=True)
class DriftTable:
    """One table.

    Attributes:
        caption: What the table shows.
        header: One title per column; the first column names the row.
        rows: Cells as text.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Drift:
    """The comparison of readings from several environments.

    Attributes:
        sentences: The environments and networks that were read, and how to read the tables.
        tables: Outputs and counts, neighbourhood hit, answers and verdicts; empty for a single environment.
    """

    sentences: tuple[str, ...]
    tables: tuple[DriftTable, ...]


def drift_of(readings: Sequence[Reading]) -> Drift:
    """Compare readings of several environments.

    Args:
        readings: In any order; there may be none.

    Returns:
        Sentences, and tables if there are environments to compare.
    """
    if not readings:
        return Drift(("No environment has been measured: replication drift measures one.",), ())
    reference, found = reference_of(readings), differences(readings)
    return Drift(tuple(_sentences(readings, reference)), tuple(_tables(found)) if found else ())


def _sentences(readings: Sequence[Reading], reference: Reading) -> Iterator[str]:
    """Yield sentences on the environments and networks read, and on how to read the tables."""
    networks = ", ".join(reference.networks)
    profile = reference.provenance["profile"]
    yield f"The same trained networks ({networks}) were measured in {count_text(len(readings), 'environment')}."
    if len(readings) > 1:
        yield (
            f"Differences are from {reference.label}. Log-probabilities are compared on {_n_kept(reference)} test "
            f"images, predictions on all. NH, counts and answers were measured as profile {profile} says."
        )
        yield (
            "A difference in the last bit of an activation can give another UMAP embedding. Compare a change of NH in "
            "the embedding with its change from one embedding seed to the next. Compare it also with the change in the "
            "panel's own space, which does not depend on an embedding."
        )
    commits = {str(reading.provenance["commit"]) for reading in readings}
    if len(commits) > 1:
        yield f"The readings were made at {len(commits)} commits of this suite, which may themselves cause differences."


def _tables(found: Sequence[Difference]) -> Iterator[DriftTable]:
    """Yield the three tables."""
    yield DriftTable(
        "Outputs and counts: largest change of a log-probability (nats), predictions that flip, and the largest change "
        "of a class's count of selective neurons",
        ("Environment", "Network", "Log-probability", "Flipped predictions", "AS count", "AES count"),
        tuple(
            (
                one.reading.label,
                row.network,
                f"{row.log_probability:.2g}",
                f"{row.n_flipped} of {row.n_images:,}",
                f"{row.n_selective:g}",
                f"{row.n_effect_selective:g}",
            )
            for one in found
            for row in one.networks
        ),
    )
    panels = next((list(row.nh_pp) for one in found for row in one.networks), [])
    yield DriftTable(
        "Neighbourhood hit: change in percentage points in each panel's embedding (in its own space)",
        ("Environment", "Network", *panels),
        tuple(
            (
                one.reading.label,
                row.network,
                *(f"{_signed(row.nh_pp[panel])} ({_signed(row.nh_raw_pp[panel])})" for panel in panels),
            )
            for one in found
            for row in one.networks
        ),
    )
    yield DriftTable(
        "Claims: statements whose answer for a single network flips, and decided verdicts that flip when the "
        "measurements of the networks' own run are judged again",
        ("Environment", "Flipped answers", "Flipped verdicts"),
        tuple(
            (
                one.reading.label,
                _flips(one.flipped_answers, one.n_answers),
                _flips(one.flipped_verdicts, one.n_verdicts),
            )
            for one in found
        ),
    )


def _flips(names: Sequence[str], n: int) -> str:
    """Return how many of n flip, and their names if there are few."""
    if n == 0:
        return "nothing to compare"
    named = f": {', '.join(names)}" if 0 < len(names) <= MOST_NAMED else ""
    return f"{len(names)} of {n}{named}"


def _signed(number: float) -> str:
    """Return a signed change; 0.00 has no sign."""
    text = f"{number:+.2f}"
    return "0.00" if float(text) == 0 else true_minus(text)


def _n_kept(reading: Reading) -> int:
    """Return how many images' log-probabilities a reading keeps."""
    return max(len(network.log_probabilities) for network in reading.networks.values())
