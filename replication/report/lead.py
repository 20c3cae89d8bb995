"""The first sentences of a report: the networks trained, the claims tested, and the verdicts."""

from collections.abc import Mapping, Sequence

from replication.judging.claim import NO_NETWORK
from replication.judging.verdict import Verdict
from replication.report.cards import Section
from replication.report.outcomes import WEAK, shown, tally
from replication.report.sources import DATASET_NAMES
from replication.study import DATASETS
from replication.words import count_text, in_a_row, number_word, times_text


def lead(sections: Sequence[Section]) -> str:
    """Return how often the network was trained, how many claims were tested, and the verdicts.

    Args:
        sections: All verdicts by section.

    Returns:
        Sentences; for a rehearsal, which decides nothing, only the numbers of claims and verdicts.
    """
    by_claim = [card.verdicts for section in sections for card in section.cards]
    if not by_claim:
        return "Nothing was judged."
    tested = [found for verdicts in by_claim if (found := [one for one in verdicts if one.speaks_of_the_paper])]
    if not tested:
        n_claims, n_verdicts = count_text(len(by_claim), "claim"), count_text(sum(map(len, by_claim)), "verdict")
        return f"{n_claims} of the paper, {n_verdicts}."
    verdicts = [one for of_claim in tested for one in of_claim]
    n_networks = {
        dataset: max(len(one.evidence["networks"]) for one in verdicts if one.network == dataset)
        for dataset in DATASETS
        if any(one.network == dataset for one in verdicts)
    }
    were = "was" if len(tested) == 1 else "were"
    those = "that network" if sum(n_networks.values()) == 1 else "those networks"
    return " ".join(
        [
            f"The paper's network was trained here {_times(n_networks)} on {_where(n_networks)}.",
            f"{len(tested)} of the paper's claims {were} tested on {those}, with "
            f"{count_text(len(verdicts), 'verdict')}, one per claim and data set: {_outcomes(verdicts)}.",
            *_weak(verdicts),
            *_implied(tested, verdicts),
            *_everywhere(tested, list(n_networks)),
        ]
    )


def paper_itself(verdicts: Sequence[Verdict]) -> str:
    """Return the outcomes of the claims that need no network; empty if there are none.

    Args:
        verdicts: All verdicts.
    """
    counts = tally(one for one in verdicts if one.network == NO_NETWORK)
    n, n_held, n_contradicted = sum(counts.values()), counts["replicated"], counts["not replicated"]
    if not n:
        return ""
    parts = [f"{n_held} {'holds' if n_held == 1 else 'hold'}"] if n_held else []
    if n_contradicted:
        parts.append(f"{n_contradicted} {'contradicts' if n_contradicted == 1 else 'contradict'} the paper's own text")
    if n_open := n - n_held - n_contradicted:
        parts.append(f"{n_open} undecided")
    return f"{count_text(n, 'more claim')} {'needs' if n == 1 else 'need'} no network: {', '.join(parts)}."


def _weak(verdicts: Sequence[Verdict]) -> list[str]:
    """Return what a weak test is, if there is one."""
    return [f"A weak test is {WEAK}."] if any(shown(one) == "replicated by a weak test" for one in verdicts) else []


def _implied(tested: Sequence[Sequence[Verdict]], verdicts: Sequence[Verdict]) -> list[str]:
    """Return how many claims the paper does not state explicitly, and how many failures concern these, if any."""
    n_whole = sum(all(verdict.implied for verdict in of_claim) for of_claim in tested)
    n_partly = sum(any(verdict.implied for verdict in of_claim) for of_claim in tested) - n_whole
    counts = [f"{n_whole} for each network"] if n_whole else []
    counts += [f"{n_partly} for some networks only"] if n_partly else []
    if not counts:
        return []
    failed = [one.implied for one in verdicts if one.outcome == "not replicated"]
    is_on = f"{'is' if sum(failed) == 1 else 'are'} on what it only implies"
    of_failed = f"; {sum(failed)} of the {len(failed)} not replicated {is_on}" if any(failed) else ""
    n = n_whole + n_partly
    return [
        f"The paper implies {count_text(n, 'claim')} without stating {'it' if n == 1 else 'them'}, "
        f"{' and '.join(counts)}{of_failed}."
    ]


def _times(n_networks: Mapping[str, int]) -> str:
    """Return how often a network was trained on each data set."""
    least, most = min(n_networks.values()), max(n_networks.values())
    return times_text(most) if least == most else f"between {number_word(least)} and {number_word(most)} times"


def _where(datasets: Mapping[str, int]) -> str:
    """Return the data sets in words."""
    if len(datasets) == len(DATASETS):
        return f"each of its {number_word(len(DATASETS))} data sets"
    names = in_a_row([DATASET_NAMES[dataset] for dataset in datasets])
    of_them = f"{number_word(len(datasets))} of its {number_word(len(DATASETS))} data sets, {names}"
    return of_them if len(datasets) == 1 else f"each of {of_them}"


def _outcomes(verdicts: Sequence[Verdict]) -> str:
    """Return the count of each outcome that occurs."""
    return ", ".join(f"{n} {outcome}" for outcome, n in tally(verdicts).items() if n)


def _everywhere(tested: Sequence[Sequence[Verdict]], datasets: Sequence[str]) -> list[str]:
    """Return how many claims hold, or fail, on all data sets; empty with one data set, or if no claim covers all."""
    on_all = [[shown(one) for one in verdicts] for verdicts in tested if len(verdicts) == len(datasets)]
    if len(datasets) < 2 or not on_all:
        return []
    each = "both" if len(datasets) == 2 else f"all {number_word(len(datasets))}"
    n_held = sum(set(outcomes) == {"replicated"} for outcomes in on_all)
    n_failed = sum(set(outcomes) == {"not replicated"} for outcomes in on_all)
    return [
        f"Of the {count_text(len(on_all), 'claim')} tested on {each}, {n_held or 'none'} "
        f"{'replicate' if n_held > 1 else 'replicates'} in {each} (weak tests not counted), and "
        f"{n_failed or 'none'} {'fail' if n_failed > 1 else 'fails'} in {each}."
    ]
