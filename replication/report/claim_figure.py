"""The picture on a card: the networks' values, the judgement's interval, and the printed number.

This module computes the geometry in pixels; the macro ``picture`` of ``templates/parts.html.j2`` draws it.  Hand-drawn
SVG keeps a figure near one kilobyte, follows the page's colours in dark mode and in print, and is reproducible to the
byte.
"""

import math
from dataclasses import dataclass

import numpy as np

from replication.judging.verdict import Verdict
from replication.report.quantities import finite_values, interval_text, level_text
from replication.words import true_minus

WIDTH = 300
MARGIN = 16
RADIUS = 3.4
SQUARE = 13
SQUARES_PER_ROW = 20
GROUND = 46
"""Height of the axis; dots are drawn above it."""


@dataclass(frozen=True)
class Tick:
    """A labelled position on an axis."""

    x: float
    label: str


@dataclass(frozen=True)
class ClaimFigure:
    """Geometry of one figure, in pixels from the top left corner.

    Attributes:
        height: Height of the figure; its width is ``WIDTH``.
        ground: Height of the axis.
        description: Text alternative of the figure.
        unit: Unit of the axis.
        ticks: Labelled positions on the axis.
        dots: Centres, one per network with a defined value; empty for a strip of truth values.
        squares: Left edge, top edge and truth value (None if undefined) of each network; empty for numeric values.
        span: Ends of the interval on the axis; None without an interval.
        arrows: Whether the interval extends beyond the axis at the left and the right end.
        mean: Position of the measured value; None if undefined.
        printed: Position and text of the printed number; None without one.
        half: Position of one half on the axis of a strip; None for numeric values.
    """

    height: float
    ground: float
    description: str
    unit: str
    ticks: tuple[Tick, ...]
    dots: tuple[tuple[float, float], ...] = ()
    squares: tuple[tuple[float, float, bool | None], ...] = ()
    span: tuple[float, float] | None = None
    arrows: tuple[bool, bool] = (False, False)
    mean: float | None = None
    printed: Tick | None = None
    half: float | None = None


def claim_figure(verdict: Verdict) -> ClaimFigure | None:
    """Return the figure of one verdict; None if there are no values to show."""
    values = finite_values(verdict.judgement)
    if not values:
        return None
    return _strip(verdict) if verdict.judgement.unit == "share" else _dots(verdict, values)


def nice_ticks(low: float, high: float) -> tuple[float, ...]:
    """Return about four round numbers in a range, spaced by 1, 2 or 5 times a power of ten.

    Args:
        low: Lower end.
        high: Upper end, above ``low``.

    Returns:
        At least one number, ascending, within the range.

    >>> nice_ticks(98.6, 99.3)
    (98.6, 98.8, 99.0, 99.2)
    """
    raw = (high - low) / 4
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * (1 - 1e-9))
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    slack = 1e-9 * max(1, abs(low / step), abs(high / step))
    first, last = math.ceil(low / step - slack), math.floor(high / step + slack)
    ticks = tuple(round(index * step, decimals) + 0.0 for index in range(first, last + 1))
    return ticks or ((low + high) / 2,)


