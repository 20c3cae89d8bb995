"""Harm of ablating each unit against its selectivity, compared with sampling error."""

from typing import Literal, get_args

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import NullLocator

from replication.architecture import HIDDEN_LAYER_NAMES, N_UNITS, layer_of_unit
from replication.evidence import NetworkEvidence
from replication.figures import palette
from replication.figures.style import dot, new_figure, signed, styled
from replication.figures.subject import Subject
from replication.figures.table import Table, rows, stacked
from replication.stats import benjamini_hochberg, mcnemar_p, spearman
from replication.words import true_minus

Scope = Literal["all classes", "preferred class"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

ALPHA = 0.05
"""False discovery rate over a network's units."""

FEWEST_FLIPS = 6
"""Minimum number of flips with which McNemar's exact test can reach p < .05 (see ``stats.mcnemar_p``)."""

CHANCE = "#a9a9a9"
"""Colour of units whose harm chance can explain."""

_BAND_ALPHA = 0.5
"""Opacity of the band, so that grey dots stand out from it."""

_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)
"""Allowed tick positions on the harm scale, in pp."""

_TITLES = {"all classes": "on all test images", "preferred class": "on the class the unit is most selective for"}


def data_of_selectivity_and_harm(network: NetworkEvidence) -> Table:
    """Return each unit's AS, the harm of ablating it, and whether chance can explain that harm (§4.3, abstract).

    Args:
        network: The network.

    Returns:
        Columns ``scope`` (all test images, or the images of the class for which the unit is most selective), ``unit``,
        ``layer``, ``selectivity``, ``harm_pp``, ``band_pp`` (the harm of ``FEWEST_FLIPS`` net flips; a smaller harm
        cannot be significant) and ``significant`` (McNemar's exact test, Benjamini–Hochberg over the units of the scope
        at 5 %).  Units that respond to no image are left out.
    """
    found = network.unit_selectivity
    preferred = found["preferred"].values
    living = np.flatnonzero(preferred >= 0)
    lost, gained = (network.lost.values.astype(np.int64), network.gained.values.astype(np.int64))
    n_images = network.n_images.values
    counts = {
        "all classes": (lost.sum(axis=1), gained.sum(axis=1), np.full(N_UNITS, n_images.sum())),
        "preferred class": tuple(
            np.take_along_axis(table, preferred[:, None], axis=1)[:, 0]
            for table in (lost, gained, np.broadcast_to(n_images, lost.shape))
        ),
    }
    tables = []
    for scope in SCOPES:
        losses, gains, n = (column[living] for column in counts[scope])
        tables.append(
            {
                "scope": np.full(len(living), scope, dtype="<U15"),
                "unit": living,
                "layer": layer_of_unit()[living],
                "selectivity": found["value"].values[living],
                "harm_pp": 100 * (losses - gains) / n,
                "band_pp": 100 * FEWEST_FLIPS / n,
                "significant": benjamini_hochberg(mcnemar_p(losses, gains)) < ALPHA,
            }
        )
    return stacked(tables)


@styled
def draw_selectivity_and_harm(subject: Subject) -> Figure:
    """Plot harm against AS for every unit of one network, over all classes and on the unit's own class.

    Args:
        subject: The network.

    Returns:
        The figure, two panels.
    """
    table = data_of_selectivity_and_harm(subject.network)
    figure = new_figure(subject.title("selectivity and the harm of ablating one unit"), height=3.6)
    grid = figure.subplots(1, 2)
    for axes, scope in zip(grid, SCOPES, strict=True):
        _draw_scope(axes, rows(table, scope=scope))
        axes.set_title(f"{_TITLES[scope]}\n{_summary(rows(table, scope=scope))}")
    grid[0].set_ylabel("accuracy lost (pp)")
    handles = [dot(palette.LAYER_COLOURS[layer], layer) for layer in HIDDEN_LAYER_NAMES]
    band = Patch(color=palette.BAND, alpha=_BAND_ALPHA, lw=0, label="fewer than 6 images")
    figure.legend(
        handles=[*handles, dot(CHANCE, "not significant"), band],
        loc="outside lower center",
        ncols=7,
        columnspacing=1,
        handletextpad=0.4,
    )
    return figure


def _summary(table: Table) -> str:
    """Return the rank correlation, and how many units are significant and how many lie on each other at zero."""
    r = spearman(table["selectivity"], table["harm_pp"]).r
    n = len(table["unit"])
    n_significant, n_zero = table["significant"].sum(), (table["harm_pp"] == 0).sum()
    return f"ρ = {signed(r, 2)}; of {n:,} units, {n_significant:,} significant, {n_zero:,} at 0"


def _draw_scope(axes: Axes, table: Table) -> None:
    """Draw one panel: units that chance can explain in grey, the others in their layer's colour."""
    band = float(np.median(table["band_pp"]))
    axes.axhspan(-band, band, color=palette.BAND, alpha=_BAND_ALPHA, lw=0, zorder=0)
    axes.axhline(0, color=palette.INK, lw=0.6, zorder=0.5)
    chance = ~table["significant"]
    axes.scatter(
        table["selectivity"][chance], table["harm_pp"][chance], s=5, color=CHANCE, lw=0, label="not significant"
    )
    for layer in HIDDEN_LAYER_NAMES:
        shown = table["significant"] & (table["layer"] == layer)
        axes.scatter(
            table["selectivity"][shown],
            table["harm_pp"][shown],
            s=9,
            color=palette.LAYER_COLOURS[layer],
            lw=0,
            label=layer,
        )
    axes.set_yscale("symlog", linthresh=band, linscale=0.5)
    low, high = min(-1.5 * band, 1.3 * table["harm_pp"].min()), max(1.5 * band, 1.3 * table["harm_pp"].max())
    steps = [step for step in _STEPS if band / 2 <= step < max(-low, high)]
    ticks = [tick for tick in (*(-step for step in steps), 0, *steps) if low < tick < high]
    axes.set_yticks(ticks, [true_minus(f"{tick:g}") for tick in ticks])
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set(xlim=(-0.02, 1.02), ylim=(low, high), xlabel="activation selectivity of the unit (AS)")
