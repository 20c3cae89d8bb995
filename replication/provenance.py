"""Provenance of results: code, software versions and machine."""

import hashlib
import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

from replication.machine import usable_cores

PACKAGES = ("torch", "torchvision", "numpy", "scipy", "scikit-learn", "umap-learn", "xarray", "numba")


def software() -> dict[str, str]:
    """Return the versions of Python, this suite, and the packages that results depend on.

    A package that is missing has the version ``not installed``.

    Raises:
        importlib.metadata.PackageNotFoundError: This suite itself is not installed.
    """
    versions = {"python": platform.python_version(), "replication": metadata.version("under-the-hood-replication")}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = "not installed"
    return versions


def commit(*folders: str) -> str:
    """Return the git commit of this code, ``unknown`` outside a repository.

    If tracked files in ``folders`` have uncommitted changes, ``+changes.`` and eight hexadecimal digits of the diff's
    hash are appended.

    Args:
        folders: Folders of the repository that a result depends on; by default the package alone.
    """
    root = Path(__file__).parent.parent
    if not (root / ".git").exists():
        return "unknown"
    try:
        head = _git(root, "rev-parse", "HEAD")
        changes = _git(root, "diff", "--no-ext-diff", "--binary", "HEAD", "--", *(folders or ("replication",)))
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + (f"+changes.{hashlib.sha256(changes.encode()).hexdigest()[:8]}" if changes else "")


def machine() -> dict[str, Any]:
    """Return this machine's processor, usable cores, memory in GiB and system, without its host name."""
    import psutil

    return {
        "processor": _processor(),
        "cores": usable_cores(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
    }


def _git(root: Path, *arguments: str) -> str:
    """Return the output of a git command run in ``root``."""
    command = ["git", "-c", f"safe.directory={root}", "-C", str(root), *arguments]
    # In a hook of git, variables may name another repository, its index or its files.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    found = subprocess.run(
        command, check=True, capture_output=True, encoding="utf-8", errors="replace", env=environment
    )
    return found.stdout.strip()


def _processor() -> str:
    """Return the processor's name as reported by the system."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
