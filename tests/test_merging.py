"""How the networks of several runs are gathered in one, whole or condensed."""

import json

import pytest
from heard import Heard
from run_files import K0, M0, M1, contents, file_of_weights, make_run, put_network, put_pieces
from small_evidence import small_network

from replication.evidence import Evidence
from replication.files import CorruptArtefactError, sealed
from replication.measurements import condensed, is_whole, load, save
from replication.run_folder import NotARunError, RunFolder
from replication.runs.merging import merge_runs
from replication.schema import PIECES
from replication.study import NetworkId


def test_merging_gathers_the_networks(tmp_path):
    one = make_run(tmp_path / "one", {M0: {"draws.nc": sealed(b"0")}, K0: {"units.nc": sealed(b"k")}})
    two = make_run(tmp_path / "two", {M1: {"draws.nc": sealed(b"1")}})
    target = RunFolder(tmp_path / "all")
    assert merge_runs([one, two], target) == [
        f"kmnist/seed=0: from {one.path}",
        f"mnist/seed=0: from {one.path}",
        f"mnist/seed=1: from {two.path}",
    ]
    assert contents(target) == contents(one) | contents(two)
    assert json.loads(target.description_path.read_text(encoding="utf-8")) == {"profile": "paper"}


def test_merging_tells_how_far_it_is(tmp_path):
    one = make_run(tmp_path / "one", {M0: {"draws.nc": sealed(b"0")}, K0: {"units.nc": sealed(b"k")}})
    heard = Heard()
    merge_runs([one], RunFolder(tmp_path / "all"), condense=True, progress=heard)
    assert {title: (task.done, total) for title, total, task in heard.tasks} == {
        **dict.fromkeys(("read networks", "compare networks of one name", "copy networks"), (2, 2)),
        "compare what they were measured on": (0, 0),
    }


def test_merging_again_changes_nothing_and_pieces_of_one_network_meet(tmp_path):
    one, two = make_run(tmp_path / "one", {}), make_run(tmp_path / "two", {})
    for run, absent in ((one, "units"), (two, "draws")):
        put_network(run, M0, 1)
        put_pieces(run, M0, 1)
        run.piece(M0, absent).unlink()
    target = RunFolder(tmp_path / "all")
    merge_runs([one, two], target)
    before = contents(target)
    merge_runs([one, two, one], target)
    assert contents(target) == before == contents(one) | contents(two)


def test_two_networks_of_one_name_are_not_merged(tmp_path):
    one = make_run(tmp_path / "one", {M0: {"network.safetensors": file_of_weights(1)}})
    two = make_run(tmp_path / "two", {M0: {"network.safetensors": file_of_weights(2)}})
    target = RunFolder(tmp_path / "all")
    with pytest.raises(NotARunError, match="differ: two networks are called mnist/seed=0; merge one of them only"):
        merge_runs([one, two], target)
    assert not target.path.exists()


@pytest.mark.parametrize("condense", [False, True])
@pytest.mark.parametrize("measured", ["target", "source", "other source"])
def test_one_network_s_weights_do_not_join_another_s_measurements(tmp_path, measured, condense):
    runs = {name: make_run(tmp_path / name, {}) for name in ("target", "source", "other source")}
    weights = runs["source" if measured != "source" else "target"]
    put_pieces(runs[measured], M1, 1, small=True)
    put_network(weights, M1, 2)
    before = contents(runs["target"])
    with pytest.raises(
        NotARunError,
        match=r"network\.safetensors.* are of 2 networks called mnist/seed=1; merge one of them only",
    ):
        merge_runs([runs["source"], runs["other source"]], runs["target"], condense=condense)
    assert contents(runs["target"]) == before


def test_one_network_s_weights_join_its_measurements(tmp_path):
    one, two = make_run(tmp_path / "one", {}), make_run(tmp_path / "two", {})
    put_pieces(one, M1, 1, small=True)
    put_network(two, M1, 1)
    merge_runs([one, two], target := RunFolder(tmp_path / "all"))
    assert contents(target) == contents(one) | contents(two)


