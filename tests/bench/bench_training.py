"""How much sooner networks are trained than by the loop in use, and how near that comes to what the device can do.

The baseline is the canonical PyTorch loop in the same process: torchvision's MNIST class, ToTensor, Normalize, a
DataLoader without workers, one network.  Pixels are random: time does not depend on them.

    pytest tests/bench -m bench -k training -s

Counted per image and network (``count``), which are forward, weights' gradients and, but for conv1, inputs' gradients:
16.0 M multiply-adds, and 79.5 M where conv2 and conv3 are plain sums; and 6.6 MB read and written by torch's kernels,
against 3.0 MB, of which 0.5 MB are a 64th of what a step does with parameters, gradients and momenta.  30 networks ×
100 epochs × 60,000 images are 2.9e15 multiply-adds and 1.2e15 bytes.  An H200's data sheet has 33.5 T multiply-adds/s
in IEEE float32 and 247 T in TF32, of which large products may reach 0.8; a large copy moves 4.3 TB/s.

    floor of 30 networks × 100 epochs         between spectra    plain sums
    multiply-adds in IEEE, at 0.8 of the rate       107 s          534 s
    multiply-adds in TF32, likewise                  15 s           72 s
    bytes of torch's kernels                        276 s          125 s

So in IEEE float32 plain sums cannot be had in five minutes by any kernel, and between spectra the bytes bind: what they
are made of stays in the cache if fewer networks are trained at once, or if one kernel does more.  In TF32 plain sums
take less.

What is to be tried, with the seconds it is predicted to take for 30 networks × 100 epochs on that GPU; and what it
takes on a CPU, in ms per step of a network, 4 networks at once, on two threads of an AMD EPYC with AVX2 and torch 2.15,
the median of seven runs while others used the machine.

    way                                        IEEE   TF32   because                             GPU            CPU
    between spectra                             390    300   products at 0.8, then bytes         not measured    57
      launched kernel by kernel                 390    300   190 launches, behind 4 ms of work   not measured     –
      4 networks at once                        320    300   190 kernels of 2 µs, one by one     not measured     –
      a row of frequencies at a time              –      –   the same, at nine times the calls   not kept         –
    groups                                      700    210   0.6 of products' rate, and bytes    not measured   108
    groups, channels last                       700    190   TF32's kernels are made for it      not measured   134
    groups for conv1, too                       850    360   depthwise: outputs read 25 times    not measured   106
    vmap                                        950    460   that, and ReLU before pooling       not measured   129
    windows for all                            1000    530   10.8 MB an image                    not measured   452
    a branch per network                        650    230   45 kernels of 1 µs a network        not measured   102
      cudnn.benchmark, which may find Winograd  400    230   2.8 times fewer multiplications     not measured     –
    Triton: a layer and its pooling at once     600    150   0.8 MB an image                     not written      –

The paper's profile trains the ten networks of a data set at once, three times.  The products between spectra are small,
64 × 64 × 64 and less.  Even where TF32 is allowed, cuBLAS may compute them in IEEE; the two columns are then alike.

Not measured: there was no GPU to measure on.  Rounded to TF32, which was emulated on a CPU, log-probabilities of a
trained network err by 3e-4 between spectra and by 1e-4 as plain sums, relative to their norm.

On a CPU ``train_together`` trains one network after the other.  Five runs on two threads of that EPYC, in turns: 2.2 to
2.7 times as fast as the canonical loop, and 1.8 to 2.2 times as the same steps by torch's convolutions, channels last,
all with freed memory kept.  With AVX-512, which torch's convolutions make use of and its products, at half their rate,
seem not to, 1.4 to 1.6 and 1.0 to 1.1 times.  A row of frequencies at a time took 0.9 of the time on one thread and 1.1
on two.  A network on each of both cores, as ``train_networks`` trains several, takes 39 to 40 ms a step of a network,
where one after the other on both takes 48: two runs, 1.20 and 1.25 times as fast.  More cores were not to be had.  Told
to keep freed memory, glibc makes a step 1.0 to 1.6 times as fast: by default it fetches up to 9,000 pages a step.

Whole trainings on the digits, of the same 16 seeds, on two threads with AVX-512: both are 95.40 % accurate on average,
the 90 % interval of the mean difference is −.51 to .51 points.  Accuracies of the seeds have a standard deviation of
1.77 points.
"""

import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from multiprocessing import get_context

