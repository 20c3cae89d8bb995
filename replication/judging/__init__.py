"""From measurements to verdicts.

A claim is a frozen record with a small pure function of one network's evidence; a rule makes one verdict of that
function's values over the seeds; the judge repeats this under every choice the function has read.  The claims
themselves stand in the package ``claims``, one file per section of the paper.
"""

from replication.judging.answer import Answer
from replication.judging.claim import Claim, Registry
from replication.judging.judge import judge_all, judge_claim, judge_network
from replication.judging.rules import Contrast, Correlation, Exact, NoEffect, Statement, Value
from replication.judging.verdict import Criterion, Flip, Judgement, Verdict

__all__ = [
    "Answer",
    "Claim",
    "Contrast",
    "Correlation",
    "Criterion",
    "Exact",
    "Flip",
    "Judgement",
    "NoEffect",
    "Registry",
    "Statement",
    "Value",
    "Verdict",
    "judge_all",
    "judge_claim",
    "judge_network",
]
