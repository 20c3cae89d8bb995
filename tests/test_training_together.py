"""Networks become what the paper's loop makes of them: same steps, resumable, whoever keeps them company."""

import weakref
from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from unittest.mock import Mock

import pytest
import torch
from heard import KillAfter, Killed
from hypothesis import given, settings, strategies as st
from reference import training as reference

from replication.data import Images, load
from replication.network import Network
from replication.progress import Progress
from replication.seeds import torch_generator
from replication.study import PROFILES, NetworkId
from replication.training import (
    Checkpoint,
    DivergedError,
    load_checkpoint,
    save_checkpoint,
    together,
    train_together,
)
from replication.training.group import Group
from replication.training.stacked import log_probabilities, step
from replication.training.together import image_order, train_stacked

pytestmark = pytest.mark.usefixtures("ieee")

TINY = replace(PROFILES["digits"], epochs=2, batch_size=4)
STEPS = 3
"""Of an epoch on nine images."""
NETWORKS = [NetworkId("digits", seed) for seed in range(5)]
DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)]
CLOSE = {torch.float64: 1e-10, torch.float32: 1e-4}


@cache
def some_images(n=9, dtype=torch.float64, device="cpu"):
    """Two whole batches and a last one of 1, unless another number is asked for; not to be changed."""
    images = torch.randn(n, 1, 28, 28, generator=torch_generator("test", "together"), dtype=torch.float64)
    return Images(images.to(device, dtype), (torch.arange(n) % 10).to(device))


def by_the_loop(network_id, profile, images):
    """The network's parameters as the paper's loop trains it, and its losses."""
    network, losses = reference.train(network_id, profile, images)
    return {name: value.detach() for name, value in network.state_dict().items()}, losses


@cache
def alone(network_id, dtype=torch.float64):
    """The same on some images; not to be changed."""
    return by_the_loop(network_id, TINY, some_images(dtype=dtype))


def outcomes(network_ids, images, profile=TINY, state_of=None, progress=None):
    return dict(train_stacked(network_ids, profile, images, state_of, progress or Progress()))


def distance(one, other):
    """Greatest relative distance between tensors of the same name."""
    assert one.keys() == other.keys()
    return max(float((one[name] - other[name]).norm() / other[name].norm()) for name in one)


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture
def state_of(tmp_path, monkeypatch):
    """Names the file of a half-trained state, which is kept after every epoch."""
    monkeypatch.setattr(together, "STATE_INTERVAL_S", 0.0)
    return lambda network_id: tmp_path / f"{network_id.seed}.safetensors"


def half_trained(network_ids, images, state_of, profile=TINY):
    """Train the networks for one epoch and leave their states."""
    longer = replace(profile, epochs=3)
    with pytest.raises(Killed):
        outcomes(network_ids, images, longer, state_of, KillAfter(STEPS + 1))
    for network_id in network_ids:
        state = load_checkpoint(state_of(network_id))
        assert len(state.provenance["loss_per_epoch"]) == 1
        state.provenance["training"]["epochs"] = profile.epochs
        save_checkpoint(state_of(network_id), state)


# The same steps ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", CLOSE, ids=str)
def test_networks_at_once_become_what_the_loop_makes_of_each(dtype, device):
    found = outcomes(NETWORKS[:2], some_images(dtype=dtype, device=device))
    for network_id in NETWORKS[:2]:
        tensors, losses = alone(network_id, dtype)
        assert distance(found[network_id].tensors, tensors) < CLOSE[dtype]
        assert found[network_id].provenance["loss_per_epoch"] == pytest.approx(losses, rel=CLOSE[dtype])


def test_windows_of_equal_values_are_pooled_as_the_loop_pools_them():
    """Real images are plain at the border: many sums are equal there, and spectra blur which of them is."""
    images = load("digits", "train", replace(TINY, n_train=24), torch.device("cpu"))
    images = Images(images.images.double(), images.labels)
    tensors, _ = by_the_loop(NETWORKS[0], TINY, images)
    assert distance(outcomes(NETWORKS[:1], images)[NETWORKS[0]].tensors, tensors) < CLOSE[torch.float64]


