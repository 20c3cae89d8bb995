"""Choose and describe the device that networks run on."""

import os
import warnings
from collections.abc import Callable
from functools import cache

import torch

from replication.errors import ReplicationError
from replication.provenance import machine

REQUIRE_GPU_VARIABLE = "REPLICATION_REQUIRE_GPU"


class NoDeviceError(ReplicationError):
    """The requested device is not available."""


def choose_device(name: str = "auto") -> torch.device:
    """Return the device with the given name.

    Args:
        name: ``cpu``, ``cuda``, or ``auto`` for CUDA if available, else the CPU.

    Returns:
        The device.

    Raises:
        NoDeviceError: CUDA was requested and is not available; the message says why.
        ValueError: ``name`` has another value.
    """
    if name not in {"auto", "cpu", "cuda"}:
        raise ValueError(f"device {name!r}: expected 'auto', 'cpu' or 'cuda'")
    if name == "cpu":
        return torch.device("cpu")
    reason = why_no_cuda()
    if name == "cuda" and reason:
        raise NoDeviceError(f"no CUDA device: {reason}; put that right, or use --device cpu")
    return torch.device("cpu" if reason else "cuda")


@cache
def why_no_cuda() -> str:
    """Return the reason why CUDA is not usable, or an empty string if it is; checked once per process."""
    built = f"torch {torch.__version__}"
    if torch.version.cuda is None:
        return f"{built} was built without CUDA, install one that was"
    # torch reports a driver that is too old by a warning, and only on the first call.
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        available = torch.cuda.is_available()
    if not available:
        why = "".join(f": {' '.join(str(one.message).split())}" for one in told[:1])
        return f"{built} (CUDA {torch.version.cuda}) finds no usable GPU and driver{why}"
    # An available GPU may be too old or too new for the kernels of this build; torch warns of that as well.
    try:
        with warnings.catch_warnings(action="ignore"):
            _try_out(torch.device("cuda"))
    except Exception as error:
        first_line = (str(error).splitlines() or [repr(error)])[0]
        return f"{built} (CUDA {torch.version.cuda}) cannot compute on the GPU that is there: {first_line}"
    return ""


def announced_device(name: str, say: Callable[[str], None]) -> torch.device:
    """Return the device with the given name and announce it before a long run.

    Args:
        name: As for ``choose_device``.
        say: Receives one line, including the reason if ``auto`` found no GPU.

    Returns:
        The device.

    Raises:
        NoDeviceError: CUDA was requested and is not available; the message says why.
        ValueError: ``name`` has another value.
    """
    device = choose_device(name)
    why = f" (no GPU: {why_no_cuda()})" if name == "auto" and device.type == "cpu" else ""
    say(f"networks run on: {device_name(device)}{why}")
    return device


def _try_out(device: torch.device) -> None:
    """Run a small computation on a device; it raises if the device does not work."""
    torch.ones(2, device=device).sum().item()


def device_name(device: torch.device) -> str:
    """Return the name of the GPU, or of the processor for a CPU device."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else machine()["processor"]


def gpu_is_required() -> bool:
    """Return whether ``REPLICATION_REQUIRE_GPU`` forbids skipping GPU checks."""
    return os.environ.get(REQUIRE_GPU_VARIABLE, "") not in {"", "0"}
