"""The study step by step: what is there is kept, what is damaged is made again with a line, what diverges is told.

Training and the measures are stood in for, so that each step is seen alone; ``test_end_to_end`` runs the real ones.
"""

import hashlib
import itertools
import re

import numpy as np
import pytest
import torch
from heard import Heard
from run_files import put_pieces
from small_evidence import small_network

from replication import measurements
from replication.data import DataError, load
from replication.files import CorruptArtefactError, RunLockedError, exclusive
from replication.measuring.intact import measure_intact
from replication.precision import get_precision, set_precision
from replication.run_folder import NotARunError, RunFolder
from replication.runs import network_measuring, pipeline, side_by_side, training
from replication.runs.adoption import adopt_network, read_network
from replication.runs.network_measuring import measure_pieces
from replication.runs.pipeline import obtain_networks, run_study
from replication.seeds import torch_generator
from replication.study import PROFILES, NetworkId
from replication.training import Checkpoint, DivergedError, load_checkpoint, save_checkpoint

CPU = torch.device("cpu")
D0, D1 = NetworkId("digits", 0), NetworkId("digits", 1)


def no_effects():
    """The piece ``units`` of a network that no ablation changes."""
    shape = (2, 3, 1_216, 10)
    return {
        "lost": np.zeros(shape, int),
        "gained": np.zeros(shape, int),
        "lost_log_probability": np.zeros(shape[:1] + shape[2:]),
    }


@pytest.fixture
def lines():
    return Heard()


@pytest.fixture
def run(tmp_path):
    return RunFolder(tmp_path / "run")


@pytest.fixture
def trained(monkeypatch, tiny_network):
    """Stands in for training; returns the ids it was asked for.  Seed 13 diverges."""
    asked = []

    def train_together(network_ids, profile, images, state_of, progress):
        for network_id in network_ids:
            asked.append(str(network_id))
            state = state_of(network_id)
            state.parent.mkdir(parents=True, exist_ok=True)
            state.write_bytes(b"half trained")
            if network_id.seed == 13:
                yield network_id, DivergedError(f"{network_id} diverged in epoch 1 of 1: loss nan")
                continue
            tensors = dict(tiny_network.state_dict())
            provenance = {"network": str(network_id), "training": profile.training, "loss_per_epoch": [0.5]}
            yield network_id, Checkpoint(tensors | {"out.bias": tensors["out.bias"] + network_id.seed}, provenance)

    monkeypatch.setattr(training, "train_together", train_together)
    return asked


@pytest.fixture(autouse=True)
def one_at_a_time(monkeypatch):
    """What stands in for the measures does so in this process only."""
    monkeypatch.setattr(side_by_side, "room_for", lambda n_networks, bytes_each: 1)


@pytest.fixture
def measured(monkeypatch):
    """Two quick measures in place of all; returns the pieces that were measured."""
    asked = []

    def named(piece, measure):
        def counted(subject):
            asked.append(piece)
            return measure(subject)

        return counted

    def units(subject):
        return no_effects()

    stand_ins = {"intact": named("intact", measure_intact), "units": named("units", units)}
    monkeypatch.setattr(network_measuring, "MEASURES", stand_ins)
    return asked


def test_a_study_trains_measures_and_the_second_time_finds_everything(run, profile, trained, measured, lines):
    assert run_study(run, [D0, D1], profile, CPU, lines) == [D0, D1]
    assert trained == ["digits/seed=0", "digits/seed=1"]
    assert measured == ["intact", "units"] * 2
    accuracy = measurements.load(run.piece(D0, "intact"))["confusion"].values.sum(axis=0).trace()
    intact, told, units, *_ = lines.pop()
    assert intact.startswith("digits/seed=0: intact measured in")
    assert told == f"digits/seed=0: accuracy {accuracy:.2f} % of all test images"
    assert units.startswith("digits/seed=0: units measured in")
    before = {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}
    assert run_study(run, [D0, D1], profile, CPU, lines) == [D0, D1]
    assert len(trained) == 2
    assert len(measured) == 4
    assert lines.pop() == [
        "digits/seed=0: network cached",
        "digits/seed=1: network cached",
        "digits/seed=0: measurements cached",
        "digits/seed=1: measurements cached",
    ]
    assert {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()} == before


