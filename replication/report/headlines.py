"""The paper's main claims and what the evidence cannot decide."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from replication.judging import Verdict
from replication.judging.least_networks import LEAST_AGREEING, LEAST_NETWORKS
from replication.report.cards import Card, Section, network_name
from replication.report.known import Known
from replication.report.outcomes import Shown, joint, printed_size_fits, shown
from replication.report.sources import DATASET_NAMES, Source
from replication.study import DATASETS
from replication.words import count_text, in_a_row, number_word, true_minus


@dataclass(frozen=True)
class Headline:
    """A main claim of the paper.

    Attributes:
        sentence: The claim in our words.
        gist: The claim in one short sentence.
        parts: The judged claims that make it up, keyed by what distinguishes them; a single claim has an empty key.
        note: Explanation of the outcomes; may be empty.
        found: What was found instead of a single claim, by network, if known.
        denied_for: Data sets on which the paper says that there is no such thing; the claim holds there if there is
            none.  Only for claims on a number that is positive if there is such a thing, and negative if the reverse.
    """

    sentence: str
    gist: str
    parts: Mapping[str, Card]
    note: str = ""
    found: Mapping[str, str] = field(default_factory=dict)
    denied_for: tuple[str, ...] = ()

    @property
    def speaks_of_the_paper(self) -> bool:
        """Whether some verdict rests on networks like the paper's."""
        return any(verdict.speaks_of_the_paper for card in self.parts.values() for verdict in card.verdicts)

    @property
    def by_network(self) -> tuple[tuple[Verdict, ...], ...]:
        """The verdicts of all parts, grouped by network."""
        return tuple(zip(*(card.verdicts for card in self.parts.values()), strict=True))


@dataclass(frozen=True)
class MainClaim:
    """Definition of a headline: claim ids keyed as the parts of ``Headline``, which see for the other fields.

    Without a ``sentence``, a single claim's own is shown.
    """

    claims: Mapping[str, str]
    gist: str
    sentence: str = ""
    note: str = ""
    denied_for: tuple[str, ...] = ()


HEADING = "The paper's main claims and their verdicts"

_ANSWERS: Mapping[Shown, str] = {
    "replicated": "holds {}",
    "replicated by a weak test": "holds {} by a weak test",
    "not replicated": "does not hold {}",
    "inconclusive": "undecided {}",
    "not testable": "not testable {}",
}
_DENIED: Mapping[Shown, str] = {
    "replicated": "not found {}, as the paper says",
    "replicated by a weak test": "not found {} by a weak test",
    "not replicated": "found {} too, against the paper",
}
"""Texts for networks in which the paper finds no such thing."""
_DENIED_BUT_FITS = "found {} too, against the paper's words but not its number"
"""Text for networks in which the paper finds no such thing, if the number that it prints is one that they may have."""
_REVERSED = "the reverse found {}, against the paper"
"""Text for networks in which the paper finds no such thing, and the contrary was found here: a negative number."""
_TOO_FEW = "undecided {}: too few networks"


def headlines(main_claims: Sequence[MainClaim], sections: Sequence[Section], known: Known) -> tuple[Headline, ...]:
    """Return the paper's main claims; none unless all of them were judged.

    Args:
        main_claims: Their definitions.
        sections: All verdicts by section.
        known: What was found where a claim does not hold.
    """
    cards = {card.id: card for section in sections for card in section.cards}
    if not cards.keys() >= {claim for one in main_claims for claim in one.claims.values()}:
        return ()
    return tuple(
        _headline(one, {name: cards[claim] for name, claim in one.claims.items()}, known) for one in main_claims
    )


def _headline(one: MainClaim, parts: Mapping[str, Card], known: Known) -> Headline:
    """Return one main claim of the paper."""
    first, *more = parts.values()
    found = {} if more else {verdict.network: known.found(verdict) for verdict in first.verdicts}
    return Headline(one.sentence or first.sentence, one.gist, parts, one.note, found, one.denied_for)