@pytest.mark.parametrize("change", [{"momentum": 0.51}, {"learning_rate": 0.0201}, {"batch_size": 5}], ids=str)
def test_the_comparison_tells_another_training(change):
    images = some_images()
    found = outcomes(NETWORKS[:1], images)[NETWORKS[0]]
    assert distance(found.tensors, by_the_loop(NETWORKS[0], replace(TINY, **change), images)[0]) > 1e-4
    assert distance(found.tensors, alone(NETWORKS[1])[0]) > 0.1


@pytest.mark.parametrize("n_images", [3, 8, 11])
def test_no_whole_batch_no_last_one_and_one_of_another_size(n_images):
    images = some_images(n_images)
    (found,) = outcomes(NETWORKS[:1], images).values()
    assert distance(found.tensors, by_the_loop(NETWORKS[0], TINY, images)[0]) < 1e-10


@pytest.mark.parametrize("companions", [NETWORKS[1:2], NETWORKS[:0:-1]], ids=["one", "four, and itself last"])
def test_the_company_does_not_matter(companions):
    images, one_epoch = some_images(), replace(TINY, epochs=1)
    by_itself = outcomes(NETWORKS[:1], images, one_epoch)[NETWORKS[0]]
    beside = outcomes([*companions, NETWORKS[0]], images, one_epoch)[NETWORKS[0]]
    assert distance(beside.tensors, by_itself.tensors) < 1e-12
    assert beside.provenance["trained_together"] == len(companions) + 1


@settings(max_examples=10)
@given(st.integers(0, 2**32), st.integers(1, 3), st.integers(1, 4))
def test_log_probabilities_are_the_network_s(seed, n_networks, n_images):
    networks = [Network(torch_generator("test", seed, row)).double() for row in range(n_networks)]
    images = torch.randn(n_images, n_networks, 1, 28, 28, generator=torch_generator("test", seed), dtype=torch.float64)
    stacked = {name: torch.stack([n.state_dict()[name] for n in networks]) for name in networks[0].state_dict()}
    found = log_probabilities(stacked, images)
    for row, network in enumerate(networks):
        torch.testing.assert_close(found[row], network(images[:, row]), rtol=1e-10, atol=1e-12)


def test_a_step_is_the_literal_update():
    """w ← w − η·v with v ← m·v + ∇, from a v that is not zero."""
    network = Network(torch_generator("test", "step")).double()
    generator, images = torch_generator("test", "velocity"), some_images(6)
    velocity = {
        name: torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
        for name, parameter in network.named_parameters()
    }
    parameters = {name: each.detach()[None].clone().requires_grad_() for name, each in network.named_parameters()}
    momenta = {name: each[None].clone() for name, each in velocity.items()}
    loss = torch.nn.functional.nll_loss(network(images.images), images.labels)
    gradients = torch.autograd.grad(loss, list(network.parameters()))
    found = step(parameters, momenta, images.images[:, None], images.labels[:, None], learning_rate=0.1, momentum=0.5)
    torch.testing.assert_close(found, loss.detach()[None])
    for (name, before), gradient in zip(network.named_parameters(), gradients, strict=True):
        moved = 0.5 * velocity[name] + gradient
        torch.testing.assert_close(momenta[name][0], moved, rtol=1e-10, atol=1e-12)
        torch.testing.assert_close(parameters[name][0].detach(), before.detach() - 0.1 * moved, rtol=1e-10, atol=1e-12)


@pytest.mark.gpu
def test_a_captured_step_is_the_step(monkeypatch):
    """The graph, replayed, and the same step launched kernel by kernel; building a group trains nothing."""
    images, order = some_images(device="cuda"), torch.arange(9)[:, None].expand(9, 2)
    starts = [together._untrained(network_id, TINY).tensors for network_id in NETWORKS[:2]]
    captured = Group(starts, images, TINY)
    monkeypatch.setattr("replication.training.group.capture", lambda work, changed: work)
    launched = Group(starts, images, TINY)
    for start, state in zip(starts, captured.states(), strict=True):
        assert distance({"fc1": state["fc1.weight"]}, {"fc1": start["fc1.weight"].double()}) == 0
    for _ in range(2):
        torch.testing.assert_close(captured.train_epoch(order), launched.train_epoch(order), rtol=1e-10, atol=0)
    for one, other in zip(captured.states(), launched.states(), strict=True):
        assert distance(one, other) < 1e-10


# The same files ----------------------------------------------------------------------------------------------------


