"""A unit's importance and what might tell it (abstract): magnitude, selectivity, impact of its own ablation.

Values are ranked within layers, so that the layers' scales do not decide, and compared by the variance of the ranks
that one explains of the other.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from claims.patterns import contrast
from replication.architecture import find_layer, layer_of_unit
from replication.evidence import NetworkEvidence, ranks_within_layers
from replication.paper import ABLATION
from replication.remembered import remembered

CONVOLUTIONS = ("conv1", "conv2", "conv3")

Table = NDArray[np.float64]


def explained(indicator: Table, importance: Table) -> Table:
    """Return the squared rank correlation of columns, shape of the columns; NaN where one is constant.

    Args:
        indicator: One value per unit, shape (1216,) or (1216, n_classes).
        importance: The same shape.
    """
    a, b = (ranks_within_layers(values) for values in (indicator, importance))
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    scale = (a**2).sum(axis=0) * (b**2).sum(axis=0)
    return np.asarray(np.divide((a * b).sum(axis=0) ** 2, scale, out=np.full(np.shape(scale), np.nan), where=scale > 0))


@remembered
def explained_by_magnitude(network: NetworkEvidence) -> float:
    """Return how much a unit's mean activation explains of its impact on overall accuracy, 0 to 1."""
    return float(explained(network.unit_magnitude.values, network.unit_harm_overall.values))


@remembered
def explained_by_magnitude_per_class(network: NetworkEvidence) -> float:
    """Return how much mean activation for a class explains of the impact on that class, median of the classes."""
    return _median(explained(network.unit_class_means.values, network.unit_harm.values))


@remembered
def explained_by_selectivity(network: NetworkEvidence) -> float:
    """Return how much AS of a unit, taken as a whole, explains of its impact on overall accuracy, 0 to 1."""
    return float(explained(network.unit_selectivity["value"].values, network.unit_harm_overall.values))


@remembered
def explained_by_selectivity_per_class(network: NetworkEvidence) -> float:
    """Return how much selectivity for a class explains of the impact on that class, median of the classes."""
    return _median(explained(contrast(network.unit_class_means.values), network.unit_harm.values))


@remembered
def explained_by_impact(network: NetworkEvidence) -> float:
    """Return how much a kernel's own impact explains of its importance within random ablations, 0 to 1 or beyond.

    Importance is the mean overall accuracy change of the ablations of half a layer that include the kernel, minus that
    of those that do not.  A hundred of them measure it with noise, and noise is explained by nothing: the squared
    correlation is therefore divided by the reliability of importance, taken from even against odd ablations
    (Spearman–Brown).  Fully connected neurons, 512 to a layer, are left out, since a hundred ablations hardly measure
    them at all.

    NaN where importance has no reliability, or where too few ablations leave some kernel always in or always out.
    """
    overall = {
        layer: network.draw_harm.sel(layer=layer, fraction=ABLATION.reported_fraction).values @ network.n_images.values
        for layer in CONVOLUTIONS
    }
    parts = [_importance(overall, slice(start, None, step)) for start, step in ((0, 1), (0, 2), (1, 2))]
    rows = np.isin(layer_of_unit(), CONVOLUTIONS)
    whole, even, odd = (_centred_by_layer(part) for part in parts)
    impact = _centred_by_layer(network.unit_harm_overall.values[rows])
    half = _cosine(even, odd)
    reliability = 2 * half / (1 + half)
    return float(_cosine(impact, whole) ** 2 / reliability) if reliability > 0 else float("nan")


def _median(values: Table) -> float:
    """Return the median of the values that are defined; NaN where none is."""
    defined = values[~np.isnan(values)]
    return float(np.median(defined)) if defined.size else float("nan")


def _importance(overall: Mapping[str, Table], draws: slice) -> Table:
    """Return importance of the kernels of the three layers from some of the ablations, shape (192,).

    Args:
        overall: Change of the overall accuracy by each ablation of a layer, in any unit; NaN where none was drawn.
        draws: Which ablations to take.
    """
    found = []
    for layer, with_gaps in overall.items():
        change = with_gaps[~np.isnan(with_gaps)]
        masks = half_layer_masks(layer, len(change))[draws]
        change = change[draws]
        found.append(_mean_where(masks, change) - _mean_where(1 - masks, change))
    return np.concatenate(found)


def _mean_where(chosen: Table, change: Table) -> Table:
    """Return the mean change of the draws chosen for each kernel; NaN where there are none."""
    n = chosen.sum(axis=0)
    return np.asarray(np.divide(chosen.T @ change, n, out=np.full(n.shape, np.nan), where=n > 0))


@cache
def half_layer_masks(layer: str, n_draws: int) -> Table:
    """Return which units each random ablation of half a layer includes, 0 or 1, shape (n_draws, n_units)."""
    from replication.ablation.masks import draw_masks  # the room of ablation brings torch, which claims else never need

    return draw_masks(find_layer(layer), ABLATION.reported_fraction, n_draws).astype(np.float64)


def _centred_by_layer(values: Table) -> Table:
    """Return ranks of the kernels within their layer, centred, shape (192,)."""
    ranks = rankdata(values.reshape(len(CONVOLUTIONS), -1), axis=1)
    return np.asarray((ranks - ranks.mean(axis=1, keepdims=True)).ravel())


def _cosine(one: Table, other: Table) -> float:
    """Return the correlation of two centred vectors; 0 where one is constant."""
    scale = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / scale if scale > 0 else 0.0
