"""The result in a few plain sentences, with counts per outcome and per section."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from replication.judging.judge import NO_NETWORK
from replication.judging.rules import LEAST_AGREEING
from replication.judging.verdict import Outcome, Verdict
from replication.report.cards import SECTION_TITLES, Section, network_name, section_of
from replication.report.families import has_enough_networks
from replication.report.outcomes import mark, n_flips, tally
from replication.report.quantities import count_text
from replication.study import DATASETS


@dataclass(frozen=True)
class Summary:
    """What a reader should know first.

    Attributes:
        counts: Verdicts by outcome.
        by_section: Heading of each section with its verdicts by outcome.
        sentences: The same in plain words, with how firm it is.
    """

    counts: dict[Outcome, int]
    by_section: tuple[tuple[str, dict[Outcome, int]], ...]
    sentences: tuple[str, ...]


def summarise(sections: Sequence[Section], *, n_errors: int) -> Summary:
    """Return the summary of a report.

    Args:
        sections: All verdicts by section.
        n_errors: Checks that ended in an error and so have no verdict.

    Returns:
        The summary; its counts add up to the number of verdicts.
    """
    verdicts = [verdict for section in sections for verdict in section.verdicts]
    counts = tally(verdicts)
    n_claims = sum(len(section.cards) for section in sections)
    return Summary(
        counts=counts,
        by_section=tuple((section.heading, tally(section.verdicts)) for section in sections),
        sentences=(
            *_headline(verdicts, n_claims),
            *_firmness(verdicts),
            *_errors(n_errors),
        ),
    )


def _headline(verdicts: Sequence[Verdict], n_claims: int) -> list[str]:
    """Return the counts in sentences, apart for what needs no network and for each of the paper's networks."""
    if not verdicts:
        return ["Nothing was judged."]
    told = [f"{count_text(n_claims, 'claim')} of the paper, {count_text(len(verdicts), 'verdict')}."]
    by_network: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_network.setdefault(verdict.network, []).append(verdict)
    for network in (NO_NETWORK, *DATASETS):
        if network not in by_network:
            continue
        if network == NO_NETWORK:
            told.append(_of_the_paper_itself(tally(by_network[network])))
            continue
        subject = network_name(network)
        told.append(f"On {subject}: {_listed(tally(by_network[network]))}.")
        if any(len(verdict.judgement.values) >= LEAST_AGREEING for verdict in by_network[network]):
            told.append(f"Replicated on {subject} by section: {_by_section(by_network[network])}.")
            if extended := [verdict for verdict in by_network[network] if verdict.extended]:
                told.append(
                    f"Of those on {subject}, said of another network and of it only that it shows the like: "
                    f"{_listed(tally(extended))}."
                )
    return told


def _of_the_paper_itself(counts: dict[Outcome, int]) -> str:
    """Return what became of statements that need no network; nothing is replicated there, it holds or it does not."""
    n_open = counts["inconclusive"] + counts["not testable"]
    shares = (
        (counts["replicated"], "holds", "hold"),
        (counts["not replicated"], "does not", "do not"),
        (n_open, "is open", "are open"),
    )
    told = _joined(f"{n} {one if n == 1 else more}" for n, one, more in shares if n)
    return f"Of the paper's own numbers and words, which need no network: {told}."


def _by_section(verdicts: Sequence[Verdict]) -> str:
    """Return how many of each section's verdicts are replicated, in the paper's order."""
    told = []
    for section in SECTION_TITLES:
        here = [verdict.outcome for verdict in verdicts if section_of(verdict.id) == section]
        if here:
            name = f"§{section}" if section[0].isdigit() else SECTION_TITLES[section]
            told.append(f"{name} {here.count('replicated')} of {len(here)}")
    return ", ".join(told)


def _listed(counts: dict[Outcome, int]) -> str:
    """Return the outcomes that occur with how often they do."""
    return _joined(f"{n} {mark(outcome).word}" for outcome, n in counts.items() if n)


def _joined(parts: Iterable[str]) -> str:
    """Return one part or more in a row, the last after "and"."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def _firmness(verdicts: Sequence[Verdict]) -> list[str]:
    """Return what lessens the weight of the counts."""
    told = []
    depending = [verdict for verdict in verdicts if verdict.flips and has_enough_networks(verdict)]
    if depending:
        n_open, n_any = (sum(n_flips(verdict, only_open=only) > 0 for verdict in depending) for only in (True, False))
        told.append(
            f"{len(depending)} verdicts on enough networks were judged under other answers to questions of method too: "
            f"{n_open} would change under an answer that the paper leaves open, {n_any - n_open} more only under one "
            "that it rules out."
        )
    n_uninformative = sum(bool(verdict.judgement.uninformative) for verdict in verdicts)
    if n_uninformative:
        told.append(f"Replicated though they could hardly fail, and marked so: {n_uninformative}.")
    return told


def _errors(n: int) -> list[str]:
    """Return how many checks have no verdict, where there are any."""
    has = "has" if n == 1 else "have"
    return [f"{count_text(n, 'check')} ended in an error and {has} no verdict."] if n else []
