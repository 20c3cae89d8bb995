"""Panels (§4.2): the test images embedded by each layer of the intact and of one ablated network."""

from typing import cast

import numpy as np
import xarray as xr

from replication.architecture import N_CLASSES
from replication.evidence.classes import K_NEIGHBOURS
from replication.evidence.measured import Measured
from replication.metrics import NeighborhoodHit, neighborhood_hit_from_histogram
from replication.metrics.neighborhood_hit import Variant
from replication.remembered import quantity, remembered


class Panels(Measured):
    """How well classes are separated in each panel, and what the ablation that the panels show has changed."""

    def _agreement(self) -> xr.DataArray:
        """Return the agreement counts in the space that counts."""
        if self.choice("nh-space") == "raw":
            return self._measured("horizontal", "agreement_raw").expand_dims("embedding_seed")
        return self._embedded("agreement")

    def _embedded(self, variable: str) -> xr.DataArray:
        """Return what was measured in the embeddings made from the start that counts; there may be a single one."""
        array = self._measured("horizontal", variable).sel(initialisation=self.choice("umap-start"), drop=True)
        return array.dropna("embedding_seed", how="all")

    @quantity
    def nh_by_embedding(self) -> xr.DataArray:
        """Neighbourhood hit in per cent, axes (state, panel, embedding_seed, class)."""
        agreement, hit = self._hit()
        return agreement.isel(k=0, agreeing=0, drop=True).copy(data=100 * hit.per_class)

    @quantity
    def nh(self) -> xr.DataArray:
        """Neighbourhood hit in per cent, mean over embedding seeds, axes (state, panel, class)."""
        return self.nh_by_embedding.mean("embedding_seed")

    @quantity
    def nh_overall_by_embedding(self) -> xr.DataArray:
        """Neighbourhood hit of all test images in per cent, axes (state, panel, embedding_seed)."""
        agreement, hit = self._hit()
        return agreement.isel({"k": 0, "agreeing": 0, "class": 0}, drop=True).copy(data=100 * hit.overall)

    @quantity
    def nh_overall(self) -> xr.DataArray:
        """Neighbourhood hit of all test images in per cent, mean over embedding seeds, axes (state, panel)."""
        return self.nh_overall_by_embedding.mean("embedding_seed")

    @quantity
    def n_embedded(self) -> xr.DataArray:
        """Embedded test images of each class, axis (class)."""
        return self._measured("horizontal", "n_images").sum(["intact_right", "ablated_right"])

    def _data_panel_is_start(self) -> bool:
        """Return whether the start itself is the embedding of the test images that is meant."""
        return self.choice("nh-space") == "embedding" and self.choice("data-panel") == "start"

    @quantity
    def data_nh_by_embedding(self) -> xr.DataArray:
        """Neighbourhood hit of the embedded test images in per cent, axes (embedding_seed, class)."""
        if self._data_panel_is_start():
            hit = self._hit_from(self.pieces["horizontal"]["agreement_start"])
            return xr.DataArray(100 * hit.per_class[None], {"class": np.arange(N_CLASSES)}, ("embedding_seed", "class"))
        return self.nh_by_embedding.sel(state="intact", panel="data", drop=True)

    @quantity
    def data_nh(self) -> xr.DataArray:
        """Neighbourhood hit of the embedded test images in per cent, mean over embedding seeds, axis (class)."""
        return self.data_nh_by_embedding.mean("embedding_seed")

    @quantity
    def data_nh_overall(self) -> float:
        """Neighbourhood hit of the embedded test images in per cent, over all of them."""
        if self._data_panel_is_start():
            return float(100 * self._hit_from(self.pieces["horizontal"]["agreement_start"]).overall)
        return float(self.nh_overall.sel(state="intact", panel="data"))

    @remembered
    def _hit(self) -> tuple[xr.DataArray, NeighborhoodHit]:
        """Return agreement counts, axes (state, panel, embedding_seed, k, class, agreeing), and the hit they give."""
        agreement = self._agreement().transpose("state", "panel", "embedding_seed", "k", "class", "agreeing")
        return agreement, self._hit_from(agreement)

    def _hit_from(self, agreement: xr.DataArray) -> NeighborhoodHit:
        """Return the hit that agreement counts give, axes (…, k, class, agreeing)."""
        histograms = {int(k): agreement.sel(k=k).values[..., : int(k) + 1] for k in agreement["k"].values}
        variant = cast(Variant, self.choice("nh-variant"))
        return neighborhood_hit_from_histogram(histograms, variant=variant, k=K_NEIGHBOURS)

    @quantity
    def nh_of_lost(self) -> xr.DataArray:
        """Neighbourhood hit of the images lost by the ablation, by true class, in per cent, axis (panel).

        The mean share of the 6 nearest others, whatever ``nh-variant`` says; NaN where no image was lost.
        """
        counts = self._embedded("agreement_lost").sum("embedding_seed", skipna=False)
        total = counts.sum("agreeing", skipna=False)
        return (
            100 * (counts * counts["agreeing"]).sum("agreeing", skipna=False) / (K_NEIGHBOURS * total.where(total > 0))
        )

    @quantity
    def spread_by_embedding(self) -> xr.DataArray:
        """RMS distance of a class's points to their centroid in panel radii, by embedding.

        Axes (state, panel, embedding_seed, class); NaN for embeddings that were not made.
        """
        return self._embedded("spread")

    @quantity
    def spread(self) -> xr.DataArray:
        """The same, mean over embedding seeds, axes (state, panel, class)."""
        return self.spread_by_embedding.mean("embedding_seed")

    @quantity
    def centroid_distance(self) -> xr.DataArray:
        """Distance between class centroids in panel radii, axes (state, panel, class, other)."""
        return self._embedded("centroid_distance").mean("embedding_seed")

    @quantity
    def nearest_centroid_distance(self) -> xr.DataArray:
        """Distance of each class's centroid to the nearest other one in panel radii, axes (state, panel, class)."""
        return _to_nearest(self.centroid_distance)

    @quantity
    def nearest_centroid_distance_by_embedding(self) -> xr.DataArray:
        """The same in each embedding by itself, axes (state, panel, embedding_seed, class)."""
        return _to_nearest(self._embedded("centroid_distance"))

    @quantity
    def n_clusters(self) -> xr.DataArray:
        """Clusters of each class's points, median over embedding seeds, axes (state, panel, class)."""
        clusters = self._embedded("n_clusters").sel(cluster_size=self.choice("cluster-size"))
        return clusters.median("embedding_seed")

    @quantity
    def trustworthiness(self) -> xr.DataArray:
        """How far neighbours in the first embedding are neighbours in the panel's space, axes (state, panel)."""
        return self._measured("horizontal", "trustworthiness")

    @quantity
    def continuity(self) -> xr.DataArray:
        """How far neighbours in the panel's space stay neighbours in the first embedding, axes (state, panel)."""
        return self._measured("horizontal", "continuity")

    @quantity
    def distance_correlation(self) -> xr.DataArray:
        """Correlation of pairwise distances between images, intact with ablated network, axis (panel)."""
        return self._measured("horizontal", "distance_correlation")

    @quantity
    def image_scatter(self) -> xr.DataArray:
        """Mean squared distance of images of two classes over that of all pairs, axes (class, other)."""
        return self._measured("horizontal", "image_scatter")

    @quantity
    def figure_wrong(self) -> xr.DataArray:
        """Images of each class misclassified as a result of the ablation that the ablated panels show, axis (class)."""
        wrong = self._measured("horizontal", "n_images").sel(ablated_right=0, drop=True)
        only_lost = self.choice("wrong-images") == "lost"
        return wrong.sel(intact_right=1, drop=True) if only_lost else wrong.sum("intact_right")

    @quantity
    def figure_harm(self) -> xr.DataArray:
        """Accuracy change in pp, harm positive, by the one ablation of conv1 that the panels show, axis (class)."""
        images = self._measured("horizontal", "n_images")
        intact, ablated = (
            images.sel({state: 1}, drop=True).sum(other)
            for state, other in (("intact_right", "ablated_right"), ("ablated_right", "intact_right"))
        )
        return 100 * (intact - ablated) / self.n_embedded

    @quantity
    def figure_harm_overall(self) -> float:
        """Change of the overall accuracy in pp, harm positive, by the one ablation of conv1 that the panels show."""
        return float((self.figure_harm * self.n_embedded).sum() / self.n_embedded.sum())

    @quantity
    def most_harmed_in_figure(self) -> int:
        """The class whose accuracy changes most by the one ablation that the ablated panels show."""
        return int(self.figure_harm.argmax("class"))


def _to_nearest(distance: xr.DataArray) -> xr.DataArray:
    """Return the distance to the nearest other class, of distances with axes class and other."""
    return distance.where(distance["class"] != distance["other"]).min("other")
