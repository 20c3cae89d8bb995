"""The paper's abstract, sections and captions, sentence by sentence, with the treatment of each sentence.

The rows are in ``ledger.toml``, so that they can be checked against the paper without reading code.  Every sentence of
the paper has a row, which either maps to claims or says why no claim can be made.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class LedgerRow:
    """One sentence of the paper.

    Attributes:
        id: Section, paragraph and sentence, such as ``"4.1/2.3"``.
        place: The id for the reader, such as ``"§4.1 ¶2 s3"``, ``"Abstract s4"`` or ``"Figure A.4 s2"``.
        gist: Content of the sentence, in our words.
        claims: Ids of the claims to which the sentence maps; empty if ``reason`` says why there are none.
        reason: Kind and reason why it maps to no claim, such as ``"method: followed as stated"``; empty if it maps to
            one.
    """

    id: str
    place: str
    gist: str
    claims: tuple[str, ...]
    reason: str

    @property
    def kind(self) -> str:
        """The first word of the reason, such as ``"method"``; ``"claim"`` if there are claims."""
        return "claim" if self.claims else self.reason.partition(":")[0]


@cache
def load_ledger() -> tuple[LedgerRow, ...]:
    """Return the rows of the shipped ledger, in the order of the paper.

    >>> load_ledger()[3].place
    'Abstract s4'
    """
    ledger = tomllib.loads(files("replication").joinpath("ledger.toml").read_text(encoding="utf-8"))
    return tuple(
        _row(paragraph["section"], paragraph["number"], **sentence)
        for paragraph in ledger["paragraph"]
        for sentence in paragraph["sentences"]
    )


def _row(section: str, number: int, *, s: int, gist: str, claims: Sequence[str] = (), reason: str = "") -> LedgerRow:
    """Return the row of sentence ``s`` of a paragraph."""
    is_named = section == "abstract" or section.startswith("figure ")
    place = f"{section[0].upper()}{section[1:]} s{s}" if is_named else f"§{section} ¶{number} s{s}"
    return LedgerRow(f"{section}/{number}.{s}", place, gist, tuple(claims), reason)
