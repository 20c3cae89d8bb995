"""Train the networks of one data set in the way that is fastest on their device."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from replication.data import Images
from replication.machine import keep_freed_memory
from replication.network import Network
from replication.progress import SILENT, Progress
from replication.seeds import torch_generator
from replication.study import NetworkId, Profile
from replication.training.checkpoints import Checkpoint, not_finite, save_checkpoint
from replication.training.group import Group
from replication.training.states import (
    DivergedError,
    divergence,
    find_state,
    half_trained,
    new_provenance,
    new_session,
    parameters_among,
)

STATE_INTERVAL_S = 60.0
"""Minimum seconds between two saved training states; a kill loses about this much time, or an epoch."""

GPU_AT_ONCE = 30
"""Maximum number of networks that a GPU trains at once.

Not measured yet.  With fewer networks the spectra would fit in the cache, but more steps would have to be launched.
``pytest tests/bench -m bench -k ways`` times a step of 1, 4, 10 and 30 networks.
"""


def train_together(
    network_ids: Sequence[NetworkId],
    profile: Profile,
    images: Images,
    state_of: Callable[[NetworkId], Path] | None = None,
    progress: Progress = SILENT,
) -> Iterator[tuple[NetworkId, Checkpoint | DivergedError]]:
    """Train networks of one data set as in the paper: many at once on a GPU, one after the other on a CPU.

    Training is stochastic gradient descent on the negative log-likelihood (§3.1).  Initial weights and image order are
    drawn from streams named by the network's id.  The result therefore does not depend on previous work nor, up to
    rounding, on the networks trained at the same time.  Training at once pays on a GPU only, which a step of one small
    network leaves idle.

    On a CPU, interrupted and resumed training gives bitwise the same weights as uninterrupted training with the same
    number of threads.  On a GPU results are not bitwise reproducible: resumed or repeated training may differ in the
    last bits of a sum, and training amplifies this to visible differences in the weights.  Float32 precision on a GPU
    is set by ``set_precision``; by default torch computes IEEE products.

    Args:
        network_ids: Networks to train.
        profile: Epochs, batch size, learning rate, momentum.
        images: Training images of the networks' data set; they determine device and dtype.
        state_of: Returns the path of a network's training state.  A state found there is resumed.  It is written after
            an epoch, at most every ``STATE_INTERVAL_S``, and is not deleted when training ends.
        progress: Counts every step.

    Yields:
        Each network when it is done, with a checkpoint of its parameters and provenance, or with the error if its loss
        or a weight is no longer finite.
    """
    n_at_once = GPU_AT_ONCE
    if images.images.device.type == "cpu":
        keep_freed_memory()
        n_at_once = 1
    for first in range(0, len(network_ids), n_at_once):
        yield from train_stacked(network_ids[first : first + n_at_once], profile, images, state_of, progress)


def train_stacked(
    network_ids: Sequence[NetworkId],
    profile: Profile,
    images: Images,
    state_of: Callable[[NetworkId], Path] | None = None,
    progress: Progress = SILENT,
) -> Iterator[tuple[NetworkId, Checkpoint | DivergedError]]:
    """Train networks at once, on any device; see ``train_together``.

    Networks that start from the same epoch form a group.  A network whose loss is no longer finite leaves its group
    after that epoch, without any effect on the others.  Provenance records the size of the group at the start as
    ``trained_together``; a session's ``wall_s`` is the network's share of the group's time.

    Yields:
        As ``train_together``.
    """
    members: dict[int, list[_Member]] = {}
    starts: dict[int, list[dict[str, Tensor]]] = {}
    for network_id in network_ids:
        path = state_of(network_id) if state_of else None
        found = find_state(path, network_id, profile, images.images.device, progress) if path else None
        start = found or _untrained(network_id, profile)
        first = len(start.provenance["loss_per_epoch"])
        members.setdefault(first, []).append(_Member(network_id, path, start.provenance))
        starts.setdefault(first, []).append(start.tensors)
    for first, of_group in members.items():
        yield from _train_group(of_group, starts.pop(first), first, profile, images, progress)


@dataclass(frozen=True)
class _Member:
    """A network in a group.

    Attributes:
        network_id: Id of the network.
        path: Path of its training state; None if the state is not saved.
        provenance: Its provenance so far.
    """

    network_id: NetworkId
    path: Path | None
    provenance: dict[str, Any]

    def record(self, loss: float, epoch: int, wall_s: float) -> None:
        """Record the loss of an epoch, and the network's share of the session's time so far."""
        self.provenance["loss_per_epoch"].append(loss)
        self.provenance["sessions"][-1] |= {"to_epoch": epoch + 1, "wall_s": round(wall_s, 1)}


def _untrained(network_id: NetworkId, profile: Profile) -> Checkpoint:
    """Return the state before the first epoch: ``Network``'s initial weights and zero momenta."""
    network = Network(torch_generator("init", str(network_id)))
    parameters = {name: parameter.detach() for name, parameter in network.named_parameters()}
    momenta = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
    return half_trained(parameters, momenta, new_provenance(network_id, profile))


