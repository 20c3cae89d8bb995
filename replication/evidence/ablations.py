"""Accuracy (§3.1): intact, with random halves of layers ablated (§4.1), and with single units (§3.2, §4.3)."""

from collections.abc import Callable
from typing import cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from replication.architecture import N_CLASSES, unit_of_neuron
from replication.evidence.measured import Measured, by_class
from replication.metrics import ablation_effect_selectivity, accuracy_change_pp, effect_votes
from replication.metrics.ablation_effect_selectivity import Formula
from replication.paper import ABLATION
from replication.ratios import ratio_or_nan
from replication.remembered import quantity
from replication.schema import HALVES, PARTS
from replication.stats import mcnemar_p

ALPHA = 0.05
"""Significance threshold for the choice that counts only units with a significant effect."""


class Ablations(Measured):
    """Correct classifications when intact, and effects of ablating random halves of layers or single units."""

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

    def _under_baseline(self, piece: str, variable: str) -> xr.DataArray:
        """Return stored counts for the ablation baseline given by the choice ``baseline``."""
        return self._measured(piece, variable).sel(baseline=self.choice("baseline"))

    @quantity
    def draw_hits(self) -> xr.DataArray:
        """Hits under each random ablation, axes (layer, fraction, draw, class); NaN for draws not made."""
        return self._over_parts(self._under_baseline("draws", "draw_hits"))

    @quantity
    def draw_harm(self) -> xr.DataArray:
        """Accuracy change in pp under each random ablation, harm positive, axes (layer, fraction, draw, class)."""
        return self._change(self.draw_hits)

    @quantity
    def harm(self) -> xr.DataArray:
        """Mean accuracy change in pp under 50 % ablations, harm positive, axes (layer, class): the bars of Fig. 2."""
        return self.draw_harm.sel(fraction=ABLATION.reported_fraction).mean("draw")

    @quantity
    def total_harm(self) -> xr.DataArray:
        """Accuracy change in pp summed over layers, axis (class): the height of the stacked bars of Fig. 2."""
        return self.harm.sum("layer")

    @quantity
    def most_harmed_class(self) -> int:
        """Class with the largest ``total_harm``; the lowest class if tied."""
        return int(self.total_harm.argmax("class"))

    @quantity
    def least_harmed_class(self) -> int:
        """Class with the smallest ``total_harm``; the lowest class if tied."""
        return int(self.total_harm.argmin("class"))

    @quantity
    def share_of_harm(self) -> xr.DataArray:
        """Share of each layer in the harm to a class, axes (layer, class).

        Layers whose ablation helps the class have share 0.  NaN for a class that no layer harms.
        """
        harm = self.harm.clip(min=0).transpose("layer", "class")
        total = np.nansum(harm.values, axis=0)
        return harm.copy(data=ratio_or_nan(harm.values, total))

    @quantity
    def draw_harm_overall(self) -> xr.DataArray:
        """Overall accuracy change in pp under each random ablation, harm positive, axes (layer, fraction, draw)."""
        lost = float(self.hits.sum()) - self.draw_hits.sum("class", skipna=False)
        return 100 * lost / float(self.n_images.sum())

    @quantity
    def harm_at_fraction(self) -> xr.DataArray:
        """Overall accuracy change in pp, mean over draws, harm positive, axes (layer, fraction)."""
        return self.draw_harm_overall.mean("draw")

    def _change(self, ablated_hits: xr.DataArray) -> xr.DataArray:
        """Return the accuracy change in pp relative to the intact network."""
        change = accuracy_change_pp(self.hits.values, ablated_hits.values, self.n_images.values)
        return ablated_hits.copy(data=change)

    @quantity
    def lost(self) -> xr.DataArray:
        """Number of images classified correctly intact and wrongly with one unit ablated, axes (unit, class)."""
        return self._over_parts(self._under_baseline("units", "lost"))

    @quantity
    def gained(self) -> xr.DataArray:
        """Number of images classified wrongly intact and correctly with one unit ablated, axes (unit, class)."""
        return self._over_parts(self._under_baseline("units", "gained"))

    @quantity
    def net_lost(self) -> xr.DataArray:
        """What the ablation of one unit costs each class, axes (unit, class), in the unit of ``net_gain_by_half``."""
        if self.choice("effect") == "log-probability":
            return -self.net_gain_by_half.sum("part")
        return self.lost - self.gained

    @quantity
    def unit_harm(self) -> xr.DataArray:
        """Accuracy change in pp when one unit is ablated, harm positive, axes (unit, class).

        The change of the mean log-probability in hundredths of a nat, if the choice ``effect`` asks for it.
        """
        return 100 * self.net_lost / self._n_affected

    @quantity
    def unit_harm_overall(self) -> xr.DataArray:
        """``unit_harm`` over the images of all classes, axis (unit)."""
        return 100 * self.net_lost.sum("class") / float(self._n_affected.sum())

    @property
    def _n_affected(self) -> xr.DataArray:
        """Number of images of each class that ``net_lost`` is about, axis (class)."""
        return self._n_by_half.sum("part") if self.choice("effect") == "log-probability" else self.n_images

    @quantity
    def net_gain_by_half(self) -> xr.DataArray:
        """What the ablation of one unit adds to each class, on even and on odd test images, axes (part, unit, class).

        Depending on the choice ``effect``: images gained minus images lost, or the gain of the log-probability of the
        true class, summed over the images, in nats; 0 if it was not measured.
        """
        if self.choice("effect") == "log-probability":
            lost = self._measured("units", "lost_log_probability").rename(half="part").fillna(0)
            return (-lost * self._n_by_half).transpose("part", "unit", "class")
        lost, gained = (self._under_baseline("units", name) for name in ("lost", "gained"))
        return (gained - lost).sel(part=list(HALVES))

    @quantity
    def effect_selectivity(self) -> xr.Dataset:
        """AES of each unit: ``value``, ``preferred`` class and ``sign`` (+1 harm), axis (unit).

        ``preferred`` is −1 for units without an effect, or without a significant one if the choice ``aes-units`` is
        ``significant``, which asks for images flipped and so for accuracy.
        """
        return self._effect_of(self.net_lost, self._n_affected, lambda: (self.lost, self.gained))

    def _effect_of(
        self, net_lost: xr.DataArray, n_images: xr.DataArray, flips: Callable[[], tuple[xr.DataArray, xr.DataArray]]
    ) -> xr.Dataset:
        """Return AES, preferred class and sign of each unit; images lost and gained decide which are significant."""
        harm = 100 * net_lost.values / n_images.values
        result = ablation_effect_selectivity(harm, formula=cast(Formula, self.choice("aes-formula")))
        preferred = result.preferred
        if self.choice("effect") == "accuracy" and self.choice("aes-units") == "significant":
            of_preferred = (counts.values[np.arange(len(preferred)), preferred] for counts in flips())
            p = mcnemar_p(*(counts.astype(np.int64) for counts in of_preferred))
            preferred = np.where(p < ALPHA, preferred, -1)
        fields = {"value": result.value, "preferred": preferred, "sign": result.sign}
        return xr.Dataset(
            {name: ("unit", values) for name, values in fields.items()}, {"unit": net_lost.indexes["unit"]}
        )

    @quantity
    def n_effect_selective(self) -> xr.DataArray:
        """Number of neurons (or units) that affect each class most selectively when ablated, axis (class).

        May be fractional, because tied classes share a unit.
        """
        votes = self.effect_votes
        totals = (votes.take(unit_of_neuron(), axis=0) if self.choice("count") == "neurons" else votes).sum(axis=0)
        return by_class(totals)

    @quantity
    def effect_votes(self) -> NDArray[np.float64]:
        """Vote of each unit for the class it affects most, shape (1216, 10).

        A row sums to 1, or to 0 for a unit that prefers no class in ``effect_selectivity``.
        """
        preferred = self.effect_selectivity["preferred"].values
        if self.choice("aes-ties") == "lowest":
            return np.asarray(preferred[:, None] == np.arange(N_CLASSES), dtype=np.float64)
        # Counts tie, but their rates for classes of different sizes do not.  Log-probabilities hardly tie either way.
        effects = self.net_lost if self.choice("effect") == "accuracy" else self.unit_harm
        votes = effect_votes(effects.values, formula=cast(Formula, self.choice("aes-formula")))
        return votes * (preferred >= 0)[:, None]

    @quantity
    def neuron_effect_preferred(self) -> NDArray[np.int64]:
        """Class that the unit of each neuron affects most selectively when ablated, shape (17280,); −1 for none."""
        preferred: NDArray[np.int64] = self.effect_selectivity["preferred"].values[unit_of_neuron()]
        return preferred
