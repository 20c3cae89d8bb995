"""How much sooner ablation by reuse is done than by the ways in use: weights zeroed in a loop, and captum's.

Each figure is a ratio of seconds per ablated image, taken in one process on one network and the same images and
units; the slow ways are timed on a sample of the masks.  The rounds are interleaved and the fastest of each counts,
because whatever else runs on the machine only ever adds time.

What was tried on the way, per image under one mask (a case) of conv1, in µs on one thread of an AMD EPYC with
AVX-512 and torch 2.15.  Torch's matrix products (MKL) reach 50 G multiply-adds/s there, its convolutions (oneDNN) 95.

    step                                   multiply-adds   predicted   measured
    the whole network again, NCHW                26.9 M         283    560–1050
    the whole network again, NHWC                26.9 M         283     300–320   the baseline: batches of 64
    sum of the units' parts, 196 positions       0.82 M          16          18   kept
      + maximum of 4 places, by window              –             1           2   kept: rows of 64, no reordering
      + maximum of 4 places, after all sums         –             1           4
    conv3 as a convolution, 36 of 49 sums         3.7 M          39          37
    conv3 between 9×9 spectra                     1.1 M          22          27   kept
      in memory taken afresh each time            1.1 M          22       40–60
      complex products as one, 128 wide          0.66 M          13          15
      complex products as four, 64 wide          0.66 M          13          15   kept: needs no interleaving
      by numpy's OpenBLAS                        0.66 M          13          15
    fc1, fc2 as matrix products                  0.56 M          11          12
    fc1, fc2 as 1×1 convolutions                 0.56 M           6       6.5   kept: 1,024 cases at once
    per image: parts of conv1's units, 5×5 each    20 M         400         770   with their im2col
    per image: the same by windows of 6×6          29 M         580         840   kept: needs no reordering

On two busy cores one worker per thread is twice as fast as two threads in every operation: they need not wait for
each other.
"""

import resource
import time

import captum
import numpy as np
import pytest
import torch
from ablation_cases import DEVICES, lively_network, random_images
from captum.attr import LayerFeatureAblation

from replication.ablation import ablated, draw_masks, predictions_of_layers, single_unit_masks
from replication.architecture import HIDDEN_LAYERS
from replication.precision import get_precision, set_precision

ROUNDS = 3
N_DRAWS = 100
WHOLE_NETWORK = 26_939_392
"""Multiply-adds of one image's way through the network."""
MULTIPLY_ADDS = {
    "conv1": 65 * 49 * 256 + 81 * 49 * 64 + 161 * 64**2 + 36 * 81 * 64 + 576 * 512 + 512 * 512 + 5120,
    "conv2": 65 * 9 * 256 + 576 * 512 + 512 * 512 + 5120,
    "conv3": 65 * 512 + 512 * 512 + 5120,
    "fc1": 512 * 512 + 5120,
    "fc2": 5120,
}
"""Those of one image under one mask by reuse, what all masks share left out."""
SHARED = WHOLE_NETWORK + 64 * 36 * 256 * (49 + 9) + 576 * 512
"""Those that all masks of an image share: the intact network and the units' parts."""

pytestmark = pytest.mark.bench


@pytest.fixture(params=DEVICES)
def setting(request):
    """Network, images and batch size of the baseline on one device, with IEEE float32 throughout."""
    before = get_precision()
    set_precision("ieee")
    n_images = 256 if request.param == "cpu" else 9984
    network = lively_network(0, dtype=torch.float32, device=request.param)
    images = random_images(0, n_images, dtype=torch.float32, device=request.param)
    yield network, images
    set_precision(before)


def test_five_layers(setting, capsys):
    """100 draws of half of a layer's units, in each of the five layers."""
    masks = {layer.name: draw_masks(layer, 0.5, N_DRAWS) for layer in HIDDEN_LAYERS}
    with capsys.disabled():
        compare("ablation_five_layers", *setting, masks, sample=2)


def test_single_units(setting, capsys):
    """Each of the 1,216 units alone."""
    masks = {layer.name: single_unit_masks(layer) for layer in HIDDEN_LAYERS}
    with capsys.disabled():
        compare("ablation_single_units", *setting, masks, sample=2)


