"""Cores and memory that this process may use, as a scheduler or a container leaves them, and memory that it keeps."""

import ctypes
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ROOT = Path("/")

MEMORY_FILES = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)
"""Limit, usage, and what of the usage is files that give way, in versions 2 and 1 of Linux's control groups."""

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""What ``mallopt`` of glibc calls these settings."""
LARGEST_KEPT = 32 * 2**20
"""Bytes of the largest block that glibc can be told to take from its heap."""
MOST_KEPT = 256 * 2**20
"""Bytes; more than a training step of 64 images frees."""


def usable_cores(root: Path = ROOT) -> int:
    """Return the number of cores that this process may use: those it is bound to, or fewer under a quota."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([bound, *_quotas(root)]))


def usable_memory(root: Path = ROOT) -> int:
    """Return the bytes of memory that this process may still take: what is free, or less under a limit."""
    import psutil

    return max(0, min([int(psutil.virtual_memory().available), *_left_under_limits(root)]))


def keep_freed_memory() -> bool:
    """Let the C library keep what is freed for whoever asks next, for the rest of this process.

    A training step frees its activations, and the next takes as much again.  glibc hands the end of its heap back to
    the system whenever more is free there than twice its largest block; what is handed back comes again page by page,
    thousands of them in a step of 64 images.

    Returns:
        Whether the C library did so: glibc does; nothing changes under another.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    # Each call by itself ends that glibc moves both thresholds by what is freed.
    return bool(mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT) and mallopt(M_TRIM_THRESHOLD, MOST_KEPT))


def _quotas(root: Path) -> Iterator[int]:
    """Yield the whole cores that each control group of this process is granted, where it has a quota."""
    for group in _groups(root, "cpu"):
        version_1 = f"{_text(group / 'cpu.cfs_quota_us')} {_text(group / 'cpu.cfs_period_us')}"
        quota, _, period = (_text(group / "cpu.max") or version_1).partition(" ")
        if quota.isdecimal():
            yield int(quota) // int(period)


def _left_under_limits(root: Path) -> Iterator[int]:
    """Yield the bytes left to each control group of this process, where it has a limit."""
    for group in _groups(root, "memory"):
        for limit, usage, cache in MEMORY_FILES:
            if (allowed := _text(group / limit)).isdecimal():
                shares = dict(line.split() for line in _text(group / "memory.stat").splitlines())
                yield int(allowed) - int(_text(group / usage)) + int(shares[cache])


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """Yield the folders of the control groups that this process is in, each followed by the one around it."""
    for line in _text(root / "proc" / "self" / "cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        # Version 2 has one tree and names no controllers; version 1 has a tree for each.
        if not controllers or controller in controllers.split(","):
            tree = root / "sys" / "fs" / "cgroup" / (controller if controllers else "")
            group = PurePosixPath(path.lstrip("/"))
            yield from (tree / each for each in (group, *group.parents))


def _text(path: Path) -> str:
    """Return the content of a file of the system, empty where there is none."""
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""
