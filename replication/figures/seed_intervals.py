"""Prediction interval for the next network, as a bar; an arrowhead marks where it extends beyond the axis."""

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.markers import CARETLEFTBASE, CARETRIGHTBASE, MarkerStyle

from replication.figures import palette
from replication.stats import Interval, fisher_prediction_interval, log_prediction_interval, t_interval

Family = Literal["", "t", "fisher", "log t"]
"""Scale of the interval: none (empty), as measured, Fisher's z, or the logarithm."""

BEYOND = "extends beyond the axis"
"""Legend text and artist name of an arrowhead."""

_HEIGHT = 0.62
_HEADS = MarkerStyle(CARETLEFTBASE), MarkerStyle(CARETRIGHTBASE)


def prediction_interval(values: np.ndarray, family: Family) -> Interval | None:
    """Return the 95 % prediction interval for the next network's value, as used by the rules that judge such numbers.

    Args:
        values: One per network; undefined values, and non-positive ones on the log scale, are left out.
        family: Scale of the interval.

    Returns:
        The interval, which may be unbounded above on the log scale; None for fewer than two networks.
    """
    defined = values[np.isfinite(values)]
    if family == "log t":
        defined = defined[defined > 0]
    if not family or len(defined) < 2:
        return None
    if family == "fisher":
        return fisher_prediction_interval(defined)
    if family == "t":
        return t_interval(defined, of="next run")
    return log_prediction_interval(defined)


def draw_interval(axes: Axes, y: float, interval: Interval) -> None:
    """Draw an interval clipped to the axis, with an arrowhead outside each end that it exceeds.

    Args:
        axes: Axes with fixed limits.
        y: Position of the row.
        interval: The interval to draw.
    """
    ends = axes.get_xlim()
    low, high = np.clip((interval.low, interval.high), *ends)
    axes.barh(y, high - low, left=low, height=_HEIGHT, color=palette.BAND, zorder=1)
    passed = (interval.low < ends[0], interval.high > ends[1])
    for end, marker, beyond in zip(ends, _HEADS, passed, strict=True):
        if beyond:
            axes.scatter(
                [end], [y], s=60, marker=marker, color=palette.FAINT, lw=0, zorder=2.5, clip_on=False, label=BEYOND
            )
