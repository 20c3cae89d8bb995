"""Networks on disk: safetensors with their provenance and a checksum of their content."""

import hashlib
import json
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
            CorruptArtefactError: The tensors are not those of this architecture.
        """
        network = Network(torch_generator("placeholder"))
        try:
            network.load_state_dict(self.tensors)
        except RuntimeError as error:
            raise CorruptArtefactError(f"not a network of this architecture: {error}") from None
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
        path: A safetensors file, or a state dict that ``torch.save`` wrote; it is read with ``weights_only``, so that
            no code in it runs.

    Returns:
        The weights as float32 on the CPU, with the name of their file and its SHA-256 as provenance.

    Raises:
        CorruptArtefactError: The file is neither.
        FileNotFoundError: There is no such file.
    """
    if not path.exists():
        raise FileNotFoundError(f"no network at {path}")
    try:
        tensors = safetensors.torch.load_file(path)
    except safetensors.SafetensorError:
        try:
            tensors = torch.load(path, map_location="cpu", weights_only=True)
        except Exception as error:  # a damaged pickle makes its reader stumble in every possible way
            raise CorruptArtefactError(f"{path} holds neither safetensors nor plain torch weights: {error}") from None
    if not isinstance(tensors, dict) or not all(isinstance(tensor, Tensor) for tensor in tensors.values()):
        raise CorruptArtefactError(f"{path} holds no state dict: expected tensors by parameter name")
    provenance = {"source": path.name, "source_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    return Checkpoint({name: tensor.float() for name, tensor in tensors.items()}, provenance)


def _digest(tensors: dict[str, Tensor], provenance: str) -> str:
    """Return the checksum that stands in the file."""
    return content_digest({name: tensor.detach().cpu().numpy() for name, tensor in tensors.items()}, provenance)
