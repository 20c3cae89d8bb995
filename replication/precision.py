"""Float32 precision of the GPU: the only module that sets torch's precision flags.

The paper's GPU had no TF32.  Later GPUs use it for convolutions by default, so precision is an explicit, recorded
choice.  Torch has an old and a new set of flags, which must not be mixed.  Only the new flags are used here, one per
backend, because the global flag does not affect convolutions in every release.
"""

import torch

from replication.study import Precision


def set_precision(precision: Precision) -> None:
    """Set the precision of float32 matrix products and convolutions on CUDA.

    Args:
        precision: ``"ieee"``, as on the paper's GPU, or ``"tf32"``, which is faster and has a 10-bit mantissa.

    Raises:
        ValueError: ``precision`` has another value.
    """
    if precision not in {"ieee", "tf32"}:
        raise ValueError(f"precision {precision!r}: expected 'ieee' or 'tf32'")
    torch.backends.cuda.matmul.fp32_precision = precision
    torch.backends.cudnn.conv.fp32_precision = precision  # type: ignore[attr-defined]


def get_precision() -> str:
    """Return the precision in force on CUDA; ``"mixed"`` if matrix products and convolutions differ."""
    found = {
        torch.backends.cuda.matmul.fp32_precision,
        torch.backends.cudnn.conv.fp32_precision,  # type: ignore[attr-defined]
    }
    return str(found.pop()) if len(found) == 1 else "mixed"


def precision_on(device: torch.device) -> str:
    """Return the precision in force on a device.

    Args:
        device: The device; a CPU always computes in IEEE arithmetic.
    """
    return told_precision(device.type, get_precision())


def told_precision(device: str, precision: str) -> str:
    """Return the precision of a device type, given the GPU's setting; a CPU always computes in IEEE arithmetic.

    Args:
        device: Type of the device, such as ``cuda``.
        precision: Result of ``get_precision``.
    """
    return precision if device == "cuda" else "ieee"
