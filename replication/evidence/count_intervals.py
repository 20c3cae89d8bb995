"""Uncertainty of the numbers of selective neurons (§4.3) within one network: over test images and over units.

This is not the uncertainty over networks, which decides the verdicts.

- By half: the numbers on even and on odd test images separately; their difference shows the effect of the choice of
  test images.  Each number uses half of the images.  For AS this overstates the noise of the full test set.  For AES
  fewer units flip any prediction on half of the images, so that both numbers tend to be lower than on the full set:
  compare the halves with each other, not with the full set.
- By unit: the Clopper–Pearson interval of the share of units that prefer a class, treating the units of the network as
  independent draws.  Units are counted, not neurons: the 196, 49 or 9 neurons of a kernel share their weights, and
  counting each would make the interval far too narrow.  The interval holds for each class separately.
"""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from replication.architecture import N_CLASSES, unit_of_neuron
from replication.evidence.ablations import Ablations
from replication.evidence.activations import Activations
from replication.evidence.measured import by_class
from replication.metrics import count_classes, preferred_class
from replication.remembered import quantity
from replication.schema import HALVES
from replication.stats import clopper_pearson


def share_of_units(preferred: NDArray[np.integer]) -> xr.DataArray:
    """Return the share of units that prefer each class, with its 95 % Clopper–Pearson interval.

    Args:
        preferred: Preferred class of each unit, shape (n_units,); units without one (−1) are excluded.

    Returns:
        Axes (bound, class), with ``bound`` one of ``low``, ``share`` and ``high``.  If no unit prefers any class, the
        share is NaN and the interval [0, 1].
    """
    counts = count_classes(preferred)
    n = int(counts.sum())
    intervals = [clopper_pearson(int(k), n) for k in counts]
    bounds = {
        "low": [interval.low for interval in intervals],
        "share": counts / n if n else np.full(N_CLASSES, np.nan),
        "high": [interval.high for interval in intervals],
    }
    return xr.DataArray(
        np.array(list(bounds.values())), {"bound": list(bounds), "class": np.arange(N_CLASSES)}, ("bound", "class")
    )


class CountIntervals(Ablations, Activations):
    """Numbers of selective neurons on halves of the test images, and shares of selective units with intervals."""

    @quantity
    def n_selective_by_half(self) -> xr.DataArray:
        """Number of neurons (or units) most selective for each class, on each half, axes (half, class)."""
        return self._measured("activations", "n_preferred").sel(counted=self.choice("count"), drop=True)

    @quantity
    def n_effect_selective_by_half(self) -> xr.DataArray:
        """Number of neurons (or units) that affect each class most selectively, on each half, axes (half, class).

        A unit that flips equally many images of several classes counts for the smallest of these classes, or the first
        of equally small ones.
        """
        owners = unit_of_neuron() if self.choice("count") == "neurons" else slice(None)
        counts = [by_class(count_classes(self._effect_preferred_on(half)[owners])) for half in HALVES]
        return xr.concat(counts, dim=xr.Variable("half", list(HALVES)))

    @quantity
    def share_of_units_selective(self) -> xr.DataArray:
        """Share of live units most selective for each class, with interval over units, axes (bound, class)."""
        return share_of_units(preferred_class(self.unit_class_means.values))

    @quantity
    def share_of_units_effect_selective(self) -> xr.DataArray:
        """Share of units with an effect that affect each class most, with interval over units, axes (bound, class).

        Ties are not shared, because the interval needs integer counts: a unit that flips equally many images of several
        classes counts for the smallest of these classes, or the first of equally small ones.
        """
        return share_of_units(self.effect_selectivity["preferred"].values)

    @quantity
    def neuron_effect_preferred_by_half(self) -> NDArray[np.int64]:
        """Class that the unit of each neuron affects most selectively, on each half, shape (2, 17280); −1 for none."""
        return np.stack([self._effect_preferred_on(half)[unit_of_neuron()] for half in HALVES])

    def _effect_preferred_on(self, half: str) -> NDArray[np.int64]:
        """Return the class that each unit affects most selectively on one half of the test images; −1 for none."""

        def flips() -> tuple[xr.DataArray, xr.DataArray]:
            lost, gained = (self._under_baseline("units", name).sel(part=half) for name in ("lost", "gained"))
            return lost, gained

        net_lost, n_images = -self.net_gain_by_half.sel(part=half), self._n_by_half.sel(part=half)
        preferred: NDArray[np.int64] = self._effect_of(net_lost, n_images, flips)["preferred"].values
        return preferred