def test_the_time_left_is_told_by_the_pace_of_the_pieces_measured(run, profile, trained, measured, lines, monkeypatch):
    """Two pieces stand in for all: a fast clock makes the first last longer than its share foretells."""
    clock = itertools.count(0, 60)
    monkeypatch.setattr(network_measuring, "TYPICAL_S", {"intact": 10, "units": 30})
    monkeypatch.setattr(network_measuring.time, "monotonic", lambda: float(next(clock)))
    run_study(run, [D0], profile, CPU, lines)
    told = [line for line in lines.pop() if " measured in " in line]
    assert told == [
        "digits/seed=0: intact measured in 1 min 00 s, about 3 min 00 s of measuring left",
        "digits/seed=0: units measured in 1 min 00 s",
    ]


def test_a_piece_says_where_it_comes_from(run, profile, trained, measured, lines):
    run_study(run, [D0], profile, CPU, lines)
    piece = measurements.load(run.piece(D0, "intact"))
    source = measurements.provenance_of(piece)
    assert source["network"] == "digits/seed=0"
    assert source["profile"] == "digits"
    assert source["measured_on_device"] == "cpu"
    assert torch.__version__.startswith(source["software"]["torch"].partition("+")[0])
    assert piece["training_loss"].values.tolist() == [0.5]
    assert piece["confusion"].values.sum() == profile.n_test


def confusion(n_right, n_images=10_000):
    """Predictions of so many images, the classes of the others taken for the next one, in parts."""
    found = np.zeros((3, 10, 10), dtype=int)
    found[0, 0, 0], found[1, 9, 9] = n_right // 2, n_right - n_right // 2
    found[2, 3, 4] = n_images - n_right
    return found


ELSEWHERE = {"source": "theirs.pt"}


@pytest.mark.parametrize(
    ("name", "n_right", "provenance", "told"),
    [
        ("mnist/seed=0", 9_875, {"training": {}}, "accuracy 98.75 % of all test images"),
        ("mnist/seed=0", 1_000, {"training": {}}, "accuracy 10.00 % of all test images"),
        ("mnist/seed=0", 9_875, ELSEWHERE, "accuracy 98.75 % of all test images"),
        ("mnist/seed=0", 9_800, ELSEWHERE, "accuracy 98.00 % of all test images"),
        (
            "mnist/seed=3",
            9_799,
            ELSEWHERE,
            "accuracy 97.99 % of all test images, with more than twice the errors of the paper's 99.0 %: ",
        ),
        ("kmnist/seed=0", 9_061, ELSEWHERE, "accuracy 90.61 % of all test images"),
        (
            "kmnist/seed=0",
            9_059,
            ELSEWHERE,
            "accuracy 90.59 % of all test images, with more than twice the errors of the paper's 95.3 %: ",
        ),
        (
            "fashion/seed=0",
            1_750,
            ELSEWHERE,
            "accuracy 17.50 % of all test images, with more than twice the errors of the paper's 91.2 %: ",
        ),
        ("digits/seed=0", 1_000, ELSEWHERE, "accuracy 10.00 % of all test images"),
    ],
)
def test_accuracy_is_told_and_when_a_network_from_elsewhere_may_not_be_what_it_is_said_to_be(
    name, n_right, provenance, told
):
    line = network_measuring.accuracy_line(NetworkId.parse(name), confusion(n_right), provenance)
    reason = "it may have been trained on other data, on inputs scaled otherwise than from −1 to 1, or less"
    assert line == f"{name}: {told}{reason if told.endswith(': ') else ''}"


def test_the_accuracy_of_a_network_from_elsewhere_is_told_as_soon_as_it_is_known(
    run, profile, measured, lines, monkeypatch
):
    """Random weights, said to be trained on MNIST; scikit-learn's digits stand in for its images."""
    images = load("digits", "test", profile, CPU)
    monkeypatch.setattr(network_measuring, "load", lambda *_: images)
    network_id = adopt_network(run, Checkpoint(weights("a"), ELSEWHERE), "mnist")
    pieces = measure_pieces(run, network_id, profile, CPU, lines)
    assert next(pieces) == "intact"
    assert re.fullmatch(
        r"mnist/seed=0: accuracy \d+\.\d\d % of all test images, with .* the paper's 99\.0 %: .* inputs scaled .*",
        lines.said[-1],
    )
    lines.pop()
    assert list(pieces) == ["units"]
    (line,) = lines.pop()
    assert line.startswith("mnist/seed=0: units measured in")


