"""What is known of a training while it runs, and the half-trained state it can be taken up from."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from replication.devices import device_name
from replication.files import CorruptArtefactError
from replication.precision import precision_on, told_precision
from replication.progress import Progress
from replication.provenance import commit, software
from replication.study import NetworkId, Profile
from replication.training.checkpoints import Checkpoint, load_checkpoint

MOMENTUM = "momentum/"
"""Stands before a parameter's name in a half-trained state and names its momentum."""


def parameters_among(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the parameters among the tensors of a half-trained state."""
    return {name: tensor for name, tensor in tensors.items() if not name.startswith(MOMENTUM)}


class DivergedError(Exception):
    """A network's loss, or a weight, is no longer a finite number; such a network is reported and is no evidence."""


def new_provenance(network_id: NetworkId, profile: Profile) -> dict[str, Any]:
    """Return the provenance of a network of which no epoch is trained yet."""
    return {
        "network": str(network_id),
        "profile": profile.name,
        "training": profile.training,
        "loss_per_epoch": [],
        "sessions": [],
    }


def new_session(device: torch.device, first: int) -> dict[str, Any]:
    """Return what is to be known of the machine that trains from epoch ``first`` on."""
    return {
        "from_epoch": first,
        "to_epoch": first,
        "wall_s": 0.0,
        "device": device.type,
        "device_name": device_name(device),
        "threads": torch.get_num_threads(),
        "precision": precision_on(device),
        "software": software(),
        "commit": commit(),
    }


def divergence(network_id: NetworkId, epoch: int, profile: Profile, found: str) -> str:
    """Return how to tell that a network diverged in an epoch, counted from 0, and what was found to say so."""
    return (
        f"{network_id} diverged in epoch {epoch + 1} of {profile.epochs}: {found} at "
        f"learning rate {profile.learning_rate}; it is no evidence"
    )


def half_trained(
    parameters: Mapping[str, Tensor], momenta: Mapping[str, Tensor], provenance: dict[str, Any]
) -> Checkpoint:
    """Return everything that the next epoch needs; both mappings go by the parameters' names."""
    return Checkpoint(
        {**parameters, **{f"{MOMENTUM}{name}": momentum for name, momentum in momenta.items()}}, provenance
    )


def trained_precision(provenance: Mapping[str, Any]) -> str:
    """Return the float32 arithmetic of all sessions of a training, ``unknown`` where its provenance tells of none.

    Args:
        provenance: A network's provenance.

    >>> trained_precision({"sessions": [{"device": device, "precision": "tf32"} for device in ("cuda", "cpu")]})
    'tf32 and ieee'
    """
    sessions = provenance.get("sessions", [])
    found = (told_precision(session["device"], session["precision"]) for session in sessions)
    return " and ".join(dict.fromkeys(found)) or "unknown"


def other_precision(provenance: Mapping[str, Any], device: torch.device) -> str:
    """Return what to add where a network is named that was trained in another arithmetic than is now in force.

    Args:
        provenance: Its provenance.
        device: Where it would be trained now.

    Returns:
        The end of a sentence; nothing where the arithmetic is the same or unknown.
    """
    found, asked = trained_precision(provenance), precision_on(device)
    return "" if found in {asked, "unknown"} else f"; it was trained in {found}, and {asked} is asked for"


def find_state(
    path: Path, network_id: NetworkId, profile: Profile, device: torch.device, progress: Progress
) -> Checkpoint | None:
    """Return the half-trained state at ``path``, or None where there is none that fits; say which.

    Args:
        path: Where it would lie.
        network_id: Which network it must be of.
        profile: The training it must be of.
        device: Where training would go on.
        progress: Told that a state is taken up, or why the one there is not.

    Returns:
        What ``half_trained`` made, on the CPU.
    """
    if not path.exists():
        return None
    try:
        checkpoint = load_checkpoint(path)
    except CorruptArtefactError as error:
        progress.say(f"{network_id}: training starts anew: {error}")
        return None
    provenance, expected = checkpoint.provenance, new_provenance(network_id, profile)
    if any(provenance[key] != expected[key] for key in ("network", "training")):
        progress.say(f"{network_id}: training starts anew: {path} was trained as {provenance['training']}")
        return None
    n_epochs = len(provenance["loss_per_epoch"])
    progress.say(f"{network_id}: training goes on after epoch {n_epochs}{other_precision(provenance, device)}")
    return checkpoint
