"""Cumulative ablation: accuracy against the share of a layer's units ablated in some order (after Morcos et al. 2018).

Every order was made on one half of the test images and is judged on the other; the axis ``half`` names the former.
Units are ablated by zeroing and orders made with each metric's default, so that no choice is read here.
"""

import numpy as np
import xarray as xr

from replication.evidence.measured import Measured
from replication.remembered import quantity
from replication.schema import HALVES


class Cumulative(Measured):
    """What cumulative ablations change of the overall accuracy, in percentage points, harm positive."""

    @quantity
    def cumulative_harm_by_half(self) -> xr.DataArray:
        """Accuracy lost, by the half the order was made on, axes (half, order, direction, layer, level)."""
        return self._lost_on_other_half("cumulative_hits")

    @quantity
    def cumulative_harm(self) -> xr.DataArray:
        """Accuracy lost, mean of the two halves, axes (order, direction, layer, level)."""
        return self.cumulative_harm_by_half.mean("half", skipna=False)

    @quantity
    def random_harm_by_draw(self) -> xr.DataArray:
        """Accuracy lost in each random order, mean of the two halves, axes (layer, level, draw)."""
        return self._lost_on_other_half("random_hits").mean("half", skipna=False)

    @quantity
    def random_harm(self) -> xr.DataArray:
        """Accuracy lost in random order, mean over orders and halves, axes (layer, level)."""
        return self.random_harm_by_draw.mean("draw", skipna=False)

    def _lost_on_other_half(self, variable: str) -> xr.DataArray:
        """Return the accuracy lost on the half that the order was not made on, all classes together."""
        halves = list(HALVES)
        confusion = self._measured("intact", "confusion").sel(part=halves[::-1]).values
        left = self._measured("cumulative", variable).sel(half=halves).sum("class", skipna=False)
        of_half = (slice(None), *[None] * (left.ndim - 1))
        right = np.trace(confusion, axis1=1, axis2=2)[of_half]
        return left.copy(data=100 * (right - left.values) / confusion.sum(axis=(1, 2))[of_half])
