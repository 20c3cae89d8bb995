"""How certain the numbers of selective neurons are (§4.3): by the test images, and by the units.

Neither is the uncertainty over networks, which decides the verdicts: both belong to one trained network.

- By half: the numbers found on even and on odd test images apart.  Their difference is what the choice of test
  images contributes.  Each rests on half of the images, so that for AS it overstates the noise of the whole.  For AES
  fewer units flip any prediction, so that both numbers tend to lie below that of the whole: the two are compared with
  each other, not with it.
- By unit: the Clopper–Pearson interval of the share of units that prefer a class, as if the network's units were
  independent draws of such units.  Units are counted, never neurons: a kernel's 196, 49 or 9 neurons share their
  weights, and counting each would make the interval far too narrow.  It holds for each class alone.
"""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from replication.architecture import N_CLASSES, unit_of_neuron
from replication.evidence.ablations import Ablations
from replication.evidence.activations import Activations
from replication.evidence.classes import by_class
from replication.metrics import count_classes, preferred_class
from replication.remembered import quantity
from replication.schema import HALVES
from replication.stats import clopper_pearson


def share_of_units(preferred: NDArray[np.integer]) -> xr.DataArray:
    """Return the share of units that prefer each class, with its 95 % Clopper–Pearson interval.

    Args:
        preferred: The class of each unit, shape (n_units,); −1 for none, and such units are not among the trials.

    Returns:
        Axes (bound, class), ``bound`` being ``low``, ``share`` and ``high``; where no unit prefers any class the
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
    """The numbers of selective neurons and units, found on halves of the test images and bounded over units."""

    @quantity
    def n_selective_by_half(self) -> xr.DataArray:
        """How many neurons (or units) are most selective for each class on each half alone, axes (half, class)."""
        return self._measured("activations", "n_preferred").sel(counted=self.choice("count"), drop=True)

    @quantity
    def n_effect_selective_by_half(self) -> xr.DataArray:
        """How many neurons (or units) affect each class most selectively on each half alone, axes (half, class).

        A unit that flips equally many images of several classes counts for the smallest of them, or the first.
        """
        owners = unit_of_neuron() if self.choice("count") == "neurons" else slice(None)
        counts = [by_class(count_classes(self._effect_preferred_on(half)[owners])) for half in HALVES]
        return xr.concat(counts, dim=xr.Variable("half", list(HALVES)))

    @quantity
    def share_of_units_selective(self) -> xr.DataArray:
        """Share of the living units most selective for each class, interval over units, axes (bound, class)."""
        return share_of_units(preferred_class(self.unit_class_means.values))

    @quantity
    def share_of_units_effect_selective(self) -> xr.DataArray:
        """Share of the units with an effect that affect each class most, interval over units, axes (bound, class).

        A unit that flips equally many images of several classes counts for the smallest of them, or the first: an
        interval needs whole units.
        """
        return share_of_units(self.effect_selectivity["preferred"].values)

    @quantity
    def neuron_effect_preferred_by_half(self) -> NDArray[np.int64]:
        """The class that each neuron's unit affects most selectively on each half alone, −1 for none, (2, 17280)."""
        return np.stack([self._effect_preferred_on(half)[unit_of_neuron()] for half in HALVES])

    def _effect_preferred_on(self, half: str) -> NDArray[np.int64]:
        """Return the class each unit affects most selectively on one half of the test images, −1 for none."""
        lost, gained = (self._under_baseline("units", name).sel(part=half) for name in ("lost", "gained"))
        images = self._measured("intact", "confusion").sel(part=half).sum("predicted")
        preferred: NDArray[np.int64] = self._effect_of(lost, gained, images)["preferred"].values
        return preferred
