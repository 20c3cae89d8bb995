"""The subject of measurement: a network, the test images and the profile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
import xarray as xr
from numpy.typing import NDArray

from replication.ablation import Baseline, Outcomes, outcomes_of_layers, predictions_of_layers
from replication.data import Images
from replication.network import Network
from replication.paper import TRAINING
from replication.progress import SILENT, Named, Progress
from replication.schema import PARTS
from replication.study import Profile

EVALUATION_BATCH = 500
"""Images per forward pass; fixed, because the batch size may change the last bit of a log-probability."""


@dataclass(frozen=True)
class Subject:
    """One network under measurement.

    Attributes:
        name: Id of the network.
        dataset: Data set that the network was trained on.
        network: The network, in evaluation mode.
        test: All test images, on the device of the network.
        profile: Profile, which sets the numbers of draws and embeddings.
        losses: Mean training loss per epoch; empty for a network trained elsewhere.
        progress: Progress display.
        pieces: Pieces measured so far, for the measuring functions that build on them.  The caller of these functions
            adds each piece once it is measured or loaded.
        n_at_once: Number of networks measured at the same time, which share the memory.
    """

    name: str
    dataset: str
    network: Network
    test: Images
    profile: Profile
    losses: tuple[float, ...] = ()
    progress: Progress = SILENT
    pieces: Mapping[str, xr.Dataset] = field(default_factory=dict)
    n_at_once: int = 1

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        """True classes of all test images."""
        labels: NDArray[np.int64] = self.test.labels.cpu().numpy()
        return labels

    @property
    def n_used(self) -> int:
        """Number of test images in whole batches: 9,984 of 10,000."""
        return TRAINING.whole_batches(len(self.test))

    @property
    def used(self) -> Images:
        """Test images in whole batches."""
        return self.test.first(self.n_used)

    @cached_property
    def rows_by_part(self) -> dict[str, NDArray[np.int64]]:
        """Row indices of the test images in each of ``schema.PARTS``."""
        rows = np.arange(len(self.test))
        used = rows[: self.n_used]
        return dict(zip(PARTS, (used[::2], used[1::2], rows[self.n_used :]), strict=True))

    @cached_property
    @torch.inference_mode()
    def predictions(self) -> NDArray[np.uint8]:
        """Classes that the intact network predicts for all test images."""
        batches = self.test.images.split(EVALUATION_BATCH)
        classes = torch.cat([self.network(batch).argmax(dim=1) for batch in batches])
        return classes.to(torch.uint8).cpu().numpy()

    def ablated_predictions(
        self,
        masks: Mapping[str, NDArray[np.bool_]],
        baseline: Baseline,
        *,
        what: str,
        rows: NDArray[np.int64] | None = None,
    ) -> dict[str, NDArray[np.uint8]]:
        """Return the classes predicted under each mask, by layer, shape (n_masks, n_images).

        Args:
            masks: Ablation masks by name of the hidden layer, shape (n_masks, n_units).
            baseline: Output of ablated units: zero, or the mean over the same images.
            what: Short description of what is ablated, for the progress display.
            rows: Row indices of the test images to use; all if None.

        Raises:
            ValueError: A hidden layer is unknown, or ``masks`` or ``baseline`` is invalid.
        """
        images = self.test.images
        if rows is not None:
            images = images[torch.from_numpy(rows).to(images.device)]
        progress = Named(self.progress, f"{self.name}: {what}, {baseline} in their place")
        return predictions_of_layers(
            self.network, images, masks, baseline=baseline, n_at_once=self.n_at_once, progress=progress
        )

    def ablated_outcomes(self, masks: Mapping[str, NDArray[np.bool_]], *, what: str) -> dict[str, Outcomes]:
        """Return predictions for all test images, and log-probabilities of their true classes, by layer.

        Ablated units put out zero.

        Args:
            masks: See ``ablated_predictions``.
            what: See ``ablated_predictions``.

        Raises:
            ValueError: See ``ablated_predictions``.
        """
        progress = Named(self.progress, f"{self.name}: {what}, zero in their place")
        return outcomes_of_layers(
            self.network, self.test.images, self.test.labels, masks, n_at_once=self.n_at_once, progress=progress
        )

    def piece(self, name: str) -> xr.Dataset:
        """Return a piece that was measured before.

        Args:
            name: Name of the piece; it comes earlier in ``MEASURES``.

        Raises:
            LookupError: The piece was not measured.
        """
        if name not in self.pieces:
            raise LookupError(f"{self.name}: the piece {name!r} is needed and was not measured yet; measure it before")
        return self.pieces[name]
