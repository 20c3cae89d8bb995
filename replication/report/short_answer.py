"""Answer whether the paper holds, in one word, and where each of its main claims does."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from replication.report.headlines import Headline, joint_outcome, on_data_sets, plain_answer

QUESTION = "Does the paper hold?"
POINTS = "The paper's main claims"


@dataclass(frozen=True)
class ShortAnswer:
    """The answer shown first.

    Attributes:
        word: Yes, no, or something between.
        points: The paper's main claims, each with the data sets on which it holds, fails or stays open.
    """

    word: str
    points: tuple[tuple[str, str], ...]


def short_answer(headlines: Sequence[Headline]) -> ShortAnswer | None:
    """Return whether the paper holds, based on its main claims.

    Args:
        headlines: The main claims.

    Returns:
        The answer.  A claim that holds on no data set and fails on at least one counts as holding nowhere, even if
        others are undecided.  Where it holds by a weak test, which says little, it counts as undecided.  None if there
        are no main claims, or all were judged on rehearsals only.
    """
    judged = [headline for headline in headlines if _fate(headline)]
    if not judged:
        return None
    points = tuple((headline.gist, plain_answer(headline, on_data_sets)) for headline in judged)
    return ShortAnswer(_word(set(map(_fate, judged))), points)


def _fate(headline: Headline) -> str:
    """Return the overall fate of a claim over its data sets; empty if there is only a rehearsal."""
    if not headline.speaks_of_the_paper:
        return ""
    outcomes = {joint_outcome(of) for of in headline.by_network if not of[0].is_rehearsal}
    if "replicated" in outcomes:
        return "throughout" if outcomes == {"replicated"} else "in part"
    if "not replicated" in outcomes:
        return "nowhere"
    return "undecided"


def _word(fates: Set[str]) -> str:
    """Return the answer in a word or two, from the fates of the claims."""
    if fates & {"throughout", "in part"}:
        return "Yes." if fates == {"throughout"} else "In part."
    if "nowhere" in fates:
        return "No." if fates == {"nowhere"} else "Not where it can be decided."
    return "Undecided."