def test_the_checkpoint_is_the_network_s_and_tells_its_story(tmp_path):
    images = some_images(dtype=torch.float32)
    found = outcomes(NETWORKS[:2], images)[NETWORKS[1]]
    expected = Network(torch_generator("test")).state_dict()
    assert {name: (each.shape, each.dtype) for name, each in found.tensors.items()} == {
        name: (each.shape, each.dtype) for name, each in expected.items()
    }
    provenance = found.provenance
    assert (provenance["network"], provenance["training"]) == ("digits/seed=1", TINY.training)
    assert provenance["trained_together"] == 2
    (session,) = provenance["sessions"]
    assert (session["from_epoch"], session["to_epoch"]) == (0, 2)
    save_checkpoint(tmp_path / "network.safetensors", found)
    loaded = load_checkpoint(tmp_path / "network.safetensors")
    assert loaded.provenance == provenance
    assert same(loaded.tensors, found.tensors)
    loaded.network(torch.device("cpu"))


@pytest.mark.parametrize("device", DEVICES)
def test_trained_again_or_resumed_networks_are_the_same_up_to_rounding(device, state_of):
    """Of a GPU no more is promised, and no more than a few steps: what rounding makes of a sum, training amplifies."""
    images = some_images(dtype=torch.float32, device=device)
    whole, again = (outcomes(NETWORKS[:2], images) for _ in range(2))
    half_trained(NETWORKS[:2], images, state_of)
    resumed = outcomes(NETWORKS[:2], images, state_of=state_of)
    for network_id in NETWORKS[:2]:
        for found in (again, resumed):
            assert distance(found[network_id].tensors, whole[network_id].tensors) < CLOSE[torch.float32]
        assert [session["from_epoch"] for session in resumed[network_id].provenance["sessions"]] == [0, 1]
    assert distance(again[NETWORKS[1]].tensors, whole[NETWORKS[0]].tensors) > 0.1


@pytest.mark.parametrize("epochs", [0, 1, 2])
@pytest.mark.parametrize("steps", [1, STEPS])
def test_killed_and_resumed_ends_in_the_same_bits(epochs, steps, state_of):
    images, profile = some_images(dtype=torch.float32), replace(TINY, epochs=3)
    whole = outcomes(NETWORKS[:2], images, profile)
    with pytest.raises(Killed):
        outcomes(NETWORKS[:2], images, profile, state_of, KillAfter(epochs * STEPS + steps))
    resumed = outcomes(NETWORKS[:2], images, profile, state_of)
    for network_id in NETWORKS[:2]:
        assert same(resumed[network_id].tensors, whole[network_id].tensors)
        provenance = resumed[network_id].provenance
        assert provenance["loss_per_epoch"] == whole[network_id].provenance["loss_per_epoch"]
        sessions = [(session["from_epoch"], session["to_epoch"]) for session in provenance["sessions"]]
        assert sessions == ([(0, epochs), (epochs, 3)] if epochs else [(0, 3)])


def test_states_are_kept_no_more_often_than_is_said(state_of, monkeypatch):
    images, profile = some_images(dtype=torch.float32), replace(TINY, epochs=3)
    monkeypatch.setattr(together, "STATE_INTERVAL_S", 3600.0)
    with pytest.raises(Killed):
        outcomes(NETWORKS[:1], images, profile, state_of, KillAfter(2 * STEPS + 1))
    assert not state_of(NETWORKS[0]).exists()


def test_on_a_cpu_memory_that_is_freed_is_kept(monkeypatch):
    monkeypatch.setattr(together, "keep_freed_memory", keep := Mock())
    list(train_together(NETWORKS[:1], replace(TINY, epochs=1), some_images()))
    keep.assert_called_once_with()


def test_the_same_id_gives_the_same_bits_and_the_global_generator_is_neither_read_nor_moved():
    images, before = some_images(dtype=torch.float32), torch.get_rng_state()
    first, second = (outcomes(NETWORKS[:1], images)[NETWORKS[0]] for _ in range(2))
    assert same(first.tensors, second.tensors)
    assert torch.equal(before, torch.get_rng_state())


