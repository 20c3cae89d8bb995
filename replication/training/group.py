"""Train several networks at once, an epoch at a time, with all state on the device and no synchronisation."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from replication.data import Images
from replication.study import Profile
from replication.training.graph import capture
from replication.training.stacked import step
from replication.training.states import MOMENTUM, parameters_among


class Group:
    """Networks that take every training step together; on CUDA the step on a whole batch is a captured graph.

    Args:
        states: Each network's parameters and momenta, named as in a training state.
        images: Training images; they determine device and dtype.
        profile: Batch size, learning rate, momentum.
    """

    def __init__(self, states: Sequence[Mapping[str, Tensor]], images: Images, profile: Profile) -> None:
        stacked = {name: torch.stack([state[name] for state in states]).to(images.images) for name in states[0]}
        self._parameters = {name: each.requires_grad_() for name, each in parameters_among(stacked).items()}
        self._momenta = {name: stacked[f"{MOMENTUM}{name}"] for name in self._parameters}
        self._images, self._profile = images, profile
        device = images.labels.device
        self._loss_sums = torch.zeros(len(states), dtype=torch.float64, device=device)
        self._order = torch.zeros(len(images), len(states), dtype=torch.int64, device=device)
        self._n_whole = len(images) // profile.batch_size
        self._position = torch.zeros(1, dtype=torch.int64, device=device)
        self._replay: Callable[[], None] | None = None
        if device.type == "cuda" and self._n_whole:
            changed = [*self._parameters.values(), *self._momenta.values(), self._loss_sums, self._position]
            self._replay = capture(self._train_next_whole_batch, changed)

    def train_epoch(self, order: Tensor, on_step: Callable[[], None] = lambda: None) -> Tensor:
        """Train for one epoch.

        Args:
            order: Image indices in each network's training order, shape (images, networks).
            on_step: Called after each step; on CUDA, after its launch.

        Returns:
            Each network's loss summed over the images, float64, shape (networks,), on the device.  The values are valid
            once the device has finished; the next epoch overwrites them.
        """
        self._order.copy_(order)
        self._loss_sums.zero_()
        # A bound method stored on self would be a reference cycle, which would delay freeing the group's memory.
        train_next = self._replay or self._train_next_whole_batch
        for _ in range(self._n_whole):
            train_next()
            on_step()
        last = self._order[self._n_whole * self._profile.batch_size :]
        if len(last):
            self._train(last)
            on_step()
        return self._loss_sums

    def states(self) -> list[dict[str, Tensor]]:
        """Return each network's parameters and momenta on the CPU, named as in a training state."""
        momenta = {f"{MOMENTUM}{name}": momentum for name, momentum in self._momenta.items()}
        here = {name: tensor.detach().cpu() for name, tensor in {**self._parameters, **momenta}.items()}
        return [{name: tensor[row].clone() for name, tensor in here.items()} for row in range(len(self._loss_sums))]

    def _train_next_whole_batch(self) -> None:
        """Train on the whole batch at ``_position`` and advance it, from the last batch back to the first."""
        batch_size = self._profile.batch_size
        batches = self._order[: self._n_whole * batch_size].view(self._n_whole, batch_size, -1)
        self._train(batches.index_select(0, self._position)[0])
        self._position.add_(1).remainder_(self._n_whole)

    def _train(self, rows: Tensor) -> None:
        """Take one step on the images with indices ``rows``, shape (images, networks)."""
        losses = step(
            self._parameters,
            self._momenta,
            self._images.images[rows],
            self._images.labels[rows],
            learning_rate=self._profile.learning_rate,
            momentum=self._profile.momentum,
        )
        self._loss_sums += losses * len(rows)
