"""The three correlations of class profiles that the paper reports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from replication.evidence.network import NetworkEvidence
from replication.stats import pearson_of_rows, spearman_of_rows

ClassProfile = Callable[[NetworkEvidence], xr.DataArray]
"""Function of one network that returns one number per class."""

Coefficient = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
"""Function of two tables of profiles, one profile per row, that returns one coefficient per row."""


@dataclass(frozen=True)
class ProfileCorrelation:
    """Correlation over the ten classes.

    Attributes:
        kind: One of ``paper.CORRELATION_KINDS``, the stem of the keys of the printed numbers.
        text: Description of what is correlated.
        profiles: The two class profiles.
        coefficient: Pearson's or Spearman's coefficient, for many pairs of profiles at once.
    """

    kind: str
    text: str
    profiles: tuple[ClassProfile, ClassProfile]
    coefficient: Coefficient

    def r(self, network: NetworkEvidence) -> float:
        """Return the coefficient for one network; NaN if a profile is constant.

        Raises:
            ValueError: A profile is not finite for some class.
        """
        first, second = (profile(network).values for profile in self.profiles)
        return float(self.coefficient(first[None], second[None])[0])


CORRELATIONS: Mapping[str, ProfileCorrelation] = MappingProxyType(
    {
        correlation.kind: correlation
        for correlation in (
            ProfileCorrelation(
                "spearman",
                "prediction error with accuracy lost (Spearman)",
                (lambda network: network.error, lambda network: network.total_harm),
                spearman_of_rows,
            ),
            ProfileCorrelation(
                "as-nh",
                "number of neurons by AS with NH (Pearson)",
                (lambda network: network.n_selective, lambda network: network.data_nh),
                pearson_of_rows,
            ),
            ProfileCorrelation(
                "aes-nh",
                "number of neurons by AES with NH (Pearson)",
                (lambda network: network.n_effect_selective, lambda network: network.data_nh),
                pearson_of_rows,
            ),
        )
    }
)
"""The reported correlations by kind: error with accuracy change (§4.1 ¶4), and numbers of selective neurons with NH of
the embedded test images (§4.3 ¶5).
"""
