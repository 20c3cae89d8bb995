"""Threads of this process: as many as it is told, or no more than there are cores; who asked for fewer keeps fewer."""

import os
import subprocess
import sys

import numpy as np  # noqa: F401  loads a library of linear algebra
import pytest
import torch
from threadpoolctl import ThreadpoolController

from replication import threads
from replication.progress import SILENT
from replication.run_folder import RunFolder
from replication.runs import measuring, training
from replication.runs.measuring import measure_networks
from replication.runs.training import train_networks
from replication.study import NetworkId
from replication.threads import keep_to_usable_cores, set_threads
from replication.training import load_checkpoint

CPU = torch.device("cpu")
D0 = NetworkId("digits", 0)


def threads_of_libraries():
    return {library.num_threads for library in ThreadpoolController().lib_controllers}


@pytest.fixture(autouse=True)
def three_threads():
    """Three everywhere, as on a machine of three cores; afterwards as many as before."""
    n_threads = torch.get_num_threads()
    before = [(library, library.num_threads) for library in ThreadpoolController().lib_controllers]
    set_threads(3)
    yield
    torch.set_num_threads(n_threads)
    for library, n in before:
        library.set_num_threads(n)


@pytest.fixture
def one_core(monkeypatch):
    """A quota of one core on that machine."""
    monkeypatch.setattr(threads, "usable_cores", lambda: 1)


def test_threads_are_those_of_torch_and_of_linear_algebra():
    assert torch.get_num_threads() == 3
    assert threads_of_libraries() <= {3}


@pytest.mark.parametrize(("n_cores", "expected"), [(1, 1), (2, 2), (3, 3), (16, 3)])
def test_no_more_threads_than_cores_and_no_more_than_before(monkeypatch, n_cores, expected):
    monkeypatch.setattr(threads, "usable_cores", lambda: n_cores)
    keep_to_usable_cores()
    assert torch.get_num_threads() == expected
    assert threads_of_libraries() <= {expected}


def test_who_asked_for_fewer_gets_fewer():
    code = "import torch; from replication import threads; threads.usable_cores = lambda: 16; "
    code += "threads.keep_to_usable_cores(); print(torch.get_num_threads())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "1\n"


@pytest.mark.usefixtures("one_core")
def test_training_in_this_process_keeps_to_its_cores(tmp_path, testing_profile):
    run = RunFolder(tmp_path)
    assert train_networks(run, [D0], testing_profile, CPU, SILENT) == [D0]
    (session,) = load_checkpoint(run.checkpoint(D0)).provenance["sessions"]
    assert session["threads"] == 1


@pytest.mark.usefixtures("one_core")
def test_measuring_in_this_process_keeps_to_its_cores(tmp_path, testing_profile, monkeypatch):
    found = []
    monkeypatch.setattr(measuring, "measure_pieces", lambda *_: found.append(torch.get_num_threads()) or [])
    measure_networks(RunFolder(tmp_path), [D0], testing_profile, CPU, SILENT, n_workers=1)
    assert found == [1]


@pytest.mark.usefixtures("one_core")
def test_a_process_that_only_starts_workers_is_left_alone(tmp_path, testing_profile, monkeypatch):
    monkeypatch.setattr(training, "_train_apart", lambda *_: (one for one in ((D0, None),)))
    monkeypatch.setattr(training, "several_at_a_time", lambda *_: 2)
    monkeypatch.setattr(training, "WORTH_A_PROCESS", 0)
    train_networks(RunFolder(tmp_path), [D0], testing_profile, CPU, SILENT)
    assert torch.get_num_threads() == 3
