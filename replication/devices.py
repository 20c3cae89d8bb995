"""Which device the networks run on."""

import os

import torch

from replication.provenance import machine

REQUIRE_GPU_VARIABLE = "REPLICATION_REQUIRE_GPU"


class NoDeviceError(Exception):
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
    reason = why_no_cuda()
    if name == "cuda" and reason:
        raise NoDeviceError(f"no CUDA device: {reason}; use --device cpu, or install a torch built with CUDA")
    return torch.device("cuda" if name != "cpu" and not reason else "cpu")


def why_no_cuda() -> str:
    """Return why CUDA cannot be used here, or an empty string where it can."""
    if torch.version.cuda is None:
        return f"torch {torch.__version__} was built without CUDA"
    if not torch.cuda.is_available():
        return f"torch {torch.__version__} (CUDA {torch.version.cuda}) finds no usable GPU and driver"
    return ""


def device_name(device: torch.device) -> str:
    """Return the name of the GPU, or of the processor where the networks run on that."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else machine()["processor"]


def gpu_is_required() -> bool:
    """Return whether the environment demands that GPU checks run rather than skip."""
    return os.environ.get(REQUIRE_GPU_VARIABLE, "") not in {"", "0"}
