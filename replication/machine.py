"""Cores and memory available to this process under a scheduler or container, and retention of freed memory."""

import ctypes
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ROOT = Path("/")

MEMORY_FILES = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)
"""Names of limit, usage and reclaimable file cache, in versions 2 and 1 of Linux's control groups."""

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Parameter numbers of glibc's ``mallopt``."""
LARGEST_KEPT = 32 * 2**20
"""Bytes of the largest block that glibc can be told to take from its heap."""
MOST_KEPT = 256 * 2**20
"""Bytes; more than a training step of 64 images frees."""


def usable_cores(root: Path = ROOT) -> int:
    """Return the number of cores available to this process: its affinity, or less under a quota; at least 1."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([bound, *_quotas(root)]))


def usable_memory(root: Path = ROOT) -> int:
    """Return the bytes of memory available to this process: the free memory, or less under a limit."""
    import psutil

    return max(0, min([int(psutil.virtual_memory().available), *_left_under_limits(root)]))


def keep_freed_memory() -> bool:
    """Make the C library keep freed memory for later allocations, for the rest of this process.

    A training step frees its activations, and the next step allocates as much again.  By default glibc returns the end
    of its heap to the system when more is free there than twice its largest block.  Getting this memory back costs
    thousands of page faults in a step of 64 images.

    Returns:
        Whether the setting took effect.  It does with glibc; other C libraries are left unchanged.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    # Each call also stops glibc from adapting both thresholds to the sizes of freed blocks.
    return bool(mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT) and mallopt(M_TRIM_THRESHOLD, MOST_KEPT))


def _quotas(root: Path) -> Iterator[int]:
    """Yield the CPU quota, in whole cores, of each control group of this process that has one."""
    for group in _groups(root, "cpu"):
        version_1 = f"{_text(group / 'cpu.cfs_quota_us')} {_text(group / 'cpu.cfs_period_us')}"
        quota, _, period = (_text(group / "cpu.max") or version_1).partition(" ")
        if quota.isdecimal() and period.isdecimal():
            yield int(quota) // int(period)


def _left_under_limits(root: Path) -> Iterator[int]:
    """Yield the bytes left under the memory limit of each control group of this process that has one."""
    for group in _groups(root, "memory"):
        for limit, usage, cache in MEMORY_FILES:
            allowed, used = _text(group / limit), _text(group / usage)
            # Some containers hide part of these files; a limit is of no use without what is used of it.
            if allowed.isdecimal() and used.isdecimal():
                shares = dict(line.split() for line in _text(group / "memory.stat").splitlines())
                yield int(allowed) - int(used) + int(shares.get(cache, 0))


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """Yield the folders of this process's control groups, each followed by its parents."""
    for line in _text(root / "proc" / "self" / "cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        # Version 2 has one tree and names no controllers; version 1 has a tree for each.
        if not controllers or controller in controllers.split(","):
            tree = root / "sys" / "fs" / "cgroup" / (controller if controllers else "")
            group = PurePosixPath(path.lstrip("/"))
            yield from (tree / each for each in (group, *group.parents))


def _text(path: Path) -> str:
    """Return the stripped content of a system file, or an empty string if it does not exist."""
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""
