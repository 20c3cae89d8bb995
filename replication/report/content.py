"""The content of a report, gathered once so that the HTML page and the Markdown agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from replication.audit import Finding, audit
from replication.drift import Reading
from replication.evidence import Evidence
from replication.judging.claim import NO_NETWORK
from replication.judging.verdict import Verdict
from replication.ledger import LedgerRow, load_ledger
from replication.paper import FIGURES as PRINTED_FIGURES
from replication.report.bounds import Bounds, bounds
from replication.report.cards import Section, section_heading, section_of, sections_in_paper_order
from replication.report.class_harm import HarmTable, harm_tables
from replication.report.drift import Drift, drift_of
from replication.report.environment import Environment, environment
from replication.report.figure_verdicts import verdicts_on_figure, what_is_judged
from replication.report.headlines import Headline, MainClaim, headlines, undecided
from replication.report.held_out import HeldOutCheck, check_held_out
from replication.report.known import UNKNOWN, Failure, Known, Takeaway, failures
from replication.report.layer_hits import LayerTable, layer_tables
from replication.report.multiplicity import Multiplicity, multiplicity
from replication.report.open_choices import OpenChoice, open_choices
from replication.report.printed_numbers import PrintedNumber, printed_numbers
from replication.report.short_answer import ShortAnswer, short_answer
from replication.report.sources import Source, banner, commands, sources
from replication.report.summary import Summary, summarise
from replication.report.verdict_map import VerdictMap, verdict_map
from replication.study import DATASETS

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Picture:
    """One figure drawn from the evidence.

    Attributes:
        id: Figure id in ``replication.figures``.
        svg: The drawing.
        heading: Figure number in the paper (if any), title, and the networks shown (if known).
        caption: How to read the figure, in our words.
        verdicts: Verdicts on what the paper says about the figure.
        over: Which networks the verdicts concern and which of them the drawing shows; empty without verdicts.
    """

    id: str
    svg: str
    heading: str
    caption: str
    verdicts: tuple[Verdict, ...]
    over: str


@dataclass(frozen=True)
class Content:
    """The content of a report.

    Attributes:
        sections: The verdicts as cards, by section of the paper.
        summary: The result in plain sentences.
        verdict_map: The verdicts on trained networks at a glance; empty in a rehearsal.
        sources: The networks behind the verdicts, by network of the paper.
        banner: Warning to show before any number; may be empty.
        short_answer: Whether the paper holds, and where each main claim does; None if the evidence gives no answer.
        takeaways: The most important findings that the verdicts support.
        headlines: The paper's main claims; empty unless all were judged.
        known: Knowledge about the evidence beyond its numbers.
        failures: For each claim that does not hold for trained networks, the networks and what was found instead.
        undecided: What the evidence cannot decide, one sentence each.
        errors: Error message by failed check.
        printed: The paper's printed numbers among the values of the seeds.
        layers: Neighbourhood hit by layer; empty without evidence.
        harm: Harm by class; empty without evidence.
        pictures: The redrawn figures of the paper, and additional figures.
        findings: Results of the audit of the paper's own numbers.
        ledger: The paper's sentences.
        choices: The choices that the paper leaves open.
        bounds: Bounds set by this suite, and the verdicts that depend on them.
        multiplicity: What many verdicts at once imply for reading them.
        held_out: How networks answer that were measured after the rules had been set.
        drift: How far results depend on the environment.
        environment: Origin of the measurements; None without evidence.
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
    held_out: HeldOutCheck
    drift: Drift
    environment: Environment | None
    commands: tuple[str, ...]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All verdicts in the order of the paper."""
        return tuple(verdict for section in self.sections for verdict in section.verdicts)

    @property
    def decides(self) -> bool:
        """Whether any verdict rests on networks like the paper's; a rehearsal decides nothing."""
        return any(one.speaks_of_the_paper for one in self.verdicts)

    @property
    def ledger_by_section(self) -> dict[str, tuple[LedgerRow, ...]]:
        """The paper's sentences by section heading; all captions share one heading."""
        found: dict[str, list[LedgerRow]] = {}
        for row in self.ledger:
            section = section_of(row.id)
            heading = "Captions" if section.startswith("figure ") else section_heading(section)
            found.setdefault(heading, []).append(row)
        return {heading: tuple(rows) for heading, rows in found.items()}

    @property
    def section_anchors(self) -> dict[str, str]:
        """Anchor of each section's cards in the page, by section heading."""
        return {section.heading: section.anchor for section in self.sections}

    @property
    def anchors(self) -> dict[str, str]:
        """Anchor of each claim's card in the page, by claim id."""
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
    main_claims: Sequence[MainClaim] = (),
) -> Content:
    """Gather the content of a report.

    Args:
        verdicts: In any order.
        evidence: The measurements behind the verdicts; without them the tables of layers, classes and wall times are
            empty.
        errors: Error message by check that failed and has no verdict.
        caveats: Limits of the verdicts, by claim id.
        figures: SVG text by figure id in ``replication.figures``.
        readings: Measurements of the same networks in several environments.
        known: Knowledge about the evidence beyond its numbers.
        main_claims: What the report answers first; nothing unless all of them were judged.

    Returns:
        The content of the report.

    Raises:
        ValueError: A verdict is on networks of another paper.
    """
    if others := {verdict.network for verdict in verdicts} - {*DATASETS, NO_NETWORK}:
        raise ValueError(
            f"a verdict is on {', '.join(sorted(others))}: the report names, counts and describes networks of "
            f"{', '.join(DATASETS)} alone; keep verdicts on others with judging.save_verdicts"
        )
    ledger = load_ledger()
    sections = sections_in_paper_order(verdicts, ledger, caveats)
    found = sources(verdicts)
    in_order = [verdict for section in sections for verdict in section.verdicts]
    answered = headlines(main_claims, sections, known)
    counted, bounded = multiplicity(verdicts), bounds(in_order)
    held_out = check_held_out(in_order, known.held_out)
    return Content(
        sections=sections,
        summary=summarise(
            sections, counted, bounded, n_errors=len(errors), remarks=(*held_out.sentences, *known.remarks)
        ),
        verdict_map=verdict_map(sections),
        sources=found,
        banner=banner(found),
        short_answer=short_answer(answered),
        takeaways=known.borne_out(verdicts),
        headlines=answered,
        known=known,
        failures=failures(in_order, known),
        undecided=undecided(found, verdicts),
        errors=dict(sorted(errors.items())),
        printed=printed_numbers(in_order),
        layers=() if evidence is None else layer_tables(evidence),
        harm=() if evidence is None else harm_tables(evidence),
        pictures=_pictures(figures, in_order, evidence),
        findings=audit(),
        ledger=ledger,
        choices=open_choices(verdicts),
        bounds=bounded,
        multiplicity=counted,
        held_out=held_out,
        drift=drift_of(readings),
        environment=None if evidence is None else environment(evidence),
        commands=commands(found),
    )


