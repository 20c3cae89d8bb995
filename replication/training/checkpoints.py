"""Networks on disk: safetensors with their provenance and a checksum of their content."""

import hashlib
import json
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from replication.files import CorruptArtefactError, content_digest, write_atomically
from replication.network import Network
from replication.seeds import torch_generator

WRAPPERS = ("state_dict", "model_state_dict", "model")
"""Under which key a checkpoint has the weights, where it has epoch, optimizer and the like beside them."""

PARALLEL_PREFIX = "module."
SAVE_WEIGHTS = "save the weights alone: torch.save(model.state_dict(), FILE)"


@dataclass(frozen=True)
class Checkpoint:
    """Named tensors and where they come from.

    Attributes:
        tensors: The network's parameters under torch's names; a half-trained state holds its momenta too.
        provenance: Network id, profile, versions, device, wall time; anything JSON can hold.
    """

    tensors: dict[str, Tensor]
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """The checksum of the tensors alone: two checkpoints with equal ones are the same network."""
        return _digest(self.tensors, "")

    def network(self, device: torch.device) -> Network:
        """Return the network on the device, in evaluation mode.

        Raises:
            CorruptArtefactError: The tensors are not those of this architecture, or hold what is no finite number.
        """
        network = Network(torch_generator("placeholder"))
        try:
            network.load_state_dict(self.tensors)
        except RuntimeError as error:
            raise CorruptArtefactError(f"not a network of this architecture: {error}") from None
        if name := not_finite(network.state_dict()):
            raise CorruptArtefactError(f"no working network: {name} has values that are NaN or infinite")
        network.to(device).to(memory_format=torch.channels_last)
        return network.eval()


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint atomically, with the SHA-256 of its tensors and provenance inside.

    Args:
        path: Where the safetensors file shall stand.
        checkpoint: Tensors on any device.

    Raises:
        OSError: The disk is full or the folder is read-only; the old file, if any, is untouched.
    """
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in checkpoint.tensors.items()}
    provenance = json.dumps(checkpoint.provenance, sort_keys=True)
    metadata = {"provenance": provenance, "sha256": _digest(tensors, provenance)}
    write_atomically(path, safetensors.torch.save(tensors, metadata))


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint and check it.

    Args:
        path: A file of ``save_checkpoint``.

    Returns:
        The checkpoint, on the CPU.

    Raises:
        CorruptArtefactError: The file is truncated, was changed, or holds something else.
        FileNotFoundError: There is no such file.
    """
    if not path.exists():
        raise FileNotFoundError(f"no checkpoint at {path}")
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            # Copies: while a tensor of the file lives, Windows lets nobody replace the file.
            tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
    except safetensors.SafetensorError as error:
        raise CorruptArtefactError(f"{path} is not a readable safetensors file: {error}") from None
    if "sha256" not in metadata or "provenance" not in metadata:
        raise CorruptArtefactError(f"{path} carries no checksum: it was not written by this suite")
    found = _digest(tensors, metadata["provenance"])
    if found != metadata["sha256"]:
        raise CorruptArtefactError(
            f"{path} was changed since it was written: expected sha256 {metadata['sha256']}, found {found}"
        )
    return Checkpoint(tensors, json.loads(metadata["provenance"]))


def read_foreign_weights(path: Path) -> Checkpoint:
    """Read weights that another program wrote; ``Checkpoint.network`` tells whether they fit the architecture.

    Args:
        path: A safetensors file, or a state dict that ``torch.save`` wrote, alone or under one of ``WRAPPERS`` with
            anything else beside it; it is read with ``weights_only``, so that no code in it runs.

    Returns:
        The weights as float32 on the CPU, without the ``module.`` that ``DataParallel`` puts before every name, with
        the name of their file and its SHA-256 as provenance.

    Raises:
        CorruptArtefactError: The file is neither, or holds several state dicts, or what is no tensor among the weights.
        FileNotFoundError: There is no such file.
    """
    if not path.exists():
        raise FileNotFoundError(f"no network at {path}")
    try:
        content = safetensors.torch.load_file(path)
    except safetensors.SafetensorError:
        content = _unpickled(path)
    tensors = _state_dict(path, content)
    if all(name.startswith(PARALLEL_PREFIX) for name in tensors):
        tensors = {name.removeprefix(PARALLEL_PREFIX): tensor for name, tensor in tensors.items()}
    provenance = {"source": path.name, "source_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    return Checkpoint({name: tensor.float() for name, tensor in tensors.items()}, provenance)


def _unpickled(path: Path) -> Any:
    """Return what ``torch.save`` wrote, without running code in it.

    Raises:
        CorruptArtefactError: The file is damaged, of another kind, or holds more than tensors and plain values.
    """
    try:
        with warnings.catch_warnings():
            # What torch warns of is refused, or was read all the same.
            warnings.simplefilter("ignore")
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged pickle makes its reader stumble in every possible way
        # In words of our own, since torch's advise to let the code run.
        found = re.search(r"\bGLOBAL (\w+(?:\.\w+)+)", str(error))
        told = (
            f"holds pickled objects, such as {found[1]}, which are not loaded since they can run code"
            if found
            else "holds neither safetensors nor plain torch weights, or is damaged"
        )
        raise CorruptArtefactError(f"{path} {told}; {SAVE_WEIGHTS}") from error


def _state_dict(path: Path, content: Any) -> dict[str, Tensor]:
    """Return the one state dict that a file's content is, or has under one of ``WRAPPERS``.

    Raises:
        CorruptArtefactError: There is none, or more than one.
    """
    wrapped = [key for key in WRAPPERS if isinstance(content, dict) and isinstance(content.get(key), dict)]
    if len(wrapped) > 1:
        raise CorruptArtefactError(
            f"{path} holds several state dicts, under {' and '.join(map(repr, wrapped))}: expected one; {SAVE_WEIGHTS}"
        )
    weights = content[wrapped[0]] if wrapped else content
    found = _what_is_no_parameter(weights)
    if found:
        raise CorruptArtefactError(
            f"{path} holds no state dict: found {found}, expected tensors by parameter name; {SAVE_WEIGHTS}"
        )
    return dict(weights)


def _what_is_no_parameter(weights: Any) -> str:
    """Return what of supposed weights is no tensor under a name, the first three; nothing where all are."""
    if not isinstance(weights, dict):
        return f"a {type(weights).__name__}"
    strange = [
        f"{name!r} ({type(value).__name__})"
        for name, value in weights.items()
        if not (isinstance(name, str) and isinstance(value, Tensor))
    ]
    *shown, last = [*strange[:3], f"{len(strange) - 3} more"] if len(strange) > 3 else strange or [""]
    return f"{', '.join(shown)} and {last}" if shown else last


def not_finite(tensors: Mapping[str, Tensor]) -> str:
    """Return the name of the first tensor that has a value which is no finite number; empty where all are finite."""
    return next((name for name, tensor in tensors.items() if not tensor.isfinite().all()), "")


def _digest(tensors: dict[str, Tensor], provenance: str) -> str:
    """Return the checksum that stands in the file."""
    return content_digest({name: tensor.detach().cpu().numpy() for name, tensor in tensors.items()}, provenance)
