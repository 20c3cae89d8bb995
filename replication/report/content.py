"""Everything a report says, gathered once, so that the page and the Markdown say the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from replication.audit import Finding, audit
from replication.drift import Reading
from replication.evidence import Evidence
from replication.judging.verdict import Verdict
from replication.ledger import LedgerRow, load_ledger
from replication.paper import FIGURES as PRINTED_FIGURES
from replication.report.bounds import Bounds, bounds
from replication.report.cards import Section, section_heading, section_of, sections_in_paper_order
from replication.report.class_harm import HarmTable, harm_tables
from replication.report.drift import Drift, drift_of
from replication.report.environment import Environment, environment
from replication.report.figure_verdicts import verdicts_on_figure, what_is_judged
from replication.report.headlines import Headline, headlines, undecided
from replication.report.known import UNKNOWN, Failure, Known, Takeaway, failures
from replication.report.layer_hits import LayerTable, layer_tables
from replication.report.multiplicity import Multiplicity, multiplicity
from replication.report.open_choices import OpenChoice, open_choices
from replication.report.printed_numbers import PrintedNumber, printed_numbers
from replication.report.short_answer import ShortAnswer, short_answer
from replication.report.sources import Source, banner, commands, sources, speaks_of_the_paper
from replication.report.summary import Summary, summarise
from replication.report.verdict_map import VerdictMap, verdict_map

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Picture:
    """One figure drawn from the evidence.

    Attributes:
        id: As ``replication.figures`` knows it.
        svg: The drawing.
        heading: Its number in the paper, where it has one, its title, and whose networks it shows, where that is known.
        caption: How to read it, in our words.
        verdicts: On what the paper says of it.
        over: What the verdicts are on, and what of it the drawing shows; empty where there are none.
    """

    id: str
    svg: str
    heading: str
    caption: str
    verdicts: tuple[Verdict, ...]
    over: str


@dataclass(frozen=True)
class Content:
    """What a report says.

    Attributes:
        sections: The verdicts as cards, by section of the paper.
        summary: The result in plain words.
        verdict_map: The verdicts on trained networks at a glance; empty in a rehearsal.
        sources: What the verdicts rest on, by network of the paper.
        banner: What a reader must know before any number; may be empty.
        short_answer: Whether the paper holds, in a word and a few sentences; None where the evidence has none.
        takeaways: What matters most of what was found, as far as the verdicts bear it out.
        headlines: The claims that the paper is read for; empty where they were not all judged.
        known: What is known of the evidence beyond its numbers.
        failures: Of each claim that does not hold of trained networks, on which, with what was found instead.
        undecided: What the evidence cannot decide, a sentence each.
        errors: Message by check that ended in an error.
        printed: The paper's numbers among the seeds.
        layers: Neighbourhood hit by layer; empty without evidence.
        harm: Harm by class; empty without evidence.
        pictures: The paper's figures, redrawn, and ours.
        findings: What the audit has to say of the paper's own numbers.
        ledger: The paper's sentences.
        choices: What the paper leaves open.
        bounds: Bounds that were set here, and what hangs on them.
        multiplicity: What a reader of many verdicts must allow for.
        drift: How far results depend on the environment.
        environment: Where the measurements come from; None without evidence.
        commands: How to reproduce the report.
    """

    sections: tuple[Section, ...]
    summary: Summary
    verdict_map: VerdictMap
    sources: tuple[Source, ...]
    banner: str
    short_answer: ShortAnswer | None
    takeaways: tuple[Takeaway, ...]
    headlines: tuple[Headline, ...]
    known: Known
    failures: tuple[tuple[Failure, ...], ...]
    undecided: tuple[str, ...]
    errors: Mapping[str, str]
    printed: tuple[PrintedNumber, ...]
    layers: tuple[LayerTable, ...]
    harm: tuple[HarmTable, ...]
    pictures: tuple[Picture, ...]
    findings: tuple[Finding, ...]
    ledger: tuple[LedgerRow, ...]
    choices: tuple[OpenChoice, ...]
    bounds: Bounds
    multiplicity: Multiplicity
    drift: Drift
    environment: Environment | None
    commands: tuple[str, ...]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All verdicts in the order of the paper."""
        return tuple(verdict for section in self.sections for verdict in section.verdicts)

    @property
    def decides(self) -> bool:
        """Whether any verdict rests on networks like the paper's; a rehearsal has more to show than to decide."""
        return any(map(speaks_of_the_paper, self.verdicts))

    @property
    def ledger_by_section(self) -> dict[str, tuple[LedgerRow, ...]]:
        """The paper's sentences by heading of their section, all captions together."""
        found: dict[str, list[LedgerRow]] = {}
        for row in self.ledger:
            section = section_of(row.id)
            heading = "Captions" if section.startswith("figure ") else section_heading(section)
            found.setdefault(heading, []).append(row)
        return {heading: tuple(rows) for heading, rows in found.items()}

    @property
    def section_anchors(self) -> dict[str, str]:
        """Where each section's cards stand in the page, by heading of the section."""
        return {section.heading: section.anchor for section in self.sections}

    @property
    def anchors(self) -> dict[str, str]:
        """Where each claim's card stands in the page, by claim id."""
        return {card.id: card.anchor for section in self.sections for card in section.cards}


