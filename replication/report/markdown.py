"""The report in Markdown: the facts of the page, with the table of claims first."""

from collections.abc import Callable, Iterator

from replication.paper import TITLE, YEAR
from replication.progress import duration_text
from replication.report.bounds import NOTE as BOUNDS_NOTE
from replication.report.cards import network_name
from replication.report.content import Content
from replication.report.known import FAILURES_HEADING
from replication.report.markdown_cards import claims_in_detail
from replication.report.markdown_takeaways import answer_in_markdown, takeaways_in_markdown
from replication.report.markdown_text import drift_in_markdown, escape, measured, table, verdict_marked, with_spread
from replication.report.outcomes import FLIPS_NOTE, UNDEFINED_NOTE, WEAK_NOTE, flips_text
from replication.report.quantities import decimal
from replication.report.short_answer import QUESTION
from replication.words import true_minus

Parts = tuple[Callable[[Content], Iterator[str]], ...]


def render_markdown(content: Content) -> str:
    """Return the report as Markdown; equal content gives equal text, and all text is escaped."""
    of_verdicts: Parts = (_failures, _claims, _errors)
    of_networks: Parts = (_printed, _figures, _layers, _harm)
    parts: Parts = (
        _head,
        *(of_verdicts + of_networks if content.decides else of_networks + of_verdicts),
        _cards,
        _findings,
        _ledger,
        _choices,
        _bounds,
        _multiplicity,
        _held_out,
        _drift,
        _environment,
        _reproduce,
    )
    blocks = [block for part in parts for block in part(content)]
    return "\n\n".join(blocks) + "\n"


def _head(content: Content) -> Iterator[str]:
    """Yield the title, banner, result, takeaways and sources."""
    yield "# Replication report"
    yield f"On *{TITLE}* ({YEAR})."
    if content.banner:
        yield f"> **{escape(content.banner)}**"
    if content.short_answer:
        yield answer_in_markdown(content.short_answer, QUESTION)
    yield from takeaways_in_markdown(content)
    if content.sources:
        yield table(
            ("Network", "Trained on", "Networks", "Seeds", "Profile", "Device"),
            (
                (one.network, one.data_text, str(one.n_networks), one.seeds, one.profile, one.devices)
                for one in content.sources
            ),
        )


def _failures(content: Content) -> Iterator[str]:
    """Yield the claims that do not hold, and what was found instead."""
    if content.failures:
        yield f"## {FAILURES_HEADING}"
        yield table(
            ("Network", "Claim", "In words", "Found instead"),
            (
                (one.name, one.verdict.id, one.verdict.sentence, true_minus(one.found))
                for of_claim in content.failures
                for one in of_claim
            ),
        )


def _claims(content: Content) -> Iterator[str]:
    """Yield the table of claims."""
    yield "## All claims in one table"
    yield table(
        ("Claim", "Network", "Place", "Reported", "Measured (interval)", "Verdict", "Flips"),
        (
            (
                verdict.id,
                network_name(verdict.network),
                verdict.place,
                verdict.reported,
                measured(verdict),
                verdict_marked(verdict),
                flips_text(verdict),
            )
            for verdict in content.verdicts
        ),
    )
    yield f"{UNDEFINED_NOTE} {FLIPS_NOTE} {WEAK_NOTE}"


def _errors(content: Content) -> Iterator[str]:
    """Yield the checks without a verdict."""
    if content.errors:
        yield "## Errors"
        yield "These checks ended in an error; they have no verdict."
        yield table(("Check", "Error"), content.errors.items())


def _printed(content: Content) -> Iterator[str]:
    """Yield the paper's numbers among the seeds."""
    if content.printed:
        yield "## The paper's numbers and the networks' values"
        yield table(
            (
                *("Claim", "Network", "Reported", "Mean", "Interval (95 %)", "Range"),
                *("Reported among the networks", "Verdict"),
            ),
            (
                (
                    *(row.verdict.id, row.network, row.verdict.reported, row.measured, row.interval, row.span),
                    *(row.place, verdict_marked(row.verdict)),
                )
                for row in content.printed
            ),
        )


def _figures(content: Content) -> Iterator[str]:
    """Yield what the paper says about its figures, beside what the networks here show."""
    judged = [picture for picture in content.pictures if picture.verdicts]
    if judged:
        yield "## What the paper says about its figures"
        yield table(
            ("Figure", "Network", "The paper says", "Claim", "Here", "Verdict"),
            (
                (
                    picture.id,
                    network_name(verdict.network),
                    verdict.sentence,
                    verdict.id,
                    true_minus(verdict.judgement.measured_text),
                    verdict_marked(verdict),
                )
                for picture in judged
                for verdict in picture.verdicts
            ),
        )


