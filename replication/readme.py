"""The parts of README.md that are generated, so that no number in it was typed by hand.

A part stands between ``<!-- NAME:begin -->`` and ``<!-- NAME:end -->``.  ``replication readme`` writes the parts anew;
a test compares them with what they should be.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping

from replication.audit import audit


def audit_table() -> str:
    """Return what contradicts the paper's own arithmetic, as a Markdown table, and how much agrees with it."""
    findings = audit()
    count = Counter(finding.outcome for finding in findings)
    lines = ["| place | the paper's statement | outcome | why |", "|---|---|---|---|"]
    for finding in findings:
        if finding.outcome != "contradicted":
            continue
        cells = (finding.place, finding.statement, f"**{finding.outcome}**", finding.detail)
        row = " | ".join(cell.replace("|", r"\|") for cell in cells)
        lines.append(f"| {row} |")
    lines.append("")
    lines.append(
        f"{count['holds']} other statements that were recomputed hold, and {count['remark']} call for a remark, such "
        "as 'confirms', said of p = .06."
    )
    return "\n".join(lines)


PARTS: Mapping[str, Callable[[], str]] = {"audit": audit_table}
"""What makes each part."""


def refreshed(text: str) -> str:
    """Return the README with every generated part made anew.

    Args:
        text: The README.

    Returns:
        The same text, but for what stands between the marks.

    Raises:
        ValueError: The marks of a part are missing.
    """
    for name, make in PARTS.items():
        pattern = re.compile(f"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)", re.DOTALL)
        if not pattern.search(text):
            raise ValueError(f"the README has no part {name!r}: expected <!-- {name}:begin --> and <!-- {name}:end -->")
        part = make()
        text = pattern.sub(lambda found, part=part: f"{found[1]}{part}\n{found[2]}", text)  # type: ignore[misc]
    return text
