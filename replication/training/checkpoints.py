"""Store networks as safetensors, with provenance and a checksum of the content."""

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

from replication.files import CorruptArtefactError, content_digest, safetensors_metadata, write_atomically
from replication.network import Network, convolution_format
from replication.seeds import torch_generator
from replication.words import in_a_row

WRAPPERS = ("state_dict", "model_state_dict", "model")
"""Keys under which a checkpoint may hold its weights, beside the epoch, the optimizer state and so on."""

PARALLEL_PREFIX = "module."
SAVE_WEIGHTS = "save the weights alone: torch.save(model.state_dict(), FILE)"


@dataclass(frozen=True)
class Checkpoint:
    """Named tensors and their provenance.

    Attributes:
        tensors: The network's parameters by torch's names; a training state holds the momenta as well.
        provenance: Network id, profile, versions, device, wall time; any JSON-serialisable values.
    """

    tensors: dict[str, Tensor]
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """The checksum of the tensors alone; checkpoints of the same network have equal checksums."""
        return _digest(self.tensors, "")

    def network(self, device: torch.device) -> Network:
        """Return the network on the device, in evaluation mode.

        Raises:
            CorruptArtefactError: The tensors do not fit the architecture, or contain NaN or infinite values.
        """
        network = Network(torch_generator("placeholder"))
        try:
            network.load_state_dict(self.tensors)
        except RuntimeError as error:
            raise CorruptArtefactError(f"not a network of this architecture: {error}") from None
        if name := not_finite(network.state_dict()):
            raise CorruptArtefactError(f"no working network: {name} has values that are NaN or infinite")
        network.to(device).to(memory_format=convolution_format(device))
        return network.eval()


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint atomically, with the SHA-256 of its tensors and provenance inside.

    Args:
        path: Path of the safetensors file.
        checkpoint: Tensors on any device, and their provenance.

    Raises:
        OSError: The disk is full or the folder is read-only; an existing file is left unchanged.
    """
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in checkpoint.tensors.items()}
    provenance = json.dumps(checkpoint.provenance, sort_keys=True)
    metadata = {"provenance": provenance, "sha256": _digest(tensors, provenance)}
    write_atomically(path, safetensors.torch.save(tensors, metadata))


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint and verify its checksum.

    Args:
        path: A file written by ``save_checkpoint``.

    Returns:
        The checkpoint, on the CPU.

    Raises:
        CorruptArtefactError: The file is truncated, was modified, or is not a checkpoint of this suite.
        FileNotFoundError: There is no such file.
    """
    if not path.exists():
        raise FileNotFoundError(f"no checkpoint at {path}")
    try:
        content = path.read_bytes()
        tensors, metadata = safetensors.torch.load(content), safetensors_metadata(content)
    except (safetensors.SafetensorError, KeyError) as error:  # KeyError: a dtype unknown to torch
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
    """Read weights written by another program; ``Checkpoint.network`` checks whether they fit the architecture.

    Args:
        path: A safetensors file, or a state dict saved by ``torch.save``, either alone or under one of ``WRAPPERS``
            beside other entries.  It is read with ``weights_only``, so that no code in it runs.

    Returns:
        The weights as float32 on the CPU, without the ``module.`` prefix that ``DataParallel`` adds to every name.  The
        provenance holds the name of the file and its SHA-256.

    Raises:
        CorruptArtefactError: The file has another format, holds several state dicts, or has weights that are not
            tensors.
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
    """Load a file written by ``torch.save`` without running code in it.

    Raises:
        CorruptArtefactError: The file is damaged, has another format, or holds more than tensors and plain values.
    """
    try:
        with warnings.catch_warnings():
            # Torch's warnings add nothing: the file is either refused or read correctly.
            warnings.simplefilter("ignore")
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged pickle can raise any exception
        # Replace torch's message, which advises letting the code run.
        found = re.search(r"\bGLOBAL (\w+(?:\.\w+)+)", str(error))
        problem = (
            f"holds pickled objects, such as {found[1]}, which are not loaded since they can run code"
            if found
            else "holds neither safetensors nor plain torch weights, or is damaged"
        )
        raise CorruptArtefactError(f"{path} {problem}; {SAVE_WEIGHTS}") from error


def _state_dict(path: Path, content: Any) -> dict[str, Tensor]:
    """Return the state dict in a file's content, at the top level or under one of ``WRAPPERS``.

    Raises:
        CorruptArtefactError: There is no state dict, or more than one.
    """
    wrapped = [key for key in WRAPPERS if isinstance(content, dict) and isinstance(content.get(key), dict)]
    if len(wrapped) > 1:
        raise CorruptArtefactError(
            f"{path} holds several state dicts, under {' and '.join(map(repr, wrapped))}: expected one; {SAVE_WEIGHTS}"
        )
    weights = content[wrapped[0]] if wrapped else content
    found = _describe_non_tensors(weights)
    if found:
        raise CorruptArtefactError(
            f"{path} holds no state dict: found {found}, expected tensors by parameter name; {SAVE_WEIGHTS}"
        )
    return dict(weights)


def _describe_non_tensors(weights: Any) -> str:
    """Describe the entries that are not named tensors, the first three by name; return '' if there are none."""
    if not isinstance(weights, dict):
        return f"a {type(weights).__name__}"
    non_tensors = [
        f"{name!r} ({type(value).__name__})"
        for name, value in weights.items()
        if not (isinstance(name, str) and isinstance(value, Tensor))
    ]
    more = [f"{len(non_tensors) - 3} more"] if len(non_tensors) > 3 else []
    return in_a_row([*non_tensors[:3], *more])


def not_finite(tensors: Mapping[str, Tensor]) -> str:
    """Return the name of the first tensor with a NaN or infinite value, or an empty string."""
    return next((name for name, tensor in tensors.items() if not tensor.isfinite().all()), "")


def _digest(tensors: dict[str, Tensor], provenance: str) -> str:
    """Return the checksum of tensors and provenance, as stored in the file."""
    return content_digest({name: tensor.detach().cpu().numpy() for name, tensor in tensors.items()}, provenance)