def test_an_epoch_visits_every_image_once_in_an_order_of_its_own():
    orders = [image_order(*which, 40) for which in [(NETWORKS[0], 0), (NETWORKS[0], 1), (NETWORKS[1], 0)]]
    assert all(torch.equal(order.sort().values, torch.arange(40)) for order in orders)
    assert len({tuple(order.tolist()) for order in orders}) == 3


def test_networks_at_different_epochs_form_two_groups(state_of):
    """As after a kill between two files, or when seeds are added to a run that was stopped."""
    images = some_images()
    half_trained(NETWORKS[:1], images, state_of)
    found = outcomes(NETWORKS[:3], images, state_of=state_of)
    assert [one.provenance["trained_together"] for one in found.values()] == [1, 2, 2]
    for network_id, checkpoint in found.items():
        assert distance(checkpoint.tensors, alone(network_id)[0]) < 1e-10


def test_a_damaged_state_and_one_of_another_training_are_not_taken_up(state_of):
    images, progress = some_images(dtype=torch.float32), Progress()
    progress.say = Mock()
    whole = outcomes(NETWORKS[:3], images)
    half_trained(NETWORKS[:2], images, state_of, replace(TINY, learning_rate=0.5))
    state_of(NETWORKS[1]).write_bytes(b"damaged")
    half_trained(NETWORKS[3:4], images, state_of)
    state_of(NETWORKS[3]).replace(state_of(NETWORKS[2]))
    found = outcomes(NETWORKS[:3], images, state_of=state_of, progress=progress)
    assert all(same(found[network_id].tensors, whole[network_id].tensors) for network_id in whole)
    first, second, third = (call.args[0] for call in progress.say.call_args_list)
    assert first.startswith("digits/seed=0: training starts anew")
    assert "'learning_rate': 0.5" in first
    assert "is not a readable safetensors file" in second
    assert "is of digits/seed=3, trained as" in third


@pytest.mark.parametrize(
    ("networks", "title", "told"),
    [
        (NETWORKS[:1], "digits/seed=0: train", "loss {:.4f}"),
        (NETWORKS[:2], "digits: train 2 networks together", "loss {:.4f} at most"),
    ],
)
def test_progress_counts_steps_and_tells_the_last_epoch_s_loss(networks, title, told):
    images, progress = some_images(dtype=torch.float32), Progress()
    task, progress.task = Mock(), Mock()
    progress.task.return_value = nullcontext(task)
    found = outcomes(networks, images, progress=progress)
    progress.task.assert_called_once_with(title, 2 * STEPS)
    highest = told.format(max(one.provenance["loss_per_epoch"][0] for one in found.values()))
    notes = [call.kwargs["note"] for call in task.advance.call_args_list]
    assert notes == ["epoch 1/2"] * STEPS + [f"epoch 2/2 {highest}"] * STEPS


def the_first_is_huge(network_id, profile, untrained=together._untrained):
    """A start from which the network of seed 0 diverges at once."""
    start = untrained(network_id, profile)
    return start if network_id.seed else replace(start, tensors={k: v * 1e200 for k, v in start.tensors.items()})


# Divergence --------------------------------------------------------------------------------------------------------


def test_a_network_that_diverges_is_told_at_once_and_leaves_the_others_as_they_are(state_of):
    images, bad = some_images(), NETWORKS[1]
    half_trained(NETWORKS[:3], images, state_of)
    healthy = load_checkpoint(state_of(bad))
    huge = {name: tensor * 1e200 for name, tensor in healthy.tensors.items()}
    save_checkpoint(state_of(bad), Checkpoint(huge, healthy.provenance))
    told = list(train_stacked(NETWORKS[:3], TINY, images, state_of))
    assert [network_id for network_id, _ in told] == [bad, NETWORKS[0], NETWORKS[2]]
    (_, error), *others = told
    assert isinstance(error, DivergedError)
    assert str(error).startswith("digits/seed=1 diverged in epoch 2 of 2: loss nan at learning rate 0.02")
    for network_id, checkpoint in others:
        assert distance(checkpoint.tensors, alone(network_id)[0]) < 1e-10


