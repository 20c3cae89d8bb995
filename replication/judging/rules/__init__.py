"""The families of decision rules: each makes one verdict of a statistic's values over the seeds.

One trained network is one observation.  The first criterion of each judgement is primary and alone decides; the
others stand beside it.  Too few networks never decide: the outcome is then inconclusive.
"""

from replication.judging.rules.contrast import Contrast
from replication.judging.rules.correlation import Correlation
from replication.judging.rules.exact import Exact
from replication.judging.rules.no_effect import NoEffect
from replication.judging.rules.rule import LEAST_NETWORKS, Rule
from replication.judging.rules.statement import LEAST_AGREEING, Statement
from replication.judging.rules.value import Value

__all__ = [
    "LEAST_AGREEING",
    "LEAST_NETWORKS",
    "Contrast",
    "Correlation",
    "Exact",
    "NoEffect",
    "Rule",
    "Statement",
    "Value",
]
