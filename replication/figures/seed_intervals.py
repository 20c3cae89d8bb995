"""Where the next network's number is expected, as a bar; where the axis ends before the bar, an arrowhead says so."""

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.markers import CARETLEFTBASE, CARETRIGHTBASE, MarkerStyle

from replication.figures import palette
from replication.stats import Interval, fisher_prediction_interval, log_prediction_interval, t_interval

Family = Literal["", "t", "fisher", "log t"]
"""On which scale the interval is made: none, as measured, Fisher's z, or the logarithm."""

BEYOND = "goes on beyond the axis"
"""What an arrowhead says, and its artist's name."""

_HEIGHT = 0.62
_HEADS = MarkerStyle(CARETLEFTBASE), MarkerStyle(CARETRIGHTBASE)


def prediction_interval(values: np.ndarray, family: Family) -> Interval | None:
    """Return where the next network's value is expected, by 95 %, as the rules that judge such numbers have it.

    Args:
        values: One per network; those that are undefined, or not positive where logarithms are taken, are left out.
        family: On which scale.

    Returns:
        The interval, which may be unbounded above on the scale of logarithms; None for fewer than two networks.
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
    """Draw an interval as far as the axis goes, with an arrowhead outside each end that it passes.

    Args:
        axes: Where; its limits are set.
        y: The row.
        interval: What is drawn.
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
