"""What the audit has to say of one statement of the paper."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["holds", "contradicted", "remark"]


@dataclass(frozen=True)
class Finding:
    """One statement of the paper held against its own numbers.

    Attributes:
        id: What is checked, such as ``"neurons"`` or ``"correlation/as-nh/fashion"``.
        place: Where the statement stands, numbered as in the ledger.
        statement: What the paper says, in our words.
        outcome: ``holds``: it agrees with the paper's other numbers; ``contradicted``: it does not;
            ``remark``: nothing is wrong, but a reader should know.
        detail: The arithmetic behind the outcome.
    """

    id: str
    place: str
    statement: str
    outcome: Outcome
    detail: str


def holds_if(agrees: object) -> Outcome:
    """Return ``"holds"`` where the statement agrees with the arithmetic and ``"contradicted"`` where it does not."""
    return "holds" if agrees else "contradicted"
