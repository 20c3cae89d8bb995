"""Random numbers from named streams: every generator is derived from what it is for, none is global.

A stream is named by its axes, ``generator("mask", "conv1", 0.5, 7)``.  Equal names give equal numbers on every
machine, different names give independent ones, and no draw of one stream moves another.
"""

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch

BASE_SEED = 1337
"""The global seed of the authors' public code; any other would do as well."""


def stream_seed(*axes: str | int | float) -> int:
    """Return the seed of the stream named by ``axes``.

    Args:
        axes: What the numbers are for, from general to special; 1 and 1.0 are different names.

    Returns:
        A non-negative integer below 2**63.

    >>> stream_seed("init", "mnist/seed=0") == stream_seed("init", "mnist/seed=0")
    True
    >>> stream_seed("init", "mnist/seed=0") == stream_seed("init", "mnist/seed=1")
    False
    """
    name = json.dumps([BASE_SEED, *axes])
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 1


def generator(*axes: str | int | float) -> np.random.Generator:
    """Return numpy's generator of the stream named by ``axes``."""
    return np.random.default_rng(stream_seed(*axes))


def torch_generator(*axes: str | int | float) -> "torch.Generator":
    """Return torch's CPU generator of the stream named by ``axes``."""
    import torch

    return torch.Generator().manual_seed(stream_seed(*axes))
