"""Networks on disk: read back to the bit, refused when damaged, foreign weights read without running anything."""

import hashlib
import pickle

import numpy as np
import psutil
import pytest
import safetensors.torch
import torch
from hypothesis import given
from hypothesis import strategies as st

from replication.files import CorruptArtefactError
from replication.network import Network
from replication.seeds import torch_generator
from replication.training import Checkpoint, load_checkpoint, read_foreign_weights, save_checkpoint

CPU = torch.device("cpu")
STORY = {"network": "mnist/seed=0", "loss_per_epoch": [0.5, 0.25], "sessions": [{"device": "cpu"}], "Σ": "é"}


@pytest.fixture
def checkpoint():
    values = torch.randn(5, 4, generator=torch_generator("test", "checkpoint"))
    return Checkpoint({"weight": values, "momentum/weight": values * 2, "bias": torch.zeros(3)}, STORY)


@pytest.fixture(scope="module")
def network():
    return Network(torch_generator("test", "weights"))


def assert_same(one, other):
    assert one.provenance == other.provenance
    assert one.tensors.keys() == other.tensors.keys()
    assert all(torch.equal(one.tensors[name], other.tensors[name]) for name in one.tensors)


# Our own -----------------------------------------------------------------------------------------------------------


def test_what_is_saved_is_loaded(checkpoint, tmp_path):
    save_checkpoint(tmp_path / "a" / "network.safetensors", checkpoint)
    assert_same(load_checkpoint(tmp_path / "a" / "network.safetensors"), checkpoint)


@given(
    st.dictionaries(st.text("abc./", min_size=1, max_size=4), st.integers(0, 3), max_size=3),
    st.dictionaries(st.text(max_size=4), st.one_of(st.text(max_size=4), st.floats(allow_nan=False), st.none())),
)
def test_any_names_and_any_story_survive(tmp_path_factory, names, story):
    path = tmp_path_factory.mktemp("round trip") / "network.safetensors"
    written = Checkpoint({name: torch.arange(float(size)) for name, size in names.items()}, story)
    save_checkpoint(path, written)
    assert_same(load_checkpoint(path), written)


def test_memory_layout_does_not_matter(tmp_path):
    """A network in channels_last, as it is loaded, is written as any other."""
    tensors = Network(torch_generator("test", "weights")).to(memory_format=torch.channels_last).state_dict()
    save_checkpoint(tmp_path / "network.safetensors", Checkpoint(tensors))
    assert_same(load_checkpoint(tmp_path / "network.safetensors"), Checkpoint(tensors))


def test_a_loaded_network_computes_the_same(network, tmp_path):
    save_checkpoint(tmp_path / "network.safetensors", Checkpoint(network.state_dict()))
    loaded = load_checkpoint(tmp_path / "network.safetensors").network(CPU)
    images = torch.rand(2, 1, 28, 28, generator=torch_generator("test", "images"))
    assert not loaded.training
    with torch.no_grad():
        torch.testing.assert_close(loaded(images), network(images))
    assert all(torch.equal(loaded.state_dict()[name], tensor) for name, tensor in network.state_dict().items())


@pytest.mark.skipif(not psutil.LINUX, reason="what a process has mapped is read as Linux tells it")
def test_a_loaded_checkpoint_holds_on_to_no_file(checkpoint, tmp_path):
    """On Windows a file that is mapped can be neither replaced nor removed."""
    path = tmp_path / "network.safetensors"
    save_checkpoint(path, checkpoint)
    loaded = load_checkpoint(path)
    assert str(path) not in {mapped.path for mapped in psutil.Process().memory_maps()}
    assert torch.equal(loaded.tensors["weight"], checkpoint.tensors["weight"])


def test_no_file_is_no_corrupt_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no checkpoint at .*network\.safetensors"):
        load_checkpoint(tmp_path / "network.safetensors")


def test_every_cut_and_every_changed_byte_is_noticed(checkpoint, tmp_path):
    path = tmp_path / "network.safetensors"
    save_checkpoint(path, checkpoint)
    content = path.read_bytes()
    bits = np.random.default_rng(3).integers(0, 8, len(content))
    for position in range(0, len(content), 3):
        changed = bytearray(content)
        changed[position] ^= 1 << bits[position]
        for damaged in (content[:position], bytes(changed)):
            path.write_bytes(damaged)
            with pytest.raises(CorruptArtefactError, match=str(path)):
                load_checkpoint(path)


def test_damage_is_named(checkpoint, tmp_path):
    path = tmp_path / "network.safetensors"
    save_checkpoint(path, checkpoint)
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    with pytest.raises(CorruptArtefactError, match="is not a readable safetensors file"):
        load_checkpoint(path)
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(
        CorruptArtefactError,
        match=r"was changed since it was written: expected sha256 [0-9a-f]{64}, found [0-9a-f]{64}",
    ):
        load_checkpoint(path)


