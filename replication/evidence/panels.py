"""Panels (§4.2): embeddings of the test images in each layer of the intact network and of one ablated network."""

from typing import cast

import numpy as np
import xarray as xr

from replication.architecture import N_CLASSES
from replication.evidence.measured import K_NEIGHBOURS, Measured
from replication.metrics import NeighborhoodHit, neighborhood_hit_from_histogram
from replication.metrics.neighborhood_hit import Variant
from replication.remembered import quantity, remembered


class Panels(Measured):
    """Separation of the classes in each panel, and effects of the ablation shown in the panels."""

    def _agreement(self) -> xr.DataArray:
        """Return the agreement counts in the space given by the choice ``nh-space``."""
        if self.choice("nh-space") == "raw":
            return self._measured("horizontal", "agreement_raw").expand_dims("embedding_seed")
        return self._embedded("agreement")

    def _embedded(self, variable: str) -> xr.DataArray:
        """Return measurements in the embeddings for the choice ``umap-start``, without seeds that were not embedded."""
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
        """Neighbourhood hit over all test images in per cent, axes (state, panel, embedding_seed)."""
        agreement, hit = self._hit()
        return agreement.isel({"k": 0, "agreeing": 0, "class": 0}, drop=True).copy(data=100 * hit.overall)

    @quantity
    def nh_overall(self) -> xr.DataArray:
        """Neighbourhood hit over all test images in per cent, mean over embedding seeds, axes (state, panel)."""
        return self.nh_overall_by_embedding.mean("embedding_seed")

    @quantity
    def n_embedded(self) -> xr.DataArray:
        """Number of embedded test images of each class, axis (class)."""
        return self._measured("horizontal", "n_images").sum(["intact_right", "ablated_right"])

    def _data_panel_is_start(self) -> bool:
        """Return whether the data panel is the start embedding itself (choice ``data-panel``)."""
        return self.choice("nh-space") == "embedding" and self.choice("data-panel") == "start"

    @quantity
    def data_nh_by_embedding(self) -> xr.DataArray:
        """Neighbourhood hit in the data panel in per cent, axes (embedding_seed, class)."""
        if self._data_panel_is_start():
            hit = self._hit_from(self.pieces["horizontal"]["agreement_start"])
            return xr.DataArray(100 * hit.per_class[None], {"class": np.arange(N_CLASSES)}, ("embedding_seed", "class"))
        return self.nh_by_embedding.sel(state="intact", panel="data", drop=True)

    @quantity
    def data_nh(self) -> xr.DataArray:
        """Neighbourhood hit in the data panel in per cent, mean over embedding seeds, axis (class)."""
        return self.data_nh_by_embedding.mean("embedding_seed")

    @quantity
    def data_nh_overall(self) -> float:
        """Neighbourhood hit in the data panel in per cent, over all test images."""
        if self._data_panel_is_start():
            return float(100 * self._hit_from(self.pieces["horizontal"]["agreement_start"]).overall)
        return float(self.nh_overall.sel(state="intact", panel="data"))

    @remembered
    def _hit(self) -> tuple[xr.DataArray, NeighborhoodHit]:
        """Return agreement counts, axes (state, panel, embedding_seed, k, class, agreeing), and their NH."""
        agreement = self._agreement().transpose("state", "panel", "embedding_seed", "k", "class", "agreeing")
        return agreement, self._hit_from(agreement)

    def _hit_from(self, agreement: xr.DataArray) -> NeighborhoodHit:
        """Return NH from agreement counts with axes (…, k, class, agreeing)."""
        histograms = {int(k): agreement.sel(k=k).values[..., : int(k) + 1] for k in agreement["k"].values}
        variant = cast(Variant, self.choice("nh-variant"))
        return neighborhood_hit_from_histogram(histograms, variant=variant, k=K_NEIGHBOURS)

    @quantity
    def nh_of_lost(self) -> xr.DataArray:
        """Neighbourhood hit of the images lost by the ablation, by true classes, in per cent, axis (panel).

        The mean share of the 6 nearest neighbours, regardless of ``nh-variant``; NaN if no image was lost.
        """
        counts = self._embedded("agreement_lost").sum("embedding_seed", skipna=False)
        total = counts.sum("agreeing", skipna=False)
        return (
            100 * (counts * counts["agreeing"]).sum("agreeing", skipna=False) / (K_NEIGHBOURS * total.where(total > 0))
        )

    @quantity
    def spread_by_embedding(self) -> xr.DataArray:
        """RMS distance of the points of each class to their centroid, in panel radii.

        Axes (state, panel, embedding_seed, class); NaN for embeddings that were not made.
        """
        return self._embedded("spread")

    @quantity
    def spread(self) -> xr.DataArray:
        """RMS distance to the class centroid in panel radii, mean over embedding seeds, axes (state, panel, class)."""
        return self.spread_by_embedding.mean("embedding_seed")

    @quantity
    def centroid_distance(self) -> xr.DataArray:
        """Distance between class centroids in panel radii, mean over seeds, axes (state, panel, class, other)."""
        return self._embedded("centroid_distance").mean("embedding_seed")

    @quantity
    def nearest_centroid_distance(self) -> xr.DataArray:
        """Distance of each class centroid to the nearest other one in panel radii, axes (state, panel, class).

        Distances are averaged over embedding seeds before the nearest is taken.
        """
        return _to_nearest(self.centroid_distance)

    @quantity
    def nearest_centroid_distance_by_embedding(self) -> xr.DataArray:
        """Distance to the nearest other centroid in each embedding, axes (state, panel, embedding_seed, class)."""
        return _to_nearest(self._embedded("centroid_distance"))

    @quantity
    def n_clusters(self) -> xr.DataArray:
        """Number of clusters of each class, median over embedding seeds, axes (state, panel, class)."""
        clusters = self._embedded("n_clusters").sel(cluster_size=self.choice("cluster-size"))
        return clusters.median("embedding_seed")

    @quantity
    def trustworthiness(self) -> xr.DataArray:
        """Trustworthiness of the first embedding of each panel, in [0, 1], axes (state, panel).

        High if neighbours in the embedding are neighbours in the panel's own space.
        """
        return self._measured("horizontal", "trustworthiness")

    @quantity
    def continuity(self) -> xr.DataArray:
        """Continuity of the first embedding of each panel, in [0, 1], axes (state, panel).

        High if neighbours in the panel's own space are neighbours in the embedding.
        """
        return self._measured("horizontal", "continuity")

    @quantity
    def distance_correlation(self) -> xr.DataArray:
        """Correlation of pairwise image distances between the intact and the ablated network, axis (panel)."""
        return self._measured("horizontal", "distance_correlation")

    @quantity
    def image_scatter(self) -> xr.DataArray:
        """Mean squared distance between images of two classes, relative to that of all pairs, axes (class, other)."""
        return self._measured("horizontal", "image_scatter")

    @quantity
    def figure_wrong(self) -> xr.DataArray:
        """Number of images of each class misclassified under the ablation shown in the ablated panels, axis (class).

        If the choice ``wrong-images`` is ``lost``, only those that the intact network classifies correctly.
        """
        wrong = self._measured("horizontal", "n_images").sel(ablated_right=0, drop=True)
        only_lost = self.choice("wrong-images") == "lost"
        return wrong.sel(intact_right=1, drop=True) if only_lost else wrong.sum("intact_right")

    @quantity
    def figure_harm(self) -> xr.DataArray:
        """Accuracy change in pp under the ablation of conv1 shown in the panels, harm positive, axis (class)."""
        images = self._measured("horizontal", "n_images")
        intact, ablated = (
            images.sel({state: 1}, drop=True).sum(other)
            for state, other in (("intact_right", "ablated_right"), ("ablated_right", "intact_right"))
        )
        return 100 * (intact - ablated) / self.n_embedded

    @quantity
    def figure_harm_overall(self) -> float:
        """Overall accuracy change in pp under the ablation of conv1 shown in the panels, harm positive."""
        return float((self.figure_harm * self.n_embedded).sum() / self.n_embedded.sum())

    @quantity
    def most_harmed_in_figure(self) -> int:
        """Class with the largest ``figure_harm``."""
        return int(self.figure_harm.argmax("class"))


def _to_nearest(distance: xr.DataArray) -> xr.DataArray:
    """Return the distance to the nearest other class, from distances with axes class and other."""
    return distance.where(distance["class"] != distance["other"]).min("other")
