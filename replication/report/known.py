"""Knowledge about the evidence beyond its numbers, and what was found where a claim does not hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from replication.judging.verdict import Outcome, Verdict
from replication.report.cards import network_name
from replication.study import DATASETS


@dataclass(frozen=True)
class Takeaway:
    """One of the most important findings, in plain words.

    Attributes:
        headline: The finding in one sentence.
        text: The measurements, in a few more sentences.
        rests_on: The outcomes that support it, by claim and network.
    """

    headline: str
    text: str
    rests_on: Mapping[tuple[str, str], Outcome]

    @property
    def claims(self) -> tuple[str, ...]:
        """Ids of the claims that support it, each once."""
        return tuple(dict.fromkeys(claim for claim, _ in self.rests_on))


@dataclass(frozen=True)
class HeldOut:
    """Networks that were measured after the rules had been set.

    Attributes:
        networks: Their names, such as ``"mnist/seed=6"``; some or all may not be in the evidence yet.
        since: Date on which they were held out, ``YYYY-MM-DD``; rules changed later may have been fitted to them.
    """

    networks: frozenset[str] = frozenset()
    since: str = ""


@dataclass(frozen=True)
class Known:
    """Written knowledge of somebody who has examined the evidence.

    Attributes:
        findings: What was found instead of a claim that does not hold, with numbers, by claim and network.
        remarks: Notes on the origin of the evidence, one sentence each.
        takeaways: The most important findings.
        held_out: Networks that no rule could be fitted to.
    """

    findings: Mapping[tuple[str, str], str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    takeaways: tuple[Takeaway, ...] = ()
    held_out: HeldOut = HeldOut()

    def found(self, verdict: Verdict) -> str:
        """Return what was found instead of a claim that does not hold; empty if it holds or nothing is recorded."""
        if verdict.outcome != "not replicated" or verdict.is_rehearsal:
            return ""
        return self.findings.get((verdict.id, verdict.network), "")

    def borne_out(self, verdicts: Sequence[Verdict]) -> tuple[Takeaway, ...]:
        """Return the takeaways whose supporting verdicts all exist, are unchanged, and are not from a rehearsal.

        Args:
            verdicts: All verdicts.
        """
        outcomes = {(one.id, one.network): one.outcome for one in verdicts if not one.is_rehearsal}
        return tuple(one for one in self.takeaways if one.rests_on.items() <= outcomes.items())


TAKEAWAYS_HEADING = "What matters most"

FAILURES_HEADING = "What did not replicate in trained networks, and what was found instead"

UNKNOWN = Known()
"""No knowledge beyond the numbers."""


@dataclass(frozen=True)
class Failure:
    """A claim that does not hold for the networks of a data set.

    Attributes:
        verdict: The verdict.
        found: What was found instead; the measured value if nothing more is recorded.
    """

    verdict: Verdict
    found: str

    @property
    def network(self) -> str:
        """The paper's name of the network."""
        return network_name(self.verdict.network)

    @property
    def name(self) -> str:
        """The paper's name of the network, and whether the paper only implies the claim for it."""
        return f"{self.network}{' (implied)' if self.verdict.implied else ''}"


def failures(verdicts: Sequence[Verdict], known: Known) -> tuple[tuple[Failure, ...], ...]:
    """Return the claims about trained networks that do not hold: those that the paper states, then those it implies.

    Args:
        verdicts: All verdicts; those of a rehearsal, which decides nothing, are left out.
        known: What was found instead.

    Returns:
        For each claim its failures, in the order of the data sets; otherwise in the order of the verdicts.
    """
    by_claim: dict[str, list[Failure]] = {}
    for verdict in verdicts:
        if verdict.outcome == "not replicated" and verdict.speaks_of_the_paper:
            failure = Failure(verdict, known.found(verdict) or verdict.judgement.measured_text)
            by_claim.setdefault(verdict.id, []).append(failure)
    stated_first = sorted(by_claim.values(), key=lambda of_claim: all(one.verdict.implied for one in of_claim))
    return tuple(
        tuple(sorted(of_claim, key=lambda failure: DATASETS.index(failure.verdict.network)))
        for of_claim in stated_first
    )
