"""Load MNIST, KMNIST, Fashion-MNIST (via torchvision) and scikit-learn's digits as tensors on a device.

A data file is looked up under ``REPLICATION_DATA``, then in the user's cache, and else downloaded into the cache.  It
is used only if it has the official checksum.  ``REPLICATION_DATA`` is never written to.
"""

import gzip
import hashlib
import os
import tempfile
from dataclasses import dataclass
from http.client import HTTPException
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
import platformdirs
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from replication.architecture import IMAGE_SIDE
from replication.errors import ReplicationError
from replication.paper import TRAINING
from replication.seeds import generator
from replication.study import ALL_DATASETS, DATASETS, REHEARSAL_DATASET, Profile

ENVIRONMENT_VARIABLE = "REPLICATION_DATA"
N_DIGITS, N_TEST_DIGITS = 1_797, 360

Split = Literal["train", "test"]
FILE_STEMS = {"train": "train", "test": "t10k"}
"""File name prefix of each split."""


class DataError(ReplicationError):
    """A data file is missing, is not the official one, or has too few images; the message says what to do."""


@dataclass(frozen=True)
class Images:
    """Normalised images and their labels.

    Attributes:
        images: Shape (n, 1, 28, 28), float32 in [−1, 1] (§3.1: mean 0.5, standard deviation 0.5).
        labels: Shape (n,), int64, 0 to 9.
    """

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def to(self, device: torch.device) -> "Images":
        """Return the images and labels on a device."""
        return Images(self.images.to(device), self.labels.to(device))

    def first(self, n: int) -> "Images":
        """Return the first ``n`` images, or all of them if there are fewer."""
        return Images(self.images[:n], self.labels[:n])


def load(dataset: str, split: Split, profile: Profile, device: torch.device) -> Images:
    """Load the training or test images that a profile uses.

    Args:
        dataset: ``mnist``, ``kmnist``, ``fashion`` or ``digits``.
        split: ``train`` or ``test``; only the files of this split are needed.
        profile: Determines the number of images.
        device: Device of the returned tensors.

    Returns:
        Training or test images: 1,437 or 360 of ``digits``, 60,000 or 10,000 of the others, or fewer if the profile
        limits them.

    Raises:
        ValueError: The data set is unknown.
        DataError: A file is not the official one, or can be neither found nor downloaded, or the profile asks for more
            images than there are.
    """
    if dataset == REHEARSAL_DATASET:
        return _digits(_rows_of_digits(split, profile)).to(device)
    images, labels = (_decode(content) for content in _official(dataset, split))
    n = _n_used(split, profile, len(labels))
    return _normalised(images[:n], labels[:n]).to(device)


def count(dataset: str, split: Split, profile: Profile) -> int:
    """Return the number of images that ``load`` would return, downloading missing files.

    Args:
        dataset: ``mnist``, ``kmnist``, ``fashion`` or ``digits``.
        split: ``train`` or ``test``.
        profile: Determines the number of images.

    Raises:
        ValueError: The data set is unknown.
        DataError: As for ``load``.
    """
    if dataset == REHEARSAL_DATASET:
        return len(_rows_of_digits(split, profile))
    _, labels = _official(dataset, split)
    return _n_used(split, profile, _idx_shape(labels)[0])


def cache_folder() -> Path:
    """Return the folder of downloaded data files."""
    return Path(platformdirs.user_cache_dir("under-the-hood-replication")) / "data"


def _n_used(split: Split, profile: Profile, n_found: int) -> int:
    """Return the number of images of a split that a profile uses, all ``n_found`` if it sets no limit.

    Raises:
        DataError: The profile uses more images than there are.
    """
    asked = profile.n_train if split == "train" else profile.n_test
    if asked is not None and asked > n_found:
        raise DataError(f"{asked} images were asked for, the data set has {n_found}: take another profile or data set")
    return n_found if asked is None else asked


def _official(dataset: str, split: Split) -> tuple[bytes, bytes]:
    """Return the verified contents of a split's image file and label file, still compressed.

    Raises:
        ValueError: The data set is unknown.
    """
    if dataset not in DATASETS:
        raise ValueError(f"unknown data set {dataset!r}: there are {', '.join(ALL_DATASETS)}")
    from torchvision import datasets

    source = {"mnist": datasets.MNIST, "kmnist": datasets.KMNIST, "fashion": datasets.FashionMNIST}[dataset]
    content = {}
    for name, md5 in source.resources:
        if name.startswith(FILE_STEMS[split]):
            kind = "images" if "images" in name else "labels"
            content[kind] = _verified_bytes(source.__name__, name, md5, source.mirrors)
    return content["images"], content["labels"]


