"""Agreement of the seeds on the order of the classes: the noise ceiling of every claim about that order."""

import math
from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from replication.architecture import HIDDEN_LAYER_NAMES, N_CLASSES
from replication.evidence import NetworkEvidence
from replication.figures import palette
from replication.figures.style import dodged, new_figure, styled
from replication.figures.subject import Subject, seed_of, title_over
from replication.figures.table import Table, rows, stacked, tidy
from replication.stats import noise_ceiling

Profiles = Callable[[NetworkEvidence], np.ndarray]


def _harm_of(layer: str) -> Profiles:
    """Return a function that computes the harm profile of one layer."""
    return lambda network: network.harm.sel(layer=layer).values


CLASS_PROFILES: Mapping[str, Profiles] = {
    "accuracy lost, all layers": lambda network: network.total_harm.values,
    **{f"accuracy lost, {layer}": _harm_of(layer) for layer in HIDDEN_LAYER_NAMES},
    "prediction error": lambda network: network.error.values,
    "NH of the test images": lambda network: network.data_nh.values,
    "neurons by AS": lambda network: network.n_selective.values,
    "neurons by AES": lambda network: network.n_effect_selective.values,
}
"""Class profiles by name; the first is the height of the stacked bars of Fig. 2."""


def data_of_harm_profiles(networks: tuple[NetworkEvidence, ...]) -> Table:
    """Return the accuracy that each network loses by class, summed over the layers (Fig. 2, A.1, A.2).

    Args:
        networks: Networks of all seeds, at least one.

    Returns:
        Columns ``seed``, ``class`` and ``harm_pp``.
    """
    return stacked([tidy("harm_pp", network.total_harm, seed=seed_of(network)) for network in networks])


def data_of_noise_ceiling(networks: tuple[NetworkEvidence, ...]) -> Table:
    """Return the noise ceiling of each class profile.

    Args:
        networks: Networks of all seeds.

    Returns:
        Columns ``profile``, ``lower`` and ``upper``: bounds of the rank correlation that the best possible model of the
        profile would reach on a new network.  NaN for a single network, and if a network's profile is constant or not
        finite.
    """
    ceilings = []
    for profile in CLASS_PROFILES.values():
        values = np.array([profile(network) for network in networks])
        defined = len(values) > 1 and np.isfinite(values).all()
        ceiling = noise_ceiling(values) if defined else None
        ceilings.append((ceiling.lower, ceiling.upper) if ceiling else (math.nan, math.nan))
    lower, upper = np.array(ceilings).T
    return {"profile": np.array(list(CLASS_PROFILES)), "lower": lower, "upper": upper}


@styled
def draw_noise_ceiling(*subjects: Subject) -> Figure:
    """Draw the accuracy lost by class over the seeds, and the ceiling of each class profile.

    Args:
        *subjects: The networks of each data set.

    Returns:
        The figure, two panels per data set.
    """
    title = title_over(subjects, "do the seeds agree on the classes?")
    figure = new_figure(title, height=0.3 + 2.6 * len(subjects))
    grid = figure.subplots(len(subjects), 2, width_ratios=[1.15, 1], sharex="col", squeeze=False)
    for (left, right), subject in zip(grid, subjects, strict=True):
        _draw_profiles(left, data_of_harm_profiles(subject.networks))
        left.set_title(f"{subject.who}: accuracy lost (dots), mean (line)")
        _draw_ceilings(right, data_of_noise_ceiling(subject.networks))
        right.set_title(f"{subject.name}: noise ceiling")
        if len(subject.networks) == 1:
            right.text(0.5, 0.5, "needs two seeds or more", transform=right.transAxes, ha="center", color=palette.QUIET)
    lowest = min(right.get_xlim()[0] for right in grid[:, 1])
    grid[0, 1].set_xlim(lowest, 1.02)
    grid[-1, 0].set_xlabel("class")
    grid[-1, 1].set_xlabel("rank correlation, lower to upper bound")
    return figure


def _draw_profiles(axes: Axes, table: Table) -> None:
    """Draw the dots of all seeds with their means, class by class."""
    offsets = dodged(len(np.unique(table["seed"])), 0.26)
    for c in range(N_CLASSES):
        marks = rows(table, **{"class": c})
        axes.scatter(c + offsets, marks["harm_pp"], s=10, color=palette.CLASS_COLOURS[c], lw=0, label=f"class {c}")
        axes.hlines(marks["harm_pp"].mean(), c - 0.36, c + 0.36, color=palette.INK, lw=1)
    axes.axhline(0, color=palette.INK, lw=0.6)
    axes.grid(axis="y")
    axes.set(
        xticks=range(N_CLASSES),
        ylabel="accuracy lost (pp, summed)",
    )


def _draw_ceilings(axes: Axes, table: Table) -> None:
    """Draw the ceilings as bars between their bounds, one per profile."""
    y = np.arange(len(table["profile"]))
    axes.hlines(y, table["lower"], table["upper"], color=palette.CLASS_COLOURS[0], lw=3)
    for bound in ("lower", "upper"):
        axes.scatter(table[bound], y, s=40, marker="|", color=palette.CLASS_COLOURS[0], lw=1.5, label=bound)
    axes.axvline(0, color=palette.INK, lw=0.6)
    axes.set_yticks(y, table["profile"])
    lowest = float(np.nanmin(table["lower"], initial=0.0))
    axes.set(xlim=(min(-0.05, lowest - 0.05), 1.02), ylim=(len(y) - 0.4, -0.6))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
