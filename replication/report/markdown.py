"""The report in Markdown: the same facts as the page, the table of claims first."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from replication.judging.verdict import Criterion, Verdict
from replication.paper import TITLE, YEAR
from replication.progress import duration_text
from replication.report.cards import Card, network_name
from replication.report.content import Content
from replication.report.outcomes import mark, n_flips
from replication.report.quantities import finite_values, interval_text, is_share, level_text, span_text, true_minus

_ANSWERS = {True: "yes", False: "no", None: "undecided"}


def render_markdown(content: Content) -> str:
    """Return the report as Markdown; equal content gives equal text, and all text is escaped."""
    parts: tuple[Callable[[Content], Iterator[str]], ...] = (
        _head,
        _claims,
        _errors,
        _printed,
        _layers,
        _harm,
        _cards,
        _findings,
        _ledger,
        _choices,
        _multiplicity,
        _environment,
        _reproduce,
    )
    blocks = [block for part in parts for block in part(content)]
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    r"""Return a text that Markdown shows as it stands, in one line and also within a table.

    >>> escape("a | b <script>")
    'a \\| b &lt;script>'
    """
    flat = " ".join(str(text).split()).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_\[\]|])", r"\\\1", flat)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table whose columns line up in the source.

    Args:
        header: One title per column.
        rows: Cells, escaped already.

    Returns:
        Lines of equal length; the header alone where there are no rows.
    """
    cells = [list(header), *(list(row) for row in rows)]
    widths = [max(3, *(len(row[column]) for row in cells)) for column in range(len(header))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    rule = "| " + " | ".join("-" * width for width in widths) + " |"
    return "\n".join([lines[0], rule, *lines[1:]])


def _marked(outcome: str) -> str:
    """Return an outcome with its symbol."""
    look = mark(outcome)
    return escape(f"{look.symbol} {look.word}")


def _measured(verdict: Verdict) -> str:
    """Return what was measured, with the interval that decides."""
    span = interval_text(verdict.judgement)
    level = level_text(verdict.judgement)
    text = true_minus(verdict.judgement.measured_text)
    return escape(f"{text} ({level}: {span})" if span else text)


def _head(content: Content) -> Iterator[str]:
    """Yield title, banner, result and what it rests on."""
    yield "# Replication report"
    yield f"On *{TITLE}* ({YEAR})."
    if content.banner:
        yield f"> **{escape(content.banner)}**"
    yield from (escape(sentence) for sentence in content.summary.sentences)
    if content.sources:
        yield table(
            ("Network", "Trained on", "Networks", "Seeds", "Profile", "Device"),
            (
                tuple(
                    escape(text)
                    for text in (
                        source.network,
                        source.trained_on_data + (" (stands in)" if source.stands_in else ""),
                        str(source.n_networks),
                        source.seeds,
                        source.profile,
                        source.devices,
                    )
                )
                for source in content.sources
            ),
        )


def _claims(content: Content) -> Iterator[str]:
    """Yield the table of claims and the counts by section."""
    yield "## Claims"
    yield table(
        ("Claim", "Network", "Place", "Reported", "Measured (interval)", "Verdict", "Flips"),
        (
            (
                escape(verdict.id),
                network_name(verdict.network),
                escape(verdict.place),
                escape(verdict.reported),
                _measured(verdict),
                _marked(verdict.outcome),
                f"{n_flips(verdict)} of {len(verdict.flips)}" if verdict.flips else "–",
            )
            for verdict in content.verdicts
        ),
    )
    yield "Flips: under how many of the other answers to what the paper leaves open the verdict is another."
    outcomes = list(content.summary.counts)
    rows = [(heading, counts) for heading, counts in content.summary.by_section]
    rows.append(("All", content.summary.counts))
    yield table(
        ("Section", *(_marked(outcome) for outcome in outcomes)),
        ((escape(heading), *(str(counts.get(outcome, 0)) for outcome in outcomes)) for heading, counts in rows),
    )


def _errors(content: Content) -> Iterator[str]:
    """Yield the checks without a verdict."""
    if content.errors:
        yield "## Errors"
        yield "These checks ended in an error; they have no verdict."
        yield table(("Check", "Error"), ((escape(name), escape(text)) for name, text in content.errors.items()))


def _printed(content: Content) -> Iterator[str]:
    """Yield the paper's numbers among the seeds."""
    if content.printed:
        yield "## The paper's numbers among the networks"
        yield table(
            (
                "Claim",
                "Network",
                "Reported",
                "Mean",
                "Interval (95 %)",
                "Range",
                "Reported among the networks",
                "Verdict",
            ),
            (
                (
                    *(
                        escape(text)
                        for text in (
                            row.claim,
                            row.network,
                            row.reported,
                            row.measured,
                            row.interval,
                            row.span,
                            row.place,
                        )
                    ),
                    _marked(row.outcome),
                )
                for row in content.printed
            ),
        )


def _layers(content: Content) -> Iterator[str]:
    """Yield the neighbourhood hit by layer."""
    if content.layers:
        yield "## Neighbourhood hit by layer"
        yield "Mean over networks in per cent, ± the standard deviation over networks."
        yield "The paper prints NH in its figures only."
    for found in content.layers:
        yield f"### {escape(found.trained.heading)}"
        states = list(found.rows[0].means)
        yield table(
            ("Panel", *(f"{state} (%)" for state in states)),
            ((row.panel, *(_spread(row.means[state], row.spreads[state]) for state in states)) for row in found.rows),
        )


def _harm(content: Content) -> Iterator[str]:
    """Yield the harm by class."""
    if content.harm:
        yield "## Harm by class"
        yield "Accuracy change by ablating half of a layer, summed over the layers: mean and range over networks."
    for found in content.harm:
        yield f"### {escape(found.trained.heading)}"
        yield table(
            ("Class", "Harm (pp)", "Range (pp)", "Error (pp)", "Most harmed in", "Least harmed in", "The paper says"),
            (
                (
                    escape(row.label),
                    _number(row.harm_pp),
                    f"{_number(row.low_pp)} to {_number(row.high_pp)}",
                    _number(row.error_pp),
                    str(row.n_most),
                    str(row.n_least),
                    row.said,
                )
                for row in found.rows
            ),
        )


def _cards(content: Content) -> Iterator[str]:
    """Yield every claim with its criteria and choices."""
    yield "## Claim by claim"
    for section in content.sections:
        yield f"### {escape(section.heading)}"
        for card in section.cards:
            yield from _card(card)


def _card(card: Card) -> Iterator[str]:
    """Yield one claim."""
    yield f"#### {escape(card.id)}"
    lines = [f"{escape(card.sentence)} ({escape(card.place)})", ""]
    lines += [f"- Rule: {escape(rule)}" for rule in card.rules]
    if card.caveat:
        lines.append(f"- Caveat: {escape(card.caveat)}")
    for verdict in card.verdicts:
        lines += _verdict(verdict)
    yield "\n".join(lines)


def _verdict(verdict: Verdict) -> Iterator[str]:
    """Yield the lines of one verdict."""
    judgement = verdict.judgement
    name = "" if verdict.network == "-" else f"{network_name(verdict.network)}: "
    yield (
        f"- {name}**{_marked(verdict.outcome)}**; reported {escape(verdict.reported)}; measured {_measured(verdict)}; "
        f"{escape(true_minus(judgement.why))}"
    )
    if judgement.uninformative:
        yield f"  - Uninformative: {escape(judgement.uninformative)}"
    values = finite_values(judgement)
    if len(set(values)) > 1 and not is_share(judgement):
        yield f"  - Networks: {span_text(min(values), max(values), judgement)}"
    yield from (f"  - {_criterion(criterion)}" for criterion in judgement.criteria)
    for flip in verdict.flips:
        if flip.outcome != verdict.outcome:
            told = f"{flip.choice} = {flip.option}"
            yield f"  - Flips with {escape(told)}: {_marked(flip.outcome)}, {escape(true_minus(flip.measured_text))}"


def _criterion(criterion: Criterion) -> str:
    """Return one criterion in a line."""
    detail = f" ({criterion.detail})" if criterion.detail else ""
    return escape(true_minus(f"{criterion.name}: {_ANSWERS[criterion.met]}{detail}"))


def _findings(content: Content) -> Iterator[str]:
    """Yield the audit of the paper's own numbers."""
    if content.findings:
        yield "## Audit of the paper's own arithmetic"
        yield table(
            ("Finding", "Place", "Statement", "Outcome", "Detail"),
            (
                tuple(escape(text) for text in (found.id, found.place, found.statement, found.outcome, found.detail))
                for found in content.findings
            ),
        )


def _ledger(content: Content) -> Iterator[str]:
    """Yield the paper sentence by sentence."""
    if content.ledger:
        yield "## Sentence by sentence"
        yield table(
            ("Place", "The paper says", "Claims, or why none"),
            (
                (escape(row.place), escape(row.gist), escape(", ".join(row.claims) or row.reason))
                for row in content.ledger
            ),
        )


def _choices(content: Content) -> Iterator[str]:
    """Yield what the paper leaves open."""
    yield "## What the paper leaves open"
    for found in content.choices:
        choice = found.choice
        lines = [f"**{escape(choice.name)}**: {escape(choice.question)} {escape(choice.why)}", ""]
        for option, meaning in choice.options.items():
            role = "default" if option == choice.default else f"{found.flips[option]} of {found.n_depending} flip"
            lines.append(f"- {escape(option)} ({role}): {escape(meaning)}")
        yield "\n".join(lines)


def _multiplicity(content: Content) -> Iterator[str]:
    """Yield what a reader of many verdicts must allow for."""
    yield "## Many checks at once"
    yield from (escape(sentence) for sentence in content.multiplicity.sentences)


def _environment(content: Content) -> Iterator[str]:
    """Yield versions, devices and wall times."""
    if content.environment is not None:
        yield "## Where the measurements come from"
        yield table(("What", "Value"), ((escape(name), escape(value)) for name, value in content.environment.facts))
        yield table(
            ("Step", "Networks", "Median", "Total"),
            (
                (escape(time.step), str(time.n_networks), duration_text(time.median_s), duration_text(time.total_s))
                for time in content.environment.wall_times
            ),
        )


def _reproduce(content: Content) -> Iterator[str]:
    """Yield the commands."""
    yield "## How to reproduce"
    yield "```\n" + "\n".join(content.commands) + "\n```"


def _number(number: float) -> str:
    """Return a number with two decimals; a dash where it is undefined."""
    return "–" if math.isnan(number) else true_minus(f"{number:.2f}")


def _spread(mean: float, spread: float) -> str:
    """Return a mean with its standard deviation, where it has one."""
    return _number(mean) if math.isnan(spread) else f"{_number(mean)} ± {_number(spread)}"
