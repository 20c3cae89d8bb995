"""Ablation without running the whole network for every mask; the same predictions as ``by_weights``."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from replication.ablation.by_weights import Baseline, mean_activations
from replication.ablation.checks import check_images, check_masks
from replication.ablation.contributions import contributions
from replication.ablation.tail import Tail
from replication.architecture import LAYER_NAMES
from replication.network import Network
from replication.progress import SILENT, Progress

CASES = 200


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
    """Predict every image under every mask of one layer.

    Args:
        network: The network, on the images' device; unchanged.
        images: Shape (n_images, 1, 28, 28).
        layer: A hidden layer's name.
        masks: Shape (n_masks, n_units), ``True`` where a unit is ablated.
        baseline: ``"zero"`` as in the paper, or ``"mean"``: each neuron's mean over these images.
        memory_bytes: Working memory to stay within; by default found from the device.
        progress: Where to report.

    Returns:
        Predicted classes, shape (n_masks, n_images).
    """
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
    """Predict every image under every mask of several layers, each layer ablated for itself.

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
    kept = {
        layer: torch.cat([torch.from_numpy(~some), torch.ones(len(some), 1, dtype=torch.bool)], dim=1).to(images)
        for layer, some in masks.items()
    }
    single = {layer: bool((some.sum(1) == 1).all()) for layer, some in masks.items()}
    means = {layer: mean_activations(network, images, layer) for layer in masks} if baseline == "mean" else None
    tail = Tail(network)

    def work(start: int, stop: int) -> None:
        with torch.inference_mode():
            batch = images[start:stop]
            for layer, following in zip(LAYER_NAMES[:-1], LAYER_NAMES[1:]):
                batch = network.apply_layer(layer, batch)
                if layer not in masks:
                    continue
                fixed = torch.zeros_like(batch[0]) if means is None else means[layer]
                parts = contributions(network, following, batch, fixed)
                if single[layer]:
                    total = parts.sum(1, keepdim=True)
                    units = torch.from_numpy(masks[layer].argmax(1))
                step = max(1, CASES // (stop - start))
                for first in range(0, len(masks[layer]), step):
                    some = slice(first, first + step)
                    if single[layer]:
                        pre = torch.stack([(t - p[units[some]]).amax(1) for t, p in zip(total, parts)])
                    else:
                        k = kept[layer][some]
                        pre = torch.stack(
                            [torch.mm(k, p.flatten(1)).view(len(k), *p.shape[1:]).amax(1) for p in parts]
                        )
                    pre = pre.flatten(1, 2)
                    predictions[layer][some, start:stop] = tail.predict(following, pre).view(-1, stop - start)

    n_threads = torch.get_num_threads()
    size = max(1, CASES // max(map(len, masks.values())))
    with ThreadPoolExecutor(n_threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        list(pool.map(work, range(0, len(images), size), [*range(size, len(images), size), len(images)]))
    torch.set_num_threads(n_threads)
    return {layer: some.cpu().numpy() for layer, some in predictions.items()}
