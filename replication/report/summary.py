"""The result in a few sentences, and a table of outcomes by section and by network."""

from collections.abc import Sequence
from dataclasses import dataclass

from replication.judging.claim import NO_NETWORK
from replication.judging.verdict import DECIDED, Verdict
from replication.report.bounds import Bounds
from replication.report.cards import Section, network_name
from replication.report.lead import lead, paper_itself
from replication.report.multiplicity import Multiplicity
from replication.report.outcomes import Shown, n_flips, shown, tally
from replication.study import DATASETS
from replication.words import count_text

Row = tuple[str, tuple[dict[Shown, int], ...]]
"""A heading, and for each column the verdicts by outcome."""


@dataclass(frozen=True)
class Summary:
    """The main results of a report.

    Attributes:
        counts: Verdicts by outcome; without those of a rehearsal if others speak of the paper.
        columns: Column headings: a network of the paper with the number trained, or the paper itself.  Only columns
            with verdicts.
        by_section: Verdicts by section.
        totals: All verdicts and, if any, those on claims that the paper only extends to a network and those that it
            does not state explicitly.
        sentences: Counts of verdicts and how firm they are, in plain words.
        paper_itself: Outcomes of the claims that need no network; empty in a rehearsal.
    """

    counts: dict[Shown, int]
    columns: tuple[str, ...]
    by_section: tuple[Row, ...]
    totals: tuple[Row, ...]
    sentences: tuple[str, ...]
    paper_itself: str


def summarise(
    sections: Sequence[Section],
    counted: Multiplicity,
    bounded: Bounds,
    *,
    n_errors: int,
    remarks: Sequence[str] = (),
) -> Summary:
    """Return the summary of a report.

    Args:
        sections: All verdicts by section.
        counted: What many verdicts at once imply for reading them.
        bounded: Bounds set by this suite.
        n_errors: Number of checks that failed with an error and have no verdict.
        remarks: Further notes on the origin of the evidence, one sentence each.

    Returns:
        The summary; its counts add up to the number of verdicts, or of those that are no rehearsal if some of them
        speak of the paper.
    """
    verdicts = [verdict for section in sections for verdict in section.verdicts]
    speaks = any(verdict.speaks_of_the_paper for verdict in verdicts)
    judged = {verdict.network for verdict in verdicts}
    networks = [network for network in (*DATASETS, NO_NETWORK) if network in judged]
    totals = {
        "All": verdicts,
        "of these, said of another network, to which this is called similar": [one for one in verdicts if one.extended],
        "of these, only implied": [one for one in verdicts if one.implied],
    }

    def counts(found: Sequence[Verdict], network: str = "") -> dict[Shown, int]:
        """Count verdicts by outcome, of one network or of all."""
        of_network = (one for one in found if network in {"", one.network})
        return tally(one for one in of_network if not (speaks and one.is_rehearsal))

    def by_network(found: Sequence[Verdict]) -> tuple[dict[Shown, int], ...]:
        """Count verdicts by outcome for each network."""
        return tuple(counts(found, network) for network in networks)

    return Summary(
        counts=counts(verdicts),
        columns=tuple(_column(network, verdicts) for network in networks),
        by_section=tuple((section.heading, by_network(section.verdicts)) for section in sections),
        totals=tuple((heading, by_network(of_total)) for heading, of_total in totals.items() if of_total),
        sentences=(
            lead(sections),
            *counted.firm,
            *_firmness(verdicts, bounded),
            *remarks,
            *_errors(n_errors),
        ),
        paper_itself=paper_itself(verdicts) if speaks else "",
    )


def _column(network: str, verdicts: Sequence[Verdict]) -> str:
    """Return the heading of a network's column, or of the column without networks."""
    judged = [verdict for verdict in verdicts if verdict.network == network]
    n = max(len(verdict.evidence.get("networks", ())) for verdict in judged)
    networks = count_text(n, "network")
    # A verdict that compares these networks with a rehearsal's does not make them one.
    rehearsed = " (rehearsal)" if n and all(verdict.is_rehearsal for verdict in judged) else ""
    return f"{network_name(network)}{f', {networks}' if n else ''}{rehearsed}"


def _firmness(verdicts: Sequence[Verdict], bounded: Bounds) -> list[str]:
    """Return the sentences that qualify the counts."""
    sentences = []
    on_networks = [verdict for verdict in verdicts if verdict.speaks_of_the_paper]
    depending = [verdict for verdict in on_networks if verdict.flips and verdict.has_enough_networks]
    if depending:
        n_open, n_any = (sum(n_flips(verdict, only_open=only) > 0 for verdict in depending) for only in (True, False))
        sentences.append(
            f"Method: {count_text(len(depending), 'verdict')} on enough networks "
            f"{'was' if len(depending) == 1 else 'were'} judged again under other answers to questions of method. "
            f"{n_open} change under an answer that the paper leaves open{_which(depending)}. "
            f"{n_any - n_open} more change only under an answer that the paper rules out."
        )
    if bounded.sentence:
        sentences.append(bounded.sentence)
    late = [verdict.outcome in DECIDED for verdict in on_networks if verdict.rule_changed]
    if late:
        n_decided = sum(verdict.outcome in DECIDED for verdict in on_networks)
        n_others = len(on_networks) - n_decided
        of_others = f", {len(late) - sum(late)} of the {n_others} others" if n_others else ""
        of_decided = f": {sum(late)} of the {n_decided} decided{of_others}" if n_decided else ""
        sentences.append(
            f"Changed rules: {len(late)} of the {count_text(len(on_networks), 'verdict')} on trained networks "
            f"{'follows' if len(late) == 1 else 'follow'} a rule that was changed after some results had been "
            f"seen{of_decided}. Caveats give the date. The changelog explains each change and tells which verdicts it "
            "moved."
        )
    return sentences


def _which(depending: Sequence[Verdict]) -> str:
    """Return how many of the decided verdicts change under an answer that the paper leaves open, by outcome."""
    told = []
    for outcome in ("replicated", "not replicated"):
        of_outcome = [n_flips(verdict, only_open=True) > 0 for verdict in depending if shown(verdict) == outcome]
        if of_outcome:
            told.append(f"{sum(of_outcome)} of {len(of_outcome)} {outcome}")
    return f", among them {' and '.join(told)} (weak tests not counted)" if told else ""


def _errors(n: int) -> list[str]:
    """Return the number of checks without a verdict, if any."""
    has = "has" if n == 1 else "have"
    return [f"{count_text(n, 'check')} ended in an error and {has} no verdict."] if n else []