def compare(name, network, images, masks, sample):
    """Print the ratios of one set of masks."""
    device = images.device.type
    suffix = "" if device == "cpu" else "_gpu"
    n_ablations = sum(map(len, masks.values()))
    sampled = {layer: of_layer[:sample] for layer, of_layer in masks.items()}
    few = images[: 32 * torch.get_num_threads()] if device == "cpu" else images
    batch_size = fastest_batch_size(network, images)
    ways = {
        "reuse": lambda: predictions_of_layers(network, images, masks),
        "weights": lambda: by_weights(network, images, sampled, batch_size),
        "captum": lambda: by_captum(network, few, sampled),
    }
    predictions_of_layers(network, images[:64], masks)
    best, results = dict.fromkeys(ways, np.inf), {}
    for _ in range(ROUNDS):
        for way, run in ways.items():
            synchronize(device)
            start = time.perf_counter()
            results[way] = run()
            synchronize(device)
            best[way] = min(best[way], time.perf_counter() - start)
    for layer in masks:
        agreement = np.mean(results["reuse"][layer][:sample] == results["weights"][layer])
        assert agreement > 0.999, f"{layer}: {agreement:.4%} of the predictions are equal"
        captum_agreement = np.mean(results["captum"][layer] == results["weights"][layer][:, : len(few)])
        assert captum_agreement > 0.99, f"{layer}: {captum_agreement:.4%} equal captum's"
    per_image = {
        "reuse": best["reuse"] / len(images),
        "weights": best["weights"] / len(images) / (sample * len(masks)) * n_ablations,
        "captum": best["captum"] / len(few) / (sample * len(masks)) * n_ablations,
    }
    counted = SHARED + sum(len(of_layer) * MULTIPLY_ADDS[layer] for layer, of_layer in masks.items())
    rate = counted / per_image["reuse"]
    print(f"\nratio {name}{suffix} {per_image['weights'] / per_image['reuse']:.1f}")
    print(
        f"  per image: {1e3 * per_image['reuse']:.3g} ms by reuse, {1e3 * per_image['weights']:.4g} ms by zeroed weights"
        f" ({sample} of {n_ablations // len(masks)} masks a layer timed, batches of {batch_size}, NHWC);"
        f" multiply-adds counted: {counted / 1e6:.0f} M and {n_ablations * WHOLE_NETWORK / 1e6:.0f} M"
    )
    print(
        f"  {rate / 1e9:.0f} G multiply-adds/s by reuse, {rate / product_rate(device):.0%} of the measured rate of large "
        f"matrix products; a masks' share of single units is a difference of sums and counts as a product"
    )
    print(f"  {n_ablations} ablations × {len(images)} images, {describe(device)}")
    print(f"ratio {name}_captum{suffix} {per_image['captum'] / per_image['reuse']:.1f}")
    print(
        f"  captum {captum.__version__}, LayerFeatureAblation on {len(few)} images: {1e3 * per_image['captum']:.4g} ms per "
        f"image; it ablates the mask and its complement in turn, and both are counted as ablations"
    )


def fastest_batch_size(network, images):
    """The size at which the intact network takes least time."""
    network = network_with_channels_last(network)
    seconds = {}
    with torch.inference_mode():
        for _ in range(2):
            for size in (32, 64, 128, 256, 2048):
                if size <= len(images):
                    start = time.perf_counter()
                    for batch in images.split(size):
                        network(batch)
                    synchronize(images.device.type)
                    seconds[size] = min(seconds.get(size, np.inf), time.perf_counter() - start)
    return min(seconds, key=seconds.__getitem__)


def network_with_channels_last(network):
    import copy

    return copy.deepcopy(network).to(memory_format=torch.channels_last)


def by_weights(network, images, masks, batch_size):
    """The paper's loop at its best: class indices only, channels last."""
    network, predictions = network_with_channels_last(network), {}
    with torch.inference_mode():
        for layer, of_layer in masks.items():
            rows = []
            for mask in of_layer:
                with ablated(network, layer, mask):
                    rows.append(torch.cat([network(batch).argmax(1) for batch in images.split(batch_size)]))
            predictions[layer] = torch.stack(rows).cpu().numpy()
    return predictions


def by_captum(network, images, masks):
    """Captum's ablation of a layer's preactivations to 0, in groups of units; two ablations a call."""
    network, predictions = network_with_channels_last(network), {}

    def predicted(batch):
        return network(batch).argmax(1).double()

    with torch.inference_mode():
        intact = predicted(images)
        for layer, of_layer in masks.items():
            method = LayerFeatureAblation(predicted, network.get_submodule(layer))
            rows = []
            for mask in of_layer[::2]:
                groups = torch.from_numpy(mask).long().to(images.device)
                groups = groups.view(1, -1, 1, 1) if layer.startswith("conv") else groups.view(1, -1)
                change = method.attribute(images, layer_mask=groups)
                rows.append(intact - change[:, int(mask.argmax())].flatten(1)[:, 0])
            predictions[layer] = torch.stack(rows).cpu().numpy()
    return predictions


def product_rate(device):
    """Multiply-adds per second of a large float32 matrix product."""
    side = 2048 if device == "cpu" else 8192
    left = torch.ones(side, side, device=device)
    best = np.inf
    for _ in range(5):
        synchronize(device)
        start = time.perf_counter()
        left @ left
        synchronize(device)
        best = min(best, time.perf_counter() - start)
    return side**3 / best


def synchronize(device):
    if device == "cuda":
        torch.cuda.synchronize()


def describe(device):
    """Threads or GPU, versions and peak memory."""
    if device == "cuda":
        peak = torch.cuda.max_memory_allocated() / 2**20
        return f"{torch.cuda.get_device_name()}, torch {torch.__version__}, peak memory {peak:.0f} MiB of GPU memory"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    return (
        f"{torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}, torch {torch.__version__}, "
        f"peak memory {peak:.0f} MiB, libraries included"
    )
