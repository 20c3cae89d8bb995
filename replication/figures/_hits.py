"""Neighbourhood hits as the figures print them: of one embedding, of each embedding, of the start."""

import xarray as xr

from replication.evidence import NetworkEvidence
from replication.remembered import remembered


@remembered
def hits_by_embedding(network: NetworkEvidence) -> xr.DataArray:
    """Return the NH over all test images of each embedding in per cent, axes (state, panel, embedding_seed)."""
    return network.nh_by_embedding.weighted(network.n_embedded).mean("class")


def hit_of_start(network: NetworkEvidence) -> float:
    """Return the NH of the start common to all embeddings, in per cent."""
    choices = network.choices.but("data-panel", "start").but("nh-space", "embedding")
    return network.under(choices).data_nh_overall
