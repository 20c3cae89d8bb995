"""The paper's abstract, sections and captions, sentence by sentence, with what becomes of each.

The rows stand in ``ledger.toml``, so that they can be reviewed against the paper without reading code.  A sentence
either maps to claims or says why none can be made of it; nothing the paper says is passed over in silence.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

CLAIM_SECTIONS = ("abstract", "3.1", "3.2", "4.1", "4.2", "4.3", "5", "A")
"""The sections that claims are made under; ``A`` gathers what is about the paper's numbers as such."""

CLAIM_ID = re.compile(rf"({'|'.join(map(re.escape, CLAIM_SECTIONS))})/[a-z0-9]+(-[a-z0-9]+)*")
"""The form of a claim's id: a section of the paper, a slash, words in lower case joined by hyphens."""

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
"""Why a sentence maps to no claim; ``pointer`` says what a figure shows, ``limits`` what the authors leave undone."""

REASON = re.compile(rf"({'|'.join(REASON_KINDS)}): .+")
"""The form of a reason: its kind, a colon and why."""

SECTIONS = ("abstract", "1", "2", "3.1", "3.2", "4.1", "4.2", "4.3", "5")
"""The sections that the ledger covers; captions come under their own names, such as ``"figure A.4"``."""

PARAGRAPH_KEYS = {"section", "number", "n_sentences", "sentences"}
SENTENCE_KEYS = {"s", "gist", "claims", "reason"}


@dataclass(frozen=True)
class LedgerRow:
    """One sentence of the paper.

    Attributes:
        id: Section, paragraph and sentence, such as ``"4.1/2.3"``.
        place: The same for the reader, ``"§4.1 ¶2 s3"``, ``"Abstract s4"`` or ``"Figure A.4 s2"``.
        gist: What the sentence says, in our words.
        claims: Ids of the claims it maps to; empty where ``reason`` says why.
        reason: Kind and reason why it maps to none, such as ``"method: followed as stated"``; empty where it does.
    """

    id: str
    place: str
    gist: str
    claims: tuple[str, ...]
    reason: str

    @property
    def kind(self) -> str:
        """The first word of the reason, one of ``REASON_KINDS``; ``"claim"`` where there are claims."""
        return "claim" if self.claims else self.reason.partition(":")[0]


@cache
def load_ledger() -> tuple[LedgerRow, ...]:
    """Return the shipped ledger's rows, in the order of the paper.

    Returns:
        The rows, validated as ``read_ledger`` says.

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
        ValueError: A paragraph or sentence is missing, doubled, out of order or unknown to the ledger; a sentence
            has both claims and a reason, neither, or one that is not well formed; or a key is unknown.
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
    """Return a paragraph's rows.

    Args:
        paragraph: One table of the file.

    Returns:
        Its rows in order.

    Raises:
        ValueError: Its sentences do not run from 1 to its count.
    """
    section, number = paragraph["section"], paragraph["number"]
    sentences = paragraph["sentences"]
    found, due = [sentence["s"] for sentence in sentences], list(range(1, paragraph["n_sentences"] + 1))
    if found != due:
        raise ValueError(f"§{section} ¶{number} has sentences {found} where {due} are due: add or renumber rows")
    return [_read_sentence(sentence, section, number) for sentence in sentences]


def _read_sentence(sentence: Mapping[str, Any], section: str, number: int) -> LedgerRow:
    """Return one sentence's row.

    Args:
        sentence: Its table in the file.
        section: Its section.
        number: Its paragraph.

    Returns:
        The row.

    Raises:
        ValueError: It has both claims and a reason, neither, or one that is not well formed.
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
    """Return the place of a sentence as the reader is told it."""
    if section == "abstract" or section.startswith("figure "):
        return f"{section[0].upper()}{section[1:]} s{sentence}"
    return f"§{section} ¶{number} s{sentence}"


def _refuse_other_keys(table: Mapping[str, Any], known: set[str], where: str) -> None:
    """Refuse a table with a misspelled key.

    Args:
        table: The table.
        known: The keys it may have.
        where: What it is, for the message.

    Raises:
        ValueError: It has another key.
    """
    if unknown := sorted(set(table) - known):
        raise ValueError(f"{where} has unknown keys {unknown}, expected some of {sorted(known)}")
