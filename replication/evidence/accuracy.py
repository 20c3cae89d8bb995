"""Accuracy of the intact network (§3.1), under the choices of test images and denominator."""

import numpy as np
import xarray as xr

from replication.evidence.measured import Measured
from replication.remembered import quantity
from replication.schema import HALVES, PARTS


class Accuracy(Measured):
    """Correct classifications of the intact network."""

    def _over_parts(self, counts: xr.DataArray) -> xr.DataArray:
        """Sum counts over the test images that the choice ``test-images`` includes."""
        parts = PARTS if self.choice("test-images") == "all" else HALVES
        return counts.sel(part=list(parts)).sum("part", skipna=False)

    @quantity
    def confusion(self) -> xr.DataArray:
        """Number of test images by true and predicted class, axes (class, predicted)."""
        return self._over_parts(self._measured("intact", "confusion"))

    @quantity
    def n_images(self) -> xr.DataArray:
        """Denominator of the accuracy of each class, axis (class)."""
        images = self._measured("intact", "confusion").sum("predicted")
        if self.choice("denominator") == "full-test-set":
            return images.sum("part")
        return self._over_parts(images)

    @quantity
    def hits(self) -> xr.DataArray:
        """Number of images of each class that the intact network classifies correctly, axis (class)."""
        return self.n_images.copy(data=np.diag(self.confusion.values))

    @quantity
    def accuracy(self) -> float:
        """Top-1 accuracy in per cent."""
        return float(100 * self.hits.values.sum() / self.n_images.values.sum())

    @quantity
    def error(self) -> xr.DataArray:
        """Prediction error of each class in percentage points: 100 · (1 − recall), axis (class)."""
        return 100 * (1 - self.hits / self.n_images)
