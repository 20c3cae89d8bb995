"""The data sets: official bytes or a clear refusal, the same tensors as torchvision's, digits without a download."""

import gzip
import hashlib
import os
import shutil
import struct
from dataclasses import replace
from http.client import BadStatusLine
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from torchvision import datasets, transforms

from replication import data
from replication.data import DataError, Images, Split, count, load
from replication.study import DATASETS, PROFILES

CPU = torch.device("cpu")
SPLITS = get_args(Split)
ALL = PROFILES["paper"]
FILES = tuple(f"{part}-{kind}-ubyte.gz" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1"))
N_STAND_IN = {"train": 7, "t10k": 4}


def both(dataset, profile=ALL):
    """Training images and test images."""
    return tuple(load(dataset, split, profile, CPU) for split in SPLITS)


# A stand-in for MNIST, made here -----------------------------------------------------------------------------------


def idx(array):
    """Return an array of bytes as a gzipped IDX file."""
    header = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return gzip.compress(header + array.tobytes(), mtime=0)


@pytest.fixture
def pixels():
    rng = np.random.default_rng(7)
    return {part: rng.integers(0, 256, (n, 28, 28), dtype=np.uint8) for part, n in N_STAND_IN.items()}


@pytest.fixture
def official(tmp_path, monkeypatch, pixels):
    """Make a few images the official MNIST; return the folder that holds them."""
    folder = tmp_path / "given"
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part, images in pixels.items():
        (raw / f"{part}-images-idx3-ubyte.gz").write_bytes(idx(images))
        (raw / f"{part}-labels-idx1-ubyte.gz").write_bytes(idx(np.arange(len(images), dtype=np.uint8)))
    resources = [(name, hashlib.md5((raw / name).read_bytes()).hexdigest()) for name in FILES]
    monkeypatch.setattr(datasets.MNIST, "resources", resources)
    monkeypatch.setattr(datasets.MNIST, "mirrors", ["https://first.example/", "https://second.example/"])
    monkeypatch.setenv(data.ENVIRONMENT_VARIABLE, str(folder))
    monkeypatch.setattr(data.platformdirs, "user_cache_dir", lambda _: str(tmp_path / "cache"))
    return folder


@pytest.fixture
def mirror(monkeypatch, official):
    """A download that serves the official files, or fails as told; returns what was asked of it."""
    asked = []

    class Mirror:
        down: tuple[str, ...] = ()
        failure: Exception = RuntimeError("File not found or corrupted.")

    def download_url(url, root, filename, md5):
        asked.append(url)
        if any(url.startswith(host) for host in Mirror.down):
            Path(root, filename).write_bytes(b"half a fi")
            raise Mirror.failure
        shutil.copy(shelf / filename, Path(root, filename))

    shelf = official.parent / "shelf"
    shutil.copytree(official / "MNIST" / "raw", shelf)
    monkeypatch.setattr("torchvision.datasets.utils.download_url", download_url)
    Mirror.asked = asked
    return Mirror


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_given_files_are_read_into_the_range_of_the_paper(official, pixels):
    train, test = both("mnist")
    assert (len(train), len(test)) == (7, 4)
    assert (train.images.shape, train.images.dtype) == ((7, 1, 28, 28), torch.float32)
    assert (train.labels.tolist(), train.labels.dtype) == (list(range(7)), torch.int64)
    # Grey value g becomes (g / 255 − 0.5) / 0.5.
    expected = (pixels["t10k"].astype(np.float64) / 255 - 0.5) / 0.5
    np.testing.assert_allclose(test.images[:, 0].numpy(), expected, atol=1e-6)


def test_given_files_are_only_read(official, mirror):
    """A read-only folder must do: nothing is extracted beside the files, written or downloaded."""
    before = contents(official)
    for path in (*official.rglob("*"), official):
        path.chmod(0o555 if path.is_dir() else 0o444)
    both("mnist")
    for path in (official, *official.rglob("*")):
        path.chmod(0o755)
    assert contents(official) == before
    assert mirror.asked == []
    assert not data.cache_folder().exists()


@pytest.mark.parametrize("part", ["train", "t10k"])
@pytest.mark.parametrize(
    "harm", [lambda content: content[:-9], lambda content: content[:-1] + b"?"], ids=["cut", "changed"]
)
def test_a_given_file_that_is_not_official_is_refused(official, mirror, part, harm):
    path = official / "MNIST" / "raw" / f"{part}-images-idx3-ubyte.gz"
    expected = hashlib.md5(path.read_bytes()).hexdigest()
    path.write_bytes(harm(path.read_bytes()))
    found = hashlib.md5(path.read_bytes()).hexdigest()
    complaint = (
        rf"{path} is not the official file: expected md5 {expected}, found {found} \([\d,]+ bytes\); "
        "put the official file there, or unset REPLICATION_DATA to download it"
    )
    with pytest.raises(DataError, match=complaint):
        both("mnist")
    assert mirror.asked == []


def test_what_is_not_given_is_downloaded_once_into_the_cache(official, mirror):
    given = both("mnist")
    shutil.rmtree(official)
    downloaded = both("mnist")
    assert torch.equal(given[0].images, downloaded[0].images)
    assert mirror.asked == [f"https://first.example/{name}" for name in FILES]
    assert sorted(path.name for path in contents(data.cache_folder())) == sorted(FILES)
    both("mnist")
    assert len(mirror.asked) == len(FILES)


def test_without_the_variable_the_cache_is_used(official, mirror, monkeypatch):
    monkeypatch.delenv(data.ENVIRONMENT_VARIABLE)
    both("mnist")
    assert len(mirror.asked) == len(FILES)


def test_the_next_mirror_is_tried(official, mirror):
    shutil.rmtree(official)
    mirror.down = ("https://first",)
    both("mnist")
    assert mirror.asked[:2] == [f"https://first.example/{FILES[0]}", f"https://second.example/{FILES[0]}"]


def test_a_mirror_that_does_not_speak_http_is_passed_over(official, mirror):
    shutil.rmtree(official)
    mirror.down, mirror.failure = ("https://first",), BadStatusLine("220 mail ready")
    both("mnist")
    assert mirror.asked[:2] == [f"https://first.example/{FILES[0]}", f"https://second.example/{FILES[0]}"]


@pytest.mark.parametrize("given", [True, False])
def test_a_failed_download_names_every_place_and_the_way_out(official, mirror, monkeypatch, given):
    shutil.rmtree(official)
    mirror.down = ("https://",)
    if not given:
        monkeypatch.delenv(data.ENVIRONMENT_VARIABLE)
    with pytest.raises(DataError) as caught:
        both("mnist")
    message = str(caught.value)
    md5 = dict(datasets.MNIST.resources)[FILES[0]]
    for part in (
        f"MNIST/raw/{FILES[0]} (md5 {md5}) is missing",
        str(official) if given else "REPLICATION_DATA (not set)",
        str(data.cache_folder() / "MNIST" / "raw"),
        "https://first.example/: File not found or corrupted.",
        "https://second.example/: File not found or corrupted.",
        f"as FOLDER/MNIST/raw/{FILES[0]} and set REPLICATION_DATA=FOLDER",
    ):
        assert part in message
    assert contents(data.cache_folder()) == {}


def test_a_cache_that_cannot_be_written_is_told_like_a_failed_download(official, mirror):
    shutil.rmtree(official)
    data.cache_folder().parent.mkdir(parents=True)
    data.cache_folder().write_text("a file where a folder should be")
    with pytest.raises(DataError, match="could not download it"):
        both("mnist")


def test_a_download_that_is_killed_leaves_no_half_file(official, mirror, monkeypatch):
    def killed(url, root, filename, md5):
        Path(root, filename).write_bytes(b"half a fi")
        raise KeyboardInterrupt

    shutil.rmtree(official)
    monkeypatch.setattr("torchvision.datasets.utils.download_url", killed)
    with pytest.raises(KeyboardInterrupt):
        both("mnist")
    assert contents(data.cache_folder()) == {}


def test_a_bad_file_in_the_cache_is_refused_and_may_be_deleted(official, mirror):
    shutil.rmtree(official)
    both("mnist")
    path = data.cache_folder() / "MNIST" / "raw" / FILES[1]
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(DataError, match=rf"{path} is not the official file: .*; delete it, and it is downloaded anew"):
        both("mnist")
    path.unlink()
    both("mnist")


def test_a_profile_takes_images_from_the_front(official):
    whole, whole_test = both("mnist")
    train, test = both("mnist", replace(ALL, n_train=3, n_test=2))
    assert torch.equal(train.images, whole.images[:3])
    assert torch.equal(test.labels, whole_test.labels[:2])
    with pytest.raises(
        DataError, match="8 images were asked for, the data set has 7: take another profile or data set"
    ):
        load("mnist", "train", replace(ALL, n_train=8), CPU)


@pytest.mark.parametrize("dataset", ["mnist", "digits"])
@pytest.mark.parametrize("split", SPLITS)
def test_images_keep_no_more_memory_than_their_own(official, dataset, split):
    """Neither those that the profile leaves out nor the other split."""
    found = load(dataset, split, replace(ALL, n_train=3, n_test=2), CPU)
    for tensor in (found.images, found.labels):
        assert tensor.untyped_storage().nbytes() == tensor.numel() * tensor.element_size()


@pytest.mark.parametrize(("split", "other"), [SPLITS, SPLITS[::-1]])
def test_a_split_is_had_without_the_other(official, mirror, split, other):
    expected = load("mnist", split, ALL, CPU)
    part = data.FILE_STEMS[other]
    for path in (official / "MNIST" / "raw").glob(f"{part}-*"):
        path.unlink()
    mirror.down = ("https://",)
    assert torch.equal(load("mnist", split, ALL, CPU).images, expected.images)
    assert count("mnist", split, ALL) == N_STAND_IN[data.FILE_STEMS[split]]
    with pytest.raises(DataError, match=f"MNIST/raw/{part}-images-idx3-ubyte.gz .* is missing"):
        load("mnist", other, ALL, CPU)
    with pytest.raises(DataError, match=f"MNIST/raw/{part}-images-idx3-ubyte.gz .* is missing"):
        count("mnist", other, ALL)


@pytest.mark.parametrize("dataset", ["mnist", "digits"])
@pytest.mark.parametrize("profile", [ALL, replace(ALL, n_train=3, n_test=2)], ids=["all", "some"])
def test_images_are_counted_as_they_are_loaded_without_being_made(official, monkeypatch, dataset, profile):
    expected = [len(images) for images in both(dataset, profile)]
    monkeypatch.setattr(data, "_normalised", lambda *_: pytest.fail("made"))
    monkeypatch.setattr(data, "_centred", lambda *_: pytest.fail("made"))
    assert [count(dataset, split, profile) for split in SPLITS] == expected


@pytest.mark.parametrize(("dataset", "n_test"), [("mnist", 4), ("digits", 360)])
def test_too_many_images_are_refused_before_they_are_made(official, dataset, n_test):
    message = f"{n_test + 1} images were asked for, the data set has {n_test}: take another profile or data set"
    with pytest.raises(DataError, match=message):
        count(dataset, "test", replace(ALL, n_test=n_test + 1))
    with pytest.raises(DataError, match=message):
        load(dataset, "test", replace(ALL, n_test=n_test + 1), CPU)


def test_images_that_are_counted_are_fetched(official, mirror):
    shutil.rmtree(official)
    assert [count("mnist", split, ALL) for split in SPLITS] == list(N_STAND_IN.values())
    assert sorted(path.name for path in contents(data.cache_folder())) == sorted(FILES)


@pytest.mark.parametrize("of", [lambda: both("emnist"), lambda: count("emnist", "test", ALL)], ids=["load", "count"])
def test_an_unknown_data_set_is_refused(of):
    with pytest.raises(ValueError, match="unknown data set 'emnist': there are mnist, kmnist, fashion, digits"):
        of()


def test_the_first_images_may_be_all_or_none():
    images = Images(torch.zeros(3, 1, 28, 28), torch.arange(3))
    assert [len(images.first(n)) for n in (0, 2, 3, 4)] == [0, 2, 3, 3]


# Digits ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def digits():
    return both("digits")


def test_digits_have_the_shape_and_range_of_the_others(digits):
    train, test = digits
    assert (len(train), len(test)) == (1_437, 360)
    for part in digits:
        assert part.images.shape == (len(part), 1, 28, 28)
        assert part.images.dtype == torch.float32
        assert -1 <= part.images.min() < part.images.max() <= 1
        assert torch.bincount(part.labels, minlength=10).min() > 20


def test_the_split_is_disjoint_and_complete(digits):
    from sklearn.datasets import load_digits

    rows = [{image.numpy().tobytes() for image in part.images} for part in digits]
    assert not rows[0] & rows[1]
    together = torch.cat([part.labels for part in digits])
    np.testing.assert_array_equal(np.bincount(together), np.bincount(load_digits().target))


def test_digits_are_the_same_every_time(digits):
    again = both("digits")
    for one, other in zip(digits, again, strict=True):
        assert torch.equal(one.images, other.images)
        assert torch.equal(one.labels, other.labels)


# Real data ---------------------------------------------------------------------------------------------------------

BALANCED = ([6_000] * 10, [1_000] * 10)
CLASS_COUNTS = {
    "mnist": (
        [5_923, 6_742, 5_958, 6_131, 5_842, 5_421, 5_918, 6_265, 5_851, 5_949],
        [980, 1_135, 1_032, 1_010, 982, 892, 958, 1_028, 974, 1_009],
    ),
    "kmnist": BALANCED,
    "fashion": BALANCED,
}
FIRST_LABELS = {
    "mnist": ([5, 0, 4, 1, 9], [7, 2, 1, 0, 4]),
    "kmnist": ([8, 7, 0, 1, 4], [2, 9, 3, 8, 3]),
    "fashion": ([9, 0, 0, 3, 0], [9, 2, 1, 1, 6]),
}
SOURCES = {"mnist": datasets.MNIST, "kmnist": datasets.KMNIST, "fashion": datasets.FashionMNIST}


@pytest.fixture(scope="module", params=DATASETS)
def real(request):
    """One data set's name, training images and test images."""
    return request.param, *both(request.param)


@pytest.mark.realdata
def test_real_sizes_classes_and_range(real):
    dataset, *parts = real
    for part, n_images, counts, first in zip(
        parts, (60_000, 10_000), CLASS_COUNTS[dataset], FIRST_LABELS[dataset], strict=True
    ):
        assert part.images.shape == (n_images, 1, 28, 28)
        assert torch.bincount(part.labels).tolist() == counts
        assert part.labels[:5].tolist() == first
        assert (part.images.min(), part.images.max()) == (-1, 1)


@pytest.mark.realdata
def test_real_images_are_those_of_torchvision(real, tmp_path):
    """Its reader with ToTensor and Normalize, on a writable copy of the very same files."""
    dataset, *parts = real
    source = SOURCES[dataset]
    raw = tmp_path / source.__name__ / "raw"
    raw.mkdir(parents=True)
    places = [os.environ.get(data.ENVIRONMENT_VARIABLE), data.cache_folder()]
    for name, _ in source.resources:
        found = [Path(place, source.__name__, "raw", name) for place in places if place]
        shutil.copy(next(path for path in found if path.exists()), raw)
    as_the_authors = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
    for part, train in zip(parts, (True, False), strict=True):
        theirs = source(tmp_path, train=train, download=True, transform=as_the_authors)
        assert torch.equal(part.labels, theirs.targets)
        for row in (0, 1, 17, 4_321, len(part) - 1):
            image, label = theirs[row]
            assert torch.equal(part.images[row], image)
            assert part.labels[row] == label


@pytest.mark.realdata
def test_the_images_that_fill_no_batch_of_mnist():
    """The last 16 test images, by class."""
    test = load("mnist", "test", ALL, CPU)
    assert torch.bincount(test.labels[9_984:], minlength=10).tolist() == [1, 2, 2, 2, 2, 2, 2, 1, 1, 1]
