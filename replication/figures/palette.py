"""Colours by meaning, distinct in greyscale and for colour-blind readers.

Class colours are those of the paper's default palette, by hue: class 3 is red, 5 brown, 8 yellow, 9 cyan (§4.2 ¶1).
Their lightness is spread so that all ten also differ for dichromats and when printed in grey.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import ArrayLike, NDArray

from replication.architecture import HIDDEN_LAYER_NAMES
from replication.schema import ORDERS

CLASS_COLOURS = (
    "#184086",
    "#d5882a",
    "#097a45",
    "#dc0806",
    "#6315cc",
    "#542311",
    "#dd95c7",
    "#82878f",
    "#d0ca4f",
    "#8ee4fd",
)
"""Class 0 to 9: blue, orange, green, red, purple, brown, pink, grey, yellow, cyan."""

LAYER_COLOURS: Mapping[str, str] = MappingProxyType(
    dict(zip(HIDDEN_LAYER_NAMES, ("#030085", "#8c1442", "#048788", "#d98e3d", "#d6d635"), strict=True))
)
"""Layer colours; deeper layers are lighter."""

ORDER_COLOURS: Mapping[str, str] = MappingProxyType(
    dict(zip(ORDERS, ("#184086", "#d5882a", "#dd95c7", "#dc0806", "#097a45"), strict=True))
)
"""Colours of the orders of cumulative ablation."""

HARM = "#b2182b"
"""Ablation lowers accuracy: dark red, a hue as in the paper."""
HELP = "#3a8fd9"
"""Ablation raises accuracy: blue, as in the paper, and lighter than harm."""

MISCLASSIFIED = "#000000"
OTHER = "#dadada"
"""Neurons and units that are not the subject of a panel."""
INK = "#222222"
FAINT = "#8a8a8a"
QUIET = "#6a6a6a"
"""Secondary text, dark enough to read; ``FAINT`` is for marks only."""
BAND = "#cfd8dc"
"""Intervals and ranges."""
PAPER = "#e6007e"
"""Printed values of the paper, wherever shown beside measured values."""

_PALEST = 0.22
"""Share of full colour that a point of strength 0 keeps, so that it is not mistaken for ``OTHER``."""


def saturated(colour: str, strength: ArrayLike) -> NDArray[np.float64]:
    """Return a colour at the given strengths, from a pale tint at 0 to the full colour at 1 (§4.3 ¶1).

    Args:
        colour: The full colour.
        strength: Shape (n,), clipped to [0, 1].

    Returns:
        RGB values in [0, 1], shape (n, 3).

    >>> saturated("#000000", [1.0]).tolist()
    [[0.0, 0.0, 0.0]]
    """
    share = _PALEST + (1 - _PALEST) * np.clip(np.asarray(strength, dtype=np.float64), 0, 1)[:, None]
    return np.asarray(1 - share * (1 - np.array(to_rgb(colour))), dtype=np.float64)
