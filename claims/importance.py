"""A unit's importance and its possible indicators (abstract): magnitude, selectivity, impact of its own ablation.

Values are ranked within layers, so that the scales of the layers do not matter.  They are compared by the share of the
variance of ranks that one explains of the other.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from replication.architecture import find_layer, layer_of_unit
from replication.evidence import NetworkEvidence
from replication.judging import Answer
from replication.masks import draw_masks
from replication.metrics import relative_ranks, selectivity_for_classes
from replication.metrics.ranks import N_UNITS_PER_LAYER
from replication.paper import ABLATION
from replication.ratios import ratio_or_nan
from replication.remembered import remembered

CONVOLUTIONS = ("conv1", "conv2", "conv3")

SUFFICIENT = 1 / 2
"""An indicator that explains at least half of the variance is taken as sufficient."""

LEAST_RELIABILITY = {"1/4": 1 / 4, "1/8": 1 / 8, "1/2": 1 / 2}
"""Minimum reliability of importance or impact for a statement, by answer to ``known-importance``."""

ABSENT = 1.0
"""Probability that an indicator unrelated to importance is insufficient: always."""

RECURS_TOO_LITTLE = "whose units' impact or importance would recur too little"
"""Reason why the share of explained importance is undefined."""

LEAST_CLASSES = 5
"""Minimum number of classes with reliable importance for a statement about classes in general."""

Table = NDArray[np.float64]


def explained(indicator: Table, importance: Table, layer_sizes: Sequence[int] = N_UNITS_PER_LAYER) -> Table:
    """Return the squared rank correlation of each column, shape of the columns; NaN if one is constant.

    Args:
        indicator: One value per unit, shape (1216,) or (1216, n_classes).
        importance: Array of the same shape.
        layer_sizes: Number of units of each layer; by default all 1,216.
    """
    return _rank_correlation(indicator, importance, layer_sizes) ** 2


def is_insufficient(explained: float) -> Answer:
    """Return whether an indicator explains too little variance to be sufficient."""
    what = "share of the variance of importance explained (noise allowed for, so that it may exceed 1)"
    silence = RECURS_TOO_LITTLE if np.isnan(explained) else ""
    return Answer(what, explained, "less than", SUFFICIENT, silence=silence, reads="sufficient")


def agreement_of_halves(importance_by_half: Table, layer_sizes: Sequence[int] = N_UNITS_PER_LAYER) -> Table:
    """Return the rank correlation between importance on even and on odd test images, clipped at 0.

    Args:
        importance_by_half: Shape (2, 1216) or (2, 1216, n_classes).
        layer_sizes: Number of units of each layer; by default all 1,216.

    Returns:
        0 to 1, shape of the columns; 0 if one half is constant.
    """
    one, other = importance_by_half
    return np.asarray(np.nan_to_num(_rank_correlation(one, other, layer_sizes)).clip(min=0))


def reliability(importance_by_half: Table, layer_sizes: Sequence[int] = N_UNITS_PER_LAYER) -> Table:
    """Return the variance of importance that would recur on other test images (Spearman 1910, Brown 1910).

    This share is called reliability.  If r is the rank correlation of importance between even and odd test images, the
    reliability is 2 r / (1 + r): the expected rank correlation of all images with as many others.

    Args:
        importance_by_half: Shape (2, 1216) or (2, 1216, n_classes).
        layer_sizes: Number of units of each layer; by default all 1,216.

    Returns:
        0 to 1, shape of the columns; 0 if the halves do not agree or one is constant.
    """
    agreement = agreement_of_halves(importance_by_half, layer_sizes)
    return np.asarray(2 * agreement / (1 + agreement))


def explained_of_what_recurs(indicator: Table, importance: Table, recurs: Table, least: float) -> Table:
    """Return the share of the noise-free variance of importance that an indicator explains; may slightly exceed 1.

    A unit's ablation flips few images, so its impact is noisy, and nothing explains noise.  Therefore the squared rank
    correlation is divided by the reliability.

    Args:
        indicator: One value per unit, shape (1216,) or (1216, n_classes).
        importance: Array of the same shape.
        recurs: Reliability of the importance, shape of the columns.
        least: Minimum reliability, above 0.

    Returns:
        Shape of the columns; NaN where the reliability is below ``least``.
    """
    return ratio_or_nan(explained(indicator, importance), np.where(recurs >= least, recurs, np.nan))


@remembered
def reliability_of_overall_impact(network: NetworkEvidence) -> Table:
    """Return the reliability of the units' impact on overall accuracy, a single number."""
    return reliability(-network.net_gain_by_half.sum("class").values.astype(np.float64))


@remembered
def reliability_of_impact_per_class(network: NetworkEvidence) -> Table:
    """Return the reliability of the units' impact on each class, shape (10,)."""
    return reliability(-network.net_gain_by_half.values.astype(np.float64))


@remembered
def explained_by_magnitude(network: NetworkEvidence) -> float:
    """Return the share of variance in overall impact that mean activation explains, corrected for noise."""
    return _of_overall_impact(network, network.unit_magnitude.values)


