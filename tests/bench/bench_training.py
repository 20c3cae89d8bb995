"""How much sooner networks are trained than by the loop in use, and how near that comes to what the device can do.

The baseline is the canonical PyTorch loop in the same process: torchvision's MNIST class, ToTensor, Normalize, a
DataLoader without workers, one network.  Pixels are random: time does not depend on them.

    pytest tests/bench -m bench -k training -s

Counted per image and network (``count``): 79.5 M multiply-adds, which are forward, weights' gradients and, but for
conv1, inputs' gradients; and 3.0 MB read and written by torch's kernels, of which 0.5 MB are a 64th of what a step
does with parameters, gradients and momenta.  30 networks × 100 epochs × 60,000 images are 1.43e16 multiply-adds and
5.4e14 bytes.  An H200's data sheet has 33.5 T multiply-adds/s in IEEE float32 and 247 T in TF32, of which large
products may reach 0.8; a large copy moves 4.3 TB/s.

    floor of 30 networks × 100 epochs              IEEE     TF32
    multiply-adds at the data sheet's rate        427 s     58 s
    multiply-adds at 0.8 of it                    534 s     72 s
    bytes of torch's kernels                      125 s    125 s
    bytes if a layer and its pooling were one      35 s     35 s

So in IEEE float32 five minutes are out of reach of any kernel, unless it saves multiplications (Winograd) or makes
float32 of three TF32 products; in TF32 the bytes weigh as much as the multiply-adds.

What is to be tried, with the seconds it is predicted to take for 30 networks × 100 epochs on that GPU; and what it
takes on a CPU, in ms per step of a network, 4 networks at once, on one thread of an AMD EPYC with AVX-512 and torch
2.15 while others use the machine, the least of three runs.

    way                                        IEEE   TF32   because                             GPU            CPU
    stacked: windows for conv1, then groups     700    210   0.6 of products' rate, and bytes    not measured    91
      launched kernel by kernel                 730    230   60 launches of 5 µs a step          not measured     –
      channels last                             700    190   TF32's kernels are made for it      not measured    94
      4 networks at once                        700    180   60 MB stay in the L2 cache          not measured     –
    groups for conv1, too                       850    360   depthwise: outputs read 25 times    not measured    87
    torch.func.vmap of Network                  950    460   that, and ReLU before pooling       not measured   120
    windows for every convolution              1000    530   10.8 MB an image                    not measured   397
    a branch of the graph per network           650    230   45 kernels of 1 µs a network        not measured     –
      cudnn.benchmark, which may find Winograd  400    230   2.8 times fewer multiplications     not measured     –
    Triton: a layer and its pooling at once     600    150   0.8 MB an image                     not written      –
      float32 of three TF32 products            430      –   three times TF32's multiply-adds    not written      –
    one after the other, channels last            –      –                                       not measured    60

Not measured: there was no GPU to measure on.  On a CPU one network after the other is fastest, and that is what
``train_together`` does there: 1.1 to 1.2 times as fast as the canonical loop, on one thread and on two.  Told to keep
freed memory, glibc makes a step 1.13 to 1.41 times as fast again (three runs on two cores of an Intel Xeon), and the
way there 1.4 to 2.0 times as fast as the canonical loop, which is timed before glibc is told.  Torch's convolutions
exceed the rate of its large products on a CPU; see ``bench_ablation``.
"""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from unittest import mock

import pytest
import torch
from ceilings import copy_rate, describe, product_rate, seconds_of
from torch.nn import functional
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from replication.architecture import LAYERS
from replication.data import Images
from replication.machine import keep_freed_memory
from replication.network import Network
from replication.precision import set_precision
from replication.seeds import torch_generator
from replication.study import PROFILES, NetworkId
from replication.training import stacked, train, train_together
from replication.training.graph import capture

PAPER = PROFILES["paper"]
BATCH = PAPER.batch_size
ON_CUDA = [pytest.param("cuda", precision, marks=pytest.mark.gpu) for precision in ("ieee", "tf32")]
DEVICES = [pytest.param("cpu", "ieee"), *ON_CUDA]
N_NETWORKS = {"cpu": 2, "cuda": 30}
N_IMAGES = {"cpu": 10 * BATCH, "cuda": 60_000}
"""Training images of an epoch; on a CPU part of one, and the time is scaled."""
N_EPOCHS = {"cpu": 1, "cuda": 2}

pytestmark = pytest.mark.bench


# Operations and bytes ----------------------------------------------------------------------------------------------


def count():
    """Multiply-adds and bytes per image and network of a training step, in kernels as they are."""
    products, values, n_parameters, inputs, side = 0, 0, 0, 1, 28
    for layer in LAYERS:
        if layer.is_convolution:
            taps, before, sums, pooled = 25 * inputs, inputs * side**2, 64 * side**2, layer.n_neurons
            is_first = layer.name == "conv1"
            read = 25 * side**2 if is_first else before
            products += (2 if is_first else 3) * sums * taps
            # Convolution, its weights' gradient, pooling and its gradient; places of maxima, bias and ReLU, both ways.
            values += 2 * read + 4 * sums + 14 * pooled
            # Windows are made of the images; the other layers hand a gradient on.
            values += before + read if is_first else sums + before
            inputs, side = layer.n_units, layer.map_side
        else:
            taps = inputs * side**2
            products += 3 * layer.n_units * taps
            values += 3 * taps + 10 * layer.n_units
            inputs, side = layer.n_units, 1
        n_parameters += layer.n_units * (taps + 1)
    # Read forward and backward; gradient written and read; momentum twice and parameter once read and written.
    return products, 4 * (values + 10 * n_parameters / BATCH)


