"""A reading: what is read off the evidence, and that it comes back from disk as it was or not at all."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from handmade_readings import network, reading
from small_evidence import small_evidence, small_network

from replication.choices import DEFAULTS
from replication.drift import SHIPPED, answers, load_readings, network_reading, reading_name, save_reading
from replication.drift.reading import N_KEPT
from replication.files import CorruptArtefactError
from replication.judging import Registry, Statement, Value


def test_its_name_says_torch_umap_device_and_instructions_without_the_build():
    assert reading("2.11.0+cu130", "0.5.8", "cuda").name == "torch2.11.0-umap0.5.8-cuda-nvidia-h200-nvl"
    assert reading("2.11.0+cu130", "0.5.8", "cuda").label == "torch 2.11.0, umap-learn 0.5.8, CUDA NVIDIA H200 NVL"
    assert reading().name == "torch2.15.0-umap0.5.12-cpu-avx512"
    assert reading().label == "torch 2.15.0, umap-learn 0.5.12, CPU AVX512"
    assert reading_name(reading().provenance) == reading().name


def test_other_arithmetic_and_another_gpu_have_names_of_their_own():
    provenance = reading(device="cuda").provenance
    names, labels = [], []
    for changes in ({}, {"precision": "tf32"}, {"device_name": "NVIDIA A100"}):
        one = reading(provenance={**provenance, **changes})
        names.append(one.name.partition("cuda-")[2])
        labels.append(one.label.partition("CUDA ")[2])
    assert names == ["nvidia-h200-nvl", "nvidia-h200-nvl-tf32", "nvidia-a100"]
    assert labels == ["NVIDIA H200 NVL", "NVIDIA H200 NVL, tf32", "NVIDIA A100"]


def test_one_made_here_says_so():
    assert replace(reading(), is_here=True).label == f"{reading().label}, here"
    assert replace(reading(), is_here=True).name == reading().name


def test_the_readings_that_ship_are_called_what_their_names_say():
    shipped = sorted(SHIPPED.glob("*.json"))
    assert shipped
    for path in shipped:
        assert reading_name(json.loads(path.read_text(encoding="utf-8"))["provenance"]) == path.stem


def test_what_is_read_off_one_network():
    evidence = small_network("mnist/seed=0")
    scores = np.random.default_rng(5).normal(size=(300, 10)).astype(np.float32)
    found = network_reading(evidence, scores, "d" * 64)
    assert found.sha256 == "d" * 64
    assert np.array_equal(found.log_probabilities, scores[:N_KEPT])
    assert found.predictions.tolist() == [max(range(10), key=row.__getitem__) for row in scores.tolist()]
    assert found.nh["conv3"] == float(evidence.nh_overall.sel(state="intact", panel="conv3"))
    raw = evidence.under(DEFAULTS.but("nh-space", "raw")).nh_overall
    assert found.nh_raw["fc1"] == float(raw.sel(state="intact", panel="fc1"))
    assert list(found.n_selective) == evidence.n_selective.values.tolist()
    assert list(found.n_effect_selective) == evidence.n_effect_selective.values.tolist()


def test_every_statement_is_asked_of_every_network_on_its_own():
    claims = Registry()

    @claims.claim("9/even", place="", rule=Statement(), networks=("mnist", "kmnist"))
    def even(one):
        """A statement."""
        return int(one.network[-1]) % 2 == 0

    @claims.claim("9/undefined", place="", rule=Statement(), networks="mnist")
    def undefined(one):
        """A statement without an answer."""
        return math.nan

    @claims.claim("9/number", place="", rule=Value(), networks="mnist", reported="accuracy")
    def number(one):
        """No statement."""
        return 1.0

    evidence = small_evidence(("mnist", "kmnist"), n_seeds=3)
    assert answers(claims, evidence) == {
        "9/even [mnist]": (True, False, True),
        "9/even [kmnist]": (True, False, True),
        "9/undefined [mnist]": (None, None, None),
    }


def test_a_reading_comes_back_as_it_was(tmp_path):
    written = reading(networks={"mnist/seed=0": network(shift=1e-6, nh=89.123456)})
    path = save_reading(tmp_path / "drift", written)
    assert path == tmp_path / "drift" / f"{written.name}.json"
    (found,) = load_readings(tmp_path / "drift")
    assert (found.provenance, found.answers, found.verdicts) == (written.provenance, written.answers, written.verdicts)
    assert found.judged_sha256 == written.judged_sha256
    one, other = found.networks["mnist/seed=0"], written.networks["mnist/seed=0"]
    assert one.log_probabilities.tobytes() == other.log_probabilities.tobytes()
    assert one.predictions.tobytes() == other.predictions.tobytes()
    assert (one.sha256, one.nh, one.nh_raw) == (other.sha256, other.nh, other.nh_raw)
    assert (one.n_selective, one.n_effect_selective) == (other.n_selective, other.n_effect_selective)


def test_two_writes_are_equal_to_the_byte(tmp_path):
    for name in ("one", "two"):
        save_reading(tmp_path / name, reading())
    for suffix in (".json", ".npz"):
        one, two = (tmp_path / name / f"{reading().name}{suffix}" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def test_readings_come_in_the_order_of_their_names_and_no_folder_holds_none(tmp_path):
    for made in (reading("2.15.0"), reading("2.11.0", instructions="AVX2"), reading("2.15.0", device="cuda")):
        save_reading(tmp_path, made)
    names = [found.name for found in load_readings(tmp_path)]
    assert names == [
        "torch2.11.0-umap0.5.12-cpu-avx2",
        "torch2.15.0-umap0.5.12-cpu-avx512",
        "torch2.15.0-umap0.5.12-cuda-nvidia-h200-nvl",
    ]
    assert load_readings(tmp_path / "nowhere") == ()


def test_the_same_environment_is_read_once(tmp_path):
    save_reading(tmp_path, reading())
    save_reading(tmp_path, reading(verdicts={}))
    (found,) = load_readings(tmp_path)
    assert found.verdicts == {}


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"networks": 3}', b'{"arrays_sha256": "", "networks": {"a": []}}', b"\xff"]
)
def test_a_damaged_file_is_named_with_the_way_out(tmp_path, content):
    path = save_reading(tmp_path, reading())
    path.write_bytes(content)
    with pytest.raises(
        CorruptArtefactError,
        match=r"cpu-avx512\.json is no reading .*; delete it, or make it again with: replication drift --readings",
    ):
        load_readings(tmp_path)


@pytest.mark.parametrize("judged", ["e" * 64, {}])
def test_a_reading_whose_verdicts_are_not_tied_to_measurements_is_refused(tmp_path, judged):
    path = save_reading(tmp_path, reading())
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"judged_sha256": judged}))
    with pytest.raises(CorruptArtefactError, match="is no reading of an environment"):
        load_readings(tmp_path)


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:200])])
def test_missing_or_truncated_arrays_are_noticed(tmp_path, damage):
    damage(save_reading(tmp_path, reading()).with_suffix(".npz"))
    with pytest.raises(CorruptArtefactError, match="is no reading of an environment"):
        load_readings(tmp_path)


def test_arrays_of_another_reading_are_noticed(tmp_path):
    path = save_reading(tmp_path, reading())
    other = save_reading(tmp_path / "other", reading(networks={"mnist/seed=0": network(shift=1.0)}))
    content = json.loads(path.read_text(encoding="utf-8"))
    content["networks"].pop("kmnist/seed=0")
    path.write_text(json.dumps(content))
    path.with_suffix(".npz").write_bytes(other.with_suffix(".npz").read_bytes())
    with pytest.raises(CorruptArtefactError, match=r"npz holds other arrays than .*\.json says"):
        load_readings(tmp_path)
