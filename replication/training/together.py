"""The networks of one data set trained in the way that is fastest on the device they are on."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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
from replication.training import plain
from replication.training.checkpoints import Checkpoint, save_checkpoint
from replication.training.group import Group
from replication.training.plain import DivergedError, batch_rows, train
from replication.training.states import MOMENTUM, divergence, find_state, half_trained, new_session, new_story


def train_together(
    network_ids: Sequence[NetworkId],
    profile: Profile,
    images: Images,
    state_of: Callable[[NetworkId], Path] | None = None,
    progress: Progress = SILENT,
) -> Iterator[tuple[NetworkId, Checkpoint | DivergedError]]:
    """Train networks of one data set: all at once on a GPU, one after the other on a CPU.

    A step of one small network leaves a GPU idle.  A CPU it does not: there, networks at once took 1.5 times as long
    as one after the other.  Both ways make the same steps from the same streams, up to the rounding of sums.  On a GPU
    float32 is what ``set_precision`` was last told; by default torch mixes IEEE products with TF32 convolutions.

    Args:
        network_ids: Which networks.
        profile: Epochs, batch size, learning rate, momentum.
        images: Training images of the networks' data set; training runs on their device and in their arithmetic.
        state_of: Tells where a network's half-trained state is kept, as ``train`` does; one found there is taken up.
            Both ways write the same states, so that either takes up what the other left.
        progress: Told how far training is.

    Yields:
        Each network, when it is done, with what ``train`` returns or, where its loss is no longer finite, raises.
    """
    if images.images.device.type == "cuda":
        yield from train_stacked(network_ids, profile, images, state_of, progress)
        return
    keep_freed_memory()
    for network_id in network_ids:
        outcome: Checkpoint | DivergedError
        try:
            outcome = train(network_id, profile, images, state_of(network_id) if state_of else None, progress)
        except DivergedError as error:
            outcome = error
        yield network_id, outcome


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
        story: Its provenance so far.
    """

    network_id: NetworkId
    path: Path | None
    story: dict[str, Any]

    def record(self, loss: float, epoch: int, wall_s: float) -> None:
        """Note the loss of an epoch, and the share of time that the session has taken so far."""
        self.story["loss_per_epoch"].append(loss)
        self.story["sessions"][-1] |= {"to_epoch": epoch + 1, "wall_s": round(wall_s, 1)}


def _untrained(network_id: NetworkId, profile: Profile) -> Checkpoint:
    """Return the state before the first epoch: ``Network``'s initial weights, and no momentum."""
    network = Network(torch_generator("init", str(network_id)))
    parameters = {name: parameter.detach() for name, parameter in network.named_parameters()}
    momenta = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
    return half_trained(parameters, momenta, new_story(network_id, profile))


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
        member.story["trained_together"] = len(members)
        member.story["sessions"].append(dict(session))
    before = saved = time.monotonic()
    group, order = Group(starts, images, profile), _order(members, first, len(images), profile)
    to_save: list[dict[str, Tensor]] = []
    title = f"{members[0].network_id.dataset}: train {len(members)} networks together"
    with progress.task(title, profile.epochs - first) as task:
        for epoch in range(first, profile.epochs):
            sums = group.train_epoch(order)
            # What the host has to do, it does while the device computes; reading the sums then waits for it.
            _save(members, to_save)
            order = _order(members, epoch + 1, len(images), profile)
            losses = [loss_sum / len(images) for loss_sum in sums.tolist()]
            now = time.monotonic()
            wall_s, before = wall_s + (now - before) / len(members), now
            finite = [row for row, loss in enumerate(losses) if math.isfinite(loss)]
            for row in finite:
                members[row].record(losses[row], epoch, wall_s)
            if len(finite) < len(members):
                for member, loss in zip(members, losses, strict=True):
                    if not math.isfinite(loss):
                        yield member.network_id, DivergedError(divergence(member.network_id, epoch, profile, loss))
                if not finite:
                    return
                states, members = group.states(), [members[row] for row in finite]
                group, order = Group([states[row] for row in finite], images, profile), order[:, finite]
            highest = max(losses[row] for row in finite)
            task.advance(note=f"epoch {epoch + 1}/{profile.epochs} loss {highest:.4f} at most")
            is_due = epoch + 1 < profile.epochs and now - saved >= plain.STATE_INTERVAL_S
            to_save, saved = (group.states(), now) if is_due else ([], saved)
    for member, state in zip(members, group.states(), strict=True):
        parameters = {name: tensor for name, tensor in state.items() if not name.startswith(MOMENTUM)}
        yield member.network_id, Checkpoint(parameters, member.story)


def _order(members: list[_Member], epoch: int, n_images: int, profile: Profile) -> Tensor:
    """Return the order in which each network sees the images, shape (images, networks): ``batch_rows`` in a column."""
    columns = [torch.cat([*batch_rows(one.network_id, epoch, n_images, profile.batch_size)]) for one in members]
    return torch.stack(columns, dim=1)


def _save(members: list[_Member], states: list[dict[str, Tensor]]) -> None:
    """Write the members' half-trained states, where there are any to write.

    Each file is whole at any time.  A kill between two files leaves members at two epochs, which are then taken up as
    two groups: only time is lost.
    """
    for member, state in zip(members, states, strict=bool(states)):
        if member.path is not None:
            save_checkpoint(member.path, Checkpoint(state, member.story))
