"""The result of the audit for one statement of the paper."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["holds", "contradicted", "remark"]


@dataclass(frozen=True)
class Finding:
    """One statement of the paper, checked against the paper's own numbers.

    Attributes:
        id: Name of the check, such as ``"neurons"`` or ``"correlation/as-nh/fashion"``.
        place: Place of the statement, numbered as in the ledger.
        statement: What the paper says, in our words.
        outcome: ``holds`` if the statement agrees with the paper's other numbers, ``contradicted`` if it does not,
            ``remark`` if nothing is wrong but a reader should know it.
        detail: The arithmetic behind the outcome.
    """

    id: str
    place: str
    statement: str
    outcome: Outcome
    detail: str


def holds_if(agrees: object) -> Outcome:
    """Return ``"holds"`` if the statement agrees with the arithmetic, otherwise ``"contradicted"``."""
    return "holds" if agrees else "contradicted"