import numpy as np
import pytest
import torch
from ceilings import copy_rate, describe, product_rate, seconds_of, seconds_of_each
from reference import training as reference
from torch.nn import functional
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from replication.architecture import KERNEL_SIDE, LAYERS, PADDING
from replication.data import Images, load
from replication.machine import keep_freed_memory, usable_cores
from replication.network import Network
from replication.precision import set_precision
from replication.seeds import torch_generator
from replication.stats import equivalence_of_mean
from replication.study import PROFILES, NetworkId
from replication.training import stacked, train_together
from replication.training.graph import capture
from replication.training.together import train_stacked

PAPER = PROFILES["paper"]
BATCH = PAPER.batch_size
ON_CUDA = [pytest.param("cuda", precision, marks=pytest.mark.gpu) for precision in ("ieee", "tf32")]
DEVICES = [pytest.param("cpu", "ieee"), *ON_CUDA]
N_NETWORKS = {"cpu": 2, "cuda": 30}
N_IMAGES = {"cpu": 10 * BATCH, "cuda": 60_000}
"""Training images of an epoch; on a CPU part of one, and the time is scaled."""
N_EPOCHS = {"cpu": 1, "cuda": 2}

pytestmark = [pytest.mark.bench, pytest.mark.usefixtures("ieee")]


@pytest.fixture(autouse=True)
def freed_memory():
    """The loop in use has its memory kept, too, whichever bench comes first."""
    keep_freed_memory()


# Operations and bytes ----------------------------------------------------------------------------------------------


def count(*, plain_sums=False):
    """Multiply-adds and bytes per image and network of a training step, in torch's kernels.

    ``plain_sums`` is for conv2 and conv3 as sums over the taps in place of products of spectra.
    """
    products, values, n_parameters, inputs, side = 0, 0, 0, 1, 28
    for layer in LAYERS:
        taps, before = inputs * (KERNEL_SIDE**2 if layer.is_convolution else side**2), inputs * side**2
        n_parameters += layer.n_units * (taps + 1)
        if not layer.is_convolution:
            products += 3 * layer.n_units * taps
            values += 3 * taps + 10 * layer.n_units
        elif layer.name == "conv1":
            sums, windows = layer.n_units * side**2, taps * side**2
            products += 2 * sums * taps
            # Windows made and read twice; sums written, pooled, and their gradient likewise.
            values += before + 3 * windows + 4 * sums
        elif plain_sums:
            sums = layer.n_units * side**2
            products += 3 * sums * taps
            # Maps read twice and their gradient written; sums written, pooled, and their gradient likewise, read twice.
            values += 3 * before + 5 * sums
        else:
            kept = side // 2 * 2
            of_layer = count_between_spectra(inputs, layer.n_units, side, kept)
            products += of_layer[0]
            values += of_layer[1] + 2 * layer.n_units * kept**2
            # The maps of several networks are put in order after conv1.
            values += 2 * before if layer.name == "conv2" else 0
        if layer.is_convolution:
            # Places of maxima, bias and ReLU, both ways.
            values += 14 * layer.n_neurons
        inputs, side = layer.n_units, layer.map_side
    # Read forward and backward; gradient written and read; momentum twice and parameter once read and written.
    return products, 4 * (values + 10 * n_parameters / BATCH)


def count_between_spectra(n_channels, n_kernels, side, kept):
    """Multiply-adds and values per image of one convolution and its gradients."""
    period, n_weights = side + PADDING, n_channels * n_kernels / BATCH
    # There and back: maps, sums, and once a step the kernels.
    times = [(side, n_channels), (kept, n_kernels), (KERNEL_SIDE, n_weights)]
    transforms = [(n, *count_transforms(places, period)) for places, n in times]
    products = sum(n * each for n, each, _ in transforms) + 3 * 4 * n_frequencies(period) * n_channels * n_kernels
    # Maps, sums and kernels are each twice a factor of a complex product, whose parts are read twice, and once its
    # result, whose parts are written, read and written.
    values = sum(n * each for n, _, each in transforms)
    return products, values + n_frequencies(period) * (2 * 4 + 6) * (n_channels + n_kernels + n_weights)


