"""Families of decision rules: each turns the values of a statistic over seeds into one judgement.

One trained network is one observation.  The first criterion of a judgement is primary and decides alone; the others
are reported beside it.  With too few networks the outcome is inconclusive.
"""

from replication.judging.rules.contrast import Contrast as Contrast
from replication.judging.rules.correlation import Correlation as Correlation
from replication.judging.rules.exact import Exact as Exact
from replication.judging.rules.no_effect import NoEffect as NoEffect
from replication.judging.rules.rule import Rule as Rule
from replication.judging.rules.statement import Statement as Statement
from replication.judging.rules.value import Value as Value
