"""Generate the parts of README.md that hold numbers, and its pictures, so that no number is typed by hand.

A part lies between ``<!-- NAME:begin -->`` and ``<!-- NAME:end -->``.  ``replication readme`` regenerates all parts;
tests compare them with the expected text.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from replication.audit import audit
from replication.drift import SHIPPED, Difference, Reading, differences, load_readings, reference_of
from replication.evidence import Evidence
from replication.figures import data_of_seed_distribution, draw, save, subjects
from replication.judging import Verdict
from replication.report.cards import Card, network_name
from replication.report.comparison import comparison
from replication.report.content import Content, gather
from replication.report.headlines import MainClaim
from replication.report.known import Known, failures
from replication.report.markdown_takeaways import answer_in_markdown, takeaways_in_markdown
from replication.report.markdown_text import Markup, escape, table
from replication.report.outcomes import hidden_note, shown, symbol
from replication.report.verdict_map_image import verdict_map_image
from replication.study import DATASETS
from replication.words import true_minus


def answer(content: Content) -> str:
    """Return whether the paper holds, and where each main claim does; a single line if there is only a rehearsal."""
    return answer_in_markdown(content.short_answer) if content.short_answer else "A rehearsal, which decides nothing."


def found(content: Content) -> str:
    """Return the sources of the verdicts and their results in a few plain sentences."""
    rests_on = [
        f"{source.network}: {source.n_networks} trained on {source.trained_on_data}, on {source.devices}"
        for source in content.sources
    ]
    paragraphs = [f"**{escape(content.banner)}**"] if content.banner else []
    return "\n\n".join([*paragraphs, *takeaways_in_markdown(content), escape(f"Networks: {'; '.join(rests_on)}.")])


def numbers_table(evidence: Evidence) -> str:
    """Return the paper's numbers beside those measured here, as a Markdown table."""
    header = ("", *(f"{network_name(dataset)}{whose}" for dataset in DATASETS for whose in (", paper", ", here")))
    rows = [
        (row.text, *(of.get(dataset, "") for dataset in DATASETS for of in (row.reported, row.measured)))
        for row in comparison(evidence)
    ]
    return table(header, rows)


def claims_table(content: Content) -> str:
    """Return the verdicts on all claims about trained networks as Markdown tables, section by section.

    Cells of a rehearsal say only that, since its verdicts decide nothing.  If all evidence is a rehearsal, a single
    line replaces the tables.
    """
    if all(source.is_rehearsal for source in content.sources):
        return "A rehearsal's verdicts are no findings; the report shows them, marked as what they are."
    header = ("claim", "the paper", *(network_name(dataset) for dataset in DATASETS))
    blocks = []
    for section in content.sections:
        cards = [card for card in section.cards if any(verdict.network in DATASETS for verdict in card.verdicts)]
        if cards:
            blocks += [f"**{escape(section.heading)}**", table(header, map(_claim_row, cards))]
    return "\n\n".join(blocks)


def failures_table(verdicts: Sequence[Verdict], known: Known) -> str:
    """Return the claims about trained networks that do not hold, as a Markdown table with one row each.

    Args:
        verdicts: Verdicts on the recorded evidence.
        known: What was found instead of each claim.
    """
    rows = [
        (
            _claim([one.verdict for one in of_claim]),
            Markup("<br>".join(f"**{escape(one.network)}**: {escape(true_minus(one.found))}" for one in of_claim)),
        )
        for of_claim in failures(verdicts, known)
    ]
    return table(("claim", "found instead"), rows) if rows else "None does."


def _claim(verdicts: Sequence[Verdict]) -> Markup:
    """Return the sentence and id of a claim, and the networks for which the paper only implies it."""
    names = [network_name(verdict.network) for verdict in verdicts if verdict.implied]
    of = f" of {' and '.join(names)}" if 0 < len(names) < len(verdicts) else ""
    implied = f" *(implied{of})*" if names else ""
    return Markup(f"{escape(verdicts[0].sentence)}{implied} `{verdicts[0].id}`")


def _claim_row(card: Card) -> tuple[str, ...]:
    """Return the cells of one claim."""
    by_network = {verdict.network: verdict for verdict in card.verdicts}
    reported = "; ".join(dict.fromkeys(verdict.reported for verdict in card.verdicts))
    return (_claim(card.verdicts), true_minus(reported), *(_cell(by_network.get(dataset)) for dataset in DATASETS))


def _cell(verdict: Verdict | None) -> str:
    """Return an outcome's symbol and the measured value; empty if the claim is not about the network."""
    if verdict is None:
        return ""
    if verdict.is_rehearsal:
        return "rehearsal"
    note = f" ({hidden_note(verdict)})" if hidden_note(verdict) else ""
    return f"{symbol(shown(verdict))} {true_minus(verdict.judgement.measured_text)}{note}"


