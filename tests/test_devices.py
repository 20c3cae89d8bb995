"""Choosing a device, and saying why there is none."""

import pytest
import torch

from replication import devices
from replication.devices import NoDeviceError, choose_device, gpu_is_required, why_no_cuda


@pytest.fixture
def machine(monkeypatch):
    """Pretend that torch was built with this CUDA and finds a GPU or does not."""

    def pretend(*, cuda, gpu):
        monkeypatch.setattr(torch.version, "cuda", cuda)
        monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)

    return pretend


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
    with pytest.raises(NoDeviceError, match=rf"no CUDA device: torch .* {reason}; use --device cpu"):
        choose_device("cuda")


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
