"""From measurements to verdicts.

A claim is a frozen record with a statistic, a small pure function of the evidence of one network.  A rule turns the
values of the statistic over seeds into one judgement.  The judge repeats this under every alternative answer to the
choices that the statistic depends on.  The claims are in the package ``claims``, one file per section of the paper.
"""

from replication.judging.answer import Answer as Answer
from replication.judging.claim import Claim as Claim, Registry as Registry
from replication.judging.judge import (
    judge_all as judge_all,
    judge_answers as judge_answers,
    judge_claim as judge_claim,
    judge_network as judge_network,
)
from replication.judging.judged import JudgedEvidence as JudgedEvidence, JudgedNetwork as JudgedNetwork
from replication.judging.printed import as_printed as as_printed
from replication.judging.record import Record as Record, judge_and_record as judge_and_record
from replication.judging.rules import (
    Contrast as Contrast,
    Correlation as Correlation,
    Exact as Exact,
    NoEffect as NoEffect,
    Statement as Statement,
    Value as Value,
)
from replication.judging.verdict import (
    Criterion as Criterion,
    Flip as Flip,
    Judgement as Judgement,
    Verdict as Verdict,
    save_verdicts as save_verdicts,
)