def audit_table() -> str:
    """Return the statements that contradict the paper's arithmetic, as a Markdown table, and the number of others."""
    findings = audit()
    count = Counter(finding.outcome for finding in findings)
    header = ("place", "the paper's statement", "outcome", "why")
    rows = (
        (finding.place, finding.statement, Markup(f"**{finding.outcome}**"), finding.detail)
        for finding in findings
        if finding.outcome == "contradicted"
    )
    others = (
        f"{count['holds']} other statements that were recomputed hold, and {count['remark']} call for a remark, such "
        "as 'confirms', said of p = .06."
    )
    return f"{table(header, rows)}\n\n{others}"


def environments_table(readings: Sequence[Reading]) -> str:
    """Return the largest differences between environments as a Markdown table, with a sentence on the reference.

    Args:
        readings: Readings of the same networks in several environments.

    Returns:
        One row per environment except the reference: the largest differences over its networks, with flipped
        predictions summed.  An environment without any network of the reference has no row.

    Raises:
        ValueError: There are no readings.
    """
    reference = reference_of(readings)
    header = (
        "environment",
        "log-probability",
        "predictions",
        "NH in an embedding",
        "NH in its space",
        "answers",
        "decided verdicts",
    )
    sentence = f"Largest differences over {len(reference.networks)} networks from {reference.label}:"
    compared = [one for one in differences(readings) if one.networks]
    return f"{escape(sentence)}\n\n{table(header, map(_environment_row, compared))}"


def _environment_row(difference: Difference) -> tuple[str, ...]:
    """Return the cells of one environment."""
    networks = difference.networks
    return (
        difference.reading.label,
        f"{max(one.log_probability for one in networks):.2g} nats",
        f"{sum(one.n_flipped for one in networks)} of {sum(one.n_images for one in networks):,}",
        *(
            f"{max(abs(change) for one in networks for change in getattr(one, panels).values()):.2f} pp"
            for panels in ("nh_pp", "nh_raw_pp")
        ),
        f"{len(difference.flipped_answers)} of {difference.n_answers}",
        f"{len(difference.flipped_verdicts)} of {difference.n_verdicts}",
    )


Parts = Mapping[str, Callable[[], str]]


def parts(verdicts: Sequence[Verdict], evidence: Evidence, known: Known, main_claims: Sequence[MainClaim]) -> Parts:
    """Return the function that makes each part, by name.

    Args:
        verdicts: Verdicts on the recorded evidence.
        evidence: The recorded evidence.
        known: Knowledge about the evidence beyond its numbers.
        main_claims: What the README answers first.
    """
    content = gather(verdicts, known=known, main_claims=main_claims)
    return {
        "answer": lambda: answer(content),
        "found": lambda: found(content),
        "failures": lambda: failures_table(verdicts, known),
        "numbers": lambda: numbers_table(evidence),
        "claims": lambda: claims_table(content),
        "audit": audit_table,
        "environments": lambda: environments_table(load_readings(SHIPPED)),
    }


def refreshed(text: str, made_by: Parts) -> str:
    """Return the README with every generated part replaced.

    Args:
        text: Text of the README.
        made_by: Function that makes each part, by name.

    Returns:
        The same text, except between the marks.

    Raises:
        ValueError: The marks of a part are missing.
    """
    for name, make in made_by.items():
        pattern = re.compile(f"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)", re.DOTALL)
        if not pattern.search(text):
            raise ValueError(f"the README has no part {name!r}: expected <!-- {name}:begin --> and <!-- {name}:end -->")
        part = make()
        text = pattern.sub(lambda found, part=part: f"{found[1]}{part}\n{found[2]}", text)  # type: ignore[misc]
    return text


MAP = Path("fixtures", "verdicts.svg")
"""Path of the map of verdicts, relative to the README."""


def map_of(verdicts: Sequence[Verdict]) -> str:
    """Return the map of verdicts on trained networks as SVG text.

    Args:
        verdicts: Verdicts on the recorded evidence.
    """
    return verdict_map_image(gather(verdicts).verdict_map)


PICTURE = Path("fixtures", "seed-distribution.png")
"""Path of the picture of printed numbers among the networks' own, relative to the README."""


def save_picture(path: Path, evidence: Evidence) -> None:
    """Draw the picture; the file stores a checksum of its numbers, which is independent of how text is rendered.

    Args:
        path: Path of the file; replaced if it exists.
        evidence: The recorded evidence.
    """
    save(draw("seed-distribution", evidence), path, "png", description=picture_checksum(evidence), small=True)


def picture_checksum(evidence: Evidence) -> str:
    """Return the SHA-256 of the numbers shown in the picture, with six digits each."""
    columns = data_of_seed_distribution(*subjects("seed-distribution", evidence))
    lines = (
        " ".join(f"{value:.6g}" if isinstance(value, float) else str(value) for value in row)
        for row in zip(*(column.tolist() for column in columns.values()), strict=True)
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
