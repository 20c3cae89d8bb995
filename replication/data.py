"""MNIST, KMNIST and Fashion-MNIST by way of torchvision, and scikit-learn's digits, as tensors on a device.

A data file is looked for under ``REPLICATION_DATA``, then in the user's cache, then downloaded into that cache; it
is used only if its checksum is the official one.  Files under ``REPLICATION_DATA`` are only ever read.
"""

import gzip
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from replication.architecture import IMAGE_SIDE
from replication.paper import TRAINING
from replication.seeds import generator
from replication.study import DATASETS, REHEARSAL_DATASET, Profile

ENVIRONMENT_VARIABLE = "REPLICATION_DATA"
N_TEST_DIGITS = 360


class DataError(Exception):
    """A data file is missing or not the official one, or holds too few images; the message names the way out."""


@dataclass(frozen=True)
class Images:
    """Normalised images with their classes.

    Attributes:
        images: Shape (n, 1, 28, 28), float32 in [−1, 1] (§3.1: mean 0.5, standard deviation 0.5).
        labels: Shape (n,), int64, 0 to 9.
    """

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def to(self, device: torch.device) -> "Images":
        """Return the same on a device."""
        return Images(self.images.to(device), self.labels.to(device))

    def first(self, n: int | None) -> "Images":
        """Return the first ``n`` images, all where None.

        Raises:
            DataError: There are fewer than ``n``.
        """
        if n is not None and n > len(self):
            raise DataError(
                f"{n} images were asked for, the data set has {len(self)}: take another profile or data set"
            )
        return Images(self.images[:n], self.labels[:n])


def load(dataset: str, profile: Profile, device: torch.device) -> tuple[Images, Images]:
    """Return the training and the test images a profile uses.

    Args:
        dataset: ``mnist``, ``kmnist``, ``fashion`` or ``digits``.
        profile: Says how many images.
        device: Where the tensors shall be.

    Returns:
        Training images and test images; of ``digits`` 1,437 and 360, of the others 60,000 and 10,000, or fewer where
        the profile says so.

    Raises:
        ValueError: The data set is unknown.
        DataError: A file is not the official one, or is neither found nor downloaded, or the profile uses more images.
    """
    if dataset == REHEARSAL_DATASET:
        train, test = _digits()
    elif dataset in DATASETS:
        train, test = (_normalised(*_official(dataset, part)) for part in ("train", "t10k"))
    else:
        raise ValueError(f"unknown data set {dataset!r}: there are {', '.join((*DATASETS, REHEARSAL_DATASET))}")
    return train.first(profile.n_train).to(device), test.first(profile.n_test).to(device)


def cache_folder() -> Path:
    """Return where downloaded data files are kept."""
    return Path(platformdirs.user_cache_dir("under-the-hood-replication")) / "data"


def _official(dataset: str, part: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return raw images (n, 28, 28) and labels (n,) of ``train`` or ``t10k``."""
    from torchvision import datasets

    source = {"mnist": datasets.MNIST, "kmnist": datasets.KMNIST, "fashion": datasets.FashionMNIST}[dataset]
    content = {}
    for name, md5 in source.resources:
        if name.startswith(part):
            kind = "images" if "images" in name else "labels"
            content[kind] = _decode(_verified_bytes(source.__name__, name, md5, source.mirrors))
    return content["images"], content["labels"]


def _verified_bytes(folder: str, name: str, md5: str, mirrors: list[str]) -> bytes:
    """Return a data file's bytes from the first place that has it, checked against its checksum."""
    relative = Path(folder) / "raw" / name
    given = os.environ.get(ENVIRONMENT_VARIABLE)
    if given and (path := Path(given) / relative).exists():
        return _check(path, md5, f"put the official file there, or unset {ENVIRONMENT_VARIABLE} to download it")
    cached = cache_folder() / relative
    if not cached.exists():
        _download(cached, md5, mirrors, given)
    return _check(cached, md5, "delete it, and it is downloaded anew")


def _check(path: Path, md5: str, way_out: str) -> bytes:
    """Return the file's bytes if their md5 is the official one.

    Raises:
        DataError: It is not.
    """
    content = path.read_bytes()
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != md5:
        raise DataError(
            f"{path} is not the official file: expected md5 {md5}, found {found} ({len(content):,} bytes); {way_out}"
        )
    return content


def _download(path: Path, md5: str, mirrors: list[str], given: str | None) -> None:
    """Fetch a data file into the cache from the first mirror that answers.

    Raises:
        DataError: None did.
    """
    from torchvision.datasets.utils import download_url

    failures = []
    for mirror in mirrors:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Into a folder of its own first: a download that is killed leaves no half file in the cache.
            with tempfile.TemporaryDirectory(dir=path.parent) as unfinished:
                download_url(f"{mirror}{path.name}", root=unfinished, filename=path.name, md5=md5)
                Path(unfinished, path.name).replace(path)
        except (OSError, RuntimeError) as error:
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
    """Return the array in a gzipped IDX file: two zero bytes, a type, a rank, the lengths, the values."""
    content = gzip.decompress(compressed)
    rank = content[3]
    shape = np.frombuffer(content, dtype=">u4", count=rank, offset=4)
    return np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * rank).reshape(tuple(shape))


def _normalised(pixels: NDArray[np.uint8], labels: NDArray[np.uint8]) -> Images:
    """Return grey values 0 to 255 as float32 in [−1, 1], as ToTensor and Normalize(0.5, 0.5) do."""
    images = torch.from_numpy(pixels.astype(np.float32) / 255).unsqueeze(1)
    return Images(_centred(images), torch.from_numpy(labels.astype(np.int64)))


def _centred(images: Tensor) -> Tensor:
    """Return grey values of [0, 1] on [−1, 1] (§3.1)."""
    return (images - TRAINING.pixel_mean) / TRAINING.pixel_std


def _digits() -> tuple[Images, Images]:
    """Return scikit-learn's 1,797 digits, scaled from 8×8 to 28×28, split by a fixed permutation."""
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    small = torch.from_numpy(pixels.astype(np.float32).reshape(-1, 1, 8, 8) / 16)
    images = functional.interpolate(small, size=IMAGE_SIDE, mode="bilinear", align_corners=False)
    order = torch.from_numpy(generator("digits", "split").permutation(len(labels)))
    images = _centred(images)[order]
    classes = torch.from_numpy(labels.astype(np.int64))[order]
    return (
        Images(images[:-N_TEST_DIGITS], classes[:-N_TEST_DIGITS]),
        Images(images[-N_TEST_DIGITS:], classes[-N_TEST_DIGITS:]),
    )
