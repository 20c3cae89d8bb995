"""Similarity of patterns between classes (§4.3 ¶4): are similar-looking classes treated similarly?"""

import numpy as np
from numpy.typing import NDArray

from replication.architecture import N_CLASSES
from replication.evidence import NetworkEvidence
from replication.ratios import ratio_or_nan
from replication.remembered import remembered

PAIRS = np.triu_indices(N_CLASSES, 1)

Table = NDArray[np.float64]


@remembered
def near_pairs(network: NetworkEvidence) -> NDArray[np.int64]:
    """Return the nearest of the 45 class pairs in the embedded test images; ``near-pairs`` sets their number."""
    distance = network.centroid_distance.sel(state="intact", panel="data").values[PAIRS]
    return np.argsort(distance, kind="stable")[: int(network.choice("near-pairs"))]


def some_near_pair_is_dissimilar(network: NetworkEvidence, similarity: Table) -> bool:
    """Return whether any of the nearest class pairs is no more similar than the median pair.

    Args:
        network: Network whose embedded test images determine which classes are near.
        similarity: Similarity of classes, shape (10, 10).
    """
    of_pairs = similarity[PAIRS]
    return bool((of_pairs[near_pairs(network)] <= np.median(of_pairs)).any())


def similarity_of_activation(network: NetworkEvidence) -> Table:
    """Return the cosine between responses to two classes over all neurons, with layers on one scale, shape (10, 10)."""
    return network.response_cosine.values


@remembered
def similarity_of_selectivity(network: NetworkEvidence) -> Table:
    """Return the share of one class's most selective neurons that are also most selective for another, shape (10, 10).

    A neuron's selectivity for a class is AS computed with that class as the preferred one.  The most selective neurons
    of a class are the top tenth.
    """
    both = network.n_selective_for_both.values
    return np.asarray(both / np.diag(both))


@remembered
def similarity_of_impact(network: NetworkEvidence) -> Table:
    """Return the correlation of two classes' accuracy changes over all single-unit ablations, shape (10, 10).

    Classes that no ablation changes have NaN; NaN never counts as dissimilar.
    """
    columns = network.unit_harm.values
    centred = columns - columns.mean(axis=0)
    scaled = ratio_or_nan(centred, np.linalg.norm(centred, axis=0))
    return np.asarray(scaled.T @ scaled)