def undecided(sources: Sequence[Source], verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """Return what the evidence cannot decide and why, one sentence each; none without sources.

    Args:
        sources: The networks behind the verdicts.
        verdicts: All verdicts.
    """
    if not sources:
        return ()
    sentences = []
    few = [source for source in sources if not source.is_rehearsal and source.n_networks < LEAST_AGREEING]
    if few:
        counts = ", ".join(count_text(one.n_networks, one.network) for one in few)
        sentences.append(
            f"A yes-or-no statement needs at least {LEAST_AGREEING} networks of a data set that all agree, or more "
            f"networks if a few disagree. Numbers and correlations need at least {LEAST_NETWORKS}. Here: {counts}. "
            "With fewer networks all but exact claims are inconclusive, whatever was measured."
        )
    open_of = []
    for source in (one for one in sources if not one.is_rehearsal and one not in few):
        of_source = (verdict for verdict in verdicts if network_name(verdict.network) == source.network)
        judged = [verdict for verdict in of_source if not verdict.is_rehearsal]
        if n_open := sum(verdict.outcome == "inconclusive" for verdict in judged):
            open_of.append(f"{n_open} of {len(judged)} verdicts on {count_text(source.n_networks, source.network)}")
    if open_of:
        sentences.append(
            f"{in_a_row(open_of)}: the networks disagree, the statistic is undefined for some, or the interval "
            "includes both answers."
        )
    if rehearsed := [source.network for source in sources if source.is_rehearsal]:
        sentences.append(f"Anything about {in_a_row(rehearsed)}: there is only a rehearsal.")
    # Not for networks from elsewhere, whose device is unknown, nor for networks that a GPU continued after a CPU.
    if all("(CPU)" in device for source in sources for device in source.devices.split(", ")):
        sentences.append("Whether a GPU's arithmetic makes a difference: none of these networks was trained on a GPU.")
    sentences.append(
        "Whether the pictures look as the paper describes them. The paper judges by eye; this suite tests counts and "
        "leaves the pictures to the reader."
    )
    return tuple(sentences)


def in_networks(datasets: Sequence[str]) -> str:
    """Return the networks trained on some data sets, such as ``"in M-Net and K-Net"``."""
    return f"in {in_a_row(list(map(network_name, datasets)))}"


def on_data_sets(datasets: Sequence[str]) -> str:
    """Return some data sets, such as ``"on MNIST and KMNIST"``."""
    if len(datasets) == len(DATASETS):
        return f"on all {number_word(len(DATASETS))} data sets"
    return f"on {in_a_row([DATASET_NAMES[dataset] for dataset in datasets])}"


def plain_answer(headline: Headline, where: Callable[[Sequence[str]], str] = in_networks) -> str:
    """Return a sentence that says where a claim holds, fails or stays open.

    Rehearsal networks are not named, because a rehearsal decides nothing.  If there is nothing else, the sentence says
    only that.

    Args:
        headline: The claim.
        where: Names some data sets: ``in_networks`` or ``on_data_sets``.
    """
    if not headline.speaks_of_the_paper and any(verdicts[0].is_rehearsal for verdicts in headline.by_network):
        return "A rehearsal, which decides nothing."
    texts = (*_ANSWERS.values(), _TOO_FEW, *_DENIED.values(), _DENIED_BUT_FITS, _REVERSED)
    datasets: dict[str, list[str]] = {text: [] for text in texts}
    for verdicts in headline.by_network:
        if not verdicts[0].is_rehearsal:
            datasets[_answer(verdicts, is_denied=verdicts[0].network in headline.denied_for)].append(
                verdicts[0].network
            )
    sentence = "; ".join(text.format(where(found)) for text, found in datasets.items() if found)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _answer(verdicts: Sequence[Verdict], *, is_denied: bool) -> str:
    """Return what a claim's parts answer for one network, as a text that lacks only where.

    Args:
        verdicts: Of the parts.
        is_denied: Whether the paper says that there is no such thing.
    """
    outcome = joint_outcome(verdicts)
    if outcome == "inconclusive" and not all(one.has_enough_networks for one in verdicts):
        return _TOO_FEW
    if not is_denied or outcome not in _DENIED:
        return _ANSWERS[outcome]
    if outcome == "not replicated":
        if any((one.judgement.measured or 0) < 0 for one in verdicts):
            return _REVERSED
        if all(map(printed_size_fits, verdicts)):
            return _DENIED_BUT_FITS
    return _DENIED[outcome]


def joint_outcome(verdicts: Sequence[Verdict]) -> Shown:
    """Return the joint outcome of several claims; see ``joint``."""
    return joint(set(map(shown, verdicts)))


def measured_text(headline: Headline, verdicts: Sequence[Verdict]) -> str:
    """Return the measured values on one network, part by part, with the paper's printed values.

    Args:
        headline: The claim.
        verdicts: Of its parts on that network.
    """
    texts = [f"{true_minus(one.judgement.measured_text)}{beside(one)}" for one in verdicts]
    return "; ".join(f"{name}: {text}" if name else text for name, text in zip(headline.parts, texts, strict=True))


def outcome_text(headline: Headline, verdicts: Sequence[Verdict]) -> str:
    """Return the outcome and the measured values; for a single claim on enough networks, also what lies behind it.

    A rehearsal, which decides nothing, is only named as such.

    Args:
        headline: The claim.
        verdicts: Of its parts on one network.
    """
    if verdicts[0].is_rehearsal:
        return rehearsal_text(verdicts)
    text = f"{joint_outcome(verdicts)}, {measured_text(headline, verdicts)}"
    behind, hinges = number_behind(headline, verdicts), hinges_on(headline, verdicts)
    return f"{text}{f' ({behind})' if behind else ''}{f'; {hinges}' if hinges else ''}"


def rehearsal_text(verdicts: Sequence[Verdict]) -> str:
    """Return the text shown instead of an outcome if there is only a rehearsal or no network."""
    return "rehearsal" if verdicts[0].evidence["networks"] else "no network"


def beside(verdict: Verdict) -> str:
    """Return the printed value to show beside the measured one; empty if the paper prints no number."""
    return "" if verdict.printed is None else f"; the paper: {true_minus(verdict.reported)}"


def number_behind(headline: Headline, verdicts: Sequence[Verdict]) -> str:
    """Return what was found instead of a single claim, or else the number behind it and the condition on that number.

    Empty with too few networks, or if nothing is known.

    Args:
        headline: The claim.
        verdicts: Of its parts on one network.
    """
    (verdict, *more) = verdicts
    if found := headline.found.get(verdict.network):
        return true_minus(found)
    return true_minus(verdict.judgement.behind) if verdict.has_enough_networks and not more else ""


def hinges_on(headline: Headline, verdicts: Sequence[Verdict]) -> str:
    """Return the open answers under which the outcome of a single verdict changes.

    For an undecided claim, also the answers that decide it although the paper rules them out.  Empty with too few
    networks, or if the text of what was found instead already says it.

    Args:
        headline: The claim.
        verdicts: Of its parts on one network.
    """
    (verdict, *more) = verdicts
    if headline.found.get(verdict.network) or not all(one.has_enough_networks for one in verdicts):
        return ""
    others = [] if more else [flip for flip in verdict.flips if flip.is_open and verdict.differs_with(flip)]
    left_open = _with_answers([(shown(flip), f"{flip.choice}={flip.option}") for flip in others])
    ruled_out = _with_answers(_decided_by_ruled_out(verdicts))
    told = [f"{left_open}, which the paper leaves open"] if left_open else []
    told += [f"{ruled_out}, which the paper rules out"] if ruled_out else []
    return f"but {'; '.join(told)}" if told else ""


def _decided_by_ruled_out(verdicts: Sequence[Verdict]) -> list[tuple[Shown, str]]:
    """Return the outcomes of an undecided claim under answers that the paper rules out, where these decide it."""
    if joint_outcome(verdicts) != "inconclusive":
        return []
    by_answer = [{(flip.choice, flip.option): flip for flip in verdict.flips} for verdict in verdicts]
    answers = dict.fromkeys(answer for flips in by_answer for answer, flip in flips.items() if not flip.is_open)
    found = []
    for answer in answers:
        pairs = [(flips.get(answer), verdict) for flips, verdict in zip(by_answer, verdicts, strict=True)]
        judged = [flip or verdict for flip, verdict in pairs]
        # Judged on fewer networks, the usual answers may decide it as well: then it is not the answer that does.
        usual = joint({(flip and flip.otherwise) or verdict.outcome for flip, verdict in pairs})
        outcome = joint(set(map(shown, judged)))
        if usual == "inconclusive" and outcome not in {"inconclusive", "not testable"}:
            found.append((outcome, "=".join(answer)))
    return found


def _with_answers(changes: Sequence[tuple[Shown, str]]) -> str:
    """Return each outcome with the answers that lead to it."""
    answers: dict[Shown, list[str]] = {outcome: [] for outcome, _ in changes}
    for outcome, answer in changes:
        answers[outcome].append(answer)
    return ", ".join(f"{outcome} with {' or '.join(of_outcome)}" for outcome, of_outcome in answers.items())