def _verified_bytes(folder: str, name: str, md5: str, mirrors: list[str]) -> bytes:
    """Return a data file's bytes from the first location that has it, after verifying its checksum."""
    relative = Path(folder) / "raw" / name
    given = os.environ.get(ENVIRONMENT_VARIABLE)
    if given and (path := Path(given) / relative).exists():
        return _check(path, md5, f"put the official file there, or unset {ENVIRONMENT_VARIABLE} to download it")
    cached = cache_folder() / relative
    if not cached.exists():
        _download(cached, md5, mirrors, given)
    return _check(cached, md5, "delete it, and it is downloaded anew")


def _check(path: Path, md5: str, way_out: str) -> bytes:
    """Return the file's bytes after verifying their MD5.

    Raises:
        DataError: The MD5 is not the official one.
    """
    content = path.read_bytes()
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != md5:
        raise DataError(
            f"{path} is not the official file: expected md5 {md5}, found {found} ({len(content):,} bytes); {way_out}"
        )
    return content


def _download(path: Path, md5: str, mirrors: list[str], given: str | None) -> None:
    """Download a data file into the cache from the first mirror that works.

    Raises:
        DataError: Every mirror failed.
    """
    from torchvision.datasets.utils import download_url

    failures = []
    for mirror in mirrors:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Download into a temporary folder, so that an interrupted download leaves no partial file in the cache.
            with tempfile.TemporaryDirectory(dir=path.parent) as unfinished:
                download_url(f"{mirror}{path.name}", root=unfinished, filename=path.name, md5=md5)
                Path(unfinished, path.name).replace(path)
        except (OSError, RuntimeError, HTTPException) as error:
            failures.append(f"{mirror}: {error}")
        else:
            return
    looked = f"{given}, " if given else f"{ENVIRONMENT_VARIABLE} (not set), "
    raise DataError(
        f"{path.parent.parent.name}/raw/{path.name} (md5 {md5}) is missing: looked under {looked}in {path.parent}, and "
        f"could not download it ({'; '.join(failures)}). Copy the file into a folder FOLDER as "
        f"FOLDER/{path.parent.parent.name}/raw/{path.name} and set {ENVIRONMENT_VARIABLE}=FOLDER."
    )


def _decode(compressed: bytes) -> NDArray[np.uint8]:
    """Decode a gzipped IDX file: two zero bytes, a type, a rank, the lengths, the values."""
    shape = _idx_shape(compressed)
    return np.frombuffer(gzip.decompress(compressed), dtype=np.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def _idx_shape(compressed: bytes) -> tuple[int, ...]:
    """Return the shape of the array in a gzipped IDX file, reading only the header."""
    with gzip.open(BytesIO(compressed)) as file:
        rank = file.read(4)[3]
        return tuple(np.frombuffer(file.read(4 * rank), dtype=">u4").tolist())


def _normalised(pixels: NDArray[np.uint8], labels: NDArray[np.uint8]) -> Images:
    """Convert grey values 0 to 255 to float32 in [−1, 1], as ToTensor and Normalize(0.5, 0.5) do."""
    images = torch.from_numpy(pixels.astype(np.float32) / 255).unsqueeze(1)
    return Images(_centred(images), torch.from_numpy(labels.astype(np.int64)))


def _centred(images: Tensor) -> Tensor:
    """Map grey values from [0, 1] to [−1, 1] (§3.1)."""
    return (images - TRAINING.pixel_mean) / TRAINING.pixel_std


def _rows_of_digits(split: Split, profile: Profile) -> NDArray[np.int64]:
    """Return the row indices of the digits that a profile uses; a fixed permutation splits the 1,797 digits."""
    order = generator("digits", "split").permutation(N_DIGITS)
    rows: NDArray[np.int64] = order[:-N_TEST_DIGITS] if split == "train" else order[-N_TEST_DIGITS:]
    return rows[: _n_used(split, profile, len(rows))]


def _digits(rows: NDArray[np.int64]) -> Images:
    """Return the given rows of scikit-learn's digits, scaled from 8×8 to 28×28."""
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    small = torch.from_numpy(pixels[rows].astype(np.float32).reshape(-1, 1, 8, 8) / 16)
    images = functional.interpolate(small, size=IMAGE_SIDE, mode="bilinear", align_corners=False)
    return Images(_centred(images), torch.from_numpy(labels[rows].astype(np.int64)))
