"""Evidence for the claims: named quantities of one network, under a given set of choices.

All quantities are derived in float64 from stored counts, class means of units and neighbour agreements.  A quantity
that depends on a choice reads it by name, and every read is recorded.  The choices that a claim depends on are
therefore those its statistic has read; no separate list is kept.
"""

from replication.evidence.ablations import ALPHA as ALPHA
from replication.evidence.correlations import (
    CORRELATIONS as CORRELATIONS,
    ClassProfile as ClassProfile,
    ProfileCorrelation as ProfileCorrelation,
)
from replication.evidence.loading import load_networks as load_networks
from replication.evidence.measured import K_NEIGHBOURS as K_NEIGHBOURS, CondensedError as CondensedError
from replication.evidence.multiverse import (
    Multiverse as Multiverse,
    means_where_defined as means_where_defined,
    multiverse as multiverse,
)
from replication.evidence.network import NetworkEvidence as NetworkEvidence
from replication.evidence.run import Evidence as Evidence, Origin as Origin
