"""Networks trained in a process each: those that one process trains; what is taken up, and what is told."""

from dataclasses import replace
from multiprocessing import active_children

import pytest
import torch
from heard import Heard, KillAfter, Killed

from replication.data import DataError
from replication.progress import SILENT
from replication.run_folder import RunFolder
from replication.runs import side_by_side, training
from replication.runs.training import WORKER_BYTES, train_networks
from replication.study import NetworkId
from replication.training import Checkpoint, load_checkpoint, save_checkpoint, together

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
    monkeypatch.setattr(side_by_side, "usable_memory", lambda: 64 * WORKER_BYTES)
    monkeypatch.setattr(training, "WORTH_A_PROCESS", 1)
    yield
    torch.set_num_threads(n_threads)


@pytest.mark.slow
@pytest.mark.usefixtures("two_cores")
def test_workers_train_the_networks_that_one_process_trains(tmp_path, profile, monkeypatch):
    """To the last bit, as many threads being in each; one was stopped in its second epoch."""
    monkeypatch.setattr(together, "STATE_INTERVAL_S", 0.0)
    apart, alone, heard = RunFolder(tmp_path / "apart"), RunFolder(tmp_path / "alone"), Heard()
    with pytest.raises(Killed):
        train_networks(apart, NETWORKS[:1], profile, CPU, KillAfter(N_BATCHES + 1))
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
    assert "digits/seed=0: training goes on after epoch 1" in heard.said


@pytest.mark.slow
@pytest.mark.usefixtures("two_cores")
def test_networks_that_diverge_in_workers_are_told_and_are_no_networks(tmp_path, profile):
    run, heard = RunFolder(tmp_path), Heard()
    assert train_networks(run, NETWORKS, replace(profile, learning_rate=1e30), CPU, heard) == []
    told = sorted(line for line in heard.said if "done in" not in line)
    for line, network_id in zip(told, NETWORKS, strict=True):
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

    monkeypatch.setattr(training, "_train_here", here)
    monkeypatch.setattr(training, "_train_apart", apart)
    monkeypatch.setattr(side_by_side, "usable_cores", lambda: 4)
    monkeypatch.setattr(side_by_side, "usable_memory", lambda: 64 * WORKER_BYTES)
    return calls


@pytest.mark.parametrize(
    ("device", "epochs", "n_workers", "n_at_once"),
    [
        ("cpu", 900, None, 2),
        ("cpu", 900, 2, 2),
        ("cpu", 900, 1, None),
        ("cpu", 333, None, None),
        ("cpu", 334, None, 2),
        ("cuda", 900, None, None),
    ],
)
def test_several_long_trainings_on_a_cpu_get_a_process_each(
    tmp_path, profile, asked, device, epochs, n_workers, n_at_once
):
    profile = replace(profile, epochs=epochs, n_train=130)
    found = train_networks(RunFolder(tmp_path), NETWORKS, profile, torch.device(device), SILENT, n_workers=n_workers)
    assert found == NETWORKS
    assert asked == [NETWORKS if n_at_once is None else (dict.fromkeys(NETWORKS, epochs * 3), n_at_once)]


def test_images_that_only_measuring_needs_are_missed_before_training(tmp_path, profile, asked, monkeypatch):
    def test_images_are_missing(dataset, half, profile):
        if half == "test":
            raise DataError("not to be had")
        return 96

    monkeypatch.setattr(training, "count", test_images_are_missing)
    with pytest.raises(DataError, match="not to be had"):
        train_networks(RunFolder(tmp_path), NETWORKS, profile, CPU, SILENT, n_workers=1)
    assert asked == []


def test_steps_are_those_of_each_data_set_and_of_what_is_left(tmp_path, profile, asked, monkeypatch):
    """A state that is damaged, or of another training, counts for nothing; one that fits for its epochs."""
    monkeypatch.setattr(training, "count", lambda dataset, *_: {"mnist": 640, "kmnist": 65}[dataset])
    monkeypatch.setattr(training, "WORTH_A_PROCESS", 1)
    run, networks = RunFolder(tmp_path), [NetworkId("mnist", seed) for seed in range(3)] + [NetworkId("kmnist", 0)]
    for network_id, trained in zip(networks[:2], (profile.training, {"epochs": 7}), strict=True):
        provenance = {"network": str(network_id), "training": trained, "loss_per_epoch": [0.5, 0.25], "sessions": []}
        save_checkpoint(run.training_state(network_id), Checkpoint({"weight": torch.zeros(1)}, provenance))
    run.training_state(networks[2]).parent.mkdir(parents=True)
    run.training_state(networks[2]).write_bytes(b"damaged")
    heard = Heard()
    assert train_networks(run, networks, profile, CPU, heard) == networks
    assert asked == [(dict(zip(networks, (10, 30, 30, 6), strict=True)), 4)]
    assert heard.said == []


@pytest.mark.slow
@pytest.mark.usefixtures("two_cores")
def test_the_error_of_a_worker_arrives_here(tmp_path, profile):
    run = RunFolder(tmp_path)
    run.network_folder(NETWORKS[1]).parent.mkdir(parents=True)
    run.network_folder(NETWORKS[1]).write_text("a file where the network's folder should be")
    with pytest.raises(OSError, match="seed=1"):
        train_networks(run, NETWORKS, profile, CPU, SILENT)
    assert active_children() == []


def test_no_workers_are_refused_and_no_networks_are_trained_at_once(tmp_path, profile):
    with pytest.raises(ValueError, match="n_workers=0"):
        train_networks(RunFolder(tmp_path), NETWORKS, profile, CPU, SILENT, n_workers=0)
    assert train_networks(RunFolder(tmp_path), [], profile, CPU, SILENT, n_workers=3) == []