def test_the_arithmetic_of_training_is_told_and_stays_with_the_pieces(run, profile, measured, lines, tiny_network):
    """Trained in TF32 by a command that was stopped, and measured by one that asks for nothing."""
    provenance = {
        "network": "digits/seed=0",
        "training": profile.training,
        "loss_per_epoch": [0.5],
        "sessions": [{"device": "cuda", "device_name": "NVIDIA H200", "precision": "tf32", "wall_s": 1.0}],
    }
    save_checkpoint(run.checkpoint(D0), Checkpoint(dict(tiny_network.state_dict()), provenance))
    run_study(run, [D0], profile, CPU, lines)
    assert lines.said[0] == "digits/seed=0: network cached; it was trained in tf32, and ieee is asked for"
    for piece in ("intact", "units"):
        source = measurements.provenance_of(measurements.load(run.piece(D0, piece)))
        assert (source["trained_precision"], source["precision"]) == ("tf32", "ieee")


@pytest.mark.usefixtures("tf32")
def test_arithmetic_and_workers_asked_for_reach_training_and_measuring(run, profile, lines, monkeypatch):
    heard = []
    monkeypatch.setattr(pipeline, "obtain_networks", lambda *_, **options: heard.append(options) or [])
    monkeypatch.setattr(pipeline, "measure_networks", lambda *_, **options: heard.append(options))
    run_study(run, [], profile, CPU, lines, precision="tf32", n_workers=3)
    assert heard == [{"n_workers": 3}, {"precision": "tf32", "n_workers": 3}]
    assert get_precision() == "tf32"


@pytest.fixture
def tf32():
    """TF32 is asked for."""
    set_precision("tf32")
    yield
    set_precision("ieee")


def test_what_a_cpu_measures_is_ieee_whatever_is_asked_for(run, profile, trained, measured, lines, tf32):
    run.describe(profile)
    obtain_networks(run, [D0], profile, CPU, lines)
    for piece in measure_pieces(run, D0, profile, CPU, lines):
        source = measurements.provenance_of(measurements.load(run.piece(D0, piece)))
        assert (source["precision"], source["measured_on_device"]) == ("ieee", "cpu")


@pytest.mark.parametrize(
    ("device", "precision", "told"),
    [
        ("cuda", "tf32", "; they were measured in tf32, and ieee is asked for"),
        ("cuda", "ieee", ""),
        ("cpu", "tf32", ""),
        ("", "", ""),
    ],
)
def test_cached_measurements_in_another_arithmetic_say_so(
    run, profile, trained, measured, lines, device, precision, told
):
    """Found whole, and found in part: then the other piece is measured in what is asked for."""
    run_study(run, [D0], profile, CPU, lines)
    path = run.piece(D0, "intact")
    piece = measurements.load(path)
    source = measurements.provenance_of(piece) | {"measured_on_device": device, "precision": precision}
    measurements.save(path, measurements.build("intact", {name: piece[name].values for name in piece}, source))
    lines.pop()
    run_study(run, [D0], profile, CPU, lines)
    assert lines.pop()[-1] == f"digits/seed=0: measurements cached{told}"
    run.piece(D0, "units").unlink()
    run_study(run, [D0], profile, CPU, lines)
    (said,) = [line for line in lines.pop() if "kept" in line]
    assert re.fullmatch(rf"digits/seed=0: \d of \d pieces of measurements kept{re.escape(told)}", said)


def test_the_half_trained_state_goes_when_training_is_done(run, profile, trained, measured, lines):
    run_study(run, [D0], profile, CPU, lines)
    assert not run.training_state(D0).exists()
    assert run.checkpoint(D0).exists()


def test_a_damaged_network_is_trained_again_with_a_line(run, profile, trained, measured, lines):
    run_study(run, [D0], profile, CPU, lines)
    whole = load_checkpoint(run.checkpoint(D0))
    run.checkpoint(D0).write_bytes(run.checkpoint(D0).read_bytes()[:-1])
    lines.pop()
    run_study(run, [D0], profile, CPU, lines)
    (again, *_) = lines.pop()
    assert again.startswith(f"digits/seed=0: trained again: {run.checkpoint(D0)} is not a readable safetensors file")
    assert trained == ["digits/seed=0"] * 2
    assert torch.equal(load_checkpoint(run.checkpoint(D0)).tensors["out.bias"], whole.tensors["out.bias"])


