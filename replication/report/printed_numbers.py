"""Compare every number that the paper prints with the networks' values, taken from the verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass

from replication.judging.verdict import Verdict
from replication.report.cards import network_name
from replication.report.quantities import finite_values, interval_text, level_text, span_text
from replication.words import true_minus


@dataclass(frozen=True)
class PrintedNumber:
    """One printed number of the paper and its place among the seeds.

    Attributes:
        network: The paper's name of the network.
        measured: The measured value, with its unit.
        interval: The judgement's interval, with its level unless that is 95 %.
        span: Smallest and largest value of a network.
        place: Number of networks below the printed number.
        verdict: Verdict on the number.
    """

    network: str
    measured: str
    interval: str
    span: str
    place: str
    verdict: Verdict


def printed_numbers(verdicts: Sequence[Verdict]) -> tuple[PrintedNumber, ...]:
    """Return one row per verdict on a printed number for which networks have values, in the given order."""
    return tuple(
        _row(verdict, verdict.printed)
        for verdict in verdicts
        if finite_values(verdict.judgement) and verdict.printed is not None
    )


def _row(verdict: Verdict, printed: float) -> PrintedNumber:
    """Return the row of one verdict."""
    judgement = verdict.judgement
    values = finite_values(judgement)
    level = level_text(judgement)
    return PrintedNumber(
        network=network_name(verdict.network),
        measured=true_minus(judgement.measured_text),
        interval=interval_text(judgement) + (f" ({level})" if level not in {"", "95 %"} else ""),
        span=span_text(min(values), max(values), judgement),
        place=f"{sum(value < printed for value in values)} of {len(values)} below",
        verdict=verdict,
    )
