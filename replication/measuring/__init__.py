"""Measurements of a trained network on the test images, in pieces of one file each.

Input: a ``Subject``, the network with its test images.  Output: the arrays of one piece, named as in
``schema.SCHEMA``.  This is the last package that uses torch; all later ones read these arrays only.
"""

from collections.abc import Callable, Mapping
from typing import Any

from numpy.typing import NDArray

from replication.measuring.activations import measure_activations
from replication.measuring.cumulative import measure_cumulative
from replication.measuring.draws import measure_draws
from replication.measuring.horizontal import measure_horizontal
from replication.measuring.intact import measure_intact
from replication.measuring.subject import Subject as Subject
from replication.measuring.units import measure_units
from replication.measuring.vertical import measure_vertical

MEASURES: Mapping[str, Callable[[Subject], dict[str, NDArray[Any]]]] = {
    "intact": measure_intact,
    "draws": measure_draws,
    "units": measure_units,
    "activations": measure_activations,
    "cumulative": measure_cumulative,
    "horizontal": measure_horizontal,
    "vertical": measure_vertical,
}
"""Measuring function of each piece, in the order of measurement: a piece comes after the pieces it builds on."""