def test_only_the_damaged_and_the_missing_pieces_are_measured_again(run, profile, trained, measured, lines):
    run_study(run, [D0, D1], profile, CPU, lines)
    run.piece(D0, "units").write_bytes(b"damaged")
    run.piece(D1, "intact").unlink()
    lines.pop()
    measured.clear()
    run_study(run, [D0, D1], profile, CPU, lines)
    assert measured == ["units", "intact"]
    reason = f"{run.piece(D0, 'units')} was changed since it was written"
    assert lines.pop()[2].startswith(f"digits/seed=0: measured again: {reason}")
    measurements.load(run.piece(D0, "units"))


def test_a_measure_is_handed_the_pieces_before_it_whoever_made_them(run, profile, trained, lines, monkeypatch):
    handed = []

    def units(subject):
        handed.append((set(subject.pieces), subject.piece("intact")))
        return no_effects()

    monkeypatch.setattr(network_measuring, "MEASURES", {"intact": measure_intact, "units": units})
    run_study(run, [D0], profile, CPU, lines)
    run.piece(D0, "units").unlink()
    # Another process finds the piece on disk, and none of another network.
    run_study(run, [D0, D1], profile, CPU, lines)
    assert [names for names, _ in handed] == [{"intact"}] * 3
    (_, made), (_, read), (_, of_other) = handed
    stored = measurements.load(run.piece(D0, "intact"))
    assert stored.identical(made)
    assert stored.identical(read)
    assert measurements.provenance_of(of_other)["network"] == "digits/seed=1"


def test_pieces_of_another_network_are_measured_again(run, profile, trained, measured, lines):
    run_study(run, [D0, D1], profile, CPU, lines)
    retrained = Checkpoint(load_checkpoint(run.checkpoint(D1)).tensors, load_checkpoint(run.checkpoint(D0)).provenance)
    save_checkpoint(run.checkpoint(D0), retrained)
    other = retrained.sha256
    lines.pop()
    measured.clear()
    run_study(run, [D0, D1], profile, CPU, lines)
    assert measured == ["intact", "units"]
    assert lines.pop()[2] == (
        f"digits/seed=0: measured again: {run.piece(D0, 'intact')} was measured on another network"
    )
    source = measurements.provenance_of(measurements.load(run.piece(D0, "units")))
    assert source["network_sha256"] == other


def test_condensed_pieces_are_measured_again(run, profile, trained, lines, monkeypatch):
    asked = []

    def activations(subject):
        asked.append(subject.name)
        return {name: array.values for name, array in small_network("mnist/seed=0").pieces["activations"].items()}

    monkeypatch.setattr(network_measuring, "MEASURES", {"intact": measure_intact, "activations": activations})
    run_study(run, [D0], profile, CPU, lines)
    path = run.piece(D0, "activations")
    measurements.save(path, measurements.condensed(measurements.load(path)))
    lines.pop()
    run_study(run, [D0], profile, CPU, lines)
    assert asked == ["digits/seed=0"] * 2
    assert lines.pop()[1] == f"digits/seed=0: measured again: {path} is condensed"
    assert measurements.is_whole(measurements.load(path))


def test_a_network_of_which_only_the_measurements_came_is_kept_as_it_is(run, profile, trained, lines, monkeypatch):
    monkeypatch.setattr(network_measuring, "MEASURES", {})
    put_pieces(run, D0, of="mnist/seed=0", small=True)
    before = {path: path.read_bytes() for path in run.network_folder(D0).iterdir()}
    run.describe(PROFILES["digits"])
    assert run_study(run, [D0, D1], profile, CPU, lines) == [D0, D1]
    assert trained == ["digits/seed=1"]
    assert {path: path.read_bytes() for path in run.network_folder(D0).iterdir()} == before
    assert lines.pop()[0] == "digits/seed=0: measurements kept, the network itself is not here"


def test_measurements_of_no_use_whose_network_is_elsewhere_are_refused_before_any_work(
    run, profile, trained, measured, lines
):
    put_pieces(run, D0, of="mnist/seed=0", small=True)
    run.piece(D0, "units").write_bytes(run.piece(D0, "units").read_bytes() + b"x")
    with pytest.raises(
        CorruptArtefactError, match=f"delete {run.network_folder(D0)}, or merge .* from where they came"
    ):
        run_study(run, [D0, D1], profile, CPU, lines)
    assert trained == measured == lines.said == []


