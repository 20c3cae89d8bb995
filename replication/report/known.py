"""What is known of the evidence beyond its numbers, and what was found where a claim does not hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from replication.judging.verdict import Verdict
from replication.report.cards import network_name
from replication.study import DATASETS


@dataclass(frozen=True)
class Known:
    """What somebody who has looked at the evidence says of it.

    Attributes:
        findings: What was found in place of a claim that does not hold, with its numbers, by claim and network.
        remarks: What a reader should know of how the evidence came about, a sentence each.
    """

    findings: Mapping[tuple[str, str], str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def found(self, verdict: Verdict) -> str:
        """Return what was found in place of what does not hold; empty where it does, or where nobody has said."""
        listed = self.findings.get((verdict.id, verdict.network), "")
        return listed if verdict.outcome == "not replicated" and verdict.evidence["kind"] != "rehearsal" else ""


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
    def sentence(self) -> str:
        """The claim in our words, and whether the paper only implies it."""
        return f"{self.verdict.sentence}{' (implied)' if self.verdict.implied else ''}"


def failures(verdicts: Sequence[Verdict], known: Known) -> tuple[Failure, ...]:
    """Return the claims about trained networks that do not hold, network by network, in the order of the verdicts.

    Args:
        verdicts: All of them; those of a rehearsal, which decides nothing, are left out.
        known: What was found instead.
    """
    return tuple(
        Failure(verdict, known.found(verdict) or verdict.judgement.measured_text)
        for dataset in DATASETS
        for verdict in verdicts
        if verdict.network == dataset and verdict.outcome == "not replicated" and verdict.evidence["kind"] == "paper"
    )