def gather(
    verdicts: Sequence[Verdict],
    evidence: Evidence | None = None,
    *,
    errors: Mapping[str, str] = NOTHING,
    caveats: Mapping[str, str] = NOTHING,
    figures: Mapping[str, str] = NOTHING,
    readings: Sequence[Reading] = (),
    known: Known = UNKNOWN,
) -> Content:
    """Gather what a report says.

    Args:
        verdicts: In any order.
        evidence: The measurements they were judged on; without them the tables of layers, classes and wall times
            are left out.
        errors: Message by check that ended in an error and so has no verdict.
        caveats: What to know before believing the verdicts, by claim id.
        figures: SVG text by figure id of ``replication.figures``.
        readings: What several environments made of the same networks.
        known: What is known of the evidence beyond its numbers.

    Returns:
        The content of the report.
    """
    ledger = load_ledger()
    sections = sections_in_paper_order(verdicts, ledger, caveats)
    found = sources(verdicts)
    in_order = [verdict for section in sections for verdict in section.verdicts]
    main_claims = headlines(sections, known)
    return Content(
        sections=sections,
        summary=summarise(sections, n_errors=len(errors), remarks=known.remarks),
        verdict_map=verdict_map(sections),
        sources=found,
        banner=banner(found),
        short_answer=short_answer(main_claims),
        takeaways=known.borne_out(verdicts),
        headlines=main_claims,
        known=known,
        failures=failures(in_order, known),
        undecided=undecided(found, verdicts),
        errors=dict(sorted(errors.items())),
        printed=printed_numbers(sections),
        layers=() if evidence is None else layer_tables(evidence),
        harm=() if evidence is None else harm_tables(evidence),
        pictures=_pictures(figures, in_order, evidence),
        findings=audit(),
        ledger=ledger,
        choices=open_choices(verdicts),
        bounds=bounds(in_order),
        multiplicity=multiplicity(verdicts),
        drift=drift_of(readings),
        environment=None if evidence is None else environment(evidence),
        commands=commands(found),
    )


def _pictures(
    figures: Mapping[str, str], verdicts: Sequence[Verdict], evidence: Evidence | None
) -> tuple[Picture, ...]:
    """Return the figures in the order of their registry."""
    if not figures:
        return ()
    from replication.figures import FIGURES

    found = []
    for name, one in FIGURES.items():
        if name in figures:
            of_figure = verdicts_on_figure(name, verdicts)
            heading = _heading(name, one.title, _whose(name, evidence))
            over = what_is_judged(of_figure, one.dataset)
            found.append(Picture(name, figures[name], heading, one.caption, of_figure, over))
    return tuple(found)


def _whose(name: str, evidence: Evidence | None) -> str:
    """Return whose networks a figure shows; nothing where there is no evidence, and where it is all there are."""
    from replication.figures import FIGURES, NoNetworkError, subjects, whose

    if evidence is None or (FIGURES[name].over_seeds and FIGURES[name].dataset is None):
        return ""
    try:
        return whose(subjects(name, evidence))
    except NoNetworkError:
        return ""


def _heading(name: str, title: str, whose: str) -> str:
    """Return a figure's number in the paper, where it has one, its title and, in brackets, whom it shows.

    >>> _heading("5", "Neuron populations", "F-Net, seed 0"), _heading("noise", "Agreement", "")
    ('Figure 5 (F-Net, seed 0). Neuron populations', 'Agreement')
    """
    shown = f" ({whose})" if whose else ""
    return f"Figure {name}{shown}. {title}" if name in PRINTED_FIGURES else f"{title}{shown}"