# Against the canonical loop ----------------------------------------------------------------------------------------


class RandomMnist(datasets.MNIST):
    """Torchvision's data set with random pixels in place of files."""

    def __init__(self, n_images):
        self.data = torch.randint(256, (n_images, 28, 28), generator=torch_generator("bench"), dtype=torch.uint8)
        self.targets = torch.arange(n_images) % 10
        self.transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
        self.target_transform = None


def canonical_epoch(data, device):
    """Train one network for an epoch as tutorials do."""
    network = Network(torch_generator("bench")).to(device)
    optimiser = torch.optim.SGD(network.parameters(), lr=PAPER.learning_rate, momentum=PAPER.momentum)
    for images, labels in DataLoader(data, batch_size=BATCH, shuffle=True, generator=torch_generator("bench")):
        optimiser.zero_grad()
        loss = functional.nll_loss(network(images.to(device)), labels.to(device))
        loss.backward()
        optimiser.step()


@pytest.mark.parametrize(("device", "precision"), DEVICES)
def test_training_per_network(device, precision, capsys):
    """An epoch of one network, by the loop in use and by the entry point, setting up included."""
    set_precision(precision)
    data = RandomMnist(N_IMAGES[device])
    pixels = ((data.data.float() / 255 - 0.5) / 0.5).unsqueeze(1)
    images = Images(pixels.to(device), data.targets.to(device))
    network_ids = [NetworkId("mnist", seed) for seed in range(N_NETWORKS[device])]
    profile = replace(PAPER, epochs=N_EPOCHS[device], learning_rate=1e-4)
    rounds = 1 if device == "cuda" else 3
    canonical = seconds_of(lambda: canonical_epoch(data, device), device, rounds)
    at_once = seconds_of(lambda: list(train_together(network_ids, profile, images)), device, rounds)
    per_network = at_once / len(network_ids) / profile.epochs
    with capsys.disabled():
        suffix = "" if device == "cpu" else f"_gpu_{precision}"
        products, n_bytes = (counted * len(images) / per_network for counted in count())
        print(f"\nratio training_per_network{suffix} {canonical / per_network:.1f}")
        print(f"  {len(network_ids)} networks on {len(images)} images, {describe(device)}")
        print(f"  an epoch of 60,000 images of one network: {60_000 / len(images) * per_network:.3g} s, by the")
        print(f"  canonical loop {60_000 / len(images) * canonical:.3g} s")
        print(f"  {products / 1e9:.3g} G multiply-adds/s or {products / product_rate(device):.0%} of large products,")
        print(f"  {n_bytes / 1e9:.3g} GB/s or {n_bytes / copy_rate(device):.0%} of a large copy")
        if device == "cuda":
            print(f"seconds training_30_networks{suffix} {100 * len(network_ids) * per_network:.0f}")
            print(f"  100 epochs, scaled from {profile.epochs}; {torch.cuda.get_device_name()}, {precision}")


def time_plain_steps(n_threads):
    """Seconds of a step of the plain loop, before the C library is told to keep what is freed and after; on what."""
    torch.set_num_threads(n_threads)
    images = Images(
        torch.randn(N_IMAGES["cpu"], 1, 28, 28, generator=torch_generator("bench")), torch.arange(N_IMAGES["cpu"]) % 10
    )
    profile = replace(PAPER, epochs=1, learning_rate=1e-4)

    def seconds():
        return seconds_of(lambda: train(NetworkId("mnist", 0), profile, images), "cpu", rounds=8) / 10

    by_default = seconds()
    return by_default, seconds() if keep_freed_memory() else by_default, describe("cpu")


def test_freed_memory(capsys):
    """A step on a CPU; each number of threads in a process of its own, since the setting stays."""
    with ProcessPoolExecutor(mp_context=get_context("spawn"), max_tasks_per_child=1) as processes, capsys.disabled():
        for n_threads in sorted({1, torch.get_num_threads()}):
            by_default, kept, description = processes.submit(time_plain_steps, n_threads).result()
            print(f"\nratio training_freed_memory_{n_threads}_threads {by_default / kept:.2f}")
            print(f"  a step {1e3 * kept:.1f} ms, with glibc as it is {1e3 * by_default:.1f} ms, {description}")


# The ways to do it -------------------------------------------------------------------------------------------------


def by_groups(inputs, weight):
    return functional.conv2d(inputs.flatten(1, 2), weight.flatten(0, 1), padding=2, groups=len(weight))


