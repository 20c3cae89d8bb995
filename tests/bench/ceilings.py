"""What a device can do at most, measured there and then, and what it is called."""

import time

import numpy as np
import torch

from replication.precision import get_precision
from replication.seeds import torch_generator


def synchronize(device):
    if device == "cuda":
        torch.cuda.synchronize()


def seconds_of(work, device, rounds=5):
    """Least seconds that the work takes after one run to warm up."""
    return seconds_of_each([work], device, rounds)[0]


def seconds_of_each(works, device, rounds):
    """The same of several, taking turns: whatever else runs on the machine slows them alike."""
    least = [np.inf] * len(works)
    for work in works:
        work()
    for _ in range(rounds):
        for row, work in enumerate(works):
            synchronize(device)
            start = time.perf_counter()
            work()
            synchronize(device)
            least[row] = min(least[row], time.perf_counter() - start)
    return least


def product_rate(device):
    """Multiply-adds per second of a large float32 matrix product in the precision in force."""
    side, repeats = 1024, 1 if device == "cpu" else 8
    # Drawing all of it on the CPU would take longer than the products.
    few = torch.randn(2, side, side, generator=torch_generator("bench")).to(device)
    left, right = few.repeat(1, repeats, repeats)
    side *= repeats
    return side**3 / seconds_of(lambda: left @ right, device)


def copy_rate(device):
    """Bytes per second, read and written, of a copy much larger than the caches."""
    n_values = 2**25 if device == "cpu" else 2**30
    source = torch.ones(n_values, device=device)
    target = torch.empty_like(source)
    return 2 * source.nbytes / seconds_of(lambda: target.copy_(source), device)


def describe(device):
    """Name, precision or threads, versions."""
    if device == "cuda":
        return (
            f"{torch.cuda.get_device_name()}, {get_precision()}, torch {torch.__version__}, CUDA {torch.version.cuda}"
        )
    return f"{torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}, torch {torch.__version__}"
