"""Where a run lies on disk, and what it is."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from run_files import K0, M0, M1, make_run

from replication.files import CorruptArtefactError
from replication.run_folder import RECORDED, NotARunError, RunFolder
from replication.study import PROFILES, NetworkId


def test_everything_has_its_place(tmp_path):
    run = RunFolder(tmp_path)
    folder = tmp_path / "mnist" / "seed=1"
    assert run.network_folder(M1) == folder
    assert run.checkpoint(M1) == folder / "network.safetensors"
    assert run.training_state(M1) == folder / "training.safetensors"
    assert run.piece(M1, "draws") == folder / "draws.nc"
    assert run.report == tmp_path / "report"
    assert run.figures == tmp_path / "figures"


def test_nothing_is_written_into_the_recorded_evidence_by_whatever_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ignored = (RECORDED.parent.parent / ".gitignore").read_text(encoding="utf-8").splitlines()
    for path in (RECORDED, Path(os.path.relpath(RECORDED))):
        run = RunFolder(path)
        assert run.is_recorded
        for made in (run.report, run.figures):
            assert made.parent.samefile(tmp_path)
            assert f"/{made.name}/" in ignored
    assert not RunFolder(RECORDED / "mnist").is_recorded


def test_a_run_remembers_its_profile(tmp_path):
    run = RunFolder(tmp_path / "run")
    run.describe(PROFILES["quick"])
    run.describe(PROFILES["quick"])
    assert run.profile() is PROFILES["quick"]


def test_a_run_of_another_profile_is_not_mixed_in(tmp_path):
    run = make_run(tmp_path, {}, "quick")
    with pytest.raises(NotARunError, match="holds a run of profile 'quick', not 'paper': name another folder"):
        run.describe(PROFILES["paper"])
    assert run.profile().name == "quick"


def test_an_empty_folder_is_no_run(tmp_path):
    with pytest.raises(NotARunError, match=r"holds no run: there is no run\.json in it"):
        RunFolder(tmp_path).profile()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b'{"profile": "huge"}', b'{"profile": ["paper"]}', b"\xff"]
)
def test_a_damaged_description_is_no_run_of_whatever_profile(tmp_path, content):
    run = RunFolder(tmp_path)
    run.description_path.write_bytes(content)
    with pytest.raises(CorruptArtefactError, match=r"run\.json cannot be read"):
        run.profile()
    with pytest.raises(CorruptArtefactError, match=r"run\.json cannot be read"):
        run.describe(PROFILES["paper"])


def test_networks_are_found_by_their_folders(tmp_path):
    run = make_run(tmp_path, {M1: {}, NetworkId("mnist", 10): {}, M0: {}, K0: {}})
    for name in ("report/figures", "mnist/seed=x", "mnist/notes"):
        (tmp_path / name).mkdir(parents=True)
    assert run.networks() == [K0, M0, M1, NetworkId("mnist", 10)]
    assert RunFolder(tmp_path / "nowhere").networks() == []


def test_folders_that_are_no_network_s_are_passed_over_and_told(tmp_path):
    run = make_run(tmp_path, {M0: {}})
    for name in ("mnist-old/seed=1", "mnist/seed=x", "mnist/seed=01", "kmnist/seed=²", "mnist/notes", "report/seeds"):
        (tmp_path / name).mkdir(parents=True)
    assert run.networks() == [M0]
    form = "expected DATASET/seed=N, such as 'mnist/seed=0'"
    assert run.passed_over() == [
        f"{tmp_path}/kmnist/seed=² is passed over: network id 'kmnist/seed=²': {form}",
        f"{tmp_path}/mnist/seed=01 is passed over: network id 'mnist/seed=01': {form}",
        f"{tmp_path}/mnist/seed=x is passed over: network id 'mnist/seed=x': {form}",
        f"{tmp_path}/mnist-old/seed=1 is passed over: network id 'mnist-old/seed=1': unknown data set 'mnist-old'; "
        "there are mnist, kmnist, fashion, digits",
    ]
    assert RunFolder(tmp_path / "nowhere").passed_over() == []


def test_a_profile_made_up_elsewhere_keeps_its_name(tmp_path):
    run = RunFolder(tmp_path)
    run.describe(replace(PROFILES["digits"], epochs=1))
    assert run.profile() is PROFILES["digits"]