def _dots(verdict: Verdict, values: tuple[float, ...]) -> ClaimFigure:
    """Return a figure with values as dots above an axis, the interval on it, and the printed number across it."""
    judgement = verdict.judgement
    unit, printed = judgement.unit, verdict.printed
    low, high = _domain(verdict, values)
    inner = WIDTH - 2 * MARGIN

    def place(number: float) -> float:
        return round(MARGIN + inner * (min(max(number, low), high) - low) / (high - low), 1)

    ticks = nice_ticks(low, high)
    decimals = max(len(np.format_float_positional(tick, trim="-").partition(".")[2]) for tick in ticks)
    xs = [place(value) for value in values]
    lifts = _stack(xs)
    lift = max(0.0, 7.5 * max(lifts) - 18)
    ground = GROUND + lift
    interval = judgement.interval
    networks = "1 network at" if len(values) == 1 else f"{len(values)} networks from {min(values):.4g} to"
    parts = [f"{networks} {max(values):.4g} {unit}".strip()]
    if interval is not None:
        parts.append(f"{level_text(judgement)} interval {interval_text(judgement)}")
    if printed is not None:
        parts.append(f"the paper prints {verdict.reported}")
    return ClaimFigure(
        height=ground + 34,
        ground=ground,
        description=true_minus("; ".join(parts)),
        unit=unit,
        ticks=tuple(Tick(place(tick), true_minus(f"{tick:.{decimals}f}")) for tick in ticks),
        dots=tuple((x, round(ground - 9 - 7.5 * level, 1)) for x, level in zip(xs, lifts, strict=True)),
        span=None if interval is None else (place(interval.low), place(interval.high)),
        arrows=(False, False) if interval is None else (interval.low < low, interval.high > high),
        mean=None if judgement.measured is None else place(judgement.measured),
        printed=None if printed is None else Tick(place(printed), verdict.reported.partition(", p")[0]),
    )


def _domain(verdict: Verdict, values: tuple[float, ...]) -> tuple[float, float]:
    """Return the ends of the axis: −1 to 1 for coefficients, else fitted to values, interval and printed number."""
    if verdict.judgement.unit == "r":
        return -1.0, 1.0
    shown = [*values] if verdict.printed is None else [*values, verdict.printed]
    # Values that agree to nine digits are one point; give it an axis of some width.
    least = 1e-9 * max(1.0, *(abs(number) for number in shown))
    reach = max(shown) - min(shown)
    if reach <= least:
        reach = max(abs(shown[0]) * 0.01, 1e-3)
    interval = verdict.judgement.interval
    if interval is not None:
        # An interval from two networks may be a hundred times as wide as their distance: cut it, with an arrow.
        low, high = min(shown) - 3 * reach, max(shown) + 3 * reach
        shown += [end for end in (max(interval.low, low), min(interval.high, high)) if low <= end <= high]
    width = max(shown) - min(shown)
    pad = 0.06 * width if width > least else reach
    return min(shown) - pad, max(shown) + pad


def _stack(xs: list[float]) -> list[int]:
    """Return the level of each dot, in the given order, so that no two overlap."""
    placed: list[tuple[float, int]] = []
    levels = []
    for x in xs:
        level = 0
        while any(other_level == level and abs(other - x) < 2 * RADIUS for other, other_level in placed):
            level += 1
        placed.append((x, level))
        levels.append(level)
    return levels


def _strip(verdict: Verdict) -> ClaimFigure:
    """Return a figure with one square per network, filled if true, above the share of networks and its interval."""
    judgement = verdict.judgement
    values = judgement.values
    inner = WIDTH - 2 * MARGIN
    squares = tuple(
        (MARGIN + SQUARE * (index % SQUARES_PER_ROW), 4.0 + SQUARE * (index // SQUARES_PER_ROW), _truth(value))
        for index, value in enumerate(values)
    )
    ground = squares[-1][1] + SQUARE + 14
    interval = judgement.interval
    k, n_undefined = sum(value == 1 for value in values), sum(map(math.isnan, values))
    description = f"true of {k} of {len(values)} networks" + (f", undefined for {n_undefined}" if n_undefined else "")
    if interval is not None:
        description += f"; {level_text(judgement)} interval of the share {interval_text(judgement)}"
    return ClaimFigure(
        height=ground + 34,
        ground=ground,
        description=description,
        unit="share of networks",
        ticks=tuple(Tick(MARGIN + inner * share, f"{100 * share:.0f} %") for share in (0, 0.5, 1)),
        squares=squares,
        span=None if interval is None else (MARGIN + inner * interval.low, MARGIN + inner * interval.high),
        mean=None if judgement.measured is None else MARGIN + inner * judgement.measured,
        half=MARGIN + inner / 2,
    )


def _truth(value: float) -> bool | None:
    """Return a truth value; None if undefined."""
    return None if math.isnan(value) else bool(value)
