"""Choosing a device, and saying why there is none."""

import re
import warnings

import pytest
import torch

from replication import devices
from replication.devices import NoDeviceError, announced_device, choose_device, gpu_is_required, why_no_cuda


@pytest.fixture
def machine(monkeypatch):
    """Pretend that torch was built with this CUDA, and finds a GPU or does not, warns, or cannot compute on it."""

    def pretend(*, cuda, gpu, warning="", computes=""):
        def is_available():
            if warning:
                warnings.warn(warning, UserWarning, stacklevel=1)
            return gpu

        def try_out(device):
            if computes:
                warnings.warn("this GPU is too old for this torch", UserWarning, stacklevel=1)
                raise torch.AcceleratorError(computes)

        monkeypatch.setattr(torch.version, "cuda", cuda)
        monkeypatch.setattr(torch.cuda, "is_available", is_available)
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda *_: "Old GPU")
        monkeypatch.setattr(devices, "_try_out", try_out)
        why_no_cuda.cache_clear()

    yield pretend
    why_no_cuda.cache_clear()


def test_auto_takes_cuda_where_there_is_one(machine):
    machine(cuda="13.0", gpu=True)
    assert why_no_cuda() == ""
    assert [choose_device(name).type for name in ("auto", "cpu", "cuda")] == ["cuda", "cpu", "cuda"]


@pytest.mark.parametrize(
    ("cuda", "reason"), [(None, "was built without CUDA"), ("13.0", r"\(CUDA 13.0\) finds no usable GPU and driver")]
)
def test_without_cuda_auto_is_the_cpu_and_cuda_an_error_with_the_reason(machine, cuda, reason):
    machine(cuda=cuda, gpu=False)
    assert [choose_device(name).type for name in ("auto", "cpu")] == ["cpu", "cpu"]
    with pytest.raises(
        NoDeviceError, match=rf"no CUDA device: torch .* {reason}.*; put that right, or use --device cpu"
    ):
        choose_device("cuda")


def test_what_torch_warns_of_is_the_reason_and_no_error(machine):
    """Warnings are errors here; torch gives this one the first time that it is asked, and then no more."""
    machine(cuda="13.0", gpu=False, warning="CUDA initialization: The NVIDIA driver on your\nsystem is too old")
    assert why_no_cuda().endswith("and driver: CUDA initialization: The NVIDIA driver on your system is too old")
    assert choose_device("auto").type == "cpu"


def test_a_gpu_that_this_torch_has_no_kernels_for_is_none(machine):
    machine(cuda="13.0", gpu=True, computes="CUDA error: no kernel image is available\nCompile with TORCH_USE_CUDA_DSA")
    assert why_no_cuda().endswith(
        "(CUDA 13.0) cannot compute on the GPU that is there: CUDA error: no kernel image is available"
    )
    assert choose_device("auto").type == "cpu"
    with pytest.raises(NoDeviceError, match="no kernel image"):
        choose_device("cuda")


def test_a_cpu_is_chosen_without_asking_for_a_gpu(monkeypatch):
    monkeypatch.setattr(devices, "why_no_cuda", lambda: pytest.fail("asked"))
    said = []
    assert announced_device("cpu", said.append).type == "cpu"
    assert "no GPU" not in said[0]


def test_people_are_told_what_computes_and_why_it_is_no_gpu(machine):
    machine(cuda=None, gpu=False)
    said = []
    assert announced_device("auto", said.append).type == "cpu"
    told = r"networks run on: .+ \(no GPU: torch .* was built without CUDA, install one that was\)"
    assert re.fullmatch(told, said[0])
    machine(cuda="13.0", gpu=True)
    assert announced_device("auto", said.append).type == "cuda"
    assert said[1] == "networks run on: Old GPU"


def test_another_name_is_refused():
    with pytest.raises(ValueError, match="device 'gpu': expected 'auto', 'cpu' or 'cuda'"):
        choose_device("gpu")


@pytest.mark.parametrize(("value", "required"), [(None, False), ("", False), ("0", False), ("1", True), ("yes", True)])
def test_a_gpu_can_be_demanded(monkeypatch, value, required):
    monkeypatch.delenv(devices.REQUIRE_GPU_VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(devices.REQUIRE_GPU_VARIABLE, value)
    assert gpu_is_required() is required


@pytest.mark.gpu
def test_the_gpu_computes():
    assert torch.ones(3, device=choose_device("cuda")).sum().item() == 3
