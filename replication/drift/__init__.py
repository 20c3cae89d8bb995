"""How much results depend on the environment: the same trained networks, measured under several.

A reading is what one environment made of the networks: log-probabilities, predictions, neighbourhood hit, counts of
selective neurons, answers to claims.  Readings are small files that ship with the suite; here they are read, set
against one reference and turned into the tolerances that snapshots are compared with.
"""

from replication.drift.difference import Difference, NetworkDifference, differences, reference_of
from replication.drift.files import SHIPPED, load_readings, save_reading
from replication.drift.reading import NetworkReading, Reading, answers, network_reading, reading_name
from replication.drift.tolerances import TOLERANCES, Tolerances, tolerances_from

__all__ = [
    "SHIPPED",
    "TOLERANCES",
    "Difference",
    "NetworkDifference",
    "NetworkReading",
    "Reading",
    "Tolerances",
    "answers",
    "differences",
    "load_readings",
    "network_reading",
    "reading_name",
    "reference_of",
    "save_reading",
    "tolerances_from",
]
