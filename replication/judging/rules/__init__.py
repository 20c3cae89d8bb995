"""The families of decision rules: each makes one verdict of a statistic's values over the seeds.

One trained network is one observation.  The first criterion of each judgement is primary and alone decides; the
others stand beside it.  Too few networks never decide: the outcome is then inconclusive.
"""

from replication.judging.rules.contrast import Contrast as Contrast
from replication.judging.rules.correlation import Correlation as Correlation
from replication.judging.rules.exact import Exact as Exact
from replication.judging.rules.no_effect import NoEffect as NoEffect
from replication.judging.rules.rule import LEAST_NETWORKS as LEAST_NETWORKS, Rule as Rule
from replication.judging.rules.statement import LEAST_AGREEING as LEAST_AGREEING, Statement as Statement
from replication.judging.rules.value import Value as Value
