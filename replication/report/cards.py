"""Verdicts in the order of the paper, gathered into one card per claim and one group per section."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from replication.judging.judge import NO_NETWORK
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
"""The paper's sections in its order, named as in claim ids; ``A`` gathers what is about its numbers as such."""

_UNSAFE = re.compile(r"[^A-Za-z0-9.]+")
"""What an anchor cannot hold."""

THE_PAPER = "the paper itself"
"""What verdicts are on that need no network."""


@dataclass(frozen=True)
class Card:
    """One claim with its verdicts.

    Attributes:
        id: The claim's id.
        anchor: Where the page has the card; unique in the page.
        verdicts: At least one, the paper's networks in their order.
        caveat: What to know before believing the verdicts; may be empty.
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
        """Where the paper says it."""
        return self.verdicts[0].place

    @property
    def rules(self) -> tuple[str, ...]:
        """The decision rules in words, each once."""
        return tuple(dict.fromkeys(verdict.rule for verdict in self.verdicts))

    def row_anchor(self, verdict: Verdict) -> str:
        """Return where the page has the row of one of its verdicts, unique as the card's own anchor is."""
        return f"row-{self.anchor.removeprefix('claim-')}_{_UNSAFE.sub('-', verdict.network)}"


@dataclass(frozen=True)
class Section:
    """The cards of one section of the paper.

    Attributes:
        id: As claim ids name it.
        anchor: Where the page has its heading above the cards; unique in the page.
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
    """Return the paper's name of a network, or that a claim speaks of none but of the paper itself."""
    return THE_PAPER if network == NO_NETWORK else NETWORK_NAMES.get(network, network)


def panel_heading(verdict: Verdict) -> str:
    """Return the name of a verdict's network, and what was rehearsed on where it decides nothing about the paper.

    Such as ``"M-Net (rehearsal on digits)"``.
    """
    evidence = verdict.evidence
    name = network_name(verdict.network)
    if not is_rehearsal(verdict):
        return name
    profile = PROFILES.get(evidence["profile"])
    on = {"from elsewhere": "networks from elsewhere", "trained otherwise": "networks trained otherwise"}
    of_profile = "" if profile is None or profile.is_paper else f"networks of profile {profile.name}"
    subject = evidence["stand_in"] or on.get(evidence["origin"], of_profile)
    return f"{name} (rehearsal{f' on {subject}' if subject else ''})"


def is_rehearsal(verdict: Verdict) -> bool:
    """Return whether a verdict rests on networks of which nothing follows for the paper's."""
    return bool(verdict.evidence["kind"] == "rehearsal")


def section_heading(section: str) -> str:
    """Return number and title of a section.

    >>> section_heading("4.1"), section_heading("abstract")
    ('§4.1 Network ablations', 'Abstract')
    """
    title = SECTION_TITLES.get(section, "")
    return f"§{section} {title}".rstrip() if section[:1].isdigit() else title or section


def section_of(id: str) -> str:
    """Return the section that the id of a claim names, or that of a sentence in the ledger."""
    return id.partition("/")[0]


def sections_in_paper_order(
    verdicts: Sequence[Verdict], ledger: Sequence[LedgerRow], caveats: Mapping[str, str]
) -> tuple[Section, ...]:
    """Gather verdicts into cards and cards into sections.

    Args:
        verdicts: In any order.
        ledger: The paper's sentences; a claim stands where the first sentence of its section that maps to it stands,
            one that only sentences of other sections map to where the first of those stands, and one that no sentence
            maps to last in its section.
        caveats: By claim id.

    Returns:
        Sections in the order of the paper, last those that it does not have.
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
    """Return where each claim is first named, in its own section if it is named there."""
    anywhere: dict[str, int] = {}
    at_home: dict[str, int] = {}
    named = ((claim, section_of(row.id)) for row in ledger for claim in row.claims)
    for position, (claim, section) in enumerate(named):
        anywhere.setdefault(claim, position)
        if section == section_of(claim):
            at_home.setdefault(claim, position)
    return anywhere | at_home


def _anchors(kind: str, ids: Sequence[str]) -> dict[str, str]:
    """Return an anchor per claim, or per section, that is safe in a link and unique, whatever the ids hold."""
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
    """Return the position of a name among the known ones, after all of them where it is unknown."""
    names = list(known)
    return names.index(name) if name in names else len(names)