def test_a_diverged_network_is_told_and_the_others_go_on(run, profile, trained, measured, lines):
    bad = NetworkId("digits", 13)
    assert run_study(run, [bad, D0], profile, CPU, lines) == [D0]
    assert lines.said[0] == "diverged: digits/seed=13 diverged in epoch 1 of 1: loss nan"
    assert not run.checkpoint(bad).exists()
    assert not list(run.network_folder(bad).glob("*.nc"))


def test_a_measure_that_fails_leaves_the_pieces_before_it(run, profile, trained, measured, lines, monkeypatch):
    def fail(subject):
        raise MemoryError("too large")

    monkeypatch.setitem(network_measuring.MEASURES, "units", fail)
    with pytest.raises(MemoryError, match="too large"):
        run_study(run, [D0], profile, CPU, lines)
    assert run.piece(D0, "intact").exists()
    assert not run.piece(D0, "units").exists()
    assert list(run.path.rglob("*.part")) == []


def test_a_folder_in_use_or_of_another_profile_is_refused_before_any_work(run, profile, trained, measured, lines):
    with exclusive(run.path), pytest.raises(RunLockedError, match="in use by another process"):
        run_study(run, [D0], profile, CPU, lines)
    run.describe(PROFILES["quick"])
    with pytest.raises(NotARunError, match="holds a run of profile 'quick'"):
        run_study(run, [D0], profile, CPU, lines)
    assert trained == measured == []


def test_networks_alone_can_be_obtained_and_measured_later(run, profile, trained, measured, lines):
    run.describe(profile)
    assert obtain_networks(run, [D0], profile, CPU, lines) == [D0]
    assert measured == []
    assert list(measure_pieces(run, D0, profile, CPU, lines)) == measured == ["intact", "units"]
    assert list(measure_pieces(run, D0, profile, CPU, lines)) == ["intact", "units"]
    assert len(measured) == 2


def test_measuring_a_damaged_network_names_the_way_out(run, profile, trained, measured, lines):
    run_study(run, [D0], profile, CPU, lines)
    run.checkpoint(D0).write_bytes(b"damaged")
    way_out = "not a readable safetensors file.*; delete it, and train or fetch digits/seed=0 again"
    with pytest.raises(CorruptArtefactError, match=way_out):
        list(measure_pieces(run, D0, profile, CPU, lines))


def test_a_network_that_is_not_there_cannot_be_measured(run, profile, measured, lines):
    with pytest.raises(FileNotFoundError, match="no checkpoint at"):
        list(measure_pieces(run, D0, profile, CPU, lines))


def test_networks_that_miss_are_trained_by_data_set_with_their_own_states(
    run, profile, lines, monkeypatch, tiny_network
):
    calls = []

    def provenance(network_id):
        return {"network": str(network_id), "training": profile.training}

    def train_together(network_ids, profile, images, state_of, progress):
        calls.append([str(network_id) for network_id in network_ids])
        for network_id in network_ids:
            assert state_of(network_id) == run.training_state(network_id)
            yield network_id, Checkpoint(tiny_network.state_dict(), provenance(network_id))
            assert run.checkpoint(network_id).exists()

    monkeypatch.setattr(training, "train_together", train_together)
    monkeypatch.setattr(training, "load", lambda dataset, *_: dataset)
    monkeypatch.setattr(training, "count", lambda *_: 96)
    asked = [NetworkId(dataset, seed) for seed in range(2) for dataset in ("mnist", "kmnist")]
    save_checkpoint(run.checkpoint(asked[0]), Checkpoint(tiny_network.state_dict(), provenance(asked[0])))
    assert obtain_networks(run, asked, profile, CPU, lines) == asked
    assert calls == [["kmnist/seed=0", "kmnist/seed=1"], ["mnist/seed=1"]]


@pytest.mark.parametrize(
    "found",
    [{"source": "theirs.pt"}, {"network": "digits/seed=1"}, {"network": "digits/seed=0", "training": {"epochs": 1}}],
)
def test_a_network_that_was_trained_otherwise_is_neither_taken_nor_overwritten(
    run, profile, trained, lines, tiny_network, found
):
    save_checkpoint(run.checkpoint(D0), Checkpoint(dict(tiny_network.state_dict()), found))
    before = run.checkpoint(D0).read_bytes()
    with pytest.raises(NotARunError, match=r"is another network: found .* expected digits/seed=0 trained as"):
        obtain_networks(run, [D0], profile, CPU, lines)
    assert run.checkpoint(D0).read_bytes() == before
    assert not trained


# Networks from elsewhere -------------------------------------------------------------------------------------------


