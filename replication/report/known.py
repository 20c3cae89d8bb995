"""What is known of the evidence beyond its numbers, and what was found where a claim does not hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from replication.judging.verdict import Outcome, Verdict
from replication.report.cards import is_rehearsal, network_name
from replication.study import DATASETS


@dataclass(frozen=True)
class Takeaway:
    """Something that was found and matters most, in plain words.

    Attributes:
        headline: It in a sentence.
        text: What was measured, in a few more.
        rests_on: The outcomes that make it true, by claim and network.
    """

    headline: str
    text: str
    rests_on: Mapping[tuple[str, str], Outcome]

    @property
    def claims(self) -> tuple[str, ...]:
        """The ids of the claims that it rests on, each once."""
        return tuple(dict.fromkeys(claim for claim, _ in self.rests_on))


@dataclass(frozen=True)
class Known:
    """What somebody who has looked at the evidence says of it.

    Attributes:
        findings: What was found in place of a claim that does not hold, with its numbers, by claim and network.
        remarks: What a reader should know of how the evidence came about, a sentence each.
        takeaways: What matters most of what was found.
    """

    findings: Mapping[tuple[str, str], str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    takeaways: tuple[Takeaway, ...] = ()

    def found(self, verdict: Verdict) -> str:
        """Return what was found in place of what does not hold; empty where it does, or where nobody has said."""
        if verdict.outcome != "not replicated" or is_rehearsal(verdict):
            return ""
        return self.findings.get((verdict.id, verdict.network), "")

    def borne_out(self, verdicts: Sequence[Verdict]) -> tuple[Takeaway, ...]:
        """Return what matters most, unless a verdict that it rests on is missing, another one or a rehearsal's.

        Args:
            verdicts: All of them.
        """
        outcomes = {(one.id, one.network): one.outcome for one in verdicts if not is_rehearsal(one)}
        return tuple(one for one in self.takeaways if one.rests_on.items() <= outcomes.items())


TAKEAWAYS_HEADING = "What matters most"

FAILURES_HEADING = "What did not replicate in trained networks, and what was found instead"

UNKNOWN = Known()
"""Nothing is known beyond the numbers."""


@dataclass(frozen=True)
class Failure:
    """A claim that does not hold of the networks of a data set.

    Attributes:
        verdict: The verdict.
        found: What was found instead; what was measured where nobody has said more.
    """

    verdict: Verdict
    found: str

    @property
    def network(self) -> str:
        """The paper's name of the network."""
        return network_name(self.verdict.network)

    @property
    def name(self) -> str:
        """The paper's name of the network, and whether the paper only implies the claim of it."""
        return f"{self.network}{' (implied)' if self.verdict.implied else ''}"


def failures(verdicts: Sequence[Verdict], known: Known) -> tuple[tuple[Failure, ...], ...]:
    """Return the claims about trained networks that do not hold, in the order of the verdicts.

    Args:
        verdicts: All of them; those of a rehearsal, which decides nothing, are left out.
        known: What was found instead.

    Returns:
        For each claim its failures, in the order of the data sets.
    """
    by_claim: dict[str, list[Failure]] = {}
    for verdict in verdicts:
        if verdict.outcome == "not replicated" and verdict.evidence["kind"] == "paper":
            failure = Failure(verdict, known.found(verdict) or verdict.judgement.measured_text)
            by_claim.setdefault(verdict.id, []).append(failure)
    return tuple(
        tuple(sorted(of_claim, key=lambda failure: DATASETS.index(failure.verdict.network)))
        for of_claim in by_claim.values()
    )
