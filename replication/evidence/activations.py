"""Activations (§3.2, §4.3): what excites neurons, what they are selective for, and where they are embedded.

Class means by neuron are stored only for networks that are not condensed.  No claim reads them or what is computed from
them here.
"""

from typing import Literal, cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from replication.embedding.candidates import TreeSearch
from replication.evidence.measured import K_NEIGHBOURS, Measured, by_class
from replication.metrics import activation_selectivity, count_classes, preferred_class
from replication.remembered import quantity


class Activations(Measured):
    """How neurons and units respond to the classes."""

    @quantity
    def _half_sizes(self) -> xr.DataArray:
        """Number of images of each class in each half, axes (half, class)."""
        return self._n_by_half.rename(part="half")

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
        """Mean activation of each unit for each class, over the unit's neurons, axes (unit, class)."""
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
        """AS (``value``) and preferred class (``preferred``, −1 for dead neurons), axis (neuron).

        Raises:
            CondensedError: The network's pieces are condensed.
        """
        return self._selectivity_of(self.class_means)

    @quantity
    def unit_selectivity(self) -> xr.Dataset:
        """AS and preferred class of units, from the means over their neurons, axis (unit)."""
        return self._selectivity_of(self.unit_class_means)

    @quantity
    def neuron_preferred(self) -> NDArray[np.int64]:
        """Class with the highest mean of each neuron, −1 for dead neurons, shape (17280,)."""
        return self._classes("preferred")

    @quantity
    def neuron_example_preferred(self) -> NDArray[np.int64]:
        """Class whose example image excites each neuron most, −1 if none does, shape (17280,)."""
        return self._classes("example_preferred")

    def _classes(self, variable: str) -> NDArray[np.int64]:
        """Return a stored variable that holds a class per neuron."""
        classes: NDArray[np.int64] = self.pieces["activations"][variable].values.astype(np.int64)
        return classes

    @quantity
    def active(self) -> NDArray[np.bool_]:
        """Whether a neuron is among the most active tenth for a class, scaled within layers, shape (17280, 10)."""
        return np.asarray(self.pieces["activations"]["active"].values == 1)

    @quantity
    def n_active_on_both(self) -> xr.DataArray:
        """Number of neurons in that tenth for one class on even and another on odd images, axes (class, other)."""
        return self._measured("activations", "n_active_on_both")

    @quantity
    def n_preferring_active(self) -> xr.DataArray:
        """If n neurons prefer a class, how many of them are among the n most active for it, axis (class)."""
        return self._measured("activations", "n_preferring_active")

    @quantity
    def n_selective_for_both(self) -> xr.DataArray:
        """Number of neurons among the most selective tenth for one class and another, axes (class, other)."""
        return self._measured("activations", "n_selective_for_both")

    @quantity
    def response_cosine(self) -> xr.DataArray:
        """Cosine of two classes' activations over all neurons, scaled within layers, axes (class, other)."""
        return self._measured("activations", "response_cosine")

    @quantity
    def n_by_selectivity(self) -> xr.DataArray:
        """Number of living neurons by interval of AS, labelled by its upper end, axes (layer, selectivity)."""
        return self._measured("activations", "n_by_selectivity").sel(others=self.choice("as-others"), drop=True)

    @quantity
    def n_selective(self) -> xr.DataArray:
        """Number of neurons, or of units, that prefer each class, axis (class)."""
        by_neurons = self.choice("count") == "neurons"
        preferred = self.neuron_preferred if by_neurons else preferred_class(self.unit_class_means.values)
        return by_class(count_classes(preferred))

    @quantity
    def neuron_neighbours(self) -> NDArray[np.int64]:
        """Each living neuron and its 6 nearest others in the vertical embedding, nearest first, shape (n_living, 7)."""
        points = self.pieces["vertical"]["neuron_coordinates"].values.astype(np.float64)
        living = np.flatnonzero(~np.isnan(points).any(axis=1))
        # The tree alone: for 17,000 neurons ``exact_neighbours``, which corrects row by row, is several times slower.
        nearest = TreeSearch(points[living]).propose(K_NEIGHBOURS).indices
        return np.column_stack([living, living[nearest]])