def by_groups_channels_last(inputs, weight):
    if inputs.shape[2] == 1:
        return convolve(inputs, weight)
    inputs, weight = (
        each.contiguous(memory_format=torch.channels_last) for each in (inputs.flatten(1, 2), weight.flatten(0, 1))
    )
    return functional.conv2d(inputs, weight, padding=2, groups=weight.shape[0] // 64).contiguous()


def by_windows(inputs, weight):
    padded = functional.pad(inputs, (2,) * 4)
    windows = padded.unfold(3, 5, 1).unfold(4, 5, 1).permute(0, 1, 2, 5, 6, 3, 4).flatten(5).flatten(2, 4)
    return (weight.flatten(2) @ windows).view(len(inputs), -1, *inputs.shape[-2:])


convolve = stacked._convolve


def with_convolution(chosen):
    """The stacked step with other convolutions."""

    def log_probabilities(parameters, images, original=stacked.log_probabilities):
        with mock.patch.object(stacked, "_convolve", chosen):
            return original(parameters, images)

    return log_probabilities


NETWORK = Network(torch_generator("bench"))
"""Lends its mathematics; its own parameters are not used, and need not be on the device."""


def apply_network(parameters, images):
    return torch.func.functional_call(NETWORK, parameters, (images,))


def by_vmap(parameters, images):
    return torch.func.vmap(apply_network, in_dims=(0, 1))(dict(parameters), images)


def by_branches(parameters, images):
    """Each network by itself; on CUDA on a stream of its own, so that a captured graph has a branch for each."""
    rows = {name: each.unbind() for name, each in parameters.items()}
    outputs, streams = [], []
    for row in range(images.shape[1]):
        own = {name: each[row] for name, each in rows.items()}
        if images.device.type == "cpu":
            of_row = images[:, row].contiguous(memory_format=torch.channels_last)
            outputs.append(apply_network(own, of_row))
            continue
        streams.append(torch.cuda.Stream())
        streams[-1].wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(streams[-1]):
            outputs.append(apply_network(own, images[:, row]))
    for stream in streams:
        torch.cuda.current_stream().wait_stream(stream)
    return torch.stack(outputs)


WAYS = {
    "stacked": with_convolution(convolve),
    "stacked, channels last": with_convolution(by_groups_channels_last),
    "groups for conv1, too": with_convolution(by_groups),
    "vmap": by_vmap,
    "windows for all": with_convolution(by_windows),
    "a branch per network": by_branches,
}


def time_step(way, n_networks, device, *, captured=True):
    """Seconds per network of a step on a whole batch, and the greatest relative error of its log-probabilities."""
    networks = [Network(torch_generator("bench", row)).state_dict() for row in range(n_networks)]
    parameters = {n: torch.stack([each[n] for each in networks]).to(device).requires_grad_() for n in networks[0]}
    momenta = {name: torch.zeros_like(each) for name, each in parameters.items()}
    images = torch.randn(BATCH, n_networks, 1, 28, 28, generator=torch_generator("bench", "images")).to(device)
    labels = (torch.arange(BATCH * n_networks) % 10).view(BATCH, n_networks).to(device)
    with torch.no_grad():
        exact = stacked.log_probabilities({n: each.double() for n, each in parameters.items()}, images.double())
        error = float((way(parameters, images).double() - exact).norm() / exact.norm())

    def work():
        stacked.step(parameters, momenta, images, labels, learning_rate=1e-4, momentum=0.5)

    with mock.patch.object(stacked, "log_probabilities", way):
        run = capture(work, []) if device == "cuda" and captured else work
        repeats = 1 if device == "cpu" else 20
        return seconds_of(lambda: [run() for _ in range(repeats)], device, rounds=3) / repeats / n_networks, error


@pytest.mark.parametrize(("device", "precision"), DEVICES)
def test_training_ways(device, precision, capsys):
    """A step on a whole batch in each way."""
    set_precision(precision)
    products, _ = count()
    ceiling = product_rate(device)
    n_networks = 4 if device == "cpu" else N_NETWORKS[device]
    rows = [(name, way, n_networks, {}) for name, way in WAYS.items()]
    if device == "cuda":
        rows += [(f"stacked, {n} at once", WAYS["stacked"], n, {}) for n in (1, 4, 10)]
        rows += [("stacked, kernel by kernel", WAYS["stacked"], n_networks, {"captured": False})]
    with capsys.disabled():
        print(f"\nms per step of a network, {n_networks} at once, {describe(device)}")
        for name, way, n_at_once, how in rows:
            seconds, error = time_step(way, n_at_once, device, **how)
            assert error < {"ieee": 1e-5, "tf32": 3e-3}[precision], f"{name} computes something else: {error:.1e}"
            share = BATCH * products / seconds / ceiling
            scaled = f"{30 * 100 * 60_000 / BATCH * seconds:7.0f} s" if device == "cuda" else ""
            print(f"  {name:28} {1e3 * seconds:8.3f}  {share:4.0%} of large products, error {error:.0e} {scaled}")
        if device == "cuda":
            with mock.patch.object(torch.backends.cudnn, "benchmark", True):
                seconds, error = time_step(by_branches, n_networks, device)
            print(f"  {'branches, cudnn.benchmark':28} {1e3 * seconds:8.3f}  error {error:.0e}")
