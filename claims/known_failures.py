"""What is known of the recorded evidence, as ``known_failures.toml`` lists it: the claims that do not hold on it."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from replication.report import UNKNOWN, Known
from replication.run_folder import RECORDED, RunFolder

KNOWN_FAILURES = Path(__file__).with_suffix(".toml")


@cache
def known_failures() -> dict[tuple[str, str], str]:
    """Return of each known non-replication the finding with its numbers, by claim and network."""
    return {(row["id"], row["network"]): row["finding"] for row in _listed()["claim"]}


def known_of_recorded() -> Known:
    """Return what is known of the recorded evidence."""
    return Known(known_failures(), (_listed()["looks"],))


def known_of(run: RunFolder) -> Known:
    """Return what is known of a run: of any but the recorded one nothing."""
    return known_of_recorded() if run.path.resolve() == RECORDED.resolve() else UNKNOWN


@cache
def _listed() -> dict[str, Any]:
    """Return the list as it stands in the file."""
    return tomllib.loads(KNOWN_FAILURES.read_text(encoding="utf-8"))
