"""The paper's training loop: one network, one step at a time (§3.1); the reference for any faster way."""

import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from replication.data import Images
from replication.network import Network
from replication.progress import SILENT, Progress
from replication.seeds import torch_generator
from replication.study import NetworkId, Profile
from replication.training.checkpoints import Checkpoint, save_checkpoint
from replication.training.states import MOMENTUM, divergence, find_state, half_trained, new_session, new_story

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
        images: Training images; training runs on their device and in their arithmetic.
        state: Where the half-trained state is written after an epoch, at most every ``STATE_INTERVAL_S``; one found
            there is taken up.  It stays there when training is done.
        progress: Told of every step.

    Returns:
        The trained network's parameters, with losses per epoch and the machine's story as provenance.

    Raises:
        DivergedError: A loss was infinite or not a number.
    """
    device = images.images.device
    network = Network(torch_generator("init", str(network_id)))
    network.to(images.images).to(memory_format=torch.channels_last)
    optimiser = torch.optim.SGD(network.parameters(), lr=profile.learning_rate, momentum=profile.momentum)
    found = find_state(state, network_id, profile, device, progress) if state is not None else None
    if found is not None:
        _take_up(found, network, optimiser)
    story = found.provenance if found is not None else new_story(network_id, profile)
    first = len(story["loss_per_epoch"])
    session = new_session(device, first)
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
                raise DivergedError(divergence(network_id, epoch, profile, mean_loss))
            story["loss_per_epoch"].append(mean_loss)
            now = time.monotonic()
            session |= {"to_epoch": epoch + 1, "wall_s": round(now - begin, 1)}
            if state is not None and epoch + 1 < profile.epochs and now - saved >= STATE_INTERVAL_S:
                save_checkpoint(state, _half_trained(network, optimiser, story))
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


def _half_trained(network: Network, optimiser: torch.optim.SGD, story: dict[str, Any]) -> Checkpoint:
    """Return the state of network and optimiser between two epochs."""
    parameters = dict(network.named_parameters())
    momenta = {name: optimiser.state[parameter]["momentum_buffer"] for name, parameter in parameters.items()}
    return half_trained(parameters, momenta, story)


def _take_up(state: Checkpoint, network: Network, optimiser: torch.optim.SGD) -> None:
    """Put a half-trained state into network and optimiser."""
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.copy_(state.tensors[name])
            momentum = torch.empty_like(parameter).copy_(state.tensors[f"{MOMENTUM}{name}"])
            optimiser.state[parameter]["momentum_buffer"] = momentum
