"""All that was measured on one network."""

import xarray as xr

from replication.evidence.count_intervals import CountIntervals
from replication.evidence.cumulative import Cumulative
from replication.evidence.panels import Panels
from replication.paper import ABLATION
from replication.remembered import quantity


class NetworkEvidence(CountIntervals, Cumulative, Panels):
    """What was measured on one network, seen under one set of choices: named quantities for the claims."""

    @quantity
    def conv1_harm(self) -> xr.DataArray:
        """Accuracy change in pp by ablating half of conv1, axis (class): what §4.2 reports of K-Net."""
        return (
            self.figure_harm
            if self.choice("conv1-draw") == "one"
            else self.harm.sel(layer=ABLATION.shown_layer, drop=True)
        )
