"""Files that survive: whole or not at all, sealed or checksummed by content, one process per folder."""

import errno
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

from replication import files
from replication.files import (
    CorruptArtefactError,
    RunLockedError,
    content_digest,
    exclusive,
    sealed,
    tensors_digest,
    unsealed,
    write_atomically,
)
from replication.training import Checkpoint, load_checkpoint, save_checkpoint

RECORDED = Path(__file__).parent.parent / "fixtures" / "recorded"

arrays = hnp.arrays(
    st.sampled_from([np.dtype("<f4"), np.dtype("<i2"), np.dtype("?"), np.dtype("<U3"), np.dtype("<i8")]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)
named_arrays = st.dictionaries(st.text("abcde", min_size=1, max_size=3), arrays, max_size=4)


# Seals -----------------------------------------------------------------------------------------------------------


@given(st.binary(max_size=100))
def test_what_is_sealed_is_unsealed(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("sealed") / "file"
    path.write_bytes(sealed(content))
    assert unsealed(path) == content


@pytest.mark.parametrize(
    "damage", [lambda c: c[:-1], lambda c: c[1:], lambda c: c + b"x", lambda c: b"", lambda c: c[:-32]]
)
def test_a_broken_seal_is_told(tmp_path, damage):
    path = tmp_path / "file"
    path.write_bytes(damage(sealed(b"some numbers")))
    with pytest.raises(CorruptArtefactError, match=r"file was changed since it was written, or not by this suite: exp"):
        unsealed(path)


def test_no_file_has_no_seal(tmp_path):
    with pytest.raises(FileNotFoundError):
        unsealed(tmp_path / "file")


# Atomic writing --------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_and_its_folder_made(tmp_path):
    path = tmp_path / "new" / "folder" / "file.bin"
    write_atomically(path, b"first")
    write_atomically(path, b"second")
    assert path.read_bytes() == b"second"
    assert [entry.name for entry in path.parent.iterdir()] == ["file.bin"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permissions of group and others")
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_file_is_as_private_as_the_user_wants_new_files(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        write_atomically(tmp_path / "file.bin", b"content")
    finally:
        os.umask(before)
    assert (tmp_path / "file.bin").stat().st_mode & 0o777 == mode


class FullDisk:
    """Takes a few bytes, then there is no space left."""

    def __init__(self, path, mode):
        self._file = open(path, mode)  # noqa: PTH123, SIM115

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def write(self, content):
        self._file.write(content[:2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def fail_with(error, *arguments):
    def fail(*_):
        raise error(*arguments)

    return fail


@pytest.mark.parametrize(
    ("target", "stand_in", "error"),
    [
        ("pathlib.Path.open", lambda path, mode: FullDisk(path, mode), OSError),
        ("os.fsync", fail_with(OSError, errno.EIO, "input/output error"), OSError),
        ("os.fsync", fail_with(KeyboardInterrupt), KeyboardInterrupt),
        ("pathlib.Path.replace", fail_with(PermissionError, errno.EROFS, "read-only"), PermissionError),
    ],
    ids=["full disk", "broken disk", "interrupted", "read-only"],
)
@pytest.mark.parametrize("old", [b"the old file", None])
def test_a_failed_write_leaves_the_old_file_and_no_part(tmp_path, monkeypatch, target, stand_in, error, old):
    path = tmp_path / "file.bin"
    if old is not None:
        path.write_bytes(old)
    monkeypatch.setattr(target, stand_in)
    with pytest.raises(error) as caught:
        write_atomically(path, b"the new file")
    monkeypatch.undo()
    if isinstance(caught.value, OSError):
        assert caught.value.filename == str(path), "the reader is told which disk"
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == ({"file.bin": old} if old else {})


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_the_full_disk_of_these_tests_fails_as_a_real_one():
    with pytest.raises(OSError, match="No space left") as real, Path("/dev/full").open("wb", buffering=0) as file:
        file.write(b"x")
    with (
        pytest.raises(OSError, match="No space left") as planted,
        FullDisk(os.devnull, "wb") as file,
    ):
        file.write(b"x")
    assert real.value.errno == planted.value.errno


# Digests ---------------------------------------------------------------------------------------------------------


@given(named_arrays, st.text(max_size=5), st.randoms())
def test_a_digest_does_not_depend_on_order_or_memory_layout(content, text, random):
    shuffled = list(content.items())
    random.shuffle(shuffled)
    packed_otherwise = {name: np.asfortranarray(array) if array.ndim else array for name, array in shuffled}
    assert content_digest(content, text) == content_digest(packed_otherwise, text)
    assert len(content_digest(content, text)) == 64


@given(arrays.filter(lambda array: array.size > 0), st.data())
def test_a_digest_notices_one_changed_byte(array, data):
    content = bytearray(array.tobytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1
    changed = np.frombuffer(content, dtype=np.uint8).view(array.dtype).reshape(array.shape)
    assert content_digest({"a": array}) != content_digest({"a": changed})


@pytest.mark.parametrize(
    "other",
    [
        {"a": np.arange(6, dtype="<i8")},
        {"a": np.arange(6, dtype="<i4").reshape(2, 3)},
        {"a": np.arange(6, dtype="<i4").reshape(1, 6)},
        {"a": np.arange(6, dtype="<u4")},
        {"a": np.arange(6, dtype=">i4")},
        {"b": np.arange(6, dtype="<i4")},
        {"a": np.arange(6, dtype="<i4"), "b": np.zeros(0)},
        {"a": np.arange(6, dtype="<i4")[::-1]},
        {},
    ],
)
def test_a_digest_covers_dtype_shape_names_and_number_of_arrays(other):
    assert content_digest({"a": np.arange(6, dtype="<i4")}) != content_digest(other)


def test_a_number_is_not_a_vector_of_one():
    assert content_digest({"a": np.array(1.0)}) != content_digest({"a": np.array([1.0])})


@given(st.text(max_size=8), st.text(max_size=8))
def test_a_digest_covers_the_text(one, other):
    assert (content_digest({}, one) == content_digest({}, other)) == (one == other)


def test_what_a_damaged_file_holds_for_text_has_a_digest_of_its_own():
    assert content_digest({}, "caf\udce9") != content_digest({}, "café")
    assert content_digest({"\udce9": np.zeros(1)}) != content_digest({"é": np.zeros(1)})


@pytest.mark.parametrize("path", sorted(RECORDED.glob("*/*/network.safetensors")), ids=lambda path: path.parts[-3])
def test_a_network_s_checksum_is_the_same_without_torch(path):
    assert tensors_digest(path) == load_checkpoint(path).sha256


@pytest.mark.parametrize(
    "damage",
    [
        lambda c: b"",
        lambda c: c[:-1],
        lambda c: c[:-1] + bytes([c[-1] ^ 1]),
        lambda c: b"\xff" * 8 + c[8:],
        lambda c: c.replace(b"F32", b"F16"),
        lambda c: c.replace(b"__metadata__", b"__metadato__"),
    ],
)
def test_a_damaged_network_has_no_checksum(tmp_path, damage):
    path = tmp_path / "network.safetensors"
    save_checkpoint(path, Checkpoint({"out.bias": torch.arange(3.0)}))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(
        CorruptArtefactError, match=r"network\.safetensors (is no network that|was changed).*; delete it, or train"
    ):
        tensors_digest(path)


# The lock --------------------------------------------------------------------------------------------------------

TRY = """
import sys
from pathlib import Path
from replication.files import RunLockedError, exclusive
try:
    with exclusive(Path(sys.argv[1])):
        print("free")
except RunLockedError as error:
    print(error)
"""


def try_elsewhere(folder):
    done = subprocess.run([sys.executable, "-c", TRY, str(folder)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_second_process_is_refused_until_the_first_is_done(tmp_path):
    folder = tmp_path / "run"
    with exclusive(folder):
        assert try_elsewhere(folder) == (
            f"{folder} is in use by another process: wait for it, stop it, or name another folder with --run"
        )
        assert try_elsewhere(tmp_path / "another") == "free"
    assert try_elsewhere(folder) == "free"


def test_the_lock_is_released_after_an_exception_and_refused_within(tmp_path):
    def work_that_fails():
        with exclusive(tmp_path):
            with pytest.raises(RunLockedError, match="in use by another process"), exclusive(tmp_path):
                pass
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work_that_fails()
    with exclusive(tmp_path):
        pass


def test_what_a_killed_process_left_half_written_is_cleared_away_and_nothing_else(tmp_path):
    names = (".draws.nc.abcd_123.part", ".draws.nc.abcd_124.part", ".theirs.part", "mine.part")
    old, new, *theirs = (tmp_path / "mnist" / name for name in names)
    old.parent.mkdir()
    for path in (old, new, *theirs):
        path.touch()
    for path in (old, *theirs):
        os.utime(path, (0, 0))
    with exclusive(tmp_path):
        assert sorted(old.parent.iterdir()) == sorted([new, *theirs])


def test_what_writing_leaves_when_killed_is_known_by_its_name(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(os, "fsync", lambda _: seen.extend(path.name for path in tmp_path.iterdir()))
    write_atomically(tmp_path / "draws.nc", b"content")
    assert all(files._UNFINISHED_NAME.fullmatch(name) for name in seen)
    assert len(seen) == 1


@pytest.mark.parametrize("work", ["nothing", "an error", "a file", "a file beside it", "a lock above it"])
def test_a_folder_made_for_nothing_is_removed_with_those_above_it(tmp_path, work):
    folder = tmp_path / "some" / "run"
    with suppress(ZeroDivisionError), exclusive(folder):
        if work == "an error":
            raise ZeroDivisionError
        if "file" in work:
            (folder.parent if "beside" in work else folder).joinpath("file").touch()
        if "lock" in work:
            folder.with_name(".lock").touch()
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")} - {"some/run/.lock"}
    wanted = {
        "a file": {"some", "some/run", "some/run/file"},
        "a file beside it": {"some", "some/file"},
        "a lock above it": {"some", "some/.lock"},
    }
    assert left == wanted.get(work, set())


def test_an_empty_folder_of_the_user_s_is_kept(tmp_path):
    with exclusive(tmp_path):
        pass
    assert tmp_path.exists()


def test_a_killed_process_leaves_no_lock_behind(tmp_path):
    hold = (
        "import sys, time; from pathlib import Path; from replication.files import exclusive\n"
        "with exclusive(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", hold, str(tmp_path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(RunLockedError, match="in use"), exclusive(tmp_path):
            pass
        holder.kill()
    with exclusive(tmp_path):
        pass
