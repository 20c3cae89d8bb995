"""One network's measurements as the claims read them: named quantities, each under the choices it depends on.

Everything here is derived from stored counts, class means and agreements in float64.  A quantity that depends on
a choice asks for it by name, and the asking is remembered: so the choices a claim depends on are those its statistic
has read, and nobody keeps a list of them.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.stats import rankdata

from replication.architecture import N_CLASSES, UNIT_IDS, layer_of_unit, unit_of_neuron
from replication.choices import DEFAULTS, Choices
from replication.measurements import PARTS, PIECES, load, provenance_of
from replication.metrics import (
    NeighborhoodHit,
    ablation_effect_selectivity,
    accuracy_change_pp,
    activation_selectivity,
    agreement,
    agreement_histogram,
    neighborhood_hit_from_histogram,
)
from replication.metrics.neighborhood_hit import Variant
from replication.paper import ABLATION, EMBEDDING
from replication.remembered import Memory, remembered
from replication.run_folder import RunFolder
from replication.stats import mcnemar_p
from replication.study import REHEARSAL_DATASET, Profile

ALPHA = 0.05
"""Threshold of tests that decide what counts, where a choice asks for one."""

K_NEIGHBOURS = EMBEDDING.n_hit_neighbours


class NetworkEvidence:
    """What was measured on one network, seen under one set of choices.

    Args:
        network: The network's id.
        pieces: Its measurements by piece, as ``measurements.load`` returns them.
        choices: The answers to what the paper leaves open.
    """

    def __init__(self, network: str, pieces: Mapping[str, xr.Dataset], choices: Choices = DEFAULTS) -> None:
        self.network = network
        self.pieces = pieces
        self.choices = choices
        self.choices_read: set[str] = set()
        self.memory: Memory = {}

    def under(self, choices: Choices) -> "NetworkEvidence":
        """Return the same measurements under other choices, with nothing read yet but all that is remembered."""
        view = NetworkEvidence(self.network, self.pieces, choices)
        view.memory = self.memory
        return view

    def choice(self, name: str) -> str:
        """Return the answer to a choice and remember that it was asked for."""
        self.choices_read.add(name)
        return self.choices[name]

    def _measured(self, piece: str, variable: str) -> xr.DataArray:
        """Return a stored array in float64, NaN where nothing was measured."""
        known = self.memory.setdefault(f"{piece}/{variable}", [])
        if not known:
            array = self.pieces[piece][variable]
            values = array.values.astype(np.float64)
            if array.dtype.kind == "i":
                values[array.values == -1] = np.nan
            values.flags.writeable = False
            known.append(({}, array.copy(data=values)))
        found: xr.DataArray = known[0][1]
        return found

    # Accuracy --------------------------------------------------------------------------------------------------

    def _over_parts(self, counts: xr.DataArray) -> xr.DataArray:
        """Return counts summed over the test images that count."""
        parts = PARTS if self.choice("test-images") == "all" else PARTS[:2]
        return counts.sel(part=list(parts)).sum("part", skipna=False)

    @property
    @remembered
    def confusion(self) -> xr.DataArray:
        """Test images by true and predicted class, axes (class, predicted)."""
        return self._over_parts(self._measured("intact", "confusion"))

    @property
    @remembered
    def n_images(self) -> xr.DataArray:
        """What a class's hits are divided by, axis (class)."""
        images = self._measured("intact", "confusion").sum("predicted")
        if self.choice("denominator") == "full-test-set":
            return images.sum("part")
        return self._over_parts(images)

    @property
    @remembered
    def hits(self) -> xr.DataArray:
        """Images of each class that the intact network classifies rightly, axis (class)."""
        confusion = self.confusion
        return confusion.copy(data=confusion.values)[:, 0].drop_vars("predicted").copy(data=np.diag(confusion.values))

    @property
    @remembered
    def accuracy(self) -> float:
        """Top-1 accuracy in per cent."""
        return float(100 * self.hits.sum() / self.n_images.sum())

    @property
    @remembered
    def error(self) -> xr.DataArray:
        """Prediction error of each class in percentage points: 100 − recall, axis (class)."""
        return 100 * (1 - self.hits / self.n_images)

    # Random ablations (§4.1) -----------------------------------------------------------------------------------

    @property
    @remembered
    def draw_hits(self) -> xr.DataArray:
        """Hits under each random ablation, axes (layer, fraction, draw, class)."""
        return self._over_parts(self._measured("draws", "draw_hits").sel(baseline=self.choice("baseline")))

    @property
    @remembered
    def draw_harm(self) -> xr.DataArray:
        """Accuracy change by each random ablation in pp, harm positive, axes (layer, fraction, draw, class)."""
        return self._change(self.draw_hits)

    @property
    @remembered
    def harm(self) -> xr.DataArray:
        """Mean accuracy change by 50 % ablations in pp, harm positive, axes (layer, class): the bars of Fig. 2."""
        return self.draw_harm.sel(fraction=ABLATION.reported_fraction).mean("draw")

    @property
    @remembered
    def total_harm(self) -> xr.DataArray:
        """Accuracy change summed over the layers in pp, axis (class): the height of a stacked bar of Fig. 2."""
        return self.harm.sum("layer")

    @property
    @remembered
    def share_of_harm(self) -> xr.DataArray:
        """How a class's harm is shared out among the layers, axes (layer, class); helpful layers have share 0.

        A class that no layer harms has no shares: NaN.
        """
        harm = self.harm.clip(min=0)
        total = harm.sum("layer")
        return harm / total.where(total > 0)

    @property
    @remembered
    def harm_at_fraction(self) -> xr.DataArray:
        """Mean change of the overall accuracy in pp, axes (layer, fraction)."""
        hits = self.draw_hits.sum("class", skipna=False)
        change = 100 * (self.hits.sum() - hits.mean("draw")) / self.n_images.sum()
        return change

    @property
    @remembered
    def figure_harm(self) -> xr.DataArray:
        """Accuracy change in pp by the one ablation of conv1 that the ablated panels show, axis (class)."""
        horizontal = self.pieces["horizontal"]
        label = horizontal["label"].values
        right = horizontal["prediction"].values == label
        intact, ablated = (_count(label[row]) for row in right)
        return 100 * (intact - ablated) / _count(label)

    @property
    @remembered
    def conv1_harm(self) -> xr.DataArray:
        """Accuracy change in pp by ablating half of conv1, axis (class): what §4.2 reports of K-Net."""
        return self.figure_harm if self.choice("conv1-draw") == "one" else self.harm.sel(layer="conv1", drop=True)

    # Single units (§3.2) ---------------------------------------------------------------------------------------

    @property
    @remembered
    def lost(self) -> xr.DataArray:
        """Images right when intact, wrong with one unit ablated, axes (unit, class)."""
        return self._over_parts(self._measured("units", "lost").sel(baseline=self.choice("baseline")))

    @property
    @remembered
    def gained(self) -> xr.DataArray:
        """Images wrong when intact, right with one unit ablated, axes (unit, class)."""
        return self._over_parts(self._measured("units", "gained").sel(baseline=self.choice("baseline")))

    @property
    @remembered
    def unit_harm(self) -> xr.DataArray:
        """Accuracy change by ablating one unit in pp, harm positive, axes (unit, class)."""
        return 100 * (self.lost - self.gained) / self.n_images

    @property
    @remembered
    def unit_harm_overall(self) -> xr.DataArray:
        """Change of the overall accuracy by ablating one unit in pp, axis (unit)."""
        return 100 * (self.lost - self.gained).sum("class") / self.n_images.sum()

    @property
    @remembered
    def net_gain_by_half(self) -> xr.DataArray:
        """Images gained minus lost with one unit ablated, on even and odd test images apart, axes (part, unit)."""
        units = {
            name: self._measured("units", name).sel(baseline=self.choice("baseline")) for name in ("lost", "gained")
        }
        return (units["gained"] - units["lost"]).sel(part=list(PARTS[:2])).sum("class")

    # Activations (§3.2, §4.3) ----------------------------------------------------------------------------------

    @property
    @remembered
    def _half_sizes(self) -> xr.DataArray:
        """Images of each class in each half, axes (half, class)."""
        sizes = self._measured("intact", "confusion").sum("predicted").sel(part=list(PARTS[:2]))
        return sizes.rename(part="half")

    @property
    def class_means_by_half(self) -> xr.DataArray:
        """Mean activation of each neuron for each class on even and odd test images, axes (half, neuron, class)."""
        return self.pieces["activations"]["class_mean"].astype(np.float64)

    @property
    @remembered
    def class_means(self) -> xr.DataArray:
        """Mean activation of each neuron for each class, axes (neuron, class)."""
        sizes = self._half_sizes
        return (self.class_means_by_half * sizes).sum("half") / sizes.sum("half")

    @property
    @remembered
    def unit_class_means(self) -> xr.DataArray:
        """Mean activation of each unit for each class, over the neurons it owns, axes (unit, class)."""
        means = np.empty((len(UNIT_IDS), N_CLASSES))
        owners = unit_of_neuron()
        sizes = np.bincount(owners)
        for column in range(N_CLASSES):
            means[:, column] = np.bincount(owners, weights=self.class_means.values[:, column]) / sizes
        return xr.DataArray(means, {"unit": list(UNIT_IDS), "class": np.arange(N_CLASSES)}, ("unit", "class"))

    @property
    @remembered
    def unit_magnitude(self) -> xr.DataArray:
        """Mean activation of each unit over the classes, axis (unit)."""
        return self.unit_class_means.mean("class")

    def _selectivity_of(self, means: xr.DataArray) -> xr.Dataset:
        """Return AS and preferred class of the rows of ``means``."""
        sizes = self._half_sizes.sum("half").values
        others = cast(Literal["classes", "images"], self.choice("as-others"))
        result = activation_selectivity(means.values, sizes, others=others)
        axis = means.dims[0]
        return xr.Dataset(
            {"value": (axis, result.value), "preferred": (axis, result.preferred)}, {axis: means[axis].values}
        )

    @property
    @remembered
    def neuron_selectivity(self) -> xr.Dataset:
        """AS (``value``) and most preferred class (``preferred``, −1 for dead neurons), axis (neuron)."""
        return self._selectivity_of(self.class_means)

    @property
    @remembered
    def unit_selectivity(self) -> xr.Dataset:
        """The same for units, from the means over the neurons they own, axis (unit)."""
        return self._selectivity_of(self.unit_class_means)

    @property
    @remembered
    def neuron_preferred(self) -> NDArray[np.int64]:
        """The class each neuron is most selective for, −1 for dead ones, shape (17280,): that of its highest mean."""
        return _preferred(self.class_means)

    @property
    @remembered
    def neuron_example_preferred(self) -> NDArray[np.int64]:
        """The class whose one example excites each neuron most, −1 where none does, shape (17280,)."""
        return _preferred(self.pieces["activations"]["example_activation"].transpose("neuron", "class"))

    @property
    @remembered
    def n_selective(self) -> xr.DataArray:
        """How many neurons (or units) are most selective for each class, axis (class)."""
        by_neurons = self.choice("count") == "neurons"
        return _count(self.neuron_preferred if by_neurons else _preferred(self.unit_class_means))

    @property
    @remembered
    def effect_selectivity(self) -> xr.Dataset:
        """AES of each unit: ``value``, ``preferred`` class and ``sign`` (+1 harm), axis (unit).

        Units without an effect that counts prefer no class: −1.
        """
        harm = self.unit_harm
        formula = cast(Literal["absolute", "drops", "changes"], self.choice("aes-formula"))
        result = ablation_effect_selectivity(harm.values, formula=formula)
        preferred = result.preferred
        if self.choice("aes-units") == "significant":
            flips = (counts.values[np.arange(len(preferred)), preferred] for counts in (self.lost, self.gained))
            p = mcnemar_p(*(counts.astype(np.int64) for counts in flips))
            preferred = np.where(p < ALPHA, preferred, -1)
        fields = {"value": result.value, "preferred": preferred, "sign": result.sign}
        return xr.Dataset({name: ("unit", values) for name, values in fields.items()}, {"unit": harm["unit"].values})

    @property
    @remembered
    def n_effect_selective(self) -> xr.DataArray:
        """How many neurons (or units) affect each class most selectively when ablated, axis (class)."""
        preferred = self.effect_selectivity["preferred"].values
        return _count(preferred[unit_of_neuron()] if self.choice("count") == "neurons" else preferred)

    @property
    @remembered
    def neuron_effect_preferred(self) -> NDArray[np.int64]:
        """The class that each neuron's unit affects most selectively when ablated, −1 for none, shape (17280,)."""
        preferred: NDArray[np.int64] = self.effect_selectivity["preferred"].values[unit_of_neuron()]
        return preferred

    # Embeddings (§4.2) -----------------------------------------------------------------------------------------

    def _agreement(self) -> xr.DataArray:
        """Return the agreement counts in the space that counts."""
        if self.choice("nh-space") == "raw":
            return self._measured("horizontal", "agreement_raw").expand_dims("embedding_seed")
        return self._measured("horizontal", "agreement")

    @property
    @remembered
    def nh_by_embedding(self) -> xr.DataArray:
        """Neighbourhood hit in per cent, axes (state, panel, embedding_seed, class)."""
        agreement, hit = self._hit()
        return agreement.isel(k=0, agreeing=0, drop=True).copy(data=100 * hit.per_class)

    @property
    @remembered
    def nh(self) -> xr.DataArray:
        """Neighbourhood hit in per cent, mean over embedding seeds, axes (state, panel, class)."""
        return self.nh_by_embedding.mean("embedding_seed")

    @property
    @remembered
    def nh_overall(self) -> xr.DataArray:
        """Neighbourhood hit of all test images in per cent, mean over embedding seeds, axes (state, panel)."""
        agreement, hit = self._hit()
        overall = agreement.isel({"k": 0, "agreeing": 0, "class": 0}, drop=True).copy(data=100 * hit.overall)
        return overall.mean("embedding_seed")

    @remembered
    def _start_histograms(self) -> dict[int, NDArray[np.int64]]:
        """Return agreement counts in the start that all panels share, by k, shape (class, agreeing)."""
        horizontal = self.pieces["horizontal"]
        label = horizontal["label"].values.astype(np.int64)
        points = horizontal["start"].values.astype(np.float64)
        neighbours = np.column_stack([np.arange(len(points)), _nearest_others(points)])
        ks = (K_NEIGHBOURS - 1, K_NEIGHBOURS)
        return {k: agreement_histogram(agreement(neighbours, label, k), label, k) for k in ks}

    def _data_panel_is_start(self) -> bool:
        """Return whether the start itself is the embedding of the test images that is meant."""
        return self.choice("nh-space") == "embedding" and self.choice("data-panel") == "start"

    @property
    @remembered
    def data_nh_by_embedding(self) -> xr.DataArray:
        """Neighbourhood hit of the embedded test images in per cent, axes (embedding_seed, class)."""
        if self._data_panel_is_start():
            hit = neighborhood_hit_from_histogram(
                self._start_histograms(), variant=cast(Variant, self.choice("nh-variant")), k=K_NEIGHBOURS
            )
            return xr.DataArray(100 * hit.per_class[None], {"class": np.arange(N_CLASSES)}, ("embedding_seed", "class"))
        return self.nh_by_embedding.sel(state="intact", panel="data", drop=True)

    @property
    @remembered
    def data_nh(self) -> xr.DataArray:
        """Neighbourhood hit of the embedded test images in per cent, mean over embedding seeds, axis (class)."""
        return self.data_nh_by_embedding.mean("embedding_seed")

    @property
    @remembered
    def data_nh_overall(self) -> float:
        """Neighbourhood hit of the embedded test images in per cent, over all of them."""
        sizes = _count(self.pieces["horizontal"]["label"].values)
        return float((self.data_nh * sizes).sum() / sizes.sum())

    @remembered
    def _hit(self) -> tuple[xr.DataArray, NeighborhoodHit]:
        """Return agreement counts, axes (state, panel, embedding_seed, k, class, agreeing), and the hit they give."""
        agreement = self._agreement().transpose("state", "panel", "embedding_seed", "k", "class", "agreeing")
        histograms = {int(k): agreement.sel(k=k).values[..., : int(k) + 1] for k in agreement["k"].values}
        variant = cast(Variant, self.choice("nh-variant"))
        return agreement, neighborhood_hit_from_histogram(histograms, variant=variant, k=K_NEIGHBOURS)

    @property
    @remembered
    def nh_of_lost(self) -> xr.DataArray:
        """Neighbourhood hit of the images lost by the ablation, by true class, in per cent, axis (panel).

        NaN where no image was lost.
        """
        counts = self._measured("horizontal", "agreement_lost").sum("embedding_seed", skipna=False)
        total = counts.sum("agreeing", skipna=False)
        return (
            100 * (counts * counts["agreeing"]).sum("agreeing", skipna=False) / (K_NEIGHBOURS * total.where(total > 0))
        )

    @property
    @remembered
    def spread(self) -> xr.DataArray:
        """RMS distance of a class's points to their centroid in panel radii, axes (state, panel, class)."""
        return self._measured("horizontal", "spread").mean("embedding_seed")

    @property
    @remembered
    def centroid_distance(self) -> xr.DataArray:
        """Distance between class centroids in panel radii, axes (state, panel, class, other)."""
        return self._measured("horizontal", "centroid_distance").mean("embedding_seed")

    @property
    @remembered
    def nearest_centroid_distance(self) -> xr.DataArray:
        """Distance of each class's centroid to the nearest other one in panel radii, axes (state, panel, class)."""
        distance = self.centroid_distance
        return distance.where(distance["class"] != distance["other"]).min("other")

    @property
    @remembered
    def n_clusters(self) -> xr.DataArray:
        """Clusters of each class's points, median over embedding seeds, axes (state, panel, class)."""
        clusters = self._measured("horizontal", "n_clusters").sel(cluster_size=self.choice("cluster-size"))
        return clusters.median("embedding_seed")

    @property
    @remembered
    def distance_correlation(self) -> xr.DataArray:
        """Correlation of pairwise distances between images, intact with ablated network, axis (panel)."""
        return self._measured("horizontal", "distance_correlation")

    @property
    @remembered
    def image_scatter(self) -> xr.DataArray:
        """Mean squared distance of images of two classes over that of all pairs, axes (class, other)."""
        return self._measured("horizontal", "image_scatter")

    @property
    @remembered
    def figure_wrong(self) -> xr.DataArray:
        """Images of each class misclassified as a result of the ablation that the ablated panels show, axis (class)."""
        horizontal = self.pieces["horizontal"]
        label = horizontal["label"].values
        wrong = horizontal["prediction"].sel(state="ablated").values != label
        if self.choice("wrong-images") == "lost":
            wrong &= horizontal["prediction"].sel(state="intact").values == label
        return _count(label[wrong])

    # Neurons as points (§3.2, §4.3) ----------------------------------------------------------------------------

    @property
    @remembered
    def neuron_neighbours(self) -> NDArray[np.int64]:
        """For each living neuron its 6 nearest others in the vertical embedding: rows of neuron numbers.

        Shape (n_living, 7); the first column is the neuron itself.
        """
        points = self.pieces["vertical"]["neuron_coordinates"].values.astype(np.float64)
        living = np.flatnonzero(~np.isnan(points).any(axis=1))
        neighbours: NDArray[np.int64] = living[_nearest_others(points[living])]
        return np.column_stack([living, neighbours])

    def _change(self, ablated_hits: xr.DataArray) -> xr.DataArray:
        """Return the accuracy change in pp against the intact network."""
        change = accuracy_change_pp(self.hits.values, ablated_hits.values, self.n_images.values)
        return ablated_hits.copy(data=change)


