"""The evidence of one network."""

import numpy as np
import xarray as xr

from replication.evidence.count_intervals import CountIntervals
from replication.evidence.cumulative import Cumulative
from replication.evidence.panels import Panels
from replication.paper import ABLATION
from replication.remembered import quantity


class NetworkEvidence(CountIntervals, Cumulative, Panels):
    """Measurements on one network under one set of choices, as named quantities for the claims."""

    @property
    def is_measured(self) -> bool:
        """Whether the network was measured for the answers to all choices; it always was for the defaults."""
        if self.choices["effect"] != "log-probability":
            return True
        return not np.isnan(self.pieces["units"]["lost_log_probability"].values).all()

    @quantity
    def conv1_harm(self) -> xr.DataArray:
        """Accuracy change in pp when half of conv1 is ablated, axis (class), as §4.2 reports for K-Net.

        By one ablation or by the mean over draws, depending on the choice ``conv1-draw``.
        """
        return (
            self.figure_harm
            if self.choice("conv1-draw") == "one"
            else self.harm.sel(layer=ABLATION.shown_layer, drop=True)
        )