def test_what_cannot_be_read_does_not_meet_another_run_s(tmp_path):
    one, two = make_run(tmp_path / "one", {}), make_run(tmp_path / "two", {})
    put_pieces(one, M1, 1, small=True)
    put_network(two, M1, 1)
    one.piece(M1, "units").write_bytes(b"damaged")
    with pytest.raises(CorruptArtefactError, match=r"units\.nc was changed .*; delete it, or measure"):
        merge_runs([one, two], RunFolder(tmp_path / "all"))


def flip_a_bit(path):
    """Damage a file as a bad cable or disk does."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("condense", [False, True])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("units.nc", r"one.*units\.nc was changed since .*; delete it, or measure it again, and merge then"),
        ("network.safetensors", r"one.*network\.safetensors was changed .*; delete it, or train it again with: repl"),
        ("training.safetensors", r"one.*training\.safetensors was changed .*; delete it, or train it again with: rep"),
    ],
)
def test_what_is_damaged_is_copied_nowhere(tmp_path, name, message, condense):
    """A bit of one file, met by no other of its name; what is copied before it stays behind, too."""
    one, two = make_run(tmp_path / "one", {}), make_run(tmp_path / "two", {})
    for run, network_id in ((one, M1), (two, K0)):
        put_pieces(run, network_id, 1)
        put_network(run, network_id, 1)
        run.training_state(network_id).write_bytes(file_of_weights(2))
    flip_a_bit(one.network_folder(M1) / name)
    target = RunFolder(tmp_path / "all")
    with pytest.raises(CorruptArtefactError, match=message):
        merge_runs([two, one], target, condense=condense)
    assert contents(target) == {}


def test_what_is_damaged_and_held_already_is_told_for_what_it_is(tmp_path):
    one, target = make_run(tmp_path / "one", {}), RunFolder(tmp_path / "all")
    put_pieces(one, M1, 1)
    merge_runs([one], target)
    flip_a_bit(target.piece(M1, "units"))
    with pytest.raises(CorruptArtefactError, match=r"all.*units\.nc was changed since .*; delete it, or measure it"):
        merge_runs([one], target)
    target.piece(M1, "units").unlink()
    merge_runs([one], target)
    assert contents(target) == contents(one)


def test_half_written_files_stay_behind(tmp_path):
    one = make_run(tmp_path / "one", {M0: {"draws.nc": sealed(b"0"), ".draws.nc.x.part": b"half"}})
    target = RunFolder(tmp_path / "all")
    merge_runs([one], target)
    assert [path.name for path in target.network_folder(M0).iterdir()] == ["draws.nc"]


def test_runs_of_two_profiles_are_not_merged(tmp_path):
    one = make_run(tmp_path / "one", {M0: {}})
    two = make_run(tmp_path / "two", {K0: {}}, "quick")
    target = RunFolder(tmp_path / "all")
    message = "one holds a run of profile 'paper' and .*two one of 'quick': merge runs of one profile"
    with pytest.raises(NotARunError, match=message):
        merge_runs([one, two], target)
    merge_runs([two], target)
    with pytest.raises(NotARunError, match="all holds a run of profile 'quick', not 'paper'"):
        merge_runs([one], target)


def test_what_is_no_run_is_not_merged(tmp_path):
    (tmp_path / "one").mkdir()
    with pytest.raises(NotARunError, match="holds no run"):
        merge_runs([RunFolder(tmp_path / "one")], RunFolder(tmp_path / "all"))


# Condensed ---------------------------------------------------------------------------------------------------------


def measured_run(path, *network_ids):
    """A run of measured networks, each with a checkpoint."""
    run = make_run(path, {})
    for network_id in network_ids:
        put_network(run, network_id, 1)
        put_pieces(run, network_id)
    return run


def test_only_the_lowest_seed_of_each_data_set_stays_whole(tmp_path):
    one = measured_run(tmp_path / "one", NetworkId("mnist", 3), K0)
    two = measured_run(tmp_path / "two", M1)
    target = RunFolder(tmp_path / "all")
    assert merge_runs([one, two], target, condense=True) == [
        f"kmnist/seed=0: from {one.path}",
        f"mnist/seed=3: from {one.path}, condensed",
        f"mnist/seed=1: from {two.path}",
    ]
    for network_id, source in ((K0, one), (M1, two)):
        for path in source.network_folder(network_id).iterdir():
            assert (target.network_folder(network_id) / path.name).read_bytes() == path.read_bytes()
    small = NetworkId("mnist", 3)
    assert not target.checkpoint(small).exists()
    for name in PIECES:
        assert load(target.piece(small, name)).identical(condensed(load(one.piece(small, name))))
    whole = {network.network: network.is_whole for network in Evidence.of_run(target).all_networks()}
    assert whole == {"kmnist/seed=0": True, "mnist/seed=1": True, "mnist/seed=3": False}


def test_condensing_again_changes_nothing_and_what_the_target_holds_stays(tmp_path):
    one, two = measured_run(tmp_path / "one", M0, M1), measured_run(tmp_path / "two", K0)
    target = RunFolder(tmp_path / "all")
    merge_runs([one], target, condense=True)
    before = contents(target)
    merge_runs([one, two, target], target, condense=True)
    assert contents(target) == before | {path: held for path, held in contents(two).items() if "kmnist" in path}
    # Whole in the target because it was the lowest seed then, and so it stays.
    other = RunFolder(tmp_path / "other")
    merge_runs([measured_run(tmp_path / "three", M1)], other, condense=True)
    merge_runs([one], other, condense=True)
    assert is_whole(load(other.piece(M1, "activations")))
    assert other.checkpoint(M1).exists()


def test_a_network_that_is_not_whole_is_never_the_one_that_is_kept_whole(tmp_path):
    """Seed 0 was never measured, seed 1 has lost a piece, seed 2 is condensed in its own run."""
    one = measured_run(tmp_path / "one", *(NetworkId("mnist", seed) for seed in (1, 2, 3, 4)))
    one.network_folder(M0).mkdir()
    one.training_state(M0).write_bytes(b"half")
    one.piece(M1, "draws").unlink()
    path = one.piece(NetworkId("mnist", 2), "horizontal")
    save(path, condensed(load(path)))
    target = RunFolder(tmp_path / "all")
    assert merge_runs([one], target, condense=True) == [
        f"mnist/seed=0: from {one.path}: left out, since it is not wholly measured",
        f"mnist/seed=1: from {one.path}: left out, since it is not wholly measured",
        f"mnist/seed=2: from {one.path}, condensed",
        f"mnist/seed=3: from {one.path}",
        f"mnist/seed=4: from {one.path}, condensed",
    ]
    assert target.networks() == [NetworkId("mnist", seed) for seed in (2, 3, 4)]
    whole = [network.network for network in Evidence.of_run(target).all_networks() if network.is_whole]
    assert whole == ["mnist/seed=3"]


def test_a_condensed_copy_of_the_same_network_is_told_for_what_it_is(tmp_path):
    one, few = measured_run(tmp_path / "one", M0, M1), RunFolder(tmp_path / "few")
    merge_runs([one], few, condense=True)
    with pytest.raises(NotARunError, match="are the same measurements, one of them condensed; leave out the condensed"):
        merge_runs([one, few], RunFolder(tmp_path / "all"))


def test_condensed_networks_of_one_name_that_differ_are_refused(tmp_path):
    one, two = measured_run(tmp_path / "one", M0, M1), measured_run(tmp_path / "two", M0, M1)
    save(two.piece(M1, "units"), small_network("mnist/seed=2").pieces["units"])
    with pytest.raises(NotARunError, match="differ: two networks are called mnist/seed=1; merge one of them only"):
        merge_runs([one, two], RunFolder(tmp_path / "all"), condense=True)


def test_a_damaged_piece_is_not_condensed(tmp_path):
    one = measured_run(tmp_path / "one", M0, M1)
    one.piece(M1, "units").write_bytes(b"damaged")
    with pytest.raises(CorruptArtefactError, match=r"units\.nc was changed since it was written"):
        merge_runs([one], RunFolder(tmp_path / "all"), condense=True)
