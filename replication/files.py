"""Files that survive a kill: written whole or not at all, sealed or checksummed by content, guarded by a lock."""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import filelock
import numpy as np
import safetensors
from numpy.typing import NDArray

from replication.errors import ReplicationError

STALE_S = 3600.0
"""Seconds after which a file that was being written was left behind by a process that was killed."""

_SEAL_SIZE = hashlib.sha256().digest_size
_UNFINISHED = ".part"
_UNFINISHED_NAME = re.compile(r"\..+\.\w{8}\.part")
"""A hidden name of ``write_atomically``: that of the file, eight letters of ``tempfile``'s, and the suffix."""


class CorruptArtefactError(ReplicationError):
    """A file that this suite wrote is truncated, was changed, or is of another kind."""


class RunLockedError(ReplicationError):
    """Another process works in the same run folder."""


def write_atomically(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` so that a reader sees the old file or the new one, never a part.

    Args:
        path: Where the file shall stand; its folder is made where missing.
        content: The whole file.

    Raises:
        OSError: The disk is full or the folder is read-only; the old file, if any, is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_UNFINISHED)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def sealed(content: bytes) -> bytes:
    """Return a file's bytes with their SHA-256, 32 bytes, behind them.

    Most formats, HDF5 among them, take no notice of what follows their end.
    """
    return content + hashlib.sha256(content).digest()


def unsealed(path: Path) -> bytes:
    """Return the bytes of a file that was written sealed, which nothing has parsed before.

    Args:
        path: A file of ``sealed`` bytes.

    Returns:
        The bytes without the seal.

    Raises:
        FileNotFoundError: There is no such file.
        CorruptArtefactError: The file is truncated, was changed, or was never sealed.
    """
    content = path.read_bytes()
    body, seal = content[:-_SEAL_SIZE], content[-_SEAL_SIZE:]
    found = hashlib.sha256(body).digest()
    if found != seal:
        raise CorruptArtefactError(
            f"{path} was changed since it was written, or not by this suite: expected sha256 {seal.hex()}, "
            f"found {found.hex()}"
        )
    return body


def content_digest(arrays: Mapping[str, NDArray[Any]], text: str = "") -> str:
    """Return the SHA-256 of named arrays and a text, independent of how a file format packs them.

    Args:
        arrays: Arrays of numbers, booleans or fixed-width strings, by name; their order does not matter.
        text: What else the digest shall cover, such as provenance.

    Returns:
        64 hexadecimal digits.
    """
    # surrogatepass: a damaged file may hold text that is no text, and has a digest all the same.
    digest = hashlib.sha256(text.encode(errors="surrogatepass"))
    for name in sorted(arrays):
        array = np.asarray(arrays[name], order="C")
        digest.update(f"\0{name}\0{array.dtype.str}\0{array.shape}\0".encode(errors="surrogatepass"))
        digest.update(array.tobytes())
    return digest.hexdigest()


def tensors_digest(path: Path) -> str:
    """Return the ``content_digest`` of a trained network's tensors, for rooms that know no torch.

    Args:
        path: A checkpoint as ``training`` writes it: safetensors, float32, a checksum among the metadata.

    Raises:
        FileNotFoundError: There is no such file.
        CorruptArtefactError: The file is truncated, was changed, or holds something else.
    """
    way_out = "delete it, or train it again with: replication run"
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        found, expected = content_digest(tensors, metadata["provenance"]), metadata["sha256"]
    except (safetensors.SafetensorError, KeyError) as error:
        raise CorruptArtefactError(f"{path} is no network that this suite wrote: {error!r}; {way_out}") from None
    if found != expected:
        raise CorruptArtefactError(f"{path} was changed since it was written; {way_out}")
    return content_digest(tensors)


def _clear_unfinished(folder: Path) -> None:
    """Delete what processes that were killed have left half written, but nothing that is being written now."""
    for path in folder.rglob(f".*{_UNFINISHED}"):
        # A report asks for no lock: its file may get its name while it is looked at.
        with suppress(FileNotFoundError):
            if _UNFINISHED_NAME.fullmatch(path.name) and time.time() - path.stat().st_mtime > STALE_S:
                path.unlink()


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, so that two runs in one folder do not interleave; clear away what killed ones left.

    Args:
        folder: The run folder; made where missing.

    Raises:
        RunLockedError: Another process holds the lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder / ".lock", blocking=False)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise RunLockedError(
            f"{folder} is in use by another process: wait for it, stop it, or name another folder with --run"
        ) from None
    try:
        _clear_unfinished(folder)
        yield
    finally:
        lock.release()
