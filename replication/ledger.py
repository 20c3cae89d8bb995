"""The paper's abstract, sections and captions, sentence by sentence, with the treatment of each sentence.

The rows are in ``ledger.toml``, so that they can be checked against the paper without reading code.  Every sentence of
the paper has a row, which either maps to claims or says why no claim can be made.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

CLAIM_SECTIONS = ("abstract", "3.1", "3.2", "4.1", "4.2", "4.3", "5", "A")
"""Sections of claims; ``A`` holds claims about the paper's numbers themselves."""

CLAIM_ID = re.compile(rf"({'|'.join(map(re.escape, CLAIM_SECTIONS))})/[a-z0-9]+(-[a-z0-9]+)*")
"""Pattern of a claim id: a section of the paper, a slash, and lower-case words joined by hyphens."""

REASON_KINDS = (
    "background",
    "method",
    "definition",
    "interpretation",
    "outlook",
    "pointer",
    "caveat",
    "limits",
)
"""Reasons why a sentence maps to no claim; ``pointer`` says what a figure shows, ``limits`` what the authors left
undone."""

REASON = re.compile(rf"({'|'.join(REASON_KINDS)}): .+")
"""Pattern of a reason: its kind, a colon, and the reason."""

SECTIONS = ("abstract", "1", "2", "3.1", "3.2", "4.1", "4.2", "4.3", "5")
"""Sections of the ledger; captions have their own names, such as ``"figure A.4"``."""

PARAGRAPH_KEYS = {"section", "number", "n_sentences", "sentences"}
SENTENCE_KEYS = {"s", "gist", "claims", "reason"}


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
        """The first word of the reason, one of ``REASON_KINDS``; ``"claim"`` if there are claims."""
        return "claim" if self.claims else self.reason.partition(":")[0]


@cache
def load_ledger() -> tuple[LedgerRow, ...]:
    """Return the rows of the shipped ledger, in the order of the paper.

    Returns:
        The rows, validated by ``read_ledger``.

    >>> load_ledger()[3].place
    'Abstract s4'
    """
    return read_ledger(files("replication").joinpath("ledger.toml").read_text(encoding="utf-8"))


def read_ledger(text: str) -> tuple[LedgerRow, ...]:
    """Read and validate a ledger.

    Args:
        text: TOML: an array ``paragraph`` of tables with ``section``, ``number``, ``n_sentences`` (as counted in the
            paper) and ``sentences``, each with its number ``s``, a ``gist`` and either ``claims`` or a ``reason``.

    Returns:
        One row per sentence, in the order of the file.

    Raises:
        ValueError: A paragraph or sentence is missing, duplicated, out of order or in an unknown section.  Or a
            sentence has no gist, both claims and a reason, neither, one that is malformed, or a repeated claim.  Or a
            key is unknown.
        KeyError: A paragraph or sentence lacks a key.
    """
    rows: list[LedgerRow] = []
    next_number: dict[str, int] = {}
    for paragraph in tomllib.loads(text).get("paragraph", []):
        _refuse_other_keys(paragraph, PARAGRAPH_KEYS, "a paragraph")
        section, number = paragraph["section"], paragraph["number"]
        expected = next_number.get(section, 1)
        if number != expected:
            raise ValueError(
                f"section {section!r} has paragraph {number} where {expected} is due: number them in order"
            )
        if section not in SECTIONS and not section.startswith("figure "):
            raise ValueError(f"no section {section!r}: expected {', '.join(SECTIONS)} or 'figure …'")
        next_number[section] = number + 1
        rows.extend(_read_paragraph(paragraph))
    return tuple(rows)


def _read_paragraph(paragraph: Mapping[str, Any]) -> list[LedgerRow]:
    """Return the rows of a paragraph.

    Args:
        paragraph: The paragraph's table in the file.

    Returns:
        The rows in order.

    Raises:
        ValueError: The sentence numbers do not run from 1 to the paragraph's count, or a sentence is malformed.
    """
    section, number = paragraph["section"], paragraph["number"]
    sentences = paragraph["sentences"]
    found, due = [sentence["s"] for sentence in sentences], list(range(1, paragraph["n_sentences"] + 1))
    if found != due:
        raise ValueError(f"§{section} ¶{number} has sentences {found} where {due} are due: add or renumber rows")
    return [_read_sentence(sentence, section, number) for sentence in sentences]


def _read_sentence(sentence: Mapping[str, Any], section: str, number: int) -> LedgerRow:
    """Return the row of a sentence.

    Args:
        sentence: The sentence's table in the file.
        section: Section of the sentence.
        number: Number of the paragraph.

    Returns:
        The row.

    Raises:
        ValueError: The sentence has no gist, both claims and a reason, neither, one that is malformed, a repeated
            claim, or an unknown key.
    """
    place = _place(section, number, sentence["s"])
    _refuse_other_keys(sentence, SENTENCE_KEYS, place)
    claims, reason = tuple(sentence.get("claims", ())), sentence.get("reason", "")
    if not sentence["gist"]:
        raise ValueError(f"{place} has no gist: say in our words what the sentence says")
    if bool(claims) == bool(reason):
        raise ValueError(f"{place} needs either claims or a reason, not both and not neither: {claims}, {reason!r}")
    for claim in claims:
        if not CLAIM_ID.fullmatch(claim):
            raise ValueError(
                f"{place} names the claim {claim!r}, expected one of {', '.join(CLAIM_SECTIONS)}, a slash, and words "
                "in lower case joined by hyphens"
            )
    if len(set(claims)) != len(claims):
        raise ValueError(f"{place} names a claim twice: {claims}")
    if reason and not REASON.fullmatch(reason):
        raise ValueError(f"{place} has the reason {reason!r}, expected '<kind>: <why>' of {', '.join(REASON_KINDS)}")
    return LedgerRow(f"{section}/{number}.{sentence['s']}", place, sentence["gist"], claims, reason)


def _place(section: str, number: int, sentence: int) -> str:
    """Return the place of a sentence for the reader."""
    if section == "abstract" or section.startswith("figure "):
        return f"{section[0].upper()}{section[1:]} s{sentence}"
    return f"§{section} ¶{number} s{sentence}"


def _refuse_other_keys(table: Mapping[str, Any], known: set[str], where: str) -> None:
    """Check that a table has no unknown key.

    Args:
        table: The table.
        known: The allowed keys.
        where: Name of the table, for the message.

    Raises:
        ValueError: The table has an unknown key.
    """
    if unknown := sorted(set(table) - known):
        raise ValueError(f"{where} has unknown keys {unknown}, expected some of {sorted(known)}")
