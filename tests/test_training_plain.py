"""The plain loop: seeded, resumable to the same bits, honest about divergence."""

from dataclasses import replace

import pytest
import torch

from replication.data import Images
from replication.progress import Progress
from replication.seeds import torch_generator
from replication.study import PROFILES, NetworkId
from replication.training import DivergedError, plain, save_checkpoint, train
from replication.training.checkpoints import Checkpoint

TINY = replace(PROFILES["digits"], epochs=3, batch_size=16)
NETWORK = NetworkId("digits", 0)


@pytest.fixture
def images():
    generator = torch_generator("test", "training")
    return Images(torch.randn(40, 1, 28, 28, generator=generator), torch.arange(40) % 10)


def same(one, other):
    return all(torch.equal(one.tensors[name], other.tensors[name]) for name in one.tensors)


class Killed(BaseException):
    """Stands for a kill: no handler of the loop may catch it."""


class KillAfter(Progress):
    """Stops the work after so many steps."""

    def __init__(self, steps):
        self.steps = steps

    def task(self, title, total):
        outer = self

        class Task:
            def advance(self, steps=1, note=""):
                outer.steps -= 1
                if outer.steps == 0:
                    raise Killed

        from contextlib import nullcontext

        return nullcontext(Task())


def test_same_id_gives_the_same_bits_and_another_seed_others(images):
    first = train(NETWORK, TINY, images)
    assert same(first, train(NETWORK, TINY, images))
    assert not same(first, train(NetworkId("digits", 1), TINY, images))


def test_the_global_generator_is_neither_read_nor_moved(images):
    before = torch.get_rng_state()
    train(NETWORK, TINY, images)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("steps", [1, 4, 7, 8])
def test_killed_and_resumed_ends_in_the_same_bits(images, tmp_path, monkeypatch, steps):
    monkeypatch.setattr(plain, "STATE_INTERVAL_S", 0.0)
    whole = train(NETWORK, TINY, images)
    state = tmp_path / "state.safetensors"
    with pytest.raises(Killed):
        train(NETWORK, TINY, images, state, KillAfter(steps))
    resumed = train(NETWORK, TINY, images, state)
    assert same(whole, resumed)
    assert resumed.provenance["loss_per_epoch"] == whole.provenance["loss_per_epoch"]
    assert resumed.provenance["sessions"][-1]["to_epoch"] == 3


def test_a_state_of_another_training_is_not_resumed(images, tmp_path, monkeypatch):
    monkeypatch.setattr(plain, "STATE_INTERVAL_S", 0.0)
    state = tmp_path / "state.safetensors"
    train(NETWORK, replace(TINY, learning_rate=0.5), images, state)
    assert same(train(NETWORK, TINY, images, state), train(NETWORK, TINY, images))


def test_a_corrupt_state_is_not_resumed(images, tmp_path):
    state = tmp_path / "state.safetensors"
    save_checkpoint(state, Checkpoint({"a": torch.zeros(3)}, {}))
    state.write_bytes(state.read_bytes()[:-5])
    assert same(train(NETWORK, TINY, images, state), train(NETWORK, TINY, images))


def test_divergence_is_an_error_that_names_the_network(images):
    with pytest.raises(DivergedError, match=r"digits/seed=0 diverged in epoch \d of 3: loss (nan|inf)"):
        train(NETWORK, replace(TINY, learning_rate=1e30), images)


def test_an_epoch_visits_every_image_once_in_an_order_of_its_own():
    epochs = [list(plain.batch_rows(NETWORK, epoch, 40, 16)) for epoch in (0, 1)]
    orders = [torch.cat(batches) for batches in epochs]
    assert [len(batch) for batch in epochs[0]] == [16, 16, 8]
    assert all(torch.equal(order.sort().values, torch.arange(40)) for order in orders)
    assert not torch.equal(*orders)


def test_one_step_is_the_literal_update(images):
    """w ← w − η·v with v ← m·v + ∇, and v starting at the first gradient."""
    from replication.network import Network

    one_epoch = replace(TINY, epochs=1, batch_size=20)
    network = Network(torch_generator("init", str(NETWORK)))
    velocity = {}
    for rows in plain.batch_rows(NETWORK, 0, 40, 20):
        loss = torch.nn.functional.nll_loss(network(images.images[rows]), images.labels[rows])
        gradients = torch.autograd.grad(loss, list(network.parameters()))
        with torch.no_grad():
            for (name, parameter), gradient in zip(network.named_parameters(), gradients, strict=True):
                velocity[name] = one_epoch.momentum * velocity.get(name, 0) + gradient
                parameter -= one_epoch.learning_rate * velocity[name]
    trained = train(NETWORK, one_epoch, images).tensors
    for name, parameter in network.named_parameters():
        torch.testing.assert_close(trained[name], parameter.detach(), rtol=1e-4, atol=1e-6)
