"""Neighbourhood hits as the figures print them: of one embedding, of each embedding, of the start."""

from typing import cast

import numpy as np
import xarray as xr

from replication.evidence import K_NEIGHBOURS, NetworkEvidence
from replication.metrics import agreement, agreement_histogram, neighborhood_hit_from_histogram
from replication.metrics.neighborhood_hit import Variant


def hits_by_embedding(network: NetworkEvidence) -> xr.DataArray:
    """Return the NH over all test images of each embedding in per cent, axes (state, panel, embedding_seed)."""
    per_class = network.nh_by_embedding
    n_images = np.bincount(network.pieces["horizontal"]["label"].values, minlength=per_class.sizes["class"])
    return per_class.weighted(xr.DataArray(n_images, dims="class")).mean("class")


def hit_of_start(network: NetworkEvidence) -> float:
    """Return the NH of the start common to all embeddings, in per cent."""
    from replication.embedding import exact_neighbours

    piece = network.pieces["horizontal"]
    labels = piece["label"].values.astype(np.int64)
    neighbours = exact_neighbours(piece["start"].values.astype(np.float64), K_NEIGHBOURS + 1).indices
    ks = (K_NEIGHBOURS - 1, K_NEIGHBOURS)
    histograms = {k: agreement_histogram(agreement(neighbours, labels, k), labels, k) for k in ks}
    variant = cast(Variant, network.choice("nh-variant"))
    return float(100 * neighborhood_hit_from_histogram(histograms, variant, K_NEIGHBOURS).overall)
