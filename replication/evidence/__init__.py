"""Measurements as the claims read them: named quantities of one network, each under the choices it depends on.

Everything here is derived from stored counts, units' class means and agreements in float64.  A quantity that depends on
a choice asks for it by name, and the asking is remembered: so the choices a claim depends on are those its statistic
has read, and nobody keeps a list of them.
"""

from replication.evidence.ablations import ALPHA as ALPHA
from replication.evidence.classes import K_NEIGHBOURS as K_NEIGHBOURS
from replication.evidence.correlations import (
    CORRELATIONS as CORRELATIONS,
    ClassProfile as ClassProfile,
    ProfileCorrelation as ProfileCorrelation,
)
from replication.evidence.loading import load_networks as load_networks
from replication.evidence.measured import CondensedError as CondensedError
from replication.evidence.multiverse import (
    Multiverse as Multiverse,
    means_where_defined as means_where_defined,
    multiverse as multiverse,
)
from replication.evidence.network import NetworkEvidence as NetworkEvidence
from replication.evidence.run import Evidence as Evidence, Origin as Origin
