"""Every number that the paper reports about a network, among the networks of all seeds."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, NullLocator
from numpy.typing import NDArray

from replication.architecture import N_CLASSES
from replication.figures import palette
from replication.figures.reported_numbers import MEASURED, judged
from replication.figures.seed_intervals import BEYOND, Family, draw_interval, prediction_interval
from replication.figures.style import dodged, dot, new_figure, styled
from replication.figures.subject import Subject, note_over, seed_of
from replication.figures.table import Table, rows
from replication.judging.rules.wording import half_unit
from replication.paper import NETWORK_NAMES, REPORTED, Reported
from replication.study import DATASETS, REHEARSAL_DATASET
from replication.words import in_a_row

NOTHING = "none at all"
"""Legend text and artist name of the triangle at the edge."""


@dataclass(frozen=True)
class _Panel:
    """One panel: numbers of one kind, on one scale.

    Attributes:
        title: Name of the numbers.
        stems: Keys of ``paper.REPORTED`` without the data set, with the text of their rows.
        limits: Ends of the scale.  If None, dots and printed numbers set them, and an interval may be cut off.
        prediction: Scale of the prediction interval for the next network; no interval if empty.
        scale: ``linear`` or ``log``.
    """

    title: str
    stems: dict[str, str]
    limits: tuple[float, float] | None
    prediction: Family = ""
    scale: str = "linear"


_PANELS = (
    _Panel("accuracy (%)", {"accuracy": ""}, None, "t"),
    _Panel(
        "correlation over the classes (r)",
        {"spearman-r": "error, harm", "as-nh-r": "AS count, NH", "aes-nh-r": "AES count, NH"},
        (-1.05, 1.05),
        "fisher",
    ),
    _Panel(
        "class",
        {
            "most-harmed-class": "most harmed",
            "least-harmed-class": "least harmed",
            "kmnist-conv1-most-harmed-class": "most harmed, conv1",
            "kmnist-conv1-least-harmed-class": "least harmed, conv1",
        },
        (-0.7, 9.7),
    ),
    _Panel(
        "accuracy lost by ablating conv1 (pp)",
        {
            "kmnist-conv1-most-harmed-drop": "class 1",
            "kmnist-conv1-least-harmed-drop": "class 2",
        },
        None,
        "t",
    ),
    _Panel(
        "selective neurons, ratio of class 1 to class 2",
        {"as-count-ratio": "by AS (over 2)", "aes-count-ratio": "by AES (almost 3)"},
        None,
        "log t",
        scale="log",
    ),
)

_ROOM_FOR_ARROWHEADS = 0.1
"""Free space at the sides, in inches."""

_COLUMNS = ("key", "dataset", "seed", "value", "judged", "reported", "rounding")


def data_of_seed_distribution(*subjects: Subject) -> Table:
    """Return each reported number with the corresponding value of each seed's network.

    Args:
        *subjects: The networks of each data set; networks of the digits are shown for every number.

    Returns:
        One row per number and network, with the columns ``key`` (as in ``paper.REPORTED``), ``dataset``, ``seed``,
        ``value`` (NaN if undefined), ``judged``, ``reported`` and ``rounding`` (half a unit of the last printed digit;
        0 for a class or words).  The prediction interval is computed from ``judged``: the value, or for a ratio of
        counts the ratio with half a neuron added on either side, so that a count of zero has a logarithm.
    """
    marks = [
        (
            *(key, name, seed_of(network)),
            *(quantity(network), judged(key, quantity)(network)),
            *(REPORTED[key].value, _rounding(REPORTED[key])),
        )
        for key, (name, quantity) in MEASURED.items()
        for subject in subjects
        if subject.dataset in {name, REHEARSAL_DATASET}
        for network in subject.networks
    ]
    columns = zip(*marks, strict=True)
    return {name: np.array(column) for name, column in zip(_COLUMNS, columns, strict=True)}


def _rounding(printed: Reported) -> float:
    """Return the largest distance of a number that rounds to the printed one; a class is not rounded."""
    return 0.0 if printed.unit == "class" else half_unit(printed)


@styled
def draw_seed_distribution(*subjects: Subject) -> Figure:
    """Draw the seeds' dots, the prediction interval for the next network, and the printed number, row by row.

    Args:
        *subjects: The networks of each data set.

    Returns:
        The figure, one panel per kind of number.
    """
    table = data_of_seed_distribution(*subjects)
    present = [(panel, _rows_of(panel, table)) for panel in _PANELS]
    present = [(panel, keys) for panel, keys in present if keys]
    heights = [len(keys) + 2.2 for _, keys in present]
    replaced = [subject for subject in subjects if subject.stand_in or subject.dataset == REHEARSAL_DATASET]
    names = "" if replaced == list(subjects) else f" for {in_a_row([subject.paper_name for subject in replaced])}"
    stand_in = f" ({REHEARSAL_DATASET} stand in{names})" if replaced else ""
    title = f"Every printed number and the values of all seeds{stand_in}{note_over(subjects)}"
    figure = new_figure(title, height=1.0 + 0.2 * sum(heights))
    figure.set_layout_engine("constrained", w_pad=_ROOM_FOR_ARROWHEADS)
    grid = figure.subplots(len(present), 1, squeeze=False, gridspec_kw={"height_ratios": heights})[:, 0]
    for axes, (panel, keys) in zip(grid, present, strict=True):
        _draw_panel(axes, panel, keys, table)
    _explain(figure)
    return figure


def _explain(figure: Figure) -> None:
    """Put the legend under the panels; arrowheads and triangles are listed only if drawn."""
    diamond = dot(palette.PAPER, "printed in the paper", "D")
    rounded = Line2D([], [], color=palette.PAPER, lw=1.5)
    handles = [
        (dot(palette.INK, ""), "one seed"),
        (Patch(color=palette.BAND), "95 % prediction interval for the next network"),
        ((rounded, diamond), "printed in the paper (line: what rounds to it, where wider)"),
    ]
    if any(found.get_label() == BEYOND for axes in figure.axes for found in axes.collections):
        handles.insert(2, (dot(palette.FAINT, "", ">"), BEYOND))
    if any(found.get_label() == NOTHING for axes in figure.axes for found in axes.collections):
        handles.insert(1, (dot(palette.INK, "", "<"), NOTHING))
    marks, texts = zip(*handles, strict=True)
    together = {tuple: HandlerTuple(ndivide=1)}
    figure.legend(marks, texts, loc="outside lower center", ncols=2, handletextpad=0.6, handler_map=together)


def _rows_of(panel: _Panel, table: Table) -> dict[str, str]:
    """Return the keys of a panel with their row texts, sorted by quantity, then M-Net, K-Net, F-Net."""
    found = {}
    for stem, text in panel.stems.items():
        keys = {key for key in table["key"].tolist() if key.partition("/")[0] == stem}
        for key in sorted(keys, key=lambda key: DATASETS.index(MEASURED[key][0])):
            name = NETWORK_NAMES[MEASURED[key][0]]
            found[key] = f"{name}: {text}" if text else name
    return found


def _abreast(classes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return positions around the classes, at which networks of the same class stand abreast."""
    places = classes.copy()
    for one in np.unique(classes[np.isfinite(classes)]):
        n = int(np.count_nonzero(classes == one))
        places[classes == one] += dodged(n, min(0.4, 0.045 * (n - 1)))
    return places


