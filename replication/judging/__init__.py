"""From measurements to verdicts.

A claim is a frozen record with a small pure function of one network's evidence; a rule makes one verdict of that
function's values over the seeds; the judge repeats this under every choice the function has read.  The claims
themselves stand in the package ``claims``, one file per section of the paper.
"""

from replication.judging.answer import Answer as Answer
from replication.judging.claim import Claim as Claim, Registry as Registry
from replication.judging.judge import judge_all as judge_all, judge_claim as judge_claim, judge_network as judge_network
from replication.judging.rules import (
    Contrast as Contrast,
    Correlation as Correlation,
    Exact as Exact,
    NoEffect as NoEffect,
    Statement as Statement,
    Value as Value,
)
from replication.judging.verdict import Criterion as Criterion, Flip as Flip, Judgement as Judgement, Verdict as Verdict
