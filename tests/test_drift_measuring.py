"""Making a reading of this environment; measuring is stood in for, ``test_end_to_end`` runs the real thing."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import run_files
import torch

from replication import provenance
from replication.files import RunLockedError, exclusive
from replication.judging import Contrast, Registry, Statement
from replication.precision import get_precision, set_precision
from replication.progress import SILENT
from replication.run_folder import NotARunError, RunFolder
from replication.runs import drift_measuring
from replication.runs.drift_measuring import read_environment
from replication.study import PROFILES, NetworkId
from replication.training import Checkpoint, save_checkpoint

pytestmark = pytest.mark.usefixtures("profile")

CPU = torch.device("cpu")
D0, D1 = NetworkId("digits", 0), NetworkId("digits", 1)


@pytest.fixture
def claims():
    registry = Registry()

    @registry.claim("9/first", place="", rule=Statement(), networks=("mnist", "kmnist"))
    def first(network):
        """A statement."""
        return network.network == "digits/seed=0"

    return registry


@pytest.fixture
def run(tmp_path, tiny_network):
    """A run with two trained networks and nothing measured."""
    folder = RunFolder(tmp_path / "run")
    folder.describe(PROFILES["digits"])
    for network_id in (D0, D1):
        tensors = dict(tiny_network.state_dict())
        tensors["out.bias"] = tensors["out.bias"] + network_id.seed * torch.arange(10)
        save_checkpoint(folder.checkpoint(network_id), Checkpoint(tensors, {"network": str(network_id)}))
    return folder


put_pieces = partial(run_files.put_pieces, of="digits/seed=0")
"""Puts measurements of seeded numbers where those of a network belong."""


@pytest.fixture
def asked(monkeypatch):
    """Stands in for measuring; returns what it was asked for."""
    calls = []

    def measure(folder, network_ids, profile, device, progress, *, precision):
        for network_id in network_ids:
            calls.append((folder.path.name, str(network_id), profile.name, folder.checkpoint(network_id).exists()))
            put_pieces(folder, network_id)

    monkeypatch.setattr(drift_measuring, "measure_networks", measure)
    return calls


def test_every_network_is_measured_in_a_folder_of_this_environment(run, asked, claims, tmp_path):
    found = read_environment(run, tmp_path / "drift", claims, CPU, SILENT)
    (bench,) = (tmp_path / "drift").iterdir()
    assert asked == [(bench.name, "digits/seed=0", "digits", True), (bench.name, "digits/seed=1", "digits", True)]
    assert bench.name.startswith(f"{found.name}-")
    assert list(found.networks) == ["digits/seed=0", "digits/seed=1"]
    torch_version = provenance.software()["torch"].partition("+")[0]
    assert found.name.startswith(f"torch{torch_version}-umap")
    assert found.name.endswith(f"-cpu-{torch.backends.cpu.get_cpu_capability().lower()}")
    assert found.provenance["precision"] == get_precision() == "ieee"
    assert sorted(path.name for path in run.network_folder(D0).iterdir()) == ["network.safetensors"]


@pytest.mark.parametrize(
    ("place", "changed"),
    [
        ("software", lambda: {"torch": "2.15.0", "umap-learn": "0.5.12", "numba": "0.70.0"}),
        ("commit", lambda *_: "d" * 40),
        ("machine", lambda: {"processor": "another", "cores": 2}),
    ],
)
def test_nothing_measured_in_another_environment_is_taken_for_this_one_s(
    run, asked, claims, tmp_path, monkeypatch, place, changed
):
    monkeypatch.setattr(provenance, "software", lambda: {"torch": "2.15.0", "umap-learn": "0.5.12", "numba": "0.68.1"})
    read_environment(run, tmp_path / "drift", claims, CPU, SILENT)
    monkeypatch.setattr(provenance, place, changed)
    read_environment(run, tmp_path / "drift", claims, CPU, SILENT)
    assert len({bench for bench, *_ in asked}) == 2


def test_other_arithmetic_is_measured_anew_and_named(run, asked, claims, tmp_path, monkeypatch):
    """As on a GPU, for which this CPU stands in."""
    monkeypatch.setattr(drift_measuring, "precision_on", lambda device: get_precision())
    ieee = read_environment(run, tmp_path / "drift", claims, CPU, SILENT)
    try:
        tf32 = read_environment(run, tmp_path / "drift", claims, CPU, SILENT, precision="tf32")
    finally:
        set_precision("ieee")
    assert tf32.name == f"{ieee.name}-tf32"
    assert len({bench for bench, *_ in asked}) == 2


def test_a_cpu_has_no_other_arithmetic_whatever_is_asked_for(run, asked, claims, tmp_path):
    ieee = read_environment(run, tmp_path / "drift", claims, CPU, SILENT)
    try:
        tf32 = read_environment(run, tmp_path / "drift", claims, CPU, SILENT, precision="tf32")
    finally:
        set_precision("ieee")
    assert tf32.provenance == ieee.provenance
    assert len({bench for bench, *_ in asked}) == 1


def test_a_reading_of_one_environment_is_taken_up_in_its_folder(run, asked, claims, tmp_path):
    for _ in range(2):
        read_environment(run, tmp_path / "drift", claims, CPU, SILENT)
    assert len(asked) == 4
    assert len({bench for bench, *_ in asked}) == 1


def test_log_probabilities_and_predictions_are_of_all_test_images(run, asked, claims, tmp_path, tiny_network):
    from replication.data import load

    found = read_environment(run, tmp_path / "drift", claims, CPU, SILENT).networks["digits/seed=0"]
    test = load("digits", "test", replace(PROFILES["digits"], n_test=None), CPU)
    with torch.inference_mode():
        expected = tiny_network(test.images).numpy()
    assert len(test) > PROFILES["digits"].n_test
    assert found.log_probabilities == pytest.approx(expected[:200], abs=1e-4)
    assert np.mean(found.predictions == expected.argmax(axis=1)) > 0.99


def test_answers_are_those_of_the_networks_measured_here(run, asked, claims, tmp_path):
    workshop = tmp_path / "drift"
    read_environment(run, workshop, claims, CPU, SILENT)
    (bench,) = workshop.iterdir()
    # What an earlier reading of another run left behind.
    put_pieces(RunFolder(bench), NetworkId("mnist", 7))
    found = read_environment(run, workshop, claims, CPU, SILENT)
    assert found.answers == {"9/first [mnist]": (True, False), "9/first [kmnist]": (True, False)}


def test_the_run_s_own_measurements_are_judged_anew(run, asked, claims, tmp_path):
    without = read_environment(run, tmp_path / "drift", claims, CPU, SILENT)
    assert without.verdicts == {}
    put_pieces(run, D0)
    found = read_environment(run, tmp_path / "drift", claims, CPU, SILENT)
    assert found.verdicts == {"9/first [mnist]": "inconclusive", "9/first [kmnist]": "inconclusive"}


def test_a_verdict_is_tied_to_the_measurements_of_its_own_networks(run, asked, claims, tmp_path):
    @claims.claim("9/against", place="", networks=("kmnist",), against="mnist", rule=Contrast(least=1.0, unit=""))
    def against(network):
        """A difference between two data sets."""
        return 0.0

    put_pieces(run, D0)
    before = read_environment(run, tmp_path / "drift", claims, CPU, SILENT)
    put_pieces(run, NetworkId("mnist", 0))
    after = read_environment(run, tmp_path / "drift", claims, CPU, SILENT)
    unchanged = {name for name, digest in before.judged_sha256.items() if after.judged_sha256[name] == digest}
    assert unchanged == {"9/first [kmnist]"}
    assert set(after.judged_sha256) == {"9/first [mnist]", "9/first [kmnist]", "9/against [kmnist]"}


def test_networks_of_the_paper_s_profile_are_measured_as_quick_does(run, asked, claims, tmp_path, monkeypatch):
    run.description_path.unlink()
    run.describe(PROFILES["paper"])
    monkeypatch.setitem(PROFILES, "quick", replace(PROFILES["digits"], name="quick"))
    found = read_environment(run, tmp_path / "drift", claims, CPU, SILENT)
    assert {profile for _, _, profile, _ in asked} == {"quick"}
    assert found.provenance["profile"] == "quick"


def test_another_network_in_the_run_replaces_the_one_measured_before(run, asked, claims, tmp_path, tiny_network):
    before = read_environment(run, tmp_path / "drift", claims, CPU, SILENT)
    tensors = dict(tiny_network.state_dict())
    save_checkpoint(run.checkpoint(D0), Checkpoint(tensors | {"out.bias": tensors["out.bias"] + torch.eye(10)[3]}))
    after = read_environment(run, tmp_path / "drift", claims, CPU, SILENT)
    assert before.networks["digits/seed=0"].sha256 != after.networks["digits/seed=0"].sha256
    assert before.networks["digits/seed=1"].sha256 == after.networks["digits/seed=1"].sha256


def test_a_run_without_networks_is_refused_with_the_way_out(run, claims, tmp_path):
    for network_id in (D0, D1):
        run.checkpoint(network_id).unlink()
    with pytest.raises(NotARunError, match=r"holds no trained network: .*network\.safetensors.* replication run"):
        read_environment(run, tmp_path / "drift", claims, CPU, SILENT)
    assert not (tmp_path / "drift").exists()


def test_two_readings_of_one_environment_do_not_interleave(run, asked, claims, tmp_path):
    read_environment(run, tmp_path / "drift", claims, CPU, SILENT)
    (bench,) = (tmp_path / "drift").iterdir()
    with exclusive(bench), pytest.raises(RunLockedError, match="in use by another process"):
        read_environment(run, tmp_path / "drift", claims, CPU, SILENT)
