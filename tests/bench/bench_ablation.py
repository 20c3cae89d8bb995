"""How much sooner ablation by reuse is done than by the ways in use: weights zeroed in a loop, and captum's.

Each figure is a ratio of seconds per ablated image, taken in one process on one network and the same images and
units; the slow ways are timed on a sample of the masks.  The rounds are interleaved and the fastest of each counts,
because whatever else runs on the machine only ever adds time.

What was tried on the way, per image under one mask (a case) of conv1, in µs on one thread of an AMD EPYC with
AVX-512 and torch 2.15, the machine being shared.  Torch's matrix products (MKL) reach 50 G multiply-adds/s there,
its convolutions (oneDNN) 95.

    step                                   multiply-adds   predicted   measured
    the whole network again, NCHW                26.9 M         283    560–1050
    the whole network again, NHWC                26.9 M         283     300–320   the baseline: batches of 64
    sum of the units' parts, 196 positions       0.82 M          16          18   kept
      + maximum of 4 places, by window              –             1         2–3   kept: rows of 64, no reordering
      + maximum of 4 places, after all sums         –             1           5
    conv3 as a convolution, 36 of 49 sums         3.7 M          39          37
    conv3 between 9×9 spectra                     1.1 M          22          27   both axes transformed at once
      in memory taken afresh each time            1.1 M          22       38–63
      one axis after the other                    0.8 M          17           –   kept: 0.82–0.92 of it on AVX2
      complex products as one, 128 wide          0.66 M          13          15
      complex products as four, 64 wide          0.66 M          13          15   kept: needs no interleaving
      by numpy's OpenBLAS                        0.66 M          13          15
    fc1, fc2 as matrix products                  0.56 M          11          12
    fc1, fc2 as 1×1 convolutions                 0.56 M           6       6.5   kept: 900 cases at once
    per image: parts of conv1's units, 5×5 inputs  20 M         400       1,010
    per image: the same by windows of 6×6 inputs   29 M         580       1,010   kept: needs no reordering

A single unit of conv1 costs 16 µs less than it would as a mask like any other: its part is taken off the whole sum.
"""

import copy
import resource
import time

import captum
import numpy as np
import pytest
import torch
from ablation_cases import DEVICES, lively_network, random_images
from captum.attr import LayerFeatureAblation
from ceilings import product_rate, synchronize

from replication.ablation import ablated, predictions_of_layers
from replication.architecture import HIDDEN_LAYERS
from replication.machine import keep_freed_memory
from replication.masks import draw_masks, single_unit_masks
from replication.network import convolution_format

BATCH_SIZES = {"cpu": (32, 64, 128), "cuda": (256, 2048, 9984)}
"""Images at once by the weights, each in its own rounds: whichever suits the machine counts."""
ROUNDS_OF_EACH = 2
N_DRAWS = 100
SAMPLE = 2
CAPTUM_SAMPLE = 15
"""Masks of each layer on which the slow ways are timed."""
WHOLE_NETWORK = 26_939_392
"""Multiply-adds of one image's way through the network."""
MULTIPLY_ADDS = {
    "conv1": 65 * 49 * 256 + (1519 + 1248) * 64 + 164 * 64**2 + 576 * 512 + 512 * 512 + 5120,
    "conv2": 65 * 9 * 256 + 576 * 512 + 512 * 512 + 5120,
    "conv3": 65 * 512 + 512 * 512 + 5120,
    "fc1": 512 * 512 + 5120,
    "fc2": 5120,
}
"""Those of one image under one mask by reuse, what all masks share left out."""
SHARED = WHOLE_NETWORK + 64 * 36 * 256 * (49 + 9) + 576 * 512
"""Those that all masks of an image share: the intact network and the units' parts."""

pytestmark = [pytest.mark.bench, pytest.mark.usefixtures("ieee")]


@pytest.fixture(params=DEVICES)
def setting(request):
    """Network and images on one device, with IEEE float32 throughout."""
    if request.param == "cpu":
        # For the slow ways' sake: the fast one takes its memory once.
        keep_freed_memory()
    n_images = 256 if request.param == "cpu" else 9984
    network = lively_network(0, dtype=torch.float32, device=request.param)
    return network, random_images(0, n_images, dtype=torch.float32, device=request.param)


def test_five_layers(setting, capsys):
    """100 draws of half of a layer's units, in each of the five layers."""
    masks = {layer.name: draw_masks(layer, 0.5, N_DRAWS) for layer in HIDDEN_LAYERS}
    with capsys.disabled():
        compare("ablation_five_layers", *setting, masks)


def test_single_units(setting, capsys):
    """Each of the 1,216 units alone."""
    masks = {layer.name: single_unit_masks(layer) for layer in HIDDEN_LAYERS}
    with capsys.disabled():
        compare("ablation_single_units", *setting, masks)


