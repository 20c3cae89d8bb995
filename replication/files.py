"""Files that survive a killed process: atomic writes, seals and checksums, and a lock per folder."""

import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import filelock
import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from replication.errors import ReplicationError

STALE_S = 3600.0
"""Age in seconds beyond which an unfinished file is taken to be left over from a killed process."""

_SEAL_SIZE = hashlib.sha256().digest_size
_LOCK = ".lock"
_UNFINISHED = ".part"
_UNFINISHED_NAME = re.compile(r"\..+\.\w{8}\.part")
"""Temporary file name of ``write_atomically``: a dot, the file's name, eight random characters, the suffix."""


class CorruptArtefactError(ReplicationError):
    """A file is truncated, was modified since this suite wrote it, or is of another kind."""


class RunLockedError(ReplicationError):
    """Another process holds the lock of the run folder."""


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` so that a reader sees either the old file or the new one, never a part.

    Args:
        path: Path of the file; missing folders are created.
        content: Content of the file.  Its permissions are those of any new file, as the umask has them.

    Raises:
        OSError: The disk is full or the folder is read-only; an existing file is left unchanged.  It names the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{path.name}.{secrets.token_hex(4)}{_UNFINISHED}"
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:  # as when the disk is full
            error.filename = str(path)
        raise


def sealed(content: bytes) -> bytes:
    """Append the SHA-256 of a file's content, 32 bytes, to the content.

    Most formats, including HDF5, ignore bytes after their end.
    """
    return content + hashlib.sha256(content).digest()


def unsealed(path: Path) -> bytes:
    """Read a sealed file and verify the seal before anything parses the content.

    Args:
        path: A file that holds the result of ``sealed``.

    Returns:
        The content without the seal.

    Raises:
        FileNotFoundError: There is no such file.
        CorruptArtefactError: The file is truncated, was modified, or has no seal.
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
    """Return the SHA-256 of named arrays and a text, independent of any file format.

    Args:
        arrays: Arrays of numbers, booleans or fixed-width strings by name, in any order.
        text: Further content that the digest covers, such as provenance.

    Returns:
        64 hexadecimal digits.
    """
    # surrogatepass: text in a damaged file may be invalid Unicode, and still needs a digest.
    digest = hashlib.sha256(text.encode(errors="surrogatepass"))
    for name in sorted(arrays):
        array = np.asarray(arrays[name], order="C")
        digest.update(f"\0{name}\0{array.dtype.str}\0{array.shape}\0".encode(errors="surrogatepass"))
        digest.update(array.tobytes())
    return digest.hexdigest()


def safetensors_metadata(content: bytes) -> dict[str, str]:
    """Return the metadata of a safetensors file from its header.

    safetensors itself reads metadata only from files whose path is valid UTF-8.

    Args:
        content: Content of a file that safetensors can read.

    Returns:
        The metadata; empty if there are none.
    """
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    metadata: dict[str, str] = header.get("__metadata__", {})
    return metadata


def tensors_digest(path: Path) -> str:
    """Return the ``content_digest`` of a trained network's tensors, without torch.

    Args:
        path: A checkpoint written by ``training``: safetensors, float32, with a checksum in the metadata.

    Raises:
        FileNotFoundError: There is no such file.
        CorruptArtefactError: The file is truncated, was modified, or is not a checkpoint of this suite.
    """
    way_out = "delete it, or train it again with: replication run"
    try:
        content = path.read_bytes()
        tensors, metadata = safetensors.numpy.load(content), safetensors_metadata(content)
        found, expected = content_digest(tensors, metadata["provenance"]), metadata["sha256"]
    except (safetensors.SafetensorError, KeyError) as error:
        raise CorruptArtefactError(f"{path} is no network that this suite wrote: {error!r}; {way_out}") from None
    if found != expected:
        raise CorruptArtefactError(f"{path} was changed since it was written; {way_out}")
    return content_digest(tensors)


def _clear_unfinished(folder: Path) -> None:
    """Delete unfinished files of killed processes, but none that is still being written."""
    for path in folder.rglob(f".*{_UNFINISHED}"):
        # Reports are written without a lock, so a file may be renamed at any moment.
        with suppress(FileNotFoundError):
            if _UNFINISHED_NAME.fullmatch(path.name) and time.time() - path.stat().st_mtime > STALE_S:
                path.unlink()


def _remove_unused(folder: Path, made: list[Path]) -> None:
    """Remove a folder that was made and holds nothing but its lock, and those made above it that are empty then."""
    with suppress(OSError):
        if folder in made and {path.name for path in folder.iterdir()} <= {_LOCK}:
            (folder / _LOCK).unlink(missing_ok=True)
            for one in made:
                one.rmdir()  # fails at the first that holds something


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold a folder's lock, so that two processes do not work in it at once, and delete leftovers of killed ones.

    Args:
        folder: The run folder; created if missing, and removed again if nothing is written into it.

    Raises:
        RunLockedError: Another process holds the lock.
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder / _LOCK, blocking=False)
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
        # Before the release, so that no other process holds the lock whose file is removed.
        _remove_unused(folder, made)
        lock.release()
