"""Answer whether the paper holds, in one word and a few sentences."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from replication.plural import number_word
from replication.report.headlines import Headline, joint_outcome

QUESTION = "Does the paper hold?"


@dataclass(frozen=True)
class ShortAnswer:
    """The answer shown first.

    Attributes:
        word: Yes, no, or something between.
        text: Outcomes of the paper's main claims.
    """

    word: str
    text: str


_FATES = {
    "throughout": ("holds on each data set tested", "hold on each data set tested"),
    "in part": ("holds on some data sets only", "hold on some data sets only"),
    "nowhere": ("holds on no data set", "hold on no data set"),
    "undecided": ("cannot be decided on any data set", "cannot be decided on any data set"),
}
"""Texts for one claim and for several claims."""


def short_answer(headlines: Sequence[Headline]) -> ShortAnswer | None:
    """Return whether the paper holds, based on its main claims.

    Args:
        headlines: The main claims.

    Returns:
        The answer.  A claim that holds on no data set and fails on at least one counts as holding nowhere, even if
        others are undecided.  None if there are no main claims, or all were judged on rehearsals only.
    """
    clauses: dict[str, list[str]] = {}
    for fate in _FATES:
        if of_fate := [headline.clause for headline in headlines if _fate(headline) == fate]:
            clauses[fate] = of_fate
    if not clauses:
        return None
    n_claims = sum(map(len, clauses.values()))
    of_paper = f" of the paper's {number_word(n_claims)} main claims" if n_claims > 1 else " main claim of the paper"
    sentences = []
    for fate, of_fate in clauses.items():
        n = "All" if 1 < len(of_fate) == n_claims else number_word(len(of_fate)).capitalize()
        those = ", and ".join(f"that {clause}" for clause in of_fate)
        sentences.append(f"{n}{of_paper} {_FATES[fate][len(of_fate) > 1]}: {those}.")
        of_paper = ""
    return ShortAnswer(_word(clauses.keys()), " ".join(sentences))


def _fate(headline: Headline) -> str:
    """Return the overall fate of a claim over its data sets; empty if there is only a rehearsal."""
    outcomes = {joint_outcome(of) for of in headline.by_network if of[0].evidence["kind"] == "paper"}
    if "replicated" in outcomes:
        return "throughout" if outcomes == {"replicated"} else "in part"
    if "not replicated" in outcomes:
        return "nowhere"
    return "undecided" if outcomes else ""


def _word(fates: Set[str]) -> str:
    """Return the answer in a word or two, from the fates of the claims."""
    if fates & {"throughout", "in part"}:
        return "Yes." if fates == {"throughout"} else "In part."
    if "nowhere" in fates:
        return "No." if fates == {"nowhere"} else "Not where it can be decided."
    return "Undecided."
