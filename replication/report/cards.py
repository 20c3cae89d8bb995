"""Verdicts in the order of the paper: one card per claim, one group per section."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from replication.judging.claim import NO_NETWORK
from replication.judging.verdict import Verdict
from replication.ledger import LedgerRow
from replication.paper import NETWORK_NAMES
from replication.study import DATASETS, PROFILES

SECTION_TITLES: Mapping[str, str] = {
    "abstract": "Abstract",
    "1": "Introduction",
    "2": "Related work",
    "3.1": "Network training and ablations",
    "3.2": "Embedding of network activations",
    "4.1": "Network ablations",
    "4.2": "Evolvement of representations",
    "4.3": "Functional neuron populations",
    "5": "Conclusion and outlook",
    "A": "Consistency of the paper",
}
"""The paper's sections in order, keyed as in claim ids; ``A`` holds claims about the paper's numbers themselves."""

_UNSAFE = re.compile(r"[^A-Za-z0-9.]+")
"""Characters that an anchor cannot hold."""

THE_PAPER = "the paper itself"
"""The subject of verdicts that need no network."""


@dataclass(frozen=True)
class Card:
    """One claim with its verdicts.

    Attributes:
        id: The claim's id.
        anchor: Anchor of the card in the page; unique.
        verdicts: At least one, in the order of the paper's networks.
        caveat: Limits of the verdicts that a reader must know; may be empty.
    """

    id: str
    anchor: str
    verdicts: tuple[Verdict, ...]
    caveat: str

    @property
    def sentence(self) -> str:
        """The claim in our words."""
        return self.verdicts[0].sentence

    @property
    def place(self) -> str:
        """The place of the claim in the paper."""
        return self.verdicts[0].place

    @property
    def rules(self) -> tuple[str, ...]:
        """The decision rules in words, each once."""
        return tuple(dict.fromkeys(verdict.rule for verdict in self.verdicts))

    def row_anchor(self, verdict: Verdict) -> str:
        """Return the anchor of one verdict's row in the page; unique."""
        return f"row-{self.anchor.removeprefix('claim-')}_{_UNSAFE.sub('-', verdict.network)}"


@dataclass(frozen=True)
class Section:
    """The cards of one section of the paper.

    Attributes:
        id: As claim ids name it.
        anchor: Anchor of the heading above its cards in the page; unique.
        cards: At least one, in the order in which the paper first makes the claims.
    """

    id: str
    anchor: str
    cards: tuple[Card, ...]

    @property
    def heading(self) -> str:
        """Number and title for the reader."""
        return section_heading(self.id)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts of all its cards."""
        return tuple(verdict for card in self.cards for verdict in card.verdicts)


def network_name(network: str) -> str:
    """Return the paper's name of a network, or ``THE_PAPER`` for a claim about the paper itself."""
    return THE_PAPER if network == NO_NETWORK else NETWORK_NAMES.get(network, network)


def panel_heading(verdict: Verdict) -> str:
    """Return the name of a verdict's network and, for a rehearsal, what the rehearsal used.

    For example ``"M-Net (rehearsal on digits)"``.
    """
    evidence = verdict.evidence
    name = network_name(verdict.network)
    if not verdict.is_rehearsal:
        return name
    profile = PROFILES.get(evidence["profile"])
    on = {"from elsewhere": "networks from elsewhere", "trained otherwise": "networks trained otherwise"}
    of_profile = "" if profile is None or profile.is_paper else f"networks of profile {profile.name}"
    subject = evidence["stand_in"] or on.get(evidence["origin"], of_profile)
    return f"{name} (rehearsal{f' on {subject}' if subject else ''})"


def section_heading(section: str) -> str:
    """Return number and title of a section.

    >>> section_heading("4.1"), section_heading("abstract")
    ('§4.1 Network ablations', 'Abstract')
    """
    title = SECTION_TITLES.get(section, "")
    return f"§{section} {title}".rstrip() if section[:1].isdigit() else title or section


def section_of(name: str) -> str:
    """Return the section part of an id, of a claim or of a sentence in the ledger."""
    return name.partition("/")[0]


def sections_in_paper_order(
    verdicts: Sequence[Verdict], ledger: Sequence[LedgerRow], caveats: Mapping[str, str]
) -> tuple[Section, ...]:
    """Gather verdicts into cards and cards into sections.

    Args:
        verdicts: In any order.
        ledger: The paper's sentences.  A claim is placed at the first sentence of its own section that maps to it; if
            only sentences of other sections map to it, at the first of those; if none does, at the end of its section.
        caveats: By claim id.

    Returns:
        Sections in the order of the paper, followed by sections that the paper does not have.
    """
    by_claim: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_claim.setdefault(verdict.id, []).append(verdict)
    mentions = _first_mentions(ledger)
    claims = sorted(by_claim, key=lambda claim: (_rank(SECTION_TITLES, section_of(claim)), mentions.get(claim, 10**6)))
    anchors = _anchors("claim", claims)
    by_section: dict[str, list[Card]] = {}
    for claim in claims:
        ordered = sorted(by_claim[claim], key=lambda verdict: _rank(DATASETS, verdict.network))
        card = Card(claim, anchors[claim], tuple(ordered), caveats.get(claim, ""))
        by_section.setdefault(section_of(claim), []).append(card)
    of_sections = _anchors("section", list(by_section))
    return tuple(Section(section, of_sections[section], tuple(cards)) for section, cards in by_section.items())


def _first_mentions(ledger: Sequence[LedgerRow]) -> dict[str, int]:
    """Return the position of the first sentence that names each claim, preferring its own section."""
    anywhere: dict[str, int] = {}
    at_home: dict[str, int] = {}
    named = ((claim, section_of(row.id)) for row in ledger for claim in row.claims)
    for position, (claim, section) in enumerate(named):
        anywhere.setdefault(claim, position)
        if section == section_of(claim):
            at_home.setdefault(claim, position)
    return anywhere | at_home


def _anchors(kind: str, ids: Sequence[str]) -> dict[str, str]:
    """Return a unique, link-safe anchor for each claim or section id."""
    anchors: dict[str, str] = {}
    taken: set[str] = set()
    for one in ids:
        stem = anchor = f"{kind}-{_UNSAFE.sub('-', one).strip('-')}"
        number = 2
        while anchor in taken:
            anchor, number = f"{stem}-{number}", number + 1
        taken.add(anchor)
        anchors[one] = anchor
    return anchors


def _rank(known: Sequence[str] | Mapping[str, str], name: str) -> int:
    """Return the position of a name among the known ones; an unknown name comes last."""
    names = list(known)
    return names.index(name) if name in names else len(names)
