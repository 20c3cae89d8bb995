"""The paper's training loop: one network, one step at a time (§3.1); the reference for any faster way."""

import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from replication import provenance
from replication.data import Images
from replication.files import CorruptArtefactError
from replication.network import Network
from replication.precision import get_precision
from replication.progress import SILENT, Progress
from replication.seeds import torch_generator
from replication.study import NetworkId, Profile
from replication.training.checkpoints import Checkpoint, load_checkpoint, save_checkpoint

STATE_INTERVAL_S = 20.0
"""Least seconds between two half-trained states on disk; a kill costs about this much."""


class DivergedError(Exception):
    """The loss is no longer a finite number; such a network is reported and is no evidence."""


def train(
    network_id: NetworkId,
    profile: Profile,
    images: Images,
    state: Path | None = None,
    progress: Progress = SILENT,
) -> Checkpoint:
    """Train one network as the paper does: stochastic gradient descent on the negative log-likelihood.

    Initial weights and the order of the images come from streams named by the network's id, so the result does
    not depend on what ran before.  On a CPU, training that was killed and resumed ends in the same bits as training
    that was not, as long as the number of threads is the same.

    Args:
        network_id: Which network; its seed names the streams.
        profile: Epochs, batch size, learning rate, momentum.
        images: Training images; their device is where training runs.
        state: Where the half-trained state is kept after an epoch; a state found there is resumed.
        progress: Told of every step.

    Returns:
        The trained network's parameters, with losses per epoch and the machine's story as provenance.

    Raises:
        DivergedError: A loss was infinite or not a number.
    """
    device = images.images.device
    network = Network(torch_generator("init", str(network_id)))
    network.to(device).to(memory_format=torch.channels_last)
    optimiser = torch.optim.SGD(network.parameters(), lr=profile.learning_rate, momentum=profile.momentum)
    story: dict[str, Any] = {
        "network": str(network_id),
        "profile": profile.name,
        "training": profile.training,
        "loss_per_epoch": [],
        "sessions": [],
    }
    if state is not None:
        story = _resume(state, story, network, optimiser, progress)
    first = len(story["loss_per_epoch"])
    session = _session(device, first)
    story["sessions"].append(session)
    begin = saved = time.monotonic()
    n_batches = math.ceil(len(images) / profile.batch_size)
    with progress.task(f"{network_id}: train", (profile.epochs - first) * n_batches) as task:
        for epoch in range(first, profile.epochs):
            loss_sum = torch.zeros((), dtype=torch.float64, device=device)
            for rows in batch_rows(network_id, epoch, len(images), profile.batch_size):
                loss = _step(network, optimiser, images.images[rows], images.labels[rows])
                loss_sum += loss * len(rows)
                note = f"loss {story['loss_per_epoch'][-1]:.4f}" if story["loss_per_epoch"] else ""
                task.advance(note=f"epoch {epoch + 1}/{profile.epochs} {note}")
            mean_loss = float(loss_sum) / len(images)
            if not math.isfinite(mean_loss):
                raise DivergedError(
                    f"{network_id} diverged in epoch {epoch + 1} of {profile.epochs}: loss {mean_loss} at "
                    f"learning rate {profile.learning_rate}; it is no evidence"
                )
            story["loss_per_epoch"].append(mean_loss)
            now = time.monotonic()
            session |= {"to_epoch": epoch + 1, "wall_s": round(now - begin, 1)}
            if state is not None and epoch + 1 < profile.epochs and now - saved >= STATE_INTERVAL_S:
                save_checkpoint(state, _state(network, optimiser, story))
                saved = now
    return Checkpoint({name: value.detach().cpu() for name, value in network.state_dict().items()}, story)


def batch_rows(network_id: NetworkId, epoch: int, n_images: int, batch_size: int) -> Iterator[Tensor]:
    """Yield the rows of each training batch of one epoch; the last may be smaller.

    The order is a permutation drawn from the stream named by the network and the epoch, so that an epoch can be
    resumed without the random state of those before it.
    """
    order = torch.randperm(n_images, generator=torch_generator("order", str(network_id), epoch))
    yield from order.split(batch_size)


def _step(network: Network, optimiser: torch.optim.SGD, images: Tensor, labels: Tensor) -> Tensor:
    """Make one step down the gradient and return the loss before it."""
    optimiser.zero_grad(set_to_none=True)
    loss = functional.nll_loss(network(images.contiguous(memory_format=torch.channels_last)), labels)
    loss.backward()
    optimiser.step()
    return loss.detach()


def _session(device: torch.device, first: int) -> dict[str, Any]:
    """Return what is to be known of the machine that trains from epoch ``first`` on."""
    where = torch.cuda.get_device_name(device) if device.type == "cuda" else provenance.machine()["processor"]
    return {
        "from_epoch": first,
        "to_epoch": first,
        "wall_s": 0.0,
        "device": device.type,
        "device_name": where,
        "threads": torch.get_num_threads(),
        "precision": get_precision(),
        "software": provenance.software(),
        "commit": provenance.commit(),
    }


def _state(network: Network, optimiser: torch.optim.SGD, story: dict[str, Any]) -> Checkpoint:
    """Return everything that the next epoch needs."""
    tensors = {}
    for name, parameter in network.named_parameters():
        tensors[name] = parameter.detach()
        tensors[f"momentum/{name}"] = optimiser.state[parameter]["momentum_buffer"]
    return Checkpoint(tensors, story)


def _resume(
    path: Path, fresh: dict[str, Any], network: Network, optimiser: torch.optim.SGD, progress: Progress
) -> dict[str, Any]:
    """Put a half-trained state into network and optimiser; return its story, or the fresh one where none fits."""
    if not path.exists():
        return fresh
    try:
        checkpoint = load_checkpoint(path)
    except CorruptArtefactError as error:
        progress.say(f"{fresh['network']}: training starts anew: {error}")
        return fresh
    story = checkpoint.provenance
    if any(story[key] != fresh[key] for key in ("network", "training")):
        progress.say(f"{fresh['network']}: training starts anew: {path} was trained as {story['training']}")
        return fresh
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.copy_(checkpoint.tensors[name])
            momentum = checkpoint.tensors[f"momentum/{name}"]
            optimiser.state[parameter]["momentum_buffer"] = torch.empty_like(parameter).copy_(momentum)
    progress.say(f"{fresh['network']}: training goes on after epoch {len(story['loss_per_epoch'])}")
    return story
