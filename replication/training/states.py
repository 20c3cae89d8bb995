"""Provenance of a training in progress, and the training state from which it can be resumed."""

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
"""Prefix of a parameter's name that names its momentum in a training state."""


def parameters_among(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the parameters in a training state, without the momenta."""
    return {name: tensor for name, tensor in tensors.items() if not name.startswith(MOMENTUM)}


class DivergedError(Exception):
    """A network's loss or a weight is no longer finite; the network is reported and not used as evidence."""


def new_provenance(network_id: NetworkId, profile: Profile) -> dict[str, Any]:
    """Return the provenance of an untrained network."""
    return {
        "network": str(network_id),
        "profile": profile.name,
        "training": profile.training,
        "loss_per_epoch": [],
        "sessions": [],
    }


def new_session(device: torch.device, first: int) -> dict[str, Any]:
    """Return a provenance record of the machine that trains from epoch ``first`` on."""
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
    """Return the message that a network diverged in an epoch, counted from 0; ``found`` names the symptom."""
    return (
        f"{network_id} diverged in epoch {epoch + 1} of {profile.epochs}: {found} at "
        f"learning rate {profile.learning_rate}; it is no evidence"
    )


def half_trained(
    parameters: Mapping[str, Tensor], momenta: Mapping[str, Tensor], provenance: dict[str, Any]
) -> Checkpoint:
    """Return a training state: all that the next epoch needs.  Both mappings are keyed by parameter name."""
    return Checkpoint(
        {**parameters, **{f"{MOMENTUM}{name}": momentum for name, momentum in momenta.items()}}, provenance
    )


def trained_precision(provenance: Mapping[str, Any]) -> str:
    """Return the float32 precision of all sessions of a training, ``unknown`` if the provenance has no sessions.

    Args:
        provenance: A network's provenance.

    >>> trained_precision({"sessions": [{"device": device, "precision": "tf32"} for device in ("cuda", "cpu")]})
    'tf32 and ieee'
    """
    sessions = provenance.get("sessions", [])
    found = (told_precision(session["device"], session["precision"]) for session in sessions)
    return " and ".join(dict.fromkeys(found)) or "unknown"


def other_precision(provenance: Mapping[str, Any], device: torch.device) -> str:
    """Return a note for messages if a network was trained in another precision than the one in force.

    Args:
        provenance: The network's provenance.
        device: Device on which it would be trained now.

    Returns:
        The end of a sentence; empty if the precision is the same or unknown.
    """
    found, asked = trained_precision(provenance), precision_on(device)
    return "" if found in {asked, "unknown"} else f"; it was trained in {found}, and {asked} is asked for"


def find_state(
    path: Path, network_id: NetworkId, profile: Profile, device: torch.device, progress: Progress
) -> Checkpoint | None:
    """Load the training state at ``path`` if it belongs to this network and training, and report whether it is used.

    Args:
        path: Path of the training state.
        network_id: Network that the state must belong to.
        profile: Training settings that the state must have.
        device: Device on which training would resume.
        progress: Receives a line if a state is resumed or rejected.

    Returns:
        The state as made by ``half_trained``, on the CPU; None if there is none, or it is damaged or does not match.
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
        other = f"is of {provenance['network']}, trained as {provenance['training']}"
        progress.say(f"{network_id}: training starts anew: {path} {other}")
        return None
    n_epochs = len(provenance["loss_per_epoch"])
    progress.say(f"{network_id}: training goes on after epoch {n_epochs}{other_precision(provenance, device)}")
    return checkpoint
