"""Ablation without running the network again for every mask: the predictions of ``by_weights``, much sooner.

Everything before the ablated layer is the same under every mask and is computed once.  The next layer's
preactivations are a sum over the ablated layer's units, so all masks of an image are one matrix product with the
units' summands; a single unit's ablation is the whole sum less one summand.  The layers after that run on many
masks at once.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from replication.ablation.by_weights import Baseline, mean_activations
from replication.ablation.checks import check_images, check_masks
from replication.ablation.contributions import Contributions
from replication.ablation.tail import Tail
from replication.ablation.workspace import Workspace
from replication.architecture import LAYER_NAMES, find_layer
from replication.network import Network
from replication.progress import SILENT, Progress


@torch.inference_mode()
def predictions_by_reuse(
    network: Network,
    images: Tensor,
    layer: str,
    masks: NDArray[np.bool_],
    *,
    baseline: Baseline = "zero",
    memory_bytes: int | None = None,
    progress: Progress = SILENT,
) -> NDArray[np.uint8]:
    """Predict every image under every mask of one layer; see ``predictions_of_layers``."""
    return predictions_of_layers(
        network, images, {layer: masks}, baseline=baseline, memory_bytes=memory_bytes, progress=progress
    )[layer]


@torch.inference_mode()
def predictions_of_layers(
    network: Network,
    images: Tensor,
    masks: Mapping[str, NDArray[np.bool_]],
    *,
    baseline: Baseline = "zero",
    memory_bytes: int | None = None,
    progress: Progress = SILENT,
) -> dict[str, NDArray[np.uint8]]:
    """Predict every image under every mask of several layers, one layer ablated at a time.

    Args:
        network: The network, on the images' device; unchanged.
        images: Shape (n_images, 1, 28, 28).
        masks: For each hidden layer's name, shape (n_masks, n_units), ``True`` where a unit is ablated.
        baseline: ``"zero"`` as in the paper, or ``"mean"``: each neuron's mean over these images.
        memory_bytes: Working memory to stay within; by default found from the device.
        progress: Where to report.

    Returns:
        For each layer the predicted classes, shape (n_masks, n_images).

    Raises:
        ValueError: There is no such hidden layer, or images, masks or baseline are not as described.
    """
    check_images(images)
    for layer in masks:
        check_masks(layer, masks[layer])
    if baseline not in {"zero", "mean"}:
        raise ValueError(f"baseline {baseline!r}: expected 'zero' or 'mean'")
    predictions = {
        layer: torch.empty(len(some), len(images), dtype=torch.uint8, device=images.device)
        for layer, some in masks.items()
    }
    if len(images):
        tail = Tail(network)
        ablations = {}
        for layer, some in masks.items():
            if baseline == "mean":
                fixed = mean_activations(network, images, layer)
            else:
                shape = find_layer(layer)
                fixed = images.new_zeros((shape.n_units, *[shape.map_side] * 2 * shape.is_convolution))
            ablations[layer] = _LayerAblation(network, layer, some, fixed, tail)
        n_workers = torch.get_num_threads() if images.device.type == "cpu" else 1
        worker_bytes = (memory_bytes or 2**24*n_workers)//n_workers
        size = min(32, -(-len(images) // n_workers))

        def work(start: int) -> None:
            with torch.inference_mode():
                workspace = Workspace(images)
                activations = images[start : start + size]
                for layer in LAYER_NAMES[: max(map(LAYER_NAMES.index, ablations)) + 1]:
                    activations = network.apply_layer(layer, activations)
                    if layer in ablations:
                        ablations[layer].predict(activations, predictions[layer][:, start : start + size], worker_bytes, workspace)

        with ThreadPoolExecutor(n_workers, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            list(pool.map(work, range(0, len(images), size)))
        torch.set_num_threads(n_workers)
    return {layer: some.cpu().numpy() for layer, some in predictions.items()}


FLOATS_PER_CASE = {"conv1": 20_000, "conv2": 4_500, "conv3": 1600, "fc1": 1100, "fc2": 20}
FLOATS_PER_IMAGE = {"conv1": 65*49*256+64*36*49*2, "conv2": 65*9*256+64*36*9*2, "conv3": 65*512, "fc1": 513*512, "fc2": 5130}

class _LayerAblation:
    """The ablation of one layer, prepared."""

    def __init__(self, network: Network, layer: str, masks: NDArray[np.bool_], fixed: Tensor, tail: Tail) -> None:
        self._layer = layer
        self._following = LAYER_NAMES[LAYER_NAMES.index(layer) + 1]
        weight, bias = (parameter.detach() for parameter in network.parameters_of(self._following))
        self._contributions = Contributions(weight, bias, fixed)
        self._n_outputs = len(bias)
        self._kept = torch.ones(len(masks), masks.shape[1] + 1, dtype=fixed.dtype, device=fixed.device)
        self._kept[:, :-1] = torch.from_numpy(~masks).to(fixed)
        self._units = None
        if np.all(masks.sum(1) == 1):
            self._units = torch.from_numpy(masks.argmax(1)).to(fixed.device)
        self._tail = tail

    def predict(self, activations: Tensor, predictions: Tensor, memory_bytes: int, workspace: Workspace) -> None:
        images = len(activations)
        itemsize = activations.itemsize
        masks = max(1, min(len(self._kept), memory_bytes // 2 // (FLOATS_PER_CASE[self._layer] * itemsize)))
        chunk = max(1, min(images, memory_bytes // 2 // (FLOATS_PER_CASE[self._layer] * itemsize) // masks,
                           memory_bytes // 4 // (FLOATS_PER_IMAGE[self._layer] * itemsize)))
        for start in range(0, images, chunk):
            some = slice(start, min(start + chunk, images))
            n = some.stop - some.start
            summands = self._contributions.split(activations[some], workspace)
            if self._units is not None:
                without = self._without_each(summands, workspace)
            for first in range(0, len(self._kept), masks):
                kept = self._kept[first : first + masks]
                if self._units is not None:
                    pre = without[:, self._units[first : first + masks]]
                else:
                    pre = self._sums(kept, summands, workspace, memory_bytes // 8)
                pre = pre.view(-1, n * len(kept), self._n_outputs)
                classes = self._tail.predict(self._following, pre, workspace).view(n, len(kept))
                predictions[first : first + masks, some] = classes.T

    def _sums(self, kept: Tensor, summands: Tensor, workspace: Workspace, memory_bytes: int) -> Tensor:
        """Return pooled preactivations (positions · images, masks, outputs)."""
        units, rows, columns = summands.shape
        step = max(1, min(rows, memory_bytes // (len(kept) * columns * kept.itemsize)))
        pooled = workspace.take("preactivations", rows, len(kept), self._n_outputs)
        for first in range(0, rows, step):
            block = summands[:, first : first + step].transpose(0, 1)
            sums = workspace.take("unpooled", len(block), len(kept), columns)
            torch.bmm(kept.expand(len(block), *kept.shape), block, out=sums)
            torch.amax(sums.view(*sums.shape[:2], -1, self._n_outputs), 2, out=pooled[first : first + step])
        return pooled

    def _without_each(self, summands: Tensor, workspace: Workspace) -> Tensor:
        """Return pooled preactivations (positions · images, units, outputs) with each unit left out in turn."""
        units, rows, columns = summands.shape
        pooled = workspace.take("without", rows, units - 1, self._n_outputs)
        total = summands.sum(0)
        torch.sub(total, summands[:-1], out=summands[:-1])
        torch.amax(summands[:-1].view(units - 1, rows, -1, self._n_outputs).transpose(0, 1), 2, out=pooled)
        return pooled
