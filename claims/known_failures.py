"""Read ``known_failures.toml``: the main findings in the recorded evidence, and the claims that do not hold."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from replication.report import UNKNOWN, HeldOut, Known, Takeaway
from replication.run_folder import RunFolder
from replication.study import NetworkId

KNOWN_FAILURES = Path(__file__).with_suffix(".toml")


@cache
def known_failures() -> dict[tuple[str, str], str]:
    """Return the finding of each known non-replication, with its numbers, by claim and network."""
    return {(row["id"], row["network"]): row["finding"] for row in _listed()["claim"]}


def known_of_recorded() -> Known:
    """Return the knowledge about the recorded evidence."""
    return Known(
        known_failures(),
        (*_listed()["remarks"], _listed()["looks"]),
        tuple(map(_takeaway, _listed()["takeaway"])),
        _held_out(_listed()["held_out"]),
    )


def known_of(run: RunFolder) -> Known:
    """Return the knowledge about a run; empty unless it is the recorded one."""
    return known_of_recorded() if run.is_recorded else UNKNOWN


def _takeaway(row: dict[str, Any]) -> Takeaway:
    """Return a takeaway with the verdicts that support it."""
    rests_on = {
        (claim, network): outcome
        for claim, by_network in row["rests_on"].items()
        for network, outcome in by_network.items()
    }
    return Takeaway(row["headline"], row["text"], rests_on)


def _held_out(row: dict[str, Any]) -> HeldOut:
    """Return the networks held out, and since when."""
    names = {str(NetworkId(dataset, seed)) for dataset, seeds in row["seeds"].items() for seed in seeds}
    return HeldOut(frozenset(names), row["since"])


@cache
def _listed() -> dict[str, Any]:
    """Return the list as read from the file."""
    return tomllib.loads(KNOWN_FAILURES.read_text(encoding="utf-8"))
