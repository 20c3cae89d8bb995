"""What is measured: a network, the test images, and how much of each measurement the profile asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
import xarray as xr
from numpy.typing import NDArray

from replication.ablation import Baseline, predictions_of_layers
from replication.data import Images
from replication.network import Network
from replication.paper import TRAINING
from replication.progress import SILENT, Named, Progress
from replication.schema import PARTS
from replication.study import Profile

EVALUATION_BATCH = 500
"""Images per forward pass; fixed, because the batch size may move the last bit of a log-probability."""


@dataclass(frozen=True)
class Subject:
    """One network under measurement.

    Attributes:
        name: The network's id.
        dataset: The data set it was trained on.
        network: The network, in evaluation mode.
        test: All test images, on the network's device.
        profile: How many draws and embeddings are made.
        losses: Mean training loss per epoch; empty for a network trained elsewhere.
        progress: Counts every step.
        pieces: What was measured on it so far, for the measures that build on it; whoever runs the measures adds
            each piece as it is made, in this process or an earlier one.
        n_at_once: How many networks are measured at a time here, and share the memory.
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
        """Test images that fill whole batches: 9,984 of 10,000."""
        return TRAINING.whole_batches(len(self.test))

    @property
    def used(self) -> Images:
        """The test images that fill whole batches."""
        return self.test.first(self.n_used)

    @cached_property
    def rows_by_part(self) -> dict[str, NDArray[np.int64]]:
        """Rows of the test images in each of ``schema.PARTS``."""
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
        """Return the classes predicted under each mask of each layer, shape (masks, images).

        Args:
            masks: For each hidden layer's name, shape (masks, units).
            baseline: What an ablated unit puts out; the mean is that over the same images.
            what: What is ablated, in a few words, for whoever waits.
            rows: Which test images; all of them where None.

        Raises:
            ValueError: There is no such hidden layer, or masks or baseline are not as described.
        """
        images = self.test.images
        if rows is not None:
            images = images[torch.from_numpy(rows).to(images.device)]
        progress = Named(self.progress, f"{self.name}: {what}, {baseline} in their place")
        return predictions_of_layers(
            self.network, images, masks, baseline=baseline, n_at_once=self.n_at_once, progress=progress
        )

    def piece(self, name: str) -> xr.Dataset:
        """Return what was measured before.

        Args:
            name: A piece that stands earlier among the measures.

        Raises:
            LookupError: It was not measured.
        """
        if name not in self.pieces:
            raise LookupError(f"{self.name}: the piece {name!r} is needed and was not measured yet; measure it before")
        return self.pieces[name]
