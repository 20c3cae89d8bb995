"""What is told of the arithmetic that a network was trained in."""

from unittest.mock import Mock

import pytest
import torch

from replication.precision import set_precision
from replication.progress import Progress
from replication.study import NetworkId
from replication.training import Checkpoint, other_precision, save_checkpoint, trained_precision
from replication.training.states import find_state, new_provenance, new_session

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


@pytest.fixture(autouse=True)
def asked():
    """IEEE arithmetic is asked for, and stays so."""
    set_precision("ieee")
    yield
    set_precision("ieee")


def provenance(*sessions):
    return {"sessions": [{"device": device, "precision": precision} for device, precision in sessions]}


@pytest.mark.parametrize(
    ("trained", "precision"),
    [
        (provenance(("cuda", "tf32")), "tf32"),
        (provenance(("cuda", "tf32"), ("cuda", "ieee"), ("cuda", "tf32")), "tf32 and ieee"),
        (provenance(("cpu", "mixed"), ("cpu", "ieee")), "ieee"),
        (provenance(("cpu", "tf32"), ("cuda", "tf32")), "ieee and tf32"),
        (provenance(), "unknown"),
        ({"source": "theirs.pt"}, "unknown"),
    ],
)
def test_a_training_is_of_the_arithmetic_of_all_its_sessions_and_a_cpu_s_is_ieee(trained, precision):
    assert trained_precision(trained) == precision


@pytest.mark.parametrize(
    ("trained", "asked", "device", "told"),
    [
        (provenance(("cuda", "tf32")), "ieee", CUDA, "; it was trained in tf32, and ieee is asked for"),
        (provenance(("cuda", "tf32")), "tf32", CUDA, ""),
        (provenance(("cuda", "tf32")), "tf32", CPU, "; it was trained in tf32, and ieee is asked for"),
        (provenance(("cpu", "mixed")), "tf32", CPU, ""),
        (provenance(("cpu", "mixed")), "tf32", CUDA, "; it was trained in ieee, and tf32 is asked for"),
        (provenance(), "tf32", CUDA, ""),
    ],
)
def test_another_arithmetic_than_is_asked_for_is_told(trained, asked, device, told):
    set_precision(asked)
    assert other_precision(trained, device) == told


def test_a_session_on_a_cpu_is_of_ieee_whatever_is_asked_for():
    set_precision("tf32")
    assert new_session(CPU, 0)["precision"] == "ieee"


@pytest.mark.parametrize("trained", ["ieee", "tf32"])
def test_a_half_trained_state_of_another_arithmetic_says_so(tmp_path, testing_profile, trained):
    network_id, progress = NetworkId("digits", 0), Progress()
    progress.say = Mock()
    found = new_provenance(network_id, testing_profile) | provenance(("cuda", trained)) | {"loss_per_epoch": [0.5]}
    path = tmp_path / "training.safetensors"
    save_checkpoint(path, Checkpoint({"out.bias": torch.zeros(1)}, found))
    assert find_state(path, network_id, testing_profile, CPU, progress) is not None
    told = "; it was trained in tf32, and ieee is asked for" if trained == "tf32" else ""
    progress.say.assert_called_once_with(f"digits/seed=0: training goes on after epoch 1{told}")
