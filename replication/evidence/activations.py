"""Activations (§3.2, §4.3): what excites neurons, what they are selective for, where they lie."""

from typing import Literal, cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from replication.architecture import N_CLASSES, UNIT_IDS
from replication.evidence.classes import count_classes, nearest_others, preferred_class
from replication.evidence.measured import Measured
from replication.measurements import PARTS
from replication.metrics import activation_selectivity, unit_means
from replication.remembered import remembered


def means_of_units(means: xr.DataArray) -> xr.DataArray:
    """Return the mean over the neurons that each unit owns, axes (unit, class), of means by neuron and class."""
    labels = {"unit": list(UNIT_IDS), "class": np.arange(N_CLASSES)}
    return xr.DataArray(unit_means(means.values), labels, ("unit", "class"))


class Activations(Measured):
    """How neurons and units respond to the classes."""

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
        """Mean activation of each neuron for each class over the images of both halves, axes (neuron, class)."""
        sizes = self._half_sizes
        return (self.class_means_by_half * sizes).sum("half") / sizes.sum("half")

    @property
    @remembered
    def unit_class_means(self) -> xr.DataArray:
        """Mean activation of each unit for each class, over the neurons it owns, axes (unit, class)."""
        return means_of_units(self.class_means)

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
        return preferred_class(self.class_means)

    @property
    @remembered
    def neuron_example_preferred(self) -> NDArray[np.int64]:
        """The class whose one example excites each neuron most, −1 where none does, shape (17280,)."""
        return preferred_class(self.pieces["activations"]["example_activation"].transpose("neuron", "class"))

    @property
    @remembered
    def n_selective(self) -> xr.DataArray:
        """How many neurons (or units) are most selective for each class, axis (class)."""
        by_neurons = self.choice("count") == "neurons"
        return count_classes(self.neuron_preferred if by_neurons else preferred_class(self.unit_class_means))

    @property
    @remembered
    def neuron_neighbours(self) -> NDArray[np.int64]:
        """For each living neuron its 6 nearest others in the vertical embedding: rows of neuron numbers.

        Shape (n_living, 7); the first column is the neuron itself.
        """
        points = self.pieces["vertical"]["neuron_coordinates"].values.astype(np.float64)
        living = np.flatnonzero(~np.isnan(points).any(axis=1))
        neighbours: NDArray[np.int64] = living[nearest_others(points[living])]
        return np.column_stack([living, neighbours])
