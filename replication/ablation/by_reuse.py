"""Fast ablation: the output of ``by_weights`` without running the whole network for every mask.

The layers before and including the ablated one do not depend on the mask and are computed once.  The next layer's
preactivations are a sum of one contribution per unit of the ablated layer.  All masks of an image are therefore one
matrix product with these contributions, and ablating a single unit subtracts its contribution from the total.  The
remaining layers run on many masks at once, conv3 in the frequency domain.
"""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

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
from replication.network import Network, convolution_format
from replication.progress import SILENT, Progress

IMAGE_BYTES = 9 * 2**16
"""Memory per image in the intact network: conv1's preactivations, ReLU, pooled values and their indices."""


@dataclass(frozen=True)
class Outcomes:
    """Output of the network under several masks of one layer.

    Attributes:
        predictions: Predicted classes, uint8, shape (n_masks, n_images).
        log_probabilities: Log-probability of each image's true class in nats, in the images' precision, of the same
            shape.
    """

    predictions: NDArray[np.uint8]
    log_probabilities: NDArray[np.floating]


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
        memory_bytes: Maximum working memory, excluding images and results; by default chosen for the device.  If less
            is available, the work continues in smaller pieces and ``progress`` reports it.
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
    predictions = {layer: np.empty((len(some), len(images)), dtype=np.uint8) for layer, some in masks.items()}

    def keep(layer: str, scores: Iterable[tuple[slice, Tensor]], rows: slice) -> None:
        classes = images.new_empty(len(masks[layer]), rows.stop - rows.start, dtype=torch.uint8)
        for some, of_some in scores:
            classes[:, some] = of_some.argmax(2).T
        predictions[layer][:, rows] = classes.cpu().numpy()

    _ablate(network, images, masks, keep, baseline, memory_bytes, n_at_once, progress)
    return predictions


def outcomes_of_layers(
    network: Network,
    images: Tensor,
    labels: Tensor,
    masks: Mapping[str, NDArray[np.bool_]],
    *,
    baseline: Baseline = "zero",
    memory_bytes: int | None = None,
    n_at_once: int = 1,
    progress: Progress = SILENT,
) -> dict[str, Outcomes]:
    """Predict classes like ``predictions_of_layers``, and return the log-probability of each image's true class.

    The ablation of a single unit changes few predictions, and the log-probabilities of many more images.

    Args:
        network: See ``predictions_of_layers``.
        images: See ``predictions_of_layers``.
        labels: True classes of the images, int64, shape (n_images,), on the device of the images.
        masks: See ``predictions_of_layers``.
        baseline: See ``predictions_of_layers``.
        memory_bytes: See ``predictions_of_layers``.
        n_at_once: See ``predictions_of_layers``.
        progress: See ``predictions_of_layers``.

    Returns:
        Predictions and log-probabilities by layer name.  The latter are computed in float64 from the last layer's
        output and then rounded to the images' precision, so that a probability near 1 keeps its digits.

    Raises:
        TypeError: See ``predictions_of_layers``.
        ValueError: See ``predictions_of_layers``; or ``labels`` has another shape or dtype.
        RuntimeError: See ``predictions_of_layers``.
        MemoryError: See ``predictions_of_layers``.
    """
    if labels.shape != images.shape[:1] or labels.dtype != torch.int64:
        raise ValueError(
            f"labels are {labels.dtype} of shape {tuple(labels.shape)}; expected torch.int64 of shape "
            f"{tuple(images.shape[:1])}, one for each image"
        )
    precision = torch.empty(0, dtype=images.dtype).numpy().dtype
    shapes = {layer: (len(some), len(images)) for layer, some in masks.items()}
    outcomes = {
        layer: Outcomes(np.empty(shape, np.uint8), np.empty(shape, precision)) for layer, shape in shapes.items()
    }

    def keep(layer: str, scores: Iterable[tuple[slice, Tensor]], rows: slice) -> None:
        n_masks, true = len(masks[layer]), labels[rows]
        classes = images.new_empty(n_masks, len(true), dtype=torch.uint8)
        of_true = images.new_empty(n_masks, len(true))
        for some, of_some in scores:
            classes[:, some] = of_some.argmax(2).T
            chosen = true[some, None, None].expand(-1, n_masks, 1)
            of_true[:, some] = of_some.double().log_softmax(2).gather(2, chosen).squeeze(2).T.to(of_true.dtype)
        outcomes[layer].predictions[:, rows] = classes.cpu().numpy()
        outcomes[layer].log_probabilities[:, rows] = of_true.cpu().numpy()

    _ablate(network, images, masks, keep, baseline, memory_bytes, n_at_once, progress)
    return outcomes


Keep = Callable[[str, Iterable[tuple[slice, Tensor]], slice], None]
"""Stores the results of a layer for some rows of the images, from the scores of groups within these rows."""


@torch.inference_mode()
def _ablate(
    network: Network,
    images: Tensor,
    masks: Mapping[str, NDArray[np.bool_]],
    keep: Keep,
    baseline: Baseline,
    memory_bytes: int | None,
    n_at_once: int,
    progress: Progress,
) -> None:
    """Run the network under every mask of several layers and pass its scores to ``keep``, in any order of images."""
    check_network(network)
    check_no_more_than_network(network)
    check_images(images)
    check_baseline(baseline)
    for layer, of_layer in masks.items():
        check_masks(layer, of_layer)
    wanted = [layer for layer, some in masks.items() if len(some) and len(images)]
    if not wanted:
        return
    intact = copy.deepcopy(network).to(memory_format=convolution_format(images.device))
    tail = Tail(intact)
    replaced = _ablated_activations(intact, images, wanted, baseline)
    ablations = {layer: LayerAblation(intact, tail, layer, masks[layer], replaced[layer]) for layer in wanted}
    before = LAYER_NAMES[: max(map(LAYER_NAMES.index, wanted)) + 1]
    n_workers = torch.get_num_threads() if images.device.type == "cpu" else 1
    budget = Budget((memory_bytes or default_bytes(images.device, n_workers, n_at_once)) // n_workers, progress)

    @torch.inference_mode()
    def run(start: int, stop: int, n_bytes: int) -> None:
        workspace = Workspace(images)
        size = max(1, n_bytes // IMAGE_BYTES)
        for first in range(start, stop, size):
            some = slice(first, min(first + size, stop))
            activations = images[some]
            for layer in before:
                activations = intact.apply_layer(layer, activations)
                if layer in ablations:
                    keep(layer, ablations[layer].scores(activations, n_bytes // 2, workspace), some)

    def work(start: int) -> int:
        stop = min(start + size, len(images))
        budget.run(lambda n_bytes: run(start, stop, n_bytes))
        return stop - start

    size = budget.n_bytes // IMAGE_BYTES
    size = max(1, min(size, -(-len(images) // n_workers)))
    with progress.task(f"ablating {', '.join(wanted)}", len(images)) as task:
        for n_done in _in_threads(work, range(0, len(images), size), n_workers):
            task.advance(n_done)


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


def _ablated_activations(
    network: Network, images: Tensor, layers: Sequence[str], baseline: Baseline
) -> dict[str, Tensor]:
    """Return the output of each layer's units when ablated, shape (units, side, side) or (units,)."""
    if baseline == "mean":
        return mean_activations(network, images, layers)
    sizes = {layer: find_layer(layer) for layer in layers}
    return {
        layer: images.new_zeros(size.n_units, *[size.map_side] * (2 if size.is_convolution else 0))
        for layer, size in sizes.items()
    }