def _layers(content: Content) -> Iterator[str]:
    """Yield the neighbourhood hit by layer."""
    if content.layers:
        yield "## Neighbourhood hit by layer"
        yield (
            "Mean ± standard deviation over networks. The paper prints NH only in its figures, and only of embeddings. "
            "Trustworthiness measures how far neighbours in the first intact embedding are also neighbours in the "
            "space that was embedded. Continuity measures the reverse."
        )
    for found in content.layers:
        yield f"### {escape(found.trained.heading)}"
        yield escape(found.ablation)
        columns = list(found.rows[0].means)
        yield table(
            ("Panel", *columns),
            (
                (row.panel, *(with_spread(row.means[column], row.spreads[column]) for column in columns))
                for row in found.rows
            ),
        )


def _harm(content: Content) -> Iterator[str]:
    """Yield the harm by class."""
    if content.harm:
        yield "## Harm by class"
        yield "Accuracy change when half of a layer is ablated, summed over the layers: mean and range over networks."
    for found in content.harm:
        yield f"### {escape(found.trained.heading)}"
        if found.ceiling:
            yield found.ceiling
        yield table(
            ("Class", "Harm (pp)", "Range (pp)", "Error (pp)", "Most harmed in", "Least harmed in", "The paper says"),
            (
                (
                    row.label,
                    decimal(row.harm_pp),
                    f"{decimal(row.low_pp)} to {decimal(row.high_pp)}",
                    decimal(row.error_pp),
                    str(row.n_most),
                    str(row.n_least),
                    row.said,
                )
                for row in found.rows
            ),
        )


def _cards(content: Content) -> Iterator[str]:
    """Yield every claim with its criteria and choices."""
    yield "## Each claim in full"
    yield from claims_in_detail(content.sections, content.known)


def _findings(content: Content) -> Iterator[str]:
    """Yield the audit of the paper's own numbers."""
    if content.findings:
        yield "## Audit of the paper's own arithmetic"
        yield table(
            ("Finding", "Place", "Statement", "Outcome", "Detail"),
            ((one.id, one.place, one.statement, one.outcome, one.detail) for one in content.findings),
        )


def _ledger(content: Content) -> Iterator[str]:
    """Yield the paper sentence by sentence."""
    if content.ledger:
        yield "## Sentence by sentence"
        yield table(
            ("Place", "The paper says", "Claims, or why none"),
            ((row.place, row.gist, ", ".join(row.claims) or row.reason) for row in content.ledger),
        )


def _choices(content: Content) -> Iterator[str]:
    """Yield the choices that the paper leaves open."""
    yield "## What the paper leaves open, or rules out"
    for found in content.choices:
        choice = found.choice
        lines = [f"**{escape(choice.name)}**: {escape(choice.question)} {escape(choice.why)}", ""]
        for option, meaning in choice.options.items():
            role = "default" if option == choice.default else f"{found.flips[option]} of {found.n_depending} flip"
            role += "" if choice.is_open(option) else "; ruled out by the paper"
            lines.append(f"- {escape(option)} ({role}): {escape(meaning)}")
        yield "\n".join(lines)


def _bounds(content: Content) -> Iterator[str]:
    """Yield the bounds set by this suite and the verdicts that depend on them."""
    if content.bounds.rows:
        yield "## Bounds set by this suite"
        yield escape(f"{content.bounds.sentence} {content.bounds.of_the_others} {BOUNDS_NOTE}")
        yield table(
            ("Claim", "Network", "Read as", "Verdict", "Same verdict if the bound is"),
            (
                (row.verdict.id, row.network, row.asked, verdict_marked(row.verdict), true_minus(row.kept))
                for row in content.bounds.rows
            ),
        )


def _multiplicity(content: Content) -> Iterator[str]:
    """Yield what many verdicts at once imply for reading them."""
    yield "## Multiple testing"
    yield from (escape(sentence) for sentence in content.multiplicity.sentences)


def _held_out(content: Content) -> Iterator[str]:
    """Yield how networks answer that were measured after the rules had been set."""
    if content.held_out.networks:
        yield "## Networks held out"
        yield from map(escape, content.held_out.sentences)
    if content.held_out.contradicted:
        yield table(
            ("Claim", "Network", "True of, before", "True of, held out", "Rule changed", "Verdict on all"),
            (
                (
                    row.verdict.id,
                    row.network,
                    f"{row.n_before} of {row.of_before}",
                    f"{row.n_true} of {row.n_defined}",
                    row.verdict.rule_changed,
                    verdict_marked(row.verdict),
                )
                for row in content.held_out.contradicted
            ),
        )


def _drift(content: Content) -> Iterator[str]:
    """Yield the differences between environments."""
    yield "## Differences between environments"
    yield from drift_in_markdown(content.drift)


def _environment(content: Content) -> Iterator[str]:
    """Yield versions, devices and wall times."""
    if content.environment is not None:
        yield "## Where the measurements come from"
        yield table(("What", "Value"), content.environment.facts)
        yield table(
            ("Step", "Networks", "Median", "Total"),
            (
                (time.step, str(time.n_networks), duration_text(time.median_s), duration_text(time.total_s))
                for time in content.environment.wall_times
            ),
        )


def _reproduce(content: Content) -> Iterator[str]:
    """Yield the commands."""
    yield "## How to reproduce"
    yield "```\n" + "\n".join(content.commands) + "\n```"