def test_one_group_at_a_time_holds_memory(state_of, monkeypatch):
    alive, most = weakref.WeakSet(), []

    class Counted(together.Group):
        def __init__(self, *arguments):
            most.append(len(alive))
            super().__init__(*arguments)
            alive.add(self)

    monkeypatch.setattr(together, "Group", Counted)
    images, bad = some_images(), NETWORKS[1]
    half_trained(NETWORKS[:3], images, state_of)
    healthy = load_checkpoint(state_of(bad))
    huge = {name: tensor * 1e200 for name, tensor in healthy.tensors.items()}
    save_checkpoint(state_of(bad), Checkpoint(huge, healthy.provenance))
    most.clear()
    assert len(list(train_stacked(NETWORKS[:3], TINY, images, state_of))) == 3
    assert most == [0, 0]


def test_companions_of_one_that_diverged_go_on_in_their_own_order():
    """The orders drawn ahead are those of the networks that are left."""
    images, profile, group = some_images(), replace(TINY, epochs=3), NETWORKS[:3]
    expected = outcomes(group[1:], images, profile)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(together, "_untrained", the_first_is_huge)
        found = outcomes(group, images, profile)
    assert isinstance(found[group[0]], DivergedError)
    for network_id in group[1:]:
        assert distance(found[network_id].tensors, expected[network_id].tensors) < 1e-10
        assert len(found[network_id].provenance["loss_per_epoch"]) == 3


def test_when_all_diverge_training_ends():
    hot = replace(TINY, learning_rate=1e30)
    found = outcomes(NETWORKS[:2], some_images(dtype=torch.float32), hot)
    assert [type(outcome) for outcome in found.values()] == [DivergedError] * 2


def test_a_network_whose_last_step_ends_in_no_finite_weights_has_diverged(monkeypatch):
    """One step, whose loss is taken before it: no later loss would tell."""

    def the_first_is_steep(network_id, profile, untrained=together._untrained):
        start = untrained(network_id, profile)
        return start if network_id.seed else replace(start, tensors={k: v * 1e3 for k, v in start.tensors.items()})

    monkeypatch.setattr(together, "_untrained", the_first_is_steep)
    one_step = replace(TINY, epochs=1, batch_size=9, learning_rate=1e308)
    found = outcomes(NETWORKS[:2], some_images(), one_step)
    told = "digits/seed=0 diverged in epoch 1 of 1: conv1.weight is no longer finite at learning rate 1e+308; it is no"
    assert isinstance(found[NETWORKS[0]], DivergedError)
    assert str(found[NETWORKS[0]]).startswith(told)
    assert all(tensor.isfinite().all() for tensor in found[NETWORKS[1]].tensors.values())


# The entry ---------------------------------------------------------------------------------------------------------


def test_on_a_cpu_networks_are_trained_one_after_the_other(state_of):
    images = some_images(dtype=torch.float32)
    found = dict(train_together(NETWORKS[:2], TINY, images, state_of))
    for network_id in NETWORKS[:2]:
        assert same(found[network_id].tensors, outcomes([network_id], images)[network_id].tensors)
        assert found[network_id].provenance["trained_together"] == 1
        assert state_of(network_id).exists()


def test_on_a_cpu_one_that_diverges_does_not_keep_the_next_from_training(monkeypatch):
    monkeypatch.setattr(together, "_untrained", the_first_is_huge)
    (first, error), (second, checkpoint) = train_together(NETWORKS[:2], TINY, some_images())
    assert (first, second) == tuple(NETWORKS[:2])
    assert isinstance(error, DivergedError)
    assert same(checkpoint.tensors, outcomes(NETWORKS[1:2], some_images())[NETWORKS[1]].tensors)


def test_no_more_networks_are_trained_at_once_than_a_gpu_takes(monkeypatch):
    """On the meta device, which no number comes from, as on a GPU."""
    asked = []
    monkeypatch.setattr(together, "GPU_AT_ONCE", 2)
    monkeypatch.setattr(together, "train_stacked", lambda network_ids, *_: asked.append(network_ids) or ())
    assert list(train_together(NETWORKS[:3], TINY, some_images(device="meta"))) == []
    assert asked == [NETWORKS[:2], NETWORKS[2:3]]


@pytest.mark.gpu
def test_on_a_gpu_networks_are_trained_at_once():
    found = dict(train_together(NETWORKS[:2], TINY, some_images(dtype=torch.float32, device="cuda")))
    assert [outcome.provenance["trained_together"] for outcome in found.values()] == [2, 2]
    assert {tensor.device.type for outcome in found.values() for tensor in outcome.tensors.values()} == {"cpu"}
