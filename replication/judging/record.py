"""The record of judging: verdicts, and the errors of the checks that have none."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from replication.judging.claim import Claim, check_name
from replication.judging.judge import judge_network
from replication.judging.judged import JudgedEvidence
from replication.judging.verdict import Verdict
from replication.progress import SILENT, Progress


@dataclass
class Record:
    """What came of judging claims, one check for each claim and network of ``Claim.subjects``.

    Attributes:
        verdicts: The verdicts, in the order of judging.
        errors: Error by ``check_name``, for each check that ended in an error.
    """

    verdicts: list[Verdict] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def n_checks(self) -> int:
        """Number of checks made, including errors."""
        return len(self.verdicts) + len(self.errors)

    def judge(self, claim: Claim, evidence: JudgedEvidence, network: str) -> Verdict:
        """Return the verdict on a claim for one network, and record it; an error is recorded and raised.

        Args:
            claim: The claim.
            evidence: The run to judge on.
            network: One of ``claim.networks``, or ``-``.
        """
        try:
            verdict = judge_network(claim, evidence, network)
        except Exception as error:
            self.errors[check_name(claim.id, network)] = repr(error)
            raise
        self.verdicts.append(verdict)
        return verdict


def judge_and_record(claims: Mapping[str, Claim], evidence: JudgedEvidence, progress: Progress = SILENT) -> Record:
    """Return the record of judging all claims, in the order of the claims; an error in one does not end the others.

    Args:
        claims: Claims by id.
        evidence: The run to judge on.
        progress: Progress display, advanced once per claim.
    """
    record = Record()
    for claim in progress.track(claims.values(), "judge claims"):
        for network in claim.subjects:
            with suppress(Exception):
                record.judge(claim, evidence, network)
    return record
