"""Networks trained in a process each: those that one process trains; what is taken up, and what is told."""

from contextlib import nullcontext
from dataclasses import replace

import pytest
import torch
from heard import Heard

from replication import run_training, side_by_side
from replication.progress import SILENT, Progress, Task
from replication.run_folder import RunFolder
from replication.run_training import WORKER_BYTES, train_networks
from replication.study import NetworkId
from replication.training import load_checkpoint, together

CPU = torch.device("cpu")
NETWORKS = [NetworkId("digits", seed) for seed in (0, 1)]
N_BATCHES = 2
"""Of an epoch of ``testing_profile``."""


@pytest.fixture
def profile(testing_profile):
    return replace(testing_profile, epochs=3)


@pytest.fixture
def two_cores(monkeypatch):
    """Two cores here, of which a worker gets one; any training is worth a process."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setattr(side_by_side, "usable_cores", lambda: 2)
    monkeypatch.setattr(run_training, "WORTH_A_PROCESS", 1)
    yield
    torch.set_num_threads(n_threads)


class Killed(BaseException):
    """Stands for a kill."""


class KillIn(Progress):
    """Stops the work in an epoch, counted from 1."""

    def __init__(self, epoch):
        self._last = (epoch - 1) * N_BATCHES + 1

    def task(self, title, total):
        def on_advance(done, note):
            if done == self._last:
                raise Killed

        return nullcontext(Task(on_advance))


@pytest.mark.slow
@pytest.mark.usefixtures("two_cores")
def test_workers_train_the_networks_that_one_process_trains(tmp_path, profile, monkeypatch):
    """To the last bit, as many threads being in each; one was stopped in its second epoch."""
    monkeypatch.setattr(together, "STATE_INTERVAL_S", 0.0)
    apart, alone, heard = RunFolder(tmp_path / "apart"), RunFolder(tmp_path / "alone"), Heard()
    with pytest.raises(Killed):
        train_networks(apart, NETWORKS[:1], profile, CPU, KillIn(epoch=2))
    assert train_networks(apart, NETWORKS, profile, CPU, heard) == NETWORKS
    assert train_networks(alone, NETWORKS, profile, CPU, SILENT, n_workers=1) == NETWORKS
    for network_id in NETWORKS:
        found, expected = (load_checkpoint(run.checkpoint(network_id)) for run in (apart, alone))
        assert found.sha256 == expected.sha256
        assert found.provenance["loss_per_epoch"] == expected.provenance["loss_per_epoch"]
        assert found.provenance["sessions"][-1]["threads"] == 1
        assert not apart.training_state(network_id).exists()
    ((title, total, task),) = heard.tasks
    assert title == "train 2 networks, 2 at a time"
    assert task.done == total == (2 + 3) * N_BATCHES
    assert heard.said == ["digits/seed=0: training goes on after epoch 1"]


@pytest.mark.slow
@pytest.mark.usefixtures("two_cores")
def test_networks_that_diverge_in_workers_are_told_and_are_no_networks(tmp_path, profile):
    run, heard = RunFolder(tmp_path), Heard()
    assert train_networks(run, NETWORKS, replace(profile, learning_rate=1e30), CPU, heard) == []
    for line, network_id in zip(sorted(heard.said), NETWORKS, strict=True):
        assert line.startswith(f"diverged: {network_id} diverged in epoch 1 of 3: loss")
    assert not any(run.checkpoint(network_id).exists() for network_id in NETWORKS)
    ((_, total, task),) = heard.tasks
    assert task.done == total


@pytest.fixture
def asked(monkeypatch):
    """Stands in for training; returns what was asked for: networks here, or steps of networks and how many apart."""
    calls = []

    def here(run, network_ids, profile, device, progress):
        calls.append(network_ids)
        yield from ((network_id, None) for network_id in network_ids)

    def apart(run, steps, profile, n_at_once, progress):
        calls.append((steps, n_at_once))
        yield from ((network_id, None) for network_id in steps)

    monkeypatch.setattr(run_training, "_train_here", here)
    monkeypatch.setattr(run_training, "_train_apart", apart)
    monkeypatch.setattr(side_by_side, "usable_cores", lambda: 4)
    monkeypatch.setattr(side_by_side, "usable_memory", lambda: 64 * WORKER_BYTES)
    return calls


@pytest.mark.parametrize(
    ("device", "epochs", "n_workers", "n_at_once"),
    [
        ("cpu", 300, None, 2),
        ("cpu", 300, 2, 2),
        ("cpu", 300, 1, None),
        ("cpu", 149, None, None),
        ("cpu", 150, None, 2),
        ("cuda", 300, None, None),
    ],
)
def test_several_long_trainings_on_a_cpu_get_a_process_each(
    tmp_path, profile, asked, device, epochs, n_workers, n_at_once
):
    profile = replace(profile, epochs=epochs)
    found = train_networks(RunFolder(tmp_path), NETWORKS, profile, torch.device(device), SILENT, n_workers=n_workers)
    assert found == NETWORKS
    assert asked == [NETWORKS if n_at_once is None else (dict.fromkeys(NETWORKS, epochs * N_BATCHES), n_at_once)]


def test_no_workers_are_refused_and_no_networks_are_trained_at_once(tmp_path, profile):
    with pytest.raises(ValueError, match="n_workers=0"):
        train_networks(RunFolder(tmp_path), NETWORKS, profile, CPU, SILENT, n_workers=0)
    assert train_networks(RunFolder(tmp_path), [], profile, CPU, SILENT, n_workers=3) == []
