"""Compare measurements of the same trained networks across software and hardware environments.

A reading holds the results of one environment: log-probabilities, predictions, neighbourhood hit, counts of selective
neurons, and answers to claims.  Readings are small files that ship with the suite.  This package reads them and
compares each with one reference.
"""

from replication.drift.difference import (
    Difference as Difference,
    NetworkDifference as NetworkDifference,
    differences as differences,
    reference_of as reference_of,
)
from replication.drift.files import SHIPPED as SHIPPED, load_readings as load_readings, save_reading as save_reading
from replication.drift.reading import (
    NetworkReading as NetworkReading,
    Reading as Reading,
    answers as answers,
    network_reading as network_reading,
    reading_name as reading_name,
)
