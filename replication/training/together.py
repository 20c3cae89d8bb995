"""The networks of one data set trained in the way that is fastest on the device they are on."""

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
"""Least seconds between two half-trained states on disk; a kill costs about this much, or an epoch."""

GPU_AT_ONCE = 30
"""Most networks that a GPU trains at once.

Not measured yet.  The spectra of fewer would stay in the cache, but more steps would be launched for as many networks:
``pytest tests/bench -m bench -k ways`` times a step of 1, 4, 10 and 30.
"""


def train_together(
    network_ids: Sequence[NetworkId],
    profile: Profile,
    images: Images,
    state_of: Callable[[NetworkId], Path] | None = None,
    progress: Progress = SILENT,
) -> Iterator[tuple[NetworkId, Checkpoint | DivergedError]]:
    """Train networks of one data set as the paper does: many at once on a GPU, one after the other on a CPU.

    The training is stochastic gradient descent on the negative log-likelihood (§3.1).  Initial weights and the order
    of the images come from streams named by the network's id, so the result does not depend on what ran before, nor,
    up to the rounding of sums, on the company.  A step of one small network leaves a GPU idle, but not a CPU.

    On a CPU, training that was killed and resumed ends in the same bits as training that was not, as long as the number
    of threads is the same.  A GPU promises no bits: training resumed there, or done again with the same seed, may
    differ in the last bits of a sum, and since training amplifies them, by its end visibly in the weights.  On a GPU
    float32 is what ``set_precision`` was last told; by default torch computes IEEE products.

    Args:
        network_ids: Which networks.
        profile: Epochs, batch size, learning rate, momentum.
        images: Training images of the networks' data set; training runs on their device and in their arithmetic.
        state_of: Tells where a network's half-trained state is kept, written after an epoch, at most every
            ``STATE_INTERVAL_S``; one found there is taken up.  It stays there when training is done.
        progress: Counts every step.

    Yields:
        Each network, when it is done, with its parameters and its provenance, or, where its loss or a weight is no
        longer finite, why.
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

    Those taken up after the same epoch form a group.  A network whose loss is no longer finite leaves its group after
    that epoch; its companions never see a number of it.  Provenance says under ``trained_together`` how many formed
    the group, and a session's ``wall_s`` is a network's share of the group's time.

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
    """A network of a group.

    Attributes:
        network_id: Which.
        path: Where its half-trained state is kept, if anywhere.
        provenance: Its provenance so far.
    """

    network_id: NetworkId
    path: Path | None
    provenance: dict[str, Any]

    def record(self, loss: float, epoch: int, wall_s: float) -> None:
        """Note the loss of an epoch, and the share of time that the session has taken so far."""
        self.provenance["loss_per_epoch"].append(loss)
        self.provenance["sessions"][-1] |= {"to_epoch": epoch + 1, "wall_s": round(wall_s, 1)}


def _untrained(network_id: NetworkId, profile: Profile) -> Checkpoint:
    """Return the state before the first epoch: ``Network``'s initial weights, and no momentum."""
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
    """Train networks whose states after ``first`` epochs are ``starts`` to the end; yield as ``train_together``."""
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
            # The host draws the next orders while the device computes; reading the sums then waits for it.
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
                        told = divergence(member.network_id, epoch, profile, f"loss {loss}")
                        yield member.network_id, DivergedError(told)
                if not finite:
                    return
                states, members = group.states(), [members[row] for row in finite]
                # The memory of one group must do for the next.
                del group
                group, order = Group([states[row] for row in finite], images, profile), order[:, finite]
            highest = max(losses[row] for row in finite)
            note = f" loss {highest:.4f}" + " at most" * (len(members) > 1)
            # A GPU waits for it: 6 MB a network, at most every so many seconds.
            if epoch + 1 < profile.epochs and now - saved >= STATE_INTERVAL_S:
                _save(members, group.states())
                saved = now
    for member, state in zip(members, group.states(), strict=True):
        parameters = parameters_among(state)
        # The losses are those before each step, and tell nothing of the last.
        if name := not_finite(parameters):
            told = divergence(member.network_id, profile.epochs - 1, profile, f"{name} is no longer finite")
            yield member.network_id, DivergedError(told)
        else:
            yield member.network_id, Checkpoint(parameters, member.provenance)


def image_order(network_id: NetworkId, epoch: int, n_images: int) -> Tensor:
    """Return the rows of the images in the order in which a network sees them in an epoch, counted from 0.

    The order is a permutation drawn from the stream named by the network and the epoch, so that an epoch can be
    resumed without the random state of those before it.
    """
    return torch.randperm(n_images, generator=torch_generator("order", str(network_id), epoch))


def _orders(members: list[_Member], epoch: int, n_images: int) -> Tensor:
    """Return the members' orders of the images, shape (images, networks)."""
    return torch.stack([image_order(member.network_id, epoch, n_images) for member in members], dim=1)


def _save(members: list[_Member], states: list[dict[str, Tensor]]) -> None:
    """Write the members' half-trained states.

    Each file is whole at any time.  A kill between two files leaves members at two epochs, which are then taken up as
    two groups: only time is lost.
    """
    for member, state in zip(members, states, strict=True):
        if member.path is not None:
            save_checkpoint(member.path, Checkpoint(state, member.provenance))