@remembered
def explained_by_magnitude_per_class(network: NetworkEvidence) -> float:
    """Return the share of variance in class impact that mean activation for the class explains, median over classes."""
    return _of_impact_per_class(network, network.unit_class_means.values)


@remembered
def explained_by_selectivity(network: NetworkEvidence) -> float:
    """Return the share of variance in overall impact that AS of whole units explains, corrected for noise."""
    return _of_overall_impact(network, network.unit_selectivity["value"].values)


@remembered
def explained_by_selectivity_per_class(network: NetworkEvidence) -> float:
    """Return the share of variance in class impact that selectivity for the class explains, median over classes."""
    return _of_impact_per_class(network, selectivity_for_classes(network.unit_class_means.values))


@remembered
def explained_by_impact(network: NetworkEvidence) -> float:
    """Return the share of variance in kernels' importance that their own impact explains; may exceed 1.

    Importance is the mean overall accuracy change of the half-layer ablations that include the kernel, minus the mean
    of those that do not.  A hundred ablations give noisy importance, and few images give noisy impact.  Noise is not
    explained and explains nothing, so the squared correlation is divided by both reliabilities (Spearman–Brown, as in
    ``reliability``): that of importance from even against odd ablations, and that of impact from even against odd test
    images.  Fully connected neurons, 512 per layer, are left out, because a hundred ablations hardly measure them.

    NaN if either reliability is below ``known-importance``, or if too few ablations leave some kernel always in or
    always out.
    """
    overall = {
        layer: network.draw_harm.sel(layer=layer, fraction=ABLATION.reported_fraction).values @ network.n_images.values
        for layer in CONVOLUTIONS
    }
    whole, *halves = (_importance(overall, slice(start, None, step)) for start, step in ((0, 1), (0, 2), (1, 2)))
    rows, sizes = np.isin(layer_of_unit(), CONVOLUTIONS), [find_layer(layer).n_units for layer in CONVOLUTIONS]
    impact_by_half = -network.net_gain_by_half.sum("class").values[:, rows].astype(np.float64)
    recurs = [reliability(by_half, sizes) for by_half in (np.stack(halves), impact_by_half)]
    if min(recurs) < _least(network):
        return float("nan")
    return float(explained(network.unit_harm_overall.values[rows], whole, sizes) / np.prod(recurs))


def _of_overall_impact(network: NetworkEvidence, indicator: Table) -> float:
    """Return the share of variance in overall impact that an indicator explains, corrected for noise."""
    recurs = reliability_of_overall_impact(network)
    return float(explained_of_what_recurs(indicator, network.unit_harm_overall.values, recurs, _least(network)))


def _of_impact_per_class(network: NetworkEvidence, indicator: Table) -> float:
    """Return the noise-corrected share of variance in class impact that an indicator explains, median over classes.

    NaN if the impact is reliable for fewer than ``LEAST_CLASSES`` classes.
    """
    recurs = reliability_of_impact_per_class(network)
    of_classes = explained_of_what_recurs(indicator, network.unit_harm.values, recurs, _least(network))
    defined = of_classes[~np.isnan(of_classes)]
    return float(np.median(defined)) if len(defined) >= LEAST_CLASSES else float("nan")


def _least(network: NetworkEvidence) -> float:
    """Return the minimum reliability for a statement about importance."""
    return LEAST_RELIABILITY[network.choice("known-importance")]


def _rank_correlation(one: Table, other: Table, layer_sizes: Sequence[int]) -> Table:
    """Return the correlation of ranks within layers, shape of the columns; NaN if one is constant."""
    a, b = (relative_ranks(values, layer_sizes) for values in (one, other))
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    return ratio_or_nan((a * b).sum(axis=0), np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0)))


def _importance(overall: Mapping[str, Table], draws: slice) -> Table:
    """Return the importance of the kernels of the three layers from a subset of ablations, shape (192,).

    Args:
        overall: Change of overall accuracy in each ablation of a layer, in any unit; NaN where none was drawn.
        draws: Ablations to use.
    """
    found = []
    for layer, with_gaps in overall.items():
        change = with_gaps[~np.isnan(with_gaps)]
        masks = half_layer_masks(layer, len(change))[draws]
        change = change[draws]
        found.append(_mean_where(masks, change) - _mean_where(1 - masks, change))
    return np.concatenate(found)


def _mean_where(chosen: Table, change: Table) -> Table:
    """Return the mean change over the draws chosen for each kernel; NaN if there are none."""
    return ratio_or_nan(chosen.T @ change, chosen.sum(axis=0))


@cache
def half_layer_masks(layer: str, n_draws: int) -> Table:
    """Return which units each random ablation of half a layer includes.

    Args:
        layer: A hidden layer's name.
        n_draws: Number of ablations.

    Returns:
        0 or 1, shape (n_draws, n_units).
    """
    return draw_masks(find_layer(layer), ABLATION.reported_fraction, n_draws).astype(np.float64)
