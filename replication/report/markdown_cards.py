"""Every claim in Markdown, with its criteria and the choices that would change its verdict."""

from collections.abc import Iterator, Sequence

from replication.judging.claim import NO_NETWORK
from replication.judging.verdict import Criterion, Verdict
from replication.report.bounds import same_with
from replication.report.cards import Card, Section, panel_heading
from replication.report.known import Known
from replication.report.markdown_text import escape, marked, measured, verdict_marked
from replication.report.outcomes import answer, shown
from replication.report.quantities import finite_values, span_text
from replication.words import true_minus


def claims_in_detail(sections: Sequence[Section], known: Known) -> Iterator[str]:
    """Yield a heading per section and a block per claim, with what was found if the claim does not hold."""
    for section in sections:
        yield f"### {escape(section.heading)}"
        for card in section.cards:
            yield from _card(card, known)


def _card(card: Card, known: Known) -> Iterator[str]:
    """Yield one claim."""
    yield f"#### {escape(card.id)}"
    lines = [f"{escape(card.sentence)} ({escape(card.place)})", ""]
    lines += [f"- Rule: {escape(rule)}" for rule in card.rules]
    if card.caveat:
        lines.append(f"- Caveat: {escape(card.caveat)}")
    for verdict in card.verdicts:
        lines += _verdict(verdict, known.found(verdict))
    yield "\n".join(lines)


def _verdict(verdict: Verdict, found: str) -> Iterator[str]:
    """Yield the lines of one verdict."""
    judgement = verdict.judgement
    name = "" if verdict.network == NO_NETWORK else f"{escape(panel_heading(verdict))}: "
    yield (
        f"- {name}**{escape(verdict_marked(verdict))}**; reported {escape(verdict.reported)}; "
        f"measured {escape(measured(verdict))}; {escape(true_minus(judgement.why))}"
    )
    if found:
        yield f"  - Found instead: {escape(true_minus(found))}"
    if judgement.behind:
        yield f"  - Number behind it: {escape(true_minus(judgement.behind))}"
    if kept := same_with(verdict):
        yield f"  - Same verdict if the bound is: {escape(true_minus(kept))}"
    if judgement.uninformative:
        yield f"  - Weak test: {escape(judgement.uninformative)}"
    values = finite_values(judgement)
    if len(set(values)) > 1 and judgement.unit != "share":
        yield f"  - Networks: {span_text(min(values), max(values), judgement)}"
    yield from (f"  - {_criterion(criterion)}" for criterion in judgement.criteria)
    for flip in verdict.flips:
        if verdict.differs_with(flip):
            answer = f"{flip.choice} = {flip.option}{'' if flip.is_open else ', ruled out by the paper'}"
            other = f"{marked(shown(flip))}, {true_minus(flip.measured_text)}"
            yield f"  - Flips with {escape(answer)}: {escape(other)}"


def _criterion(criterion: Criterion) -> str:
    """Return one criterion as a line."""
    detail = f" ({criterion.detail})" if criterion.detail else ""
    return escape(true_minus(f"{criterion.name}: {answer(criterion)}{detail}"))
