"""What ``known_failures.toml`` lists of the recorded evidence: what matters most, and the claims that do not hold."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from replication.report import UNKNOWN, Known, Takeaway
from replication.run_folder import RECORDED, RunFolder

KNOWN_FAILURES = Path(__file__).with_suffix(".toml")


@cache
def known_failures() -> dict[tuple[str, str], str]:
    """Return of each known non-replication the finding with its numbers, by claim and network."""
    return {(row["id"], row["network"]): row["finding"] for row in _listed()["claim"]}


def known_of_recorded() -> Known:
    """Return what is known of the recorded evidence."""
    return Known(known_failures(), (_listed()["looks"],), tuple(map(_takeaway, _listed()["takeaway"])))


def known_of(run: RunFolder) -> Known:
    """Return what is known of a run: of any but the recorded one nothing."""
    return known_of_recorded() if run.path.resolve() == RECORDED.resolve() else UNKNOWN


def _takeaway(row: dict[str, Any]) -> Takeaway:
    """Return what matters, with the verdicts that make it true."""
    rests_on = {
        (claim, network): outcome
        for claim, by_network in row["rests_on"].items()
        for network, outcome in by_network.items()
    }
    return Takeaway(row["headline"], row["text"], rests_on)


@cache
def _listed() -> dict[str, Any]:
    """Return the list as it stands in the file."""
    return tomllib.loads(KNOWN_FAILURES.read_text(encoding="utf-8"))
