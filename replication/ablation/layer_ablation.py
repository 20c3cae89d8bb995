"""Ablate one layer under many masks, from the layer's activations to the network's output."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from replication.ablation.contributions import Contributions
from replication.ablation.tail import ROW, Tail
from replication.ablation.workspace import Workspace
from replication.architecture import LAYER_NAMES, find_layer
from replication.network import Network

NUMBERS_PER_CASE = {"conv1": 21_000, "conv2": 4_500, "conv3": 1_600, "fc1": 1_500, "fc2": 1_000}
"""Floating-point numbers held at once while one image runs through the remaining layers under one mask."""
NUMBERS_PER_IMAGE = {"conv1": 1_000_000, "conv2": 200_000, "conv3": 40_000, "fc1": 600_000, "fc2": 6_000}
"""Floating-point numbers held for one image's summands and their computation."""


class LayerAblation:
    """Output under many masks of one layer.

    The input of the remaining layers is computed in one of three ways, whichever takes the fewest operations:

    - a convolutional layer's masks are multiplied with the summands of the next layer's preactivations;
    - a fully connected layer's activations are masked directly, because a unit has one neuron and no sum is saved;
    - if no mask ablates more than one unit, the unit's summand is subtracted from the total, which leaves the result
      bitwise unchanged for a dead unit.

    Args:
        network: The intact network.
        tail: The layers after the ablated one.
        layer: A hidden layer's name.
        masks: Shape (n_masks, n_units), ``True`` where a unit is ablated.
        fixed: Output of the units when ablated, shape (units, side, side) or (units,).
    """

    def __init__(self, network: Network, tail: Tail, layer: str, masks: NDArray[np.bool_], fixed: Tensor) -> None:
        following = LAYER_NAMES[LAYER_NAMES.index(layer) + 1]
        weight, bias = (parameter.detach() for parameter in network.parameters_of(following))
        self._tail = tail
        self._layer = layer
        self._fixed = fixed
        self._n_outputs = len(bias)
        self._contributions = Contributions(weight, bias, fixed)
        self._kept = torch.from_numpy(~masks).to(fixed)
        units = np.where(masks.any(axis=1), masks.argmax(axis=1), masks.shape[1])
        self._units = torch.from_numpy(units).to(fixed.device)
        if np.all(masks.sum(axis=1) <= 1):
            self._cases, self._entered = self._left_out, following
        elif fixed.ndim == 1:
            self._cases, self._entered = self._masked, layer
        else:
            self._cases, self._entered = self._summed, following
            self._kept = torch.cat([self._kept, torch.ones_like(self._kept[:, :1])], dim=1)
        self._n_features = find_layer("conv3" if self._entered == "conv2" else self._entered).n_neurons

    def scores(self, activations: Tensor, n_bytes: int, workspace: Workspace) -> Iterator[tuple[slice, Tensor]]:
        """Yield the network's output before the log-softmax under every mask, for a group of images at a time.

        Args:
            activations: Output of the intact layer, shape (images, units, side, side) or (images, units).
            n_bytes: Maximum working memory.
            workspace: Scratch memory.

        Yields:
            The rows of the images, and their scores, shape (images, masks, 10).
        """
        n_masks, n_images = len(self._kept), len(activations)
        numbers = n_bytes // activations.itemsize
        cases = max(1, numbers // 2 // NUMBERS_PER_CASE[self._layer])
        masks = min(n_masks, cases)
        images = max(1, min(cases // masks, numbers // 4 // NUMBERS_PER_IMAGE[self._layer]))
        classified = max(1, numbers // 8 // self._n_features // ROW) * ROW
        group = images * max(1, classified // (images * n_masks))
        for first in range(0, n_images, group):
            rows = slice(first, min(first + group, n_images))
            some = activations[rows]
            n_cases = len(some) * n_masks
            padded = workspace.take("features", -(-n_cases // ROW) * ROW, self._n_features)
            features = padded[:n_cases].view(len(some), n_masks, self._n_features)
            for part, part_features in zip(some.split(images), features.split(images), strict=True):
                chunks = part_features.split(masks, dim=1)
                for values, chunk in zip(self._cases(part, masks, numbers // 8, workspace), chunks, strict=True):
                    self._tail.features(self._entered, values, chunk, workspace)
            scores = torch.cat([self._tail.scores(self._entered, cases) for cases in padded.split(classified)])
            yield rows, scores[:n_cases].view(len(some), n_masks, -1)

    def _masked(self, activations: Tensor, masks: int, numbers: int, workspace: Workspace) -> Iterator[Tensor]:
        """Yield the layer's activations by chunk of masks, shape (1, images · masks, units)."""
        varying = (activations - self._fixed)[:, None]
        for kept in self._kept.split(masks):
            values = workspace.take("entering", len(varying), *kept.shape)
            yield torch.addcmul(self._fixed, varying, kept, out=values).flatten(0, 1)[None]

    def _summed(self, activations: Tensor, masks: int, numbers: int, workspace: Workspace) -> Iterator[Tensor]:
        """Yield the next layer's pooled preactivations by chunk of masks, (positions, images · masks, outputs)."""
        summands = self._contributions.split(activations, workspace)
        _, windows, sums_per_window = summands.shape
        for kept in self._kept.split(masks):
            pooled = workspace.take("entering", windows, len(kept), self._n_outputs)
            at_once = max(1, numbers // (len(kept) * sums_per_window))
            for some, result in zip(summands.split(at_once, dim=1), pooled.split(at_once), strict=True):
                sums = workspace.take("sums in windows", len(result), len(kept), sums_per_window)
                torch.bmm(kept.expand(len(result), *kept.shape), some.transpose(0, 1), out=sums)
                torch.amax(sums.view(*sums.shape[:2], -1, self._n_outputs), 2, out=result)
            yield pooled.view(-1, len(activations) * len(kept), self._n_outputs)

    def _left_out(self, activations: Tensor, masks: int, numbers: int, workspace: Workspace) -> Iterator[Tensor]:
        """Yield the same as ``_summed``, for masks that ablate at most one unit each."""
        summands = self._contributions.split(activations, workspace)
        whole = summands.sum(0)
        # Replace each unit's summand by the sum without it, and the last row by the whole sum, with no unit ablated.
        torch.sub(whole, summands[:-1], out=summands[:-1])
        summands[-1] = whole
        rows, windows, _ = summands.shape
        pooled = workspace.take("pooled sums", windows, rows, self._n_outputs)
        torch.amax(summands.view(rows, windows, -1, self._n_outputs).transpose(0, 1), 2, out=pooled)
        for some in self._units.split(masks):
            values = workspace.take("entering", windows, len(some), self._n_outputs)
            torch.index_select(pooled, 1, some, out=values)
            yield values.view(-1, len(activations) * len(some), self._n_outputs)
