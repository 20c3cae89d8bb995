"""Ablation without running the network again for every mask: the predictions of ``by_weights``, much sooner.

Everything before the ablated layer is the same under every mask and is computed once.  The next layer's
preactivations are a sum over the ablated layer's units, so all masks of an image are one matrix product with the
units' summands; a single unit's ablation is the whole sum less one summand.  The layers after that run on a great
many masks at once, conv3 between spectra.
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
"""Memory that one image takes on its way through the intact network: conv1's sums, ReLU, maxima and their places."""


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
    """Predict every image under every mask of several layers, one layer ablated at a time.

    The layers share one run of the intact network.  On the CPU every thread works on images of its own, so that the
    threads need not wait for each other at every operation.  On a GPU float32 is what ``set_precision`` was last told;
    by default torch mixes IEEE products with TF32 convolutions.

    Args:
        network: The network, on the images' device; unchanged.  What a subclass computes by itself
            ``predictions_by_weights`` runs.
        images: Shape (n_images, 1, 28, 28), in the network's precision.
        masks: For each hidden layer's name, shape (n_masks, n_units), ``True`` where a unit is ablated.
        baseline: ``"zero"`` as in the paper, or ``"mean"``: each neuron's mean over these images.
        memory_bytes: Working memory to stay within, the images and the predictions apart; by default what suits the
            device.  When there is less after all, the work goes on in smaller pieces and ``progress`` says so.
        n_at_once: How many processes do such work on the device at a time; its memory is shared by them.
        progress: Where to report.

    Returns:
        For each layer the predicted classes, shape (n_masks, n_images), empty without masks or images.  They are those
        of ``predictions_by_weights`` except where rounding decides a tie.

    Raises:
        TypeError: The network is no ``Network``.
        ValueError: There is no such hidden layer, images, masks or baseline are not as described, or the network has
            an ``apply_layer``, a ``forward`` or forward hooks of its own.
        RuntimeError: Not even one image under one mask finds the memory it takes.
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
        # oneDNN convolves fastest with the channels last; cuDNN in IEEE float32 does not.
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
    """Yield what pieces of work return, each done by one of several threads with one thread of torch's own.

    A single worker is this thread itself, for which cuDNN keeps its plans from one call to the next.
    """
    if n_workers == 1:
        yield from map(work, starts)
        return
    pool = ThreadPoolExecutor(n_workers, initializer=torch.set_num_threads, initargs=(1,))
    try:
        yield from pool.map(work, starts)
    finally:
        pool.shutdown(cancel_futures=True)
        # The pool's 1 holds for threads yet to come, too; the number this thread has kept shall again.
        torch.set_num_threads(torch.get_num_threads())


def _ablated_activations(network: Network, images: Tensor, layer: str, baseline: Baseline) -> Tensor:
    """Return what the layer's units put out when ablated, shape (units, side, side) or (units,)."""
    if baseline == "mean":
        return mean_activations(network, images, layer)
    size = find_layer(layer)
    return images.new_zeros(size.n_units, *[size.map_side] * (2 if size.is_convolution else 0))
