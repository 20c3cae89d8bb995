"""Cumulative ablation: accuracy against the share of a layer's units ablated in some order (after Morcos et al. 2018).

Each order is determined on one half of the test images and evaluated on the other; the axis ``half`` names the first.
Units are ablated by zeroing, and orders use the default of each metric, so that no choices are read here.
"""

import numpy as np
import xarray as xr

from replication.evidence.measured import Measured
from replication.remembered import quantity
from replication.schema import HALVES


class Cumulative(Measured):
    """Change of the overall accuracy under cumulative ablation, in percentage points, harm positive."""

    @quantity
    def cumulative_harm_by_half(self) -> xr.DataArray:
        """Accuracy lost, by the half that determined the order, axes (half, order, direction, layer, level)."""
        return self._lost_on_other_half("cumulative_hits")

    @quantity
    def cumulative_harm(self) -> xr.DataArray:
        """Accuracy lost, mean over the two halves, axes (order, direction, layer, level)."""
        return self.cumulative_harm_by_half.mean("half", skipna=False)

    @quantity
    def random_harm_by_draw(self) -> xr.DataArray:
        """Accuracy lost in each random order, mean over the two halves, axes (layer, level, draw)."""
        return self._lost_on_other_half("random_hits").mean("half", skipna=False)

    @quantity
    def random_harm(self) -> xr.DataArray:
        """Accuracy lost in random order, mean over orders and halves, axes (layer, level)."""
        return self.random_harm_by_draw.mean("draw", skipna=False)

    def _lost_on_other_half(self, variable: str) -> xr.DataArray:
        """Return the overall accuracy lost on the half that did not determine the order."""
        halves = list(HALVES)
        confusion = self._measured("intact", "confusion").sel(part=halves[::-1]).values
        left = self._measured("cumulative", variable).sel(half=halves).sum("class", skipna=False)
        of_half = (slice(None), *[None] * (left.ndim - 1))
        right = np.trace(confusion, axis1=1, axis2=2)[of_half]
        return left.copy(data=100 * (right - left.values) / confusion.sum(axis=(1, 2))[of_half])