def _count(classes: NDArray[np.integer]) -> xr.DataArray:
    """Return how often each class occurs, −1 counting for none."""
    counts = np.bincount(classes[classes >= 0], minlength=N_CLASSES).astype(np.float64)
    return xr.DataArray(counts, {"class": np.arange(N_CLASSES)}, ("class",))


def _preferred(means: xr.DataArray) -> NDArray[np.int64]:
    """Return the column of each row's highest mean, −1 where all are 0."""
    return np.where(means.values.max(axis=1) > 0, means.values.argmax(axis=1), -1)


def _nearest_others(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the 6 nearest others of points in the plane, shape (n, 6), nearest first.

    A tree is an order of magnitude faster here than the search that many dimensions need.
    """
    nearest = np.asarray(cKDTree(points).query(points, K_NEIGHBOURS + 1)[1])
    is_self = nearest == np.arange(len(points))[:, None]
    # Among more duplicates than it may name, the tree can leave out the point itself.
    is_self[~is_self.any(axis=1), -1] = True
    others: NDArray[np.int64] = nearest[~is_self].reshape(len(points), K_NEIGHBOURS)
    return others


def ranks_within_layers(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks of units within their layer, from 0 to 1, so that the layers' scales do not decide.

    Args:
        values: One row per unit, shape (1216,) or (1216, n); columns are ranked apart.

    Returns:
        The same shape; equal values share their mean rank.
    """
    ranks = np.empty_like(values)
    layers = layer_of_unit()
    for name in dict.fromkeys(layers.tolist()):
        rows = layers == name
        ranks[rows] = (rankdata(values[rows], axis=0) - 1) / (rows.sum() - 1)
    return ranks


class Evidence:
    """The measured networks of one run, by data set.

    Args:
        profile: How they were trained and measured.
        networks: The networks' evidence, in the order of data sets and seeds.
    """

    def __init__(self, profile: Profile, networks: Sequence[NetworkEvidence]) -> None:
        self.profile = profile
        self._by_dataset: dict[str, list[NetworkEvidence]] = {}
        for network in networks:
            self._by_dataset.setdefault(network.network.partition("/")[0], []).append(network)

    @classmethod
    def of_run(cls, run: RunFolder) -> "Evidence":
        """Read a run's measurements; networks that were not wholly measured are left out.

        Raises:
            CorruptArtefactError: A piece is damaged.
        """
        complete = []
        for network_id in run.networks():
            paths = {piece: run.piece(network_id, piece) for piece in PIECES}
            if all(path.exists() for path in paths.values()):
                pieces = {piece: load(path) for piece, path in paths.items()}
                complete.append(NetworkEvidence(str(network_id), pieces))
        return cls(run.profile(), complete)

    def networks(self, dataset: str) -> list[NetworkEvidence]:
        """Return the networks trained on a data set of the paper, or those that stand in for it."""
        return self._by_dataset.get(dataset) or self._by_dataset.get(REHEARSAL_DATASET, [])

    def source(self, dataset: str) -> dict[str, object]:
        """Return what a verdict on a data set rests on: profile, networks, device, and who stood in for whom."""
        networks = self.networks(dataset)
        stand_in = bool(networks) and dataset not in self._by_dataset
        devices = {str(provenance_of(network.pieces["intact"]).get("trained_on", "unknown")) for network in networks}
        return {
            "kind": "paper" if self.profile.is_paper and not stand_in else "rehearsal",
            "profile": self.profile.name,
            "networks": [network.network for network in networks],
            "stand_in": REHEARSAL_DATASET if stand_in else "",
            "trained_on": sorted(devices),
        }

    def all_networks(self) -> list[NetworkEvidence]:
        """Return every network of the run."""
        return [network for networks in self._by_dataset.values() for network in networks]
