"""Where a run lies on disk, what it is, and how runs are merged."""

import json
from dataclasses import replace

import pytest

from replication.files import CorruptArtefactError
from replication.run_folder import NotARunError, RunFolder, merge_runs
from replication.study import PROFILES, NetworkId

M0, M1, K0 = NetworkId("mnist", 0), NetworkId("mnist", 1), NetworkId("kmnist", 0)


def make_run(path, files, profile="paper"):
    """A run with these files, ``{network id: {file name: content}}``."""
    run = RunFolder(path)
    run.describe(PROFILES[profile])
    for network_id, contents in files.items():
        folder = run.network_folder(network_id)
        folder.mkdir(parents=True)
        for name, content in contents.items():
            (folder / name).write_bytes(content)
    return run


def test_everything_has_its_place(tmp_path):
    run = RunFolder(tmp_path)
    folder = tmp_path / "mnist" / "seed=1"
    assert run.network_folder(M1) == folder
    assert run.checkpoint(M1) == folder / "network.safetensors"
    assert run.training_state(M1) == folder / "training.safetensors"
    assert run.piece(M1, "draws") == folder / "draws.nc"
    assert run.report == tmp_path / "report"


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


# Merging -----------------------------------------------------------------------------------------------------------


def contents(run):
    return {str(path.relative_to(run.path)): path.read_bytes() for path in run.path.rglob("[!.]*") if path.is_file()}


def test_merging_gathers_the_networks(tmp_path):
    one = make_run(tmp_path / "one", {M0: {"draws.nc": b"0"}, K0: {"units.nc": b"k"}})
    two = make_run(tmp_path / "two", {M1: {"draws.nc": b"1"}})
    target = RunFolder(tmp_path / "all")
    assert list(merge_runs([one, two], target)) == [
        f"kmnist/seed=0: from {one.path}",
        f"mnist/seed=0: from {one.path}",
        f"mnist/seed=1: from {two.path}",
    ]
    assert contents(target) == contents(one) | contents(two)
    assert json.loads(target.description_path.read_text()) == {"profile": "paper"}


def test_merging_again_changes_nothing_and_pieces_of_one_network_meet(tmp_path):
    one = make_run(tmp_path / "one", {M0: {"draws.nc": b"0", "network.safetensors": b"n"}})
    two = make_run(tmp_path / "two", {M0: {"units.nc": b"u", "network.safetensors": b"n"}})
    target = RunFolder(tmp_path / "all")
    list(merge_runs([one, two], target))
    before = contents(target)
    list(merge_runs([one, two, one], target))
    assert contents(target) == before == contents(one) | contents(two)


def test_two_networks_of_one_name_are_not_merged(tmp_path):
    one = make_run(tmp_path / "one", {M0: {"network.safetensors": b"n"}})
    two = make_run(tmp_path / "two", {M0: {"network.safetensors": b"m"}})
    target = RunFolder(tmp_path / "all")
    with pytest.raises(NotARunError, match="differ: two networks are called mnist/seed=0; merge one of them only"):
        list(merge_runs([one, two], target))
    assert set(contents(target)) == {"run.json"}


def test_half_written_files_stay_behind(tmp_path):
    one = make_run(tmp_path / "one", {M0: {"draws.nc": b"0", ".draws.nc.x.part": b"half"}})
    target = RunFolder(tmp_path / "all")
    list(merge_runs([one], target))
    assert [path.name for path in target.network_folder(M0).iterdir()] == ["draws.nc"]


def test_runs_of_two_profiles_are_not_merged(tmp_path):
    one = make_run(tmp_path / "one", {M0: {}})
    two = make_run(tmp_path / "two", {K0: {}}, "quick")
    with pytest.raises(NotARunError, match="holds a run of profile 'paper', not 'quick'"):
        list(merge_runs([one, two], RunFolder(tmp_path / "all")))


def test_what_is_no_run_is_not_merged(tmp_path):
    (tmp_path / "one").mkdir()
    with pytest.raises(NotARunError, match="holds no run"):
        list(merge_runs([RunFolder(tmp_path / "one")], RunFolder(tmp_path / "all")))


def test_a_profile_made_up_elsewhere_keeps_its_name(tmp_path):
    run = RunFolder(tmp_path)
    run.describe(replace(PROFILES["digits"], epochs=1))
    assert run.profile() is PROFILES["digits"]
