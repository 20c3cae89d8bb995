"""Networks on disk: read back to the bit, refused when damaged, foreign weights read without running anything."""

import hashlib
import os
import pickle
import re
import sys

import numpy as np
import psutil
import pytest
import safetensors.torch
import torch
from hypothesis import given, strategies as st

from replication.files import CorruptArtefactError, tensors_digest
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
def test_any_names_and_any_story_survive(tmp_path_factory, names, told):
    path = tmp_path_factory.mktemp("round trip") / "network.safetensors"
    written = Checkpoint({name: torch.arange(float(size)) for name, size in names.items()}, told)
    save_checkpoint(path, written)
    assert_same(load_checkpoint(path), written)


def test_memory_layout_does_not_matter(tmp_path):
    """A network in channels_last, as it is loaded, is written as any other."""
    tensors = Network(torch_generator("test", "weights")).to(memory_format=torch.channels_last).state_dict()
    save_checkpoint(tmp_path / "network.safetensors", Checkpoint(tensors))
    assert_same(load_checkpoint(tmp_path / "network.safetensors"), Checkpoint(tensors))


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="the system's file names are Unicode")
def test_a_folder_may_have_a_name_in_another_encoding(checkpoint, tmp_path):
    path = tmp_path / os.fsdecode("Läufe".encode("latin-1")) / "network.safetensors"
    save_checkpoint(path, checkpoint)
    assert_same(load_checkpoint(path), checkpoint)
    assert tensors_digest(path) == checkpoint.sha256


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


WRAPPERS = ["state_dict", "model_state_dict", "model"]


@pytest.mark.parametrize("wrapper", ["", *WRAPPERS])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_checkpoints_are_read_as_people_have_them(network, tmp_path, wrapper, prefix):
    """With what trained them beside them, or as ``DataParallel`` names them; they are the same network all the same."""
    weights = {f"{prefix}{name}": tensor for name, tensor in network.state_dict().items()}
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.5).state_dict()
    torch.save({wrapper: weights, "optimizer": optimizer, "epoch": 3} if wrapper else weights, tmp_path / "theirs.pt")
    found = read_foreign_weights(tmp_path / "theirs.pt")
    assert found.sha256 == Checkpoint(network.state_dict()).sha256
    found.network(CPU)


def test_a_prefix_goes_from_safetensors_too(network, tmp_path):
    save_as_safetensors({f"module.{name}": one for name, one in network.state_dict().items()}, tmp_path / "theirs")
    assert read_foreign_weights(tmp_path / "theirs").sha256 == Checkpoint(network.state_dict()).sha256


def test_a_prefix_that_some_names_lack_stays(network, tmp_path):
    first, *others = network.state_dict().items()
    torch.save(dict([first, *((f"module.{name}", tensor) for name, tensor in others)]), tmp_path / "theirs.pt")
    found = read_foreign_weights(tmp_path / "theirs.pt")
    with pytest.raises(CorruptArtefactError, match=r"Unexpected key\(s\) in state_dict: \"module\.conv1\.bias\""):
        found.network(CPU)


def test_two_networks_in_one_file_are_refused(network, tmp_path):
    torch.save({"model": network.state_dict(), "state_dict": network.state_dict()}, tmp_path / "theirs.pt")
    with pytest.raises(
        CorruptArtefactError,
        match=r"theirs\.pt holds several state dicts, under 'state_dict' and 'model': expected one; save .* alone",
    ):
        read_foreign_weights(tmp_path / "theirs.pt")


def refused(path):
    """The message that a file is refused with; torch's own words, which advise to let code run, stay behind it."""
    with pytest.raises(CorruptArtefactError, match=re.escape(str(path))) as caught:
        read_foreign_weights(path)
    assert isinstance(caught.value.__cause__, Exception)
    message = str(caught.value)
    assert "\n" not in message
    assert not re.search("weights_only|safe_globals|trust|pytorch.org", message)
    assert message.endswith("save the weights alone: torch.save(model.state_dict(), FILE)")
    return message


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (torch.save, "holds pickled objects, such as {}.open, which are not loaded since they can run code"),
        (lambda value, path: path.write_bytes(pickle.dumps(value)), "holds neither safetensors nor plain torch"),
    ],
    ids=["torch", "pickle"],
)
def test_code_in_a_pickle_is_refused_and_not_run(tmp_path, write, told):
    path, trace = tmp_path / "theirs.pt", tmp_path / "trace"
    write({"weight": Harmful(trace)}, path)
    assert told.format(open.__module__) in refused(path)
    assert not trace.exists()
    pickle.loads(pickle.dumps(Harmful(trace))).close()
    assert trace.exists()


@pytest.mark.parametrize("write", [save_as_torch, save_as_old_torch])
def test_a_whole_pickled_network_is_refused(network, tmp_path, write):
    write({"model": network, "epoch": 3}, tmp_path / "theirs.pt")
    told = "holds pickled objects, such as replication.network.Network, which are not loaded"
    assert told in refused(tmp_path / "theirs.pt")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ([1, 2], "found a list"),
        (torch.zeros(2), "found a Tensor"),
        ({"epoch": 3}, "found 'epoch' (int)"),
        ({"weight": torch.zeros(1), "epoch": 3, "best": {}}, "found 'epoch' (int) and 'best' (dict)"),
        ({"model": {"weight": torch.zeros(1), "epoch": 3}}, "found 'epoch' (int)"),
        ({"state_dict": 3}, "found 'state_dict' (int)"),
        ({3: torch.zeros(1)}, "found 3 (Tensor)"),
        (dict.fromkeys("abcde", 0), "found 'a' (int), 'b' (int), 'c' (int) and 2 more"),
    ],
    ids=str,
)
def test_what_is_no_state_dict_is_refused_by_what_it_is(tmp_path, content, told):
    torch.save(content, tmp_path / "theirs.pt")
    message = rf"theirs\.pt holds no state dict: {re.escape(told)}, expected tensors by parameter name; save .* alone"
    with pytest.raises(CorruptArtefactError, match=message):
        read_foreign_weights(tmp_path / "theirs.pt")


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