def weights(name):
    from replication.network import Network

    return Network(torch_generator("test", name)).state_dict()


def checksum(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_pieces_name_the_file_that_a_network_came_from(run, profile, measured, lines, tmp_path):
    torch.save(weights("a"), tmp_path / "a.pt")
    network_id = adopt_network(run, read_network(tmp_path / "a.pt", "digits", profile), "digits")
    for piece in measure_pieces(run, network_id, profile, CPU, lines):
        provenance = measurements.provenance_of(measurements.load(run.piece(network_id, piece)))
        assert (provenance["source"], provenance["source_sha256"]) == ("a.pt", checksum(tmp_path / "a.pt"))
        assert provenance["training"] == {}


def test_pieces_of_a_network_trained_here_name_no_file(run, profile, trained, measured, lines):
    run_study(run, [D0], profile, CPU, lines)
    assert not {"source", "source_sha256"} & set(measurements.provenance_of(measurements.load(run.piece(D0, "units"))))


def test_a_network_from_elsewhere_takes_the_next_free_seed(run):
    a, b = (Checkpoint(weights(name), {"source": f"{name}.pt"}) for name in ("a", "b"))
    assert adopt_network(run, a, "mnist") == NetworkId("mnist", 0)
    assert adopt_network(run, b, "mnist") == NetworkId("mnist", 1)
    assert adopt_network(run, b, "kmnist") == NetworkId("kmnist", 0)
    found = load_checkpoint(run.checkpoint(NetworkId("mnist", 1)))
    assert found.provenance == {"source": "b.pt"}
    assert torch.equal(found.tensors["fc1.weight"], weights("b")["fc1.weight"])


def test_joining_twice_is_joining_once(run):
    a, b = (Checkpoint(weights(name)) for name in ("a", "b"))
    first = adopt_network(run, a, "mnist")
    adopt_network(run, b, "mnist")
    assert adopt_network(run, a, "mnist") == first
    # A damaged copy is not taken for the network, and keeps its seed.
    run.checkpoint(first).write_bytes(b"damaged")
    assert adopt_network(run, a, "mnist") == NetworkId("mnist", 2)


def test_a_network_that_can_be_measured_is_read(profile, tmp_path):
    torch.save(weights("a"), tmp_path / "a.pt")
    found = read_network(tmp_path / "a.pt", "digits", profile)
    assert found.sha256 == Checkpoint(weights("a")).sha256
    assert found.provenance == {"source": "a.pt", "source_sha256": checksum(tmp_path / "a.pt")}


def test_a_network_that_cannot_be_measured_is_refused(profile, tmp_path):
    torch.save({"weight": torch.zeros(3)}, tmp_path / "a.pt")
    message = r'a\.pt is not a network of this architecture: .*Missing key.*"out\.bias".*Unexpected key.*"weight"'
    with pytest.raises(CorruptArtefactError, match=f"(?s){message}"):
        read_network(tmp_path / "a.pt", "digits", profile)
    with pytest.raises(FileNotFoundError, match="no network at"):
        read_network(tmp_path / "b.pt", "digits", profile)
    torch.save(weights("b"), tmp_path / "b.pt")
    with pytest.raises(DataError, match="2000 images were asked for, the data set has 360"):
        read_network(tmp_path / "b.pt", "digits", PROFILES["quick"])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300])
def test_a_network_with_a_weight_that_is_no_number_is_refused(profile, tmp_path, value):
    """The last is a number to the file's float64 and none to the float32 of this suite."""
    tensors = {name: tensor.double() for name, tensor in weights("a").items()}
    tensors["fc1.weight"][3, 5] = value
    torch.save(tensors, tmp_path / "a.pt")
    with pytest.raises(CorruptArtefactError, match=r"a\.pt is no working network: fc1\.weight has values that are NaN"):
        read_network(tmp_path / "a.pt", "digits", profile)


def test_a_network_of_a_run_with_a_weight_that_is_no_number_is_not_measured(run, profile, measured, lines):
    tensors = weights("a")
    tensors["out.bias"][0] = float("nan")
    save_checkpoint(run.checkpoint(D0), Checkpoint(tensors))
    message = f"{run.checkpoint(D0)} is no working network: out.bias has .*; delete it, and train or fetch {D0} again"
    with pytest.raises(CorruptArtefactError, match=message):
        list(measure_pieces(run, D0, profile, CPU, lines))
    assert measured == []
