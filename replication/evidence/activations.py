"""Activations (§3.2, §4.3): what excites neurons, what they are selective for, where they lie.

Class means by neuron are held of whole networks only; no claim reads them, nor what is made of them here.
"""

from typing import Literal, cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from replication.embedding.tree_search import TreeSearch
from replication.evidence.classes import K_NEIGHBOURS, by_class
from replication.evidence.measured import Measured
from replication.metrics import activation_selectivity, count_classes, preferred_class
from replication.remembered import quantity
from replication.schema import HALVES


class Activations(Measured):
    """How neurons and units respond to the classes."""

    @quantity
    def _half_sizes(self) -> xr.DataArray:
        """Images of each class in each half, axes (half, class)."""
        sizes = self._measured("intact", "confusion").sum("predicted").sel(part=list(HALVES))
        return sizes.rename(part="half")

    @quantity
    def class_means(self) -> xr.DataArray:
        """Mean activation of each neuron for each class over the images of both halves, axes (neuron, class).

        Raises:
            CondensedError: The network's pieces are condensed.
        """
        halves, sizes = self.of_whole("activations", "class_mean").astype(np.float64), self._half_sizes
        return (halves * sizes).sum("half") / sizes.sum("half")

    @quantity
    def unit_class_means(self) -> xr.DataArray:
        """Mean activation of each unit for each class, over the neurons it owns, axes (unit, class)."""
        return self._measured("activations", "unit_mean")

    @quantity
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

    @quantity
    def neuron_selectivity(self) -> xr.Dataset:
        """AS (``value``) and most preferred class (``preferred``, −1 for dead neurons), axis (neuron).

        Raises:
            CondensedError: The network's pieces are condensed.
        """
        return self._selectivity_of(self.class_means)

    @quantity
    def unit_selectivity(self) -> xr.Dataset:
        """AS and preferred class of units, from the means over the neurons they own, axis (unit)."""
        return self._selectivity_of(self.unit_class_means)

    @quantity
    def neuron_preferred(self) -> NDArray[np.int64]:
        """The class each neuron is most selective for, −1 for dead ones, shape (17280,): that of its highest mean."""
        return self._classes("preferred")

    @quantity
    def neuron_example_preferred(self) -> NDArray[np.int64]:
        """The class whose one example excites each neuron most, −1 where none does, shape (17280,)."""
        return self._classes("example_preferred")

    def _classes(self, variable: str) -> NDArray[np.int64]:
        """Return a stored class of each neuron."""
        classes: NDArray[np.int64] = self.pieces["activations"][variable].values.astype(np.int64)
        return classes

    @quantity
    def active(self) -> NDArray[np.bool_]:
        """Whether a neuron is among the most active tenth for a class, layers on one scale, shape (17280, 10)."""
        return np.asarray(self.pieces["activations"]["active"].values == 1)

    @quantity
    def n_active_on_both(self) -> xr.DataArray:
        """Neurons among that tenth for one class on even images, for another on odd ones, axes (class, other)."""
        return self._measured("activations", "n_active_on_both")

    @quantity
    def n_preferring_active(self) -> xr.DataArray:
        """Of the neurons that prefer a class, those among as many most active for it, axis (class)."""
        return self._measured("activations", "n_preferring_active")

    @quantity
    def n_selective_for_both(self) -> xr.DataArray:
        """Neurons among the most selective tenth for one class and for another, axes (class, other)."""
        return self._measured("activations", "n_selective_for_both")

    @quantity
    def response_cosine(self) -> xr.DataArray:
        """Cosine of two classes' activations over all neurons, layers on one scale, axes (class, other)."""
        return self._measured("activations", "response_cosine")

    @quantity
    def n_by_selectivity(self) -> xr.DataArray:
        """Living neurons by AS, in intervals labelled by the upper end that they hold, axes (layer, selectivity)."""
        return self._measured("activations", "n_by_selectivity").sel(others=self.choice("as-others"), drop=True)

    @quantity
    def n_selective(self) -> xr.DataArray:
        """How many neurons (or units) are most selective for each class, axis (class)."""
        by_neurons = self.choice("count") == "neurons"
        preferred = self.neuron_preferred if by_neurons else preferred_class(self.unit_class_means.values)
        return by_class(count_classes(preferred))

    @quantity
    def neuron_neighbours(self) -> NDArray[np.int64]:
        """For each living neuron its 6 nearest others in the vertical embedding, nearest first: rows of neuron numbers.

        Shape (n_living, 7); the first column is the neuron itself.
        """
        points = self.pieces["vertical"]["neuron_coordinates"].values.astype(np.float64)
        living = np.flatnonzero(~np.isnan(points).any(axis=1))
        # The tree alone: among 17,000 neurons ``exact_neighbours``, which mends row by row, takes some times as long.
        nearest = TreeSearch(points[living]).propose(K_NEIGHBOURS).indices
        return np.column_stack([living, living[nearest]])
