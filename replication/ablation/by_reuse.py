"""Fast ablation: the predictions of ``by_weights`` without running the whole network for every mask.

The layers before and including the ablated one do not depend on the mask and are computed once.  The next layer's
preactivations are a sum of one contribution per unit of the ablated layer.  All masks of an image are therefore one
matrix product with these contributions, and ablating a single unit subtracts its contribution from the total.  The
remaining layers run on many masks at once, conv3 in the frequency domain.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from replication.ablation.budget import Budget, default_bytes
from replication.ablation.by_weights import Baseline, mean_activations
from replication.ablation.checks import (
    check_baseline,
    check_images,
    check_masks,
    check_network,
    check_no_more_than_network,
)
from replication.ablation.layer_ablation import LayerAblation
from replication.ablation.tail import Tail
from replication.ablation.workspace import Workspace
from replication.architecture import LAYER_NAMES, find_layer
from replication.network import Network
from replication.progress import SILENT, Progress

IMAGE_BYTES = 9 * 2**16
"""Memory per image in the intact network: conv1's preactivations, ReLU, pooled values and their indices."""


@torch.inference_mode()
def predictions_of_layers(
    network: Network,
    images: Tensor,
    masks: Mapping[str, NDArray[np.bool_]],
    *,
    baseline: Baseline = "zero",
    memory_bytes: int | None = None,
    n_at_once: int = 1,
    progress: Progress = SILENT,
) -> dict[str, NDArray[np.uint8]]:
    """Predict the class of every image under every mask of several layers, ablating one layer at a time.

    The layers share one forward pass of the intact network.  On a CPU each thread works on its own images, so that
    threads need not synchronise after every operation.  Float32 precision on a GPU is set by ``set_precision``; by
    default torch mixes IEEE matrix products with TF32 convolutions.

    Args:
        network: The network, on the images' device; it is not modified.  For a subclass with its own computation use
            ``predictions_by_weights``.
        images: Shape (n_images, 1, 28, 28), in the network's precision.
        masks: Masks by hidden layer name, each of shape (n_masks, n_units), ``True`` where a unit is ablated.
        baseline: Output of an ablated unit: ``"zero"`` as in the paper, or ``"mean"``, each neuron's mean over these
            images.
        memory_bytes: Maximum working memory, excluding images and predictions; by default chosen for the device.  If
            less is available, the work continues in smaller pieces and ``progress`` reports it.
        n_at_once: Number of processes that do such work at a time and share the device's memory.
        progress: Receives the number of images done, and messages.

    Returns:
        Predicted classes by layer name, each of shape (n_masks, n_images); empty without masks or images.  They equal
        those of ``predictions_by_weights`` except where rounding decides a tie.

    Raises:
        TypeError: ``network`` is not a ``Network``.
        ValueError: A layer name is not that of a hidden layer; images, masks or baseline are not as described; or the
            network overrides ``apply_layer``, ``apply_layers`` or ``forward``, or has forward hooks.
        RuntimeError: Memory does not suffice for even one image under one mask.
        MemoryError: The same, on the host.
    """
    check_network(network)
    check_no_more_than_network(network)
    check_images(images)
    check_baseline(baseline)
    for layer, of_layer in masks.items():
        check_masks(layer, of_layer)
    predictions = {layer: np.empty((len(some), len(images)), dtype=np.uint8) for layer, some in masks.items()}
    wanted = [layer for layer, some in predictions.items() if some.size]
    if not wanted:
        return predictions
    intact = copy.deepcopy(network)
    if images.device.type == "cpu":
        # oneDNN's convolutions are fastest with channels last; cuDNN's in IEEE float32 are not.
        intact = intact.to(memory_format=torch.channels_last)
    tail = Tail(intact)
    ablations = {
        layer: LayerAblation(intact, tail, layer, masks[layer], _ablated_activations(intact, images, layer, baseline))
        for layer in wanted
    }
    before = LAYER_NAMES[: max(map(LAYER_NAMES.index, wanted)) + 1]
    n_workers = torch.get_num_threads() if images.device.type == "cpu" else 1
    budget = Budget((memory_bytes or default_bytes(images.device, n_workers, n_at_once)) // n_workers, progress)

    @torch.inference_mode()
    def predict(start: int, stop: int, n_bytes: int) -> None:
        workspace = Workspace(images)
        size = max(1, n_bytes // IMAGE_BYTES)
        for first in range(start, stop, size):
            some = slice(first, min(first + size, stop))
            activations = images[some]
            for layer in before:
                activations = intact.apply_layer(layer, activations)
                if layer in ablations:
                    classes = ablations[layer].predict(activations, n_bytes // 2, workspace)
                    predictions[layer][:, some] = classes.cpu().numpy()

    def work(start: int) -> int:
        stop = min(start + size, len(images))
        budget.run(lambda n_bytes: predict(start, stop, n_bytes))
        return stop - start

    size = budget.n_bytes // IMAGE_BYTES
    size = max(1, min(size, -(-len(images) // n_workers)))
    with progress.task(f"ablating {', '.join(wanted)}", len(images)) as task:
        for n_done in _in_threads(work, range(0, len(images), size), n_workers):
            task.advance(n_done)
    return predictions


def _in_threads(work: Callable[[int], int], starts: range, n_workers: int) -> Iterator[int]:
    """Yield the results of ``work`` for each start, computed in ``n_workers`` threads, each with one torch thread.

    A single worker runs in the calling thread, for which cuDNN keeps its plans between calls.
    """
    if n_workers == 1:
        yield from map(work, starts)
        return
    pool = ThreadPoolExecutor(n_workers, initializer=torch.set_num_threads, initargs=(1,))
    try:
        yield from pool.map(work, starts)
    finally:
        pool.shutdown(cancel_futures=True)
        # The pool's setting of 1 also applies to new threads; restore the number that this thread still has.
        torch.set_num_threads(torch.get_num_threads())


def _ablated_activations(network: Network, images: Tensor, layer: str, baseline: Baseline) -> Tensor:
    """Return the output of the layer's units when ablated, shape (units, side, side) or (units,)."""
    if baseline == "mean":
        return mean_activations(network, images, layer)
    size = find_layer(layer)
    return images.new_zeros(size.n_units, *[size.map_side] * (2 if size.is_convolution else 0))