def _pictures(
    figures: Mapping[str, str], verdicts: Sequence[Verdict], evidence: Evidence | None
) -> tuple[Picture, ...]:
    """Return the figures in the order of the figure registry."""
    if not figures:
        return ()
    from replication.figures import FIGURES

    found = []
    for name, one in FIGURES.items():
        if name in figures:
            of_figure = verdicts_on_figure(name, verdicts)
            heading = _heading(name, one.title, _networks_shown(name, evidence))
            over = what_is_judged(of_figure, one.dataset)
            found.append(Picture(name, figures[name], heading, one.caption, of_figure, over))
    return tuple(found)


def _networks_shown(name: str, evidence: Evidence | None) -> str:
    """Return which networks a figure shows; empty without evidence, or for a figure over all seeds of all data sets."""
    from replication.figures import FIGURES, NoNetworkError, subjects, whose

    if evidence is None or (FIGURES[name].over_seeds and FIGURES[name].dataset is None):
        return ""
    try:
        return whose(subjects(name, evidence))
    except NoNetworkError:
        return ""


def _heading(name: str, title: str, whose: str) -> str:
    """Return a figure's number in the paper (if any), the networks shown in brackets, and the title.

    >>> _heading("5", "Neuron populations", "F-Net, seed 0"), _heading("noise", "Agreement", "")
    ('Figure 5 (F-Net, seed 0). Neuron populations', 'Agreement')
    """
    shown = f" ({whose})" if whose else ""
    return f"Figure {name}{shown}. {title}" if name in PRINTED_FIGURES else f"{title}{shown}"
