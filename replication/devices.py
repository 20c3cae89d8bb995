"""Which device the networks run on."""

import os
import warnings
from collections.abc import Callable
from functools import cache

import torch

from replication.errors import ReplicationError
from replication.provenance import machine

REQUIRE_GPU_VARIABLE = "REPLICATION_REQUIRE_GPU"


class NoDeviceError(ReplicationError):
    """The device that was asked for is not there."""


def choose_device(name: str = "auto") -> torch.device:
    """Return the device of that name.

    Args:
        name: ``cpu``, ``cuda``, or ``auto`` for CUDA where there is one.

    Returns:
        The device.

    Raises:
        NoDeviceError: CUDA was asked for and there is none; the message says why.
        ValueError: Another name was given.
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
    """Return why CUDA cannot be used here, or an empty string where it can; asked once per process."""
    built = f"torch {torch.__version__}"
    if torch.version.cuda is None:
        return f"{built} was built without CUDA, install one that was"
    # torch tells of a driver that is too old by a warning, and only the first time.
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        available = torch.cuda.is_available()
    if not available:
        why = "".join(f": {' '.join(str(one.message).split())}" for one in told[:1])
        return f"{built} (CUDA {torch.version.cuda}) finds no usable GPU and driver{why}"
    # One that is there may be too old, or too new, for the kernels of this build; torch warns of that, too.
    try:
        with warnings.catch_warnings(action="ignore"):
            _try_out(torch.device("cuda"))
    except Exception as error:
        first_line = (str(error).splitlines() or [repr(error)])[0]
        return f"{built} (CUDA {torch.version.cuda}) cannot compute on the GPU that is there: {first_line}"
    return ""


def announced_device(name: str, say: Callable[[str], None]) -> torch.device:
    """Return the device of that name, and say which it is before a long run on it begins.

    Args:
        name: As ``choose_device`` takes it.
        say: Told in a line, with why there is no GPU where ``auto`` found none.

    Returns:
        The device.

    Raises:
        NoDeviceError: CUDA was asked for and there is none; the message says why.
        ValueError: Another name was given.
    """
    device = choose_device(name)
    why = f" (no GPU: {why_no_cuda()})" if name == "auto" and device.type == "cpu" else ""
    say(f"networks run on: {device_name(device)}{why}")
    return device


def _try_out(device: torch.device) -> None:
    """Compute something on a device, which raises where it cannot."""
    torch.ones(2, device=device).sum().item()


def device_name(device: torch.device) -> str:
    """Return the name of the GPU, or of the processor where the networks run on that."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else machine()["processor"]


def gpu_is_required() -> bool:
    """Return whether the environment demands that GPU checks run rather than skip."""
    return os.environ.get(REQUIRE_GPU_VARIABLE, "") not in {"", "0"}