def count_transforms(places, period):
    """Multiply-adds and values of one map's way to its spectrum and of one's way back."""
    own = 2 - period % 2
    of_own, of_other = own * (period // 2 + 1), (period // 2 + 1 - own) * period
    products = period * places**2 + 2 * places * of_own + 4 * places * of_other
    # The map and both parts of the spectrum; what is between the axes is written once and read twice on the way there,
    # and written, read, written and read on the way back.
    return 2 * products, 2 * places**2 + 7 * period * places + 4 * (of_own + of_other)


def n_frequencies(period):
    """Complex frequencies that are kept."""
    own = 2 - period % 2
    return own * (period // 2 + 1) + (period // 2 + 1 - own) * period


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
    works = {
        "canonical": lambda: canonical_epoch(data, device),
        "plain": lambda: reference.train(network_ids[0], replace(profile, epochs=1), images),
        "at once": lambda: list(train_together(network_ids, profile, images)),
    }
    seconds = dict(zip(works, seconds_of_each(works.values(), device, 1 if device == "cuda" else 6), strict=True))
    canonical, per_network = seconds["canonical"], seconds["at once"] / len(network_ids) / profile.epochs
    with capsys.disabled():
        suffix = "" if device == "cpu" else f"_gpu_{precision}"
        products, n_bytes = (counted * len(images) / per_network for counted in count())
        print(f"\nratio training_per_network{suffix} {canonical / per_network:.1f}")
        print(f"  {len(network_ids)} networks on {len(images)} images, {describe(device)}")
        print(f"  an epoch of 60,000 images of one network: {60_000 / len(images) * per_network:.3g} s, by the")
        print(f"  canonical loop {60_000 / len(images) * canonical:.3g} s, by the loop on tensors,")
        print(f"  {60_000 / len(images) * seconds['plain']:.3g} s, {seconds['plain'] / per_network:.1f} times as long")
        print(f"  {products / 1e9:.3g} G multiply-adds/s or {products / product_rate(device):.0%} of large products,")
        print(f"  {n_bytes / 1e9:.3g} GB/s or {n_bytes / copy_rate(device):.0%} of a large copy")
        if device == "cuda":
            print(f"seconds training_30_networks{suffix} {100 * len(network_ids) * per_network:.0f}")
            print(f"  100 epochs, scaled from {profile.epochs}; {torch.cuda.get_device_name()}, {precision}")


N_SEEDS = 16
LARGEST_DIFFERENCE_PP = 1.0
"""Difference of mean accuracies that counts as none; accuracies of two seeds differ by more."""


def accuracies(parameters_of_networks, test):
    """Accuracy of each network on the test images in per cent."""
    network = Network(torch_generator("bench")).to(test.images)
    found = []
    for parameters in parameters_of_networks:
        network.load_state_dict(parameters)
        with torch.inference_mode():
            found.append(100 * float((network(test.images).argmax(1) == test.labels).double().mean()))
    return np.array(found)


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def test_training_accuracies(device, capsys):
    """Accuracies of whole trainings on the digits, of the same seeds: by the entry point, by the loop, and in TF32."""
    profile = PROFILES["digits"]
    train, test = (load("digits", part, profile, torch.device(device)) for part in ("train", "test"))
    network_ids = [NetworkId("digits", seed) for seed in range(N_SEEDS)]

    def at_once():
        return accuracies([one.tensors for _, one in train_together(network_ids, profile, train)], test)

    set_precision("ieee")
    found = {"at once": at_once()}
    by_loop = [reference.train(one, profile, train)[0].state_dict() for one in network_ids]
    found["by the loop"] = accuracies(by_loop, test)
    pairs = [("at once", "by the loop")]
    if device == "cuda":
        set_precision("tf32")
        found["in TF32"] = at_once()
        set_precision("ieee")
        pairs.append(("in TF32", "at once"))
    decisions = []
    with capsys.disabled():
        for one, other in pairs:
            of_mean = equivalence_of_mean(found[one] - found[other], LARGEST_DIFFERENCE_PP)
            decisions.append(of_mean.decision)
            print(f"\ndifference accuracy_{one.replace(' ', '_')} {(found[one] - found[other]).mean():+.2f} pp")
            print(f"  against {other}; 90 % interval {of_mean.interval.low:+.2f} to {of_mean.interval.high:+.2f} pp")
            print(f"  {of_mean.decision}; {N_SEEDS} networks, {describe(device)}")
            print(
                f"  {one} {found[one].mean():.2f} % ± {found[one].std(ddof=1):.2f}, {other} {found[other].mean():.2f} %"
            )
    assert "different" not in decisions


def time_steps(n_threads):
    """Seconds of a step on a CPU, before the C library is told to keep what is freed and after; on what."""
    torch.set_num_threads(n_threads)
    images = Images(
        torch.randn(N_IMAGES["cpu"], 1, 28, 28, generator=torch_generator("bench")), torch.arange(N_IMAGES["cpu"]) % 10
    )
    profile = replace(PAPER, epochs=1, learning_rate=1e-4)

    def seconds():
        """The mean after one epoch to warm up, since what the C library gives back differs from step to step."""
        list(train_stacked([NetworkId("mnist", 0)], profile, images))
        start = time.perf_counter()
        list(train_stacked([NetworkId("mnist", 0)], replace(profile, epochs=8), images))
        return (time.perf_counter() - start) / 80

    by_default = seconds()
    return by_default, seconds() if keep_freed_memory() else by_default, describe("cpu")


def test_freed_memory(capsys):
    """A step on a CPU; each number of threads in a process of its own, since the setting stays."""
    with ProcessPoolExecutor(mp_context=get_context("spawn"), max_tasks_per_child=1) as processes, capsys.disabled():
        for n_threads in sorted({1, torch.get_num_threads()}):
            by_default, kept, description = processes.submit(time_steps, n_threads).result()
            print(f"\nratio training_freed_memory_{n_threads}_threads {by_default / kept:.2f}")
            print(f"  a step {1e3 * kept:.1f} ms, with glibc as it is {1e3 * by_default:.1f} ms, {description}")


barrier = None
"""In a process that trains beside others: where they wait until all are ready."""


def meet_at(place):
    """Set up such a process."""
    global barrier
    barrier = place


def time_steps_beside(n_threads):
    """Seconds of a step on a CPU while all who meet at the barrier make theirs."""
    torch.set_num_threads(n_threads)
    keep_freed_memory()
    data = RandomMnist(N_IMAGES["cpu"])
    images = Images(data.data.float().unsqueeze(1) / 255, data.targets)
    profile = replace(PAPER, epochs=1, learning_rate=1e-4)
    list(train_stacked([NetworkId("mnist", 0)], profile, images))
    barrier.wait()
    start = time.perf_counter()
    list(train_stacked([NetworkId("mnist", 0)], replace(profile, epochs=12), images))
    return (time.perf_counter() - start) / 120


def test_training_side_by_side(capsys):
    """A network on each core, against one after the other on all of them; the two take turns."""
    n_cores, context = usable_cores(), get_context("spawn")
    seconds = {1: [], n_cores: []}
    for n_processes in [1, n_cores] * 3:
        n_threads = n_cores // n_processes
        with ProcessPoolExecutor(n_processes, context, meet_at, (context.Barrier(n_processes),)) as processes:
            of_step = [*processes.map(time_steps_beside, [n_threads] * n_processes)]
        seconds[n_processes].append(statistics.mean(of_step) / n_processes)
    alone, beside = (statistics.median(each) for each in (seconds[1], seconds[n_cores]))
    with capsys.disabled():
        print(f"\nratio training_side_by_side {alone / beside:.2f}")
        print(
            f"  a step of a network {1e3 * beside:.1f} ms with {n_cores} at a time, a core each, {1e3 * alone:.1f} ms"
        )
        print(f"  one after the other on {n_cores} threads, {describe('cpu')}")


# The ways to do it -------------------------------------------------------------------------------------------------


def by_groups(inputs, weight):
    return functional.conv2d(inputs.flatten(1, 2), weight.flatten(0, 1), padding=2, groups=len(weight))


def by_groups_channels_last(inputs, weight):
    inputs, weight = (
        each.contiguous(memory_format=torch.channels_last) for each in (inputs.flatten(1, 2), weight.flatten(0, 1))
    )
    return functional.conv2d(inputs, weight, padding=2, groups=weight.shape[0] // 64).contiguous()


def by_windows(inputs, weight):
    padded = functional.pad(inputs, (2,) * 4)
    windows = padded.unfold(3, 5, 1).unfold(4, 5, 1).permute(0, 1, 2, 5, 6, 3, 4).flatten(5).flatten(2, 4)
    return (weight.flatten(2) @ windows).view(len(inputs), -1, *inputs.shape[-2:])


def with_windows_for_conv1(convolve):
    """That convolution of several input channels, and a product with the 5×5 windows of one."""
    return lambda inputs, weight: (by_windows if inputs.shape[2] == 1 else convolve)(inputs, weight)


def by_plain_sums(convolve):
    """The step's mathematics with images first and maps last, convolved in some way."""

    def log_probabilities(parameters, images):
        outputs = images
        for layer in LAYERS:
            weight, bias = parameters[f"{layer.name}.weight"], parameters[f"{layer.name}.bias"]
            if layer.is_convolution:
                pooled = functional.max_pool2d(convolve(outputs, weight), 2)
                outputs = functional.relu(pooled.view(-1, *bias.shape, *pooled.shape[2:]) + bias[..., None, None])
                continue
            if layer.name == "fc1":
                outputs = outputs.flatten(2).transpose(0, 1)
            outputs = torch.baddbmm(bias[:, None], outputs, weight.mT)
            if layer.name != "out":
                outputs = functional.relu(outputs)
        return functional.log_softmax(outputs, dim=-1)

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
    "between spectra": stacked.log_probabilities,
    "groups": by_plain_sums(with_windows_for_conv1(by_groups)),
    "groups, channels last": by_plain_sums(with_windows_for_conv1(by_groups_channels_last)),
    "groups for conv1, too": by_plain_sums(by_groups),
    "windows for all": by_plain_sums(by_windows),
    "vmap": by_vmap,
    "a branch per network": by_branches,
}


@cache
def a_step(n_networks, device):
    """Parameters, images, labels and the exact log-probabilities of a step on a whole batch."""
    networks = [Network(torch_generator("bench", row)).state_dict() for row in range(n_networks)]
    parameters = {n: torch.stack([each[n] for each in networks]).to(device).requires_grad_() for n in networks[0]}
    images = torch.randn(BATCH, n_networks, 1, 28, 28, generator=torch_generator("bench", "images")).to(device)
    labels = (torch.arange(BATCH * n_networks) % 10).view(BATCH, n_networks).to(device)
    with torch.no_grad():
        # One network at a time: a convolution of so many groups in float64 may have no fast kernel, or none.
        exact = torch.stack(
            [
                apply_network({n: each[row].double() for n, each in parameters.items()}, images[:, row].double())
                for row in range(n_networks)
            ]
        )
    return parameters, images, labels, exact


def time_step(way, n_networks, device, *, captured=True, benchmark=False):
    """Seconds per network of a step on a whole batch, and the greatest relative error of its log-probabilities."""
    shared, images, labels, exact = a_step(n_networks, device)
    parameters = {name: each.detach().clone().requires_grad_() for name, each in shared.items()}
    momenta = {name: torch.zeros_like(each) for name, each in parameters.items()}

    def work():
        stacked.step(parameters, momenta, images, labels, learning_rate=1e-4, momentum=0.5)

    # Not mock.patch, which deletes the switch before it puts it back, and this one cannot be deleted.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stacked, "log_probabilities", way)
        patch.setattr(torch.backends.cudnn, "benchmark", benchmark)
        with torch.no_grad():
            error = float((way(parameters, images).double() - exact).norm() / exact.norm())
        run = capture(work, []) if device == "cuda" and captured else work
        repeats = 1 if device == "cpu" else 20
        return seconds_of(lambda: [run() for _ in range(repeats)], device, rounds=3) / repeats / n_networks, error


@pytest.mark.parametrize(("device", "precision"), DEVICES)
def test_training_ways(device, precision, capsys):
    """A step on a whole batch in each way; one that fails does not keep the others from being timed.

    Only the way that is used must run: libraries may have no kernel for another.
    """
    set_precision(precision)
    n_networks = 4 if device == "cpu" else N_NETWORKS[device]
    chosen, *others = WAYS.items()
    rows = [(*chosen, n_networks, {})]
    if device == "cuda":
        name, way = chosen
        rows += [(f"{name}, {n} at once", way, n, {}) for n in (4, 10, 1)]
        rows += [(f"{name}, kernel by kernel", way, n_networks, {"captured": False})]
    rows += [(name, way, n_networks, {}) for name, way in others]
    if device == "cuda":
        rows += [("branches, cudnn.benchmark", by_branches, n_networks, {"benchmark": True})]
    failures = []
    with capsys.disabled():
        print(f"\nms per step of a network, {n_networks} at once, {describe(device)}")
        for name, way, n_at_once, how in rows:
            try:
                seconds, error = time_step(way, n_at_once, device, **how)
            except Exception as failure:  # warnings are errors here, and are no RuntimeError
                failures += [f"{name}: {failure!r}"] * (way is chosen[1])
                print(f"  {name:32} failed: {failure!r:.120}")
                continue
            if error >= {"ieee": 1e-5, "tf32": 3e-3}[precision]:
                failures.append(f"{name} computes something else: {error:.1e}")
            scaled = f"{30 * 100 * 60_000 / BATCH * seconds:7.0f} s" if device == "cuda" else ""
            print(f"  {name:32} {1e3 * seconds:8.3f}  error {error:.0e} {scaled}")
    assert not failures
