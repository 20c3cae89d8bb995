"""Several networks measured at a time: the same numbers, what workers say is heard, what fails is told."""

import json
import sys
import time
from dataclasses import asdict
from multiprocessing import active_children

import psutil
import pytest
import torch
from heard import Heard

from replication import measurements
from replication.files import CorruptArtefactError
from replication.progress import SILENT
from replication.run_folder import RunFolder
from replication.runs import measuring, side_by_side
from replication.runs.measuring import measure_networks
from replication.runs.side_by_side import Relay
from replication.schema import PIECES
from replication.study import PROFILES, NetworkId
from replication.training import Checkpoint, save_checkpoint

CPU = torch.device("cpu")
NETWORKS = [NetworkId("digits", 0), NetworkId("digits", 1)]


@pytest.fixture
def run_of_two(tiny_network):
    """Makes a run of two networks that differ."""

    def make(path):
        run = RunFolder(path)
        for network_id in NETWORKS:
            tensors = dict(tiny_network.state_dict())
            tensors["out.bias"] = tensors["out.bias"] + network_id.seed / 10
            save_checkpoint(run.checkpoint(network_id), Checkpoint(tensors, {"network": str(network_id)}))
        return run

    return make


@pytest.fixture
def one_thread():
    """As many threads here as two workers have each on two cores: sums of other lengths round otherwise."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(n_threads)


@pytest.mark.parametrize(("n_workers", "device", "expected"), [(None, "cuda", 2), (None, "cpu", 7), (5, "cuda", 5)])
def test_on_a_gpu_its_memory_bounds_how_many_are_measured_at_a_time(monkeypatch, n_workers, device, expected):
    monkeypatch.setattr(side_by_side, "room_for", lambda n_networks, bytes_each: 7)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (8 * 2**30, 80 * 2**30))
    assert measuring._n_at_once(n_workers, 10, torch.device(device)) == expected


@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
def test_workers_measure_what_one_process_measures(tmp_path, run_of_two, testing_profile, monkeypatch):
    monkeypatch.setattr(side_by_side, "usable_cores", lambda: 2)
    apart, heard = run_of_two(tmp_path / "apart"), Heard()
    measure_networks(apart, NETWORKS, testing_profile, CPU, heard, n_workers=2)
    here = run_of_two(tmp_path / "here")
    measure_networks(here, NETWORKS[:1], testing_profile, CPU, SILENT, n_workers=2)
    for piece in PIECES:
        found = measurements.load(apart.piece(NETWORKS[0], piece))
        assert found.drop_attrs().identical(measurements.load(here.piece(NETWORKS[0], piece)).drop_attrs()), piece
        other = measurements.load(apart.piece(NETWORKS[1], piece))
        assert measurements.provenance_of(other)["network"] == "digits/seed=1"
        for network_id in NETWORKS:
            assert any(line.startswith(f"{network_id}: {piece} measured in") for line in heard.said)
    ((title, total, task),) = heard.tasks
    assert title == "measure 2 networks, 2 at a time"
    assert task.done == total


@pytest.mark.slow
def test_the_error_of_a_worker_arrives_here_and_damages_nothing(tmp_path, run_of_two, testing_profile):
    run = run_of_two(tmp_path)
    for network_id in NETWORKS:
        run.checkpoint(network_id).write_bytes(b"no network")
    with pytest.raises(CorruptArtefactError, match=r"network\.safetensors"):
        measure_networks(run, NETWORKS, testing_profile, CPU, SILENT, n_workers=2)
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"network.safetensors"}


MEASURE = """
import json, sys
from pathlib import Path
import torch
from replication.progress import SILENT
from replication.run_folder import RunFolder
from replication.runs.measuring import measure_networks
from replication.study import NetworkId, Profile

profile = json.loads(sys.argv[1])
profile = Profile(**profile | {"datasets": tuple(profile["datasets"])})
networks = [NetworkId("digits", 0), NetworkId("digits", 1)]
measure_networks(RunFolder(Path(sys.argv[2])), networks, profile, torch.device("cpu"), SILENT, n_workers=2)
"""


@pytest.mark.slow
def test_workers_end_with_the_process_that_started_them(tmp_path, run_of_two, testing_profile):
    run = run_of_two(tmp_path)
    process = psutil.Popen([sys.executable, "-c", MEASURE, json.dumps(asdict(testing_profile)), str(tmp_path)])
    while not all(run.piece(network_id, "intact").exists() for network_id in NETWORKS):
        assert process.poll() is None
        time.sleep(0.01)
    workers = process.children(recursive=True)
    assert len(workers) >= 2
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert alive == []
    assert not any(run.piece(network_id, "vertical").exists() for network_id in NETWORKS)


def fail_or_sleep(run, network_id, *_):
    """Stands in for measuring a network: tells something, as workers do, and fails or goes on for long."""
    Relay().say(f"{network_id} begins")
    if network_id.seed == 0:
        raise ValueError("planted")
    time.sleep(600)


@pytest.mark.slow
def test_a_network_that_fails_ends_the_others_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "_measure", fail_or_sleep)
    networks, heard, begin = [NetworkId("digits", seed) for seed in (1, 0, 2)], Heard(), time.monotonic()
    with pytest.raises(ValueError, match="planted"):
        measure_networks(RunFolder(tmp_path), networks, PROFILES["digits"], CPU, heard, n_workers=2)
    assert time.monotonic() - begin < 300
    assert active_children() == []
    assert "digits/seed=0 begins" in heard.said


def test_no_workers_are_refused_and_no_networks_are_measured_at_once(tmp_path, testing_profile):
    with pytest.raises(ValueError, match="n_workers=0"):
        measure_networks(RunFolder(tmp_path), NETWORKS, testing_profile, CPU, SILENT, n_workers=0)
    measure_networks(RunFolder(tmp_path), [], testing_profile, CPU, SILENT, n_workers=3)


def test_what_training_has_kept_of_the_gpu_is_let_go_before_anything_is_measured(tmp_path, monkeypatch):
    done = []
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: done.append("let go"))
    monkeypatch.setattr(measuring, "measure_pieces", lambda *_, **__: done.append("measured") or [])
    measure_networks(RunFolder(tmp_path), NETWORKS[:1], PROFILES["digits"], CPU, SILENT)
    assert done == ["let go", "measured"]


def test_each_of_several_workers_is_told_how_many_share_the_machine(tmp_path, monkeypatch):
    shared = []
    monkeypatch.setattr(measuring, "measure_pieces", lambda *_, n_at_once: shared.append(n_at_once) or [])
    measuring._measure(RunFolder(tmp_path), NETWORKS[0], PROFILES["digits"], torch.device("cpu"), 3)
    assert shared == [3]


def test_every_piece_has_its_weight_in_the_time_left():
    assert [*measuring.TYPICAL_S] == [*PIECES]
