"""Which float32 arithmetic the GPU uses: one place that knows torch's switches.

The paper's GPU had no TF32.  Later ones use it for convolutions unless told otherwise, so the arithmetic is an
explicit, recorded choice.  Torch has an old and a new set of switches and refuses to have them mixed; only the new
one is used here, backend by backend, because the global switch does not reach the convolutions of every release.
"""

import torch

from replication.study import Precision


def set_precision(precision: Precision) -> None:
    """Make matrix products and convolutions on CUDA use IEEE float32 or TF32.

    Args:
        precision: ``"ieee"``, as the paper's GPU computed, or ``"tf32"``, faster and with a 10-bit mantissa.

    Raises:
        ValueError: Another word was given.
    """
    if precision not in {"ieee", "tf32"}:
        raise ValueError(f"precision {precision!r}: expected 'ieee' or 'tf32'")
    torch.backends.cuda.matmul.fp32_precision = precision
    torch.backends.cudnn.conv.fp32_precision = precision  # type: ignore[attr-defined]


def get_precision() -> str:
    """Return the arithmetic in force; ``"mixed"`` where products and convolutions differ."""
    found = {
        torch.backends.cuda.matmul.fp32_precision,
        torch.backends.cudnn.conv.fp32_precision,  # type: ignore[attr-defined]
    }
    return str(found.pop()) if len(found) == 1 else "mixed"


def precision_on(device: torch.device) -> str:
    """Return the arithmetic in force on a device.

    Args:
        device: Where something is computed.
    """
    return told_precision(device.type, get_precision())


def told_precision(device: str, precision: str) -> str:
    """Return the arithmetic of a device while the GPU's was set to that: a CPU knows IEEE only.

    Args:
        device: The device's type, as ``cuda``.
        precision: What ``get_precision`` returned.
    """
    return precision if device == "cuda" else "ieee"
