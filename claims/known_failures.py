"""The claims that are known not to hold, as ``known_failures.toml`` lists them."""

import tomllib
from functools import cache
from pathlib import Path

KNOWN_FAILURES = Path(__file__).with_suffix(".toml")


@cache
def known_failures() -> dict[tuple[str, str], str]:
    """Return of each known non-replication the finding with its numbers, by claim and network."""
    rows = tomllib.loads(KNOWN_FAILURES.read_text(encoding="utf-8"))["claim"]
    return {(row["id"], row["network"]): row["finding"] for row in rows}