def _draw_panel(axes: Axes, panel: _Panel, keys: dict[str, str], table: Table) -> None:
    """Draw one panel, a row per number."""
    axes.set_xscale(panel.scale)
    shown = []
    nothing = []
    for y, key in enumerate(keys):
        marks = rows(table, key=key)
        x, offsets = marks["value"], dodged(len(marks["value"]), 0.28)
        if panel.title == "class":
            x, offsets = _abreast(x), np.zeros(len(x))
        # White rims keep dots of equal values countable.
        axes.scatter(x, y + offsets, s=11, color=palette.INK, ec="white", lw=0.5, zorder=3, label=key)
        printed, rounding = marks["reported"][0], marks["rounding"][0]
        axes.scatter([printed], [y], marker="D", s=30, color=palette.PAPER, lw=0, zorder=2, label="printed")
        ends = printed - rounding, printed + rounding
        axes.hlines(y, *ends, color=palette.PAPER, lw=1.5, zorder=2, label=f"rounding of {key}")
        shown += [*marks["value"][np.isfinite(marks["value"])], marks["reported"][0]]
        nothing += (y + offsets[marks["value"] == 0]).tolist()
    if panel.scale == "linear":
        margin = 0.12 * (max(shown) - min(shown)) or 1.0
        limits = panel.limits or (min(shown) - margin, max(shown) + margin)
    else:
        positive = [value for value in shown if value > 0]
        limits = min(positive) / 2, max(positive) * 2
        # Over many decades, powers of ten are enough labels.
        axes.xaxis.set_major_locator(LogLocator(subs=(1,) if limits[1] > 1000 * limits[0] else (1, 2, 5)))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.xaxis.set_minor_locator(NullLocator())
        x = np.full(len(nothing), limits[0])
        axes.scatter(x, nothing, s=18, marker="<", color=palette.INK, lw=0, zorder=3, clip_on=False, label=NOTHING)
    axes.set_xlim(limits)
    for y, key in enumerate(keys):
        interval = prediction_interval(rows(table, key=key)["judged"], panel.prediction)
        if interval is not None:
            draw_interval(axes, y, interval)
    axes.set_yticks(range(len(keys)), list(keys.values()))
    axes.set(ylim=(len(keys) - 0.4, -0.6), title=panel.title)
    if panel.title == "class":
        axes.set_xticks(range(N_CLASSES))
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0, pad=9)