def _train_group(
    members: list[_Member],
    starts: list[dict[str, Tensor]],
    first: int,
    profile: Profile,
    images: Images,
    progress: Progress,
) -> Iterator[tuple[NetworkId, Checkpoint | DivergedError]]:
    """Train networks from their states ``starts`` after ``first`` epochs; yield as ``train_together``."""
    session, wall_s = new_session(images.labels.device, first), 0.0
    for member in members:
        member.provenance["trained_together"] = len(members)
        member.provenance["sessions"].append(dict(session))
    before = saved = time.monotonic()
    group, order = Group(starts, images, profile), _orders(members, first, len(images))
    n_batches = math.ceil(len(images) / profile.batch_size)
    together = f"{members[0].network_id.dataset}: train {len(members)} networks together"
    title = together if len(members) > 1 else f"{members[0].network_id}: train"
    with progress.task(title, (profile.epochs - first) * n_batches) as task:
        note = ""
        for epoch in range(first, profile.epochs):
            note = f"epoch {epoch + 1}/{profile.epochs}{note}"
            sums = group.train_epoch(order, partial(task.advance, note=note))
            # Draw the next orders on the host while the device computes; reading the sums then synchronises.
            order = _orders(members, epoch + 1, len(images))
            losses = [loss_sum / len(images) for loss_sum in sums.tolist()]
            now = time.monotonic()
            wall_s, before = wall_s + (now - before) / len(members), now
            finite = [row for row, loss in enumerate(losses) if math.isfinite(loss)]
            for row in finite:
                members[row].record(losses[row], epoch, wall_s)
            if len(finite) < len(members):
                for member, loss in zip(members, losses, strict=True):
                    if not math.isfinite(loss):
                        message = divergence(member.network_id, epoch, profile, f"loss {loss}")
                        yield member.network_id, DivergedError(message)
                if not finite:
                    return
                states, members = group.states(), [members[row] for row in finite]
                # Free the old group first, so that the next one can use its memory.
                del group
                group, order = Group([states[row] for row in finite], images, profile), order[:, finite]
            highest = max(losses[row] for row in finite)
            note = f" loss {highest:.4f}" + " at most" * (len(members) > 1)
            # The GPU is idle meanwhile: 6 MB per network, at most every STATE_INTERVAL_S.
            if epoch + 1 < profile.epochs and now - saved >= STATE_INTERVAL_S:
                _save(members, group.states())
                saved = now
    for member, state in zip(members, group.states(), strict=True):
        parameters = parameters_among(state)
        # Losses are computed before each step, so they do not show a divergence in the last one.
        if name := not_finite(parameters):
            message = divergence(member.network_id, profile.epochs - 1, profile, f"{name} is no longer finite")
            yield member.network_id, DivergedError(message)
        else:
            yield member.network_id, Checkpoint(parameters, member.provenance)


def image_order(network_id: NetworkId, epoch: int, n_images: int) -> Tensor:
    """Return the image indices in the training order of a network in an epoch, counted from 0.

    The order is a permutation drawn from the stream named by network and epoch, so that training can resume at any
    epoch without the random state of earlier ones.
    """
    return torch.randperm(n_images, generator=torch_generator("order", str(network_id), epoch))


def _orders(members: list[_Member], epoch: int, n_images: int) -> Tensor:
    """Return the members' image orders, shape (images, networks)."""
    return torch.stack([image_order(member.network_id, epoch, n_images) for member in members], dim=1)


def _save(members: list[_Member], states: list[dict[str, Tensor]]) -> None:
    """Save the members' training states.

    Each file is replaced atomically.  A kill between two files leaves members at different epochs; they are resumed as
    two groups, which costs only time.
    """
    for member, state in zip(members, states, strict=True):
        if member.path is not None:
            save_checkpoint(member.path, Checkpoint(state, member.provenance))