def compare(name, network, images, masks):
    """Print the ratios of one set of masks."""
    device = images.device.type
    suffix = "" if device == "cpu" else "_gpu"
    n_ablations = sum(map(len, masks.values()))
    few = images[:128]
    ways = {
        "reuse": lambda _: (predictions_of_layers(network, images, masks), n_ablations * len(images)),
        "weights": lambda batch_size: by_weights(network, images, masks, batch_size),
        "captum": lambda _: by_captum(network, few, masks),
    }
    predictions_of_layers(network, images[:64], masks)
    seconds, predictions, best_batch_size = dict.fromkeys(ways, np.inf), {}, 0
    for batch_size in BATCH_SIZES[device] * ROUNDS_OF_EACH:
        for way, run in ways.items():
            synchronize(device)
            start = time.perf_counter()
            predictions[way], n_cases = run(batch_size)
            synchronize(device)
            taken = (time.perf_counter() - start) / n_cases
            if taken < seconds[way]:
                seconds[way] = taken
                best_batch_size = batch_size if way == "weights" else best_batch_size
    for way in ("weights", "captum"):
        for layer, sampled in predictions[way].items():
            n_masks, n_images = sampled.shape
            equal = np.mean(predictions["reuse"][layer][:n_masks, :n_images] == sampled)
            assert equal > 0.999, f"{layer}: only {equal:.4%} of the predictions equal those by {way}"
    counted = SHARED + sum(len(of_layer) * MULTIPLY_ADDS[layer] for layer, of_layer in masks.items())
    rate, ceiling = counted / n_ablations / seconds["reuse"], product_rate(device)
    print(f"\nratio {name}{suffix} {seconds['weights'] / seconds['reuse']:.1f}")
    print(f"  {n_ablations} ablations of {len(images)} images, {describe(device)}")
    print(
        f"  by reuse: {1e6 * seconds['reuse']:.3g} µs and {counted / n_ablations / 1e6:.3g} M multiply-adds per image"
    )
    print(f"  and ablation, {rate / 1e9:.0f} G/s or {rate / ceiling:.0%} of the rate of large matrix products here")
    print(f"  by weights: {1e6 * seconds['weights']:.4g} µs and {WHOLE_NETWORK / 1e6:.3g} M, {SAMPLE} masks of each")
    print(f"  layer timed, {best_batch_size} images at once")
    print(f"ratio {name}_captum{suffix} {seconds['captum'] / seconds['reuse']:.1f}")
    print(f"  captum {captum.__version__}, LayerFeatureAblation of {len(few)} images: {1e6 * seconds['captum']:.4g} µs")


def at_its_best(network):
    """The network in the layout for convolutions on its device."""
    return copy.deepcopy(network).to(memory_format=convolution_format(network.conv1.weight.device))


def by_weights(network, images, masks, batch_size):
    """The paper's loop at its best: classes only.  Predictions of a sample, and how many."""
    network, predictions = at_its_best(network), {}
    with torch.inference_mode():
        for layer, of_layer in masks.items():
            rows = []
            for mask in of_layer[:SAMPLE]:
                with ablated(network, layer, mask):
                    rows.append(torch.cat([network(batch).argmax(1) for batch in images.split(batch_size)]))
            predictions[layer] = torch.stack(rows).cpu().numpy()
    return predictions, len(masks) * SAMPLE * len(images)


def by_captum(network, images, masks):
    """Captum's ablation of groups of a layer's preactivations.  Predictions of a sample, and how many were made.

    A call ablates one group after the other, the units in no mask being a group of their own.  Masks that share no
    unit need one call together, the others one call each.
    """
    network, predictions, n_ablations = at_its_best(network), {}, 0

    def predicted(batch):
        return network(batch).argmax(1).double()

    with torch.inference_mode():
        intact = predicted(images)
        for layer, of_layer in masks.items():
            method = LayerFeatureAblation(predicted, network.get_submodule(layer))
            disjoint = of_layer.sum(axis=0).max() == 1
            rows = []
            for together in [of_layer[:CAPTUM_SAMPLE]] if disjoint else of_layer[:SAMPLE, None]:
                groups = torch.from_numpy((together * np.arange(1, len(together) + 1)[:, None]).sum(axis=0))
                groups = groups.view(1, -1, 1, 1) if layer.startswith("conv") else groups.view(1, -1)
                change = method.attribute(images, layer_mask=groups.to(images.device))
                rows += [intact - change.reshape(len(images), len(mask), -1)[:, mask.argmax(), 0] for mask in together]
                n_ablations += len(together) + 1
            predictions[layer] = torch.stack(rows).cpu().numpy()
    return predictions, n_ablations * len(images)


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
