"""Working memory: how much, and what happens when it does not suffice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import torch
from ablation_cases import lively_network, random_images
from heard import Heard

from replication.ablation import budget as module
from replication.ablation.budget import Budget, default_bytes, is_out_of_memory
from replication.ablation.by_reuse import IMAGE_BYTES
from replication.ablation.layer_ablation import NUMBERS_PER_CASE, LayerAblation
from replication.ablation.tail import Tail
from replication.ablation.workspace import Workspace
from replication.architecture import HIDDEN_LAYERS
from replication.masks import draw_masks


def out_of_memory():
    return RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes")


@pytest.mark.parametrize(
    "error",
    [
        out_of_memory(),
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] data. DefaultCPUAllocator: not enough memory: you tried to"),
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory"),
        torch.AcceleratorError("CUDA error: out of memory"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"),
        RuntimeError("GET was unable to find an engine to execute this computation"),
    ],
)
def test_work_is_done_again_with_half_the_memory_and_says_so(error):
    said, granted = Heard(), []

    def work(n_bytes):
        granted.append(n_bytes)
        if n_bytes > 2**21:
            raise error

    budget = Budget(2**23, said)
    budget.run(work)
    assert granted == [2**23, 2**22, 2**21]
    assert said.said == [
        "out of memory with 8 MiB per worker; going on with half",
        "out of memory with 4 MiB per worker; going on with half",
    ]
    budget.run(work)
    assert granted[3:] == [2**21]


def test_workers_that_run_out_together_halve_once():
    said, meeting = Heard(), Barrier(2, timeout=10)
    budget = Budget(2**23, said)

    def work(n_bytes):
        if n_bytes == 2**23:
            meeting.wait()
            raise MemoryError

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(budget.run, [work, work]))
    assert budget.n_bytes == 2**22
    assert len(said.said) == 1


def test_the_least_is_not_halved():
    def work(n_bytes):
        raise MemoryError("there is none")

    with pytest.raises(MemoryError, match="there is none"):
        Budget(2**23, Heard()).run(work)


def test_other_errors_are_not_taken_for_a_lack_of_memory():
    calls = []

    def work(n_bytes):
        calls.append(n_bytes)
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes do not match"):
        Budget(2**23, Heard()).run(work)
    assert len(calls) == 1
    assert not is_out_of_memory(ValueError("a picture of one who is out of memory"))


def test_a_lack_of_memory_is_found_behind_what_came_of_it():
    """As where a capture ends with an error of its own, once memory has failed it."""
    for behind in ("__cause__", "__context__"):
        error = RuntimeError("capture invalidated")
        setattr(error, behind, torch.OutOfMemoryError("CUDA out of memory"))
        assert is_out_of_memory(error)
    assert not is_out_of_memory(RuntimeError("capture invalidated"))
    for error, before in [(RuntimeError, ValueError("negative")), (KeyError, torch.OutOfMemoryError("CUDA"))]:
        otherwise = error("capture invalidated")
        otherwise.__cause__ = before
        assert not is_out_of_memory(otherwise)


def test_what_torch_says_on_the_cpu_is_understood():
    with pytest.raises(RuntimeError, match="DefaultCPUAllocator: ") as caught:
        torch.empty(2**62, dtype=torch.uint8)
    assert is_out_of_memory(caught.value)


def nothing_is_kept(monkeypatch):
    """Torch keeps no memory of a GPU for this process."""
    for name in ("memory_reserved", "memory_allocated"):
        monkeypatch.setattr(torch.cuda, name, lambda device: 0)


def test_little_is_taken_on_a_cpu_and_a_quarter_of_what_is_free_on_a_gpu(monkeypatch):
    assert default_bytes(torch.device("cpu"), 2) == 2 * module.WORKER_BYTES < 2**32
    nothing_is_kept(monkeypatch)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (2**32, 2**37))
    assert default_bytes(torch.device("cuda"), 1) == 2**30
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: 3 * 2**32)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda device: 2**33)
    assert default_bytes(torch.device("cuda"), 1) == 2**31, "what torch keeps and nothing uses is free"
    nothing_is_kept(monkeypatch)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (2**37, 2**37))
    assert default_bytes(torch.device("cuda"), 1) == module.GPU_BYTES


def test_networks_measured_at_a_time_share_a_gpu(monkeypatch):
    nothing_is_kept(monkeypatch)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (2**37, 2**37))
    assert default_bytes(torch.device("cuda"), 1, n_at_once=16) == 2**31
    assert default_bytes(torch.device("cpu"), 2, n_at_once=16) == default_bytes(torch.device("cpu"), 2)


def test_a_workspace_uses_its_memory_again():
    workspace = Workspace(torch.zeros(1, dtype=torch.float64))
    first = workspace.take("some", 4, 3)
    assert first.shape == (4, 3)
    assert first.dtype == torch.float64
    assert workspace.take("some", 2, 6).data_ptr() == first.data_ptr()
    assert workspace.take("other", 2).data_ptr() != first.data_ptr()
    assert workspace.take("some", 5, 3).shape == (5, 3)


@pytest.mark.parametrize("layer", HIDDEN_LAYERS, ids=lambda layer: layer.name)
def test_scratch_memory_stays_within_what_is_granted(layer):
    network, images = lively_network(0, dtype=torch.float32), random_images(0, 8, dtype=torch.float32)
    activations = network.activations(images)[layer.name]
    if layer.is_convolution:
        activations = activations.view(len(images), -1, layer.map_side, layer.map_side)
    fixed, granted, workspace = torch.zeros_like(activations[0]), 2**25, Workspace(images)
    ablation = LayerAblation(network, Tail(network), layer.name, draw_masks(layer, 0.5, 100), fixed)
    with torch.inference_mode():
        for _ in ablation.scores(activations, granted, workspace):
            pass
    assert sum(block.nbytes for block in workspace._blocks.values()) <= granted


def test_an_image_on_its_way_takes_the_memory_that_is_reckoned_with():
    """Conv1's is the most: the sums, what ReLU makes of them, the maxima and where these lie."""
    conv1 = HIDDEN_LAYERS[0]
    sums, maxima = conv1.n_units * 28 * 28, conv1.n_neurons
    taken = (2 * sums + maxima) * 4 + maxima * 8
    assert 0.9 * IMAGE_BYTES < taken <= IMAGE_BYTES


def test_a_case_of_conv1_takes_the_numbers_that_are_reckoned_with():
    n_cases, workspace = 10, Workspace(torch.empty(0))
    values, features = torch.zeros(49, n_cases, 64), torch.empty(1, n_cases, 9 * 64)
    with torch.inference_mode():
        Tail(lively_network(0, dtype=torch.float32)).features("conv2", values, features, workspace)
    taken = values.numel() + sum(block.numel() for block in workspace._blocks.values())
    assert 0.9 * NUMBERS_PER_CASE["conv1"] < taken / n_cases <= NUMBERS_PER_CASE["conv1"]