def test_a_file_of_another_program_carries_no_checksum(network, tmp_path):
    path = tmp_path / "network.safetensors"
    safetensors.torch.save_file(network.state_dict(), path)
    with pytest.raises(CorruptArtefactError, match="carries no checksum: it was not written by this suite"):
        load_checkpoint(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda tensors: tensors.pop("fc1.bias"),
        lambda tensors: tensors.update({"fc3.weight": torch.zeros(2, 2)}),
        lambda tensors: tensors.update({"conv1.weight": torch.zeros(32, 1, 5, 5)}),
        lambda tensors: tensors.clear(),
    ],
    ids=["missing", "unknown", "of another size", "nothing"],
)
def test_another_architecture_is_refused(network, change):
    tensors = dict(network.state_dict())
    change(tensors)
    with pytest.raises(CorruptArtefactError, match=r"not a network of this architecture: .*Network"):
        Checkpoint(tensors).network(CPU)


# Foreign -----------------------------------------------------------------------------------------------------------


def save_as_torch(tensors, path):
    torch.save(tensors, path)


def save_as_old_torch(tensors, path):
    torch.save(tensors, path, _use_new_zipfile_serialization=False)


def save_as_safetensors(tensors, path):
    safetensors.torch.save_file(dict(tensors), path)


writers = pytest.mark.parametrize("write", [save_as_torch, save_as_old_torch, save_as_safetensors])


@writers
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16])
def test_weights_of_other_programs_are_read(network, tmp_path, write, dtype):
    path = tmp_path / "theirs.pt"
    write({name: tensor.to(dtype) for name, tensor in network.state_dict().items()}, path)
    found = read_foreign_weights(path)
    assert found.provenance == {
        "source": "theirs.pt",
        "source_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    for name, tensor in network.state_dict().items():
        torch.testing.assert_close(found.tensors[name], tensor.to(dtype).float(), rtol=0, atol=0)
    found.network(CPU)


class Harmful:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("write", [torch.save, lambda value, path: path.write_bytes(pickle.dumps(value))])
def test_code_in_a_pickle_is_refused_and_not_run(tmp_path, write):
    path, trace = tmp_path / "theirs.pt", tmp_path / "trace"
    write({"weight": Harmful(trace)}, path)
    with pytest.raises(CorruptArtefactError, match=r"theirs\.pt holds neither safetensors nor plain torch weights"):
        read_foreign_weights(path)
    assert not trace.exists()
    pickle.loads(pickle.dumps(Harmful(trace))).close()
    assert trace.exists()


def test_a_whole_pickled_network_is_refused(network, tmp_path):
    torch.save(network, tmp_path / "theirs.pt")
    with pytest.raises(CorruptArtefactError, match="holds neither safetensors nor plain torch weights"):
        read_foreign_weights(tmp_path / "theirs.pt")


@pytest.mark.parametrize("content", [[1, 2], {"state_dict": {"weight": torch.zeros(1)}}, {"epoch": 3}, torch.zeros(2)])
def test_what_is_no_state_dict_is_refused(tmp_path, content):
    torch.save(content, tmp_path / "theirs.pt")
    with pytest.raises(CorruptArtefactError, match="holds no state dict: expected tensors by parameter name"):
        read_foreign_weights(tmp_path / "theirs.pt")


@pytest.mark.filterwarnings("ignore:Detected pickle protocol:UserWarning")
@writers
def test_damaged_weights_are_refused_or_read_but_never_crash(checkpoint, tmp_path, write):
    path = tmp_path / "theirs.pt"
    write(checkpoint.tensors, path)
    content = path.read_bytes()
    bits = np.random.default_rng(3).integers(0, 8, len(content))
    n_refused = 0
    for position in range(0, len(content), 5):
        changed = bytearray(content)
        changed[position] ^= 1 << bits[position]
        path.write_bytes(bytes(changed))
        try:
            read_foreign_weights(path)
        except CorruptArtefactError:
            n_refused += 1
        path.write_bytes(content[:position])
        with pytest.raises(CorruptArtefactError, match=str(path)):
            read_foreign_weights(path)
    assert n_refused > 0


@given(st.binary(max_size=60))
def test_noise_is_refused(tmp_path_factory, noise):
    path = tmp_path_factory.mktemp("noise") / "theirs.pt"
    path.write_bytes(noise)
    with pytest.raises(CorruptArtefactError, match="holds neither"):
        read_foreign_weights(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no network at .*theirs\.pt"):
        read_foreign_weights(tmp_path / "theirs.pt")
