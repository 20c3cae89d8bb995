"""Pooling of maps with their pixels first is torch's pooling, gradient included."""

import pytest
import torch
from ablation_cases import DEVICES
from hypothesis import given, settings, strategies as st
from torch.nn import functional

from replication.seeds import torch_generator
from replication.training.pooling import pool


@pytest.mark.parametrize("device", DEVICES)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 4), st.integers(1, 5), st.sampled_from([2, 9]))
@settings(max_examples=30)
def test_it_is_torch_s_with_the_first_of_equal_values_passing_the_gradient_on(device, seed, n, half, m, n_values):
    generator = torch_generator("test", "pooling", seed)
    # Few values, so that a window's greatest stands in several places.  In float64 torch's CUDA kernel would address
    # doubles at an odd multiple of four bytes where one channel has one window, and end the process's use of the GPU.
    maps = torch.randint(n_values, (n, 2 * half, 2 * half, m), generator=generator).float().to(device).requires_grad_()
    pooled = pool(maps)
    expected = functional.max_pool2d(maps.permute(0, 3, 1, 2).contiguous(), 2).permute(0, 2, 3, 1)
    assert torch.equal(pooled, expected)
    assert pooled.is_contiguous()
    upstream = torch.randn(pooled.shape, generator=generator).to(device)
    (obtained,), (gradient,) = (torch.autograd.grad(one, maps, upstream) for one in (pooled, expected))
    assert torch.equal(obtained, gradient)


def test_gradients_of_any_strides_are_taken():
    maps = torch.arange(32.0).view(1, 4, 4, 2).requires_grad_()
    upstream = torch.tensor([[1.0, 2], [3, 4]]).expand(2, 2, 2).permute(1, 2, 0)[None]
    (gradient,) = torch.autograd.grad(pool(maps), maps, upstream)
    assert torch.equal(gradient[0, 1::2, 1::2], upstream[0])
    assert gradient.sum() == 20
