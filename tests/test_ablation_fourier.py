"""conv3 between spectra equals conv3."""

import numpy as np
import pytest
import torch
from ablation_cases import DEVICES
from hypothesis import given, settings, strategies as st
from torch.nn import functional

from replication.ablation.fourier import FourierConvolution
from replication.ablation.workspace import Workspace


def both_ways(seed, cases, dtype, device="cpu"):
    """The pooled preactivations between spectra and by torch's convolution."""
    generator = np.random.default_rng(seed)
    draw = lambda *shape: torch.from_numpy(generator.normal(size=shape)).to(device, dtype)  # noqa: E731
    maps, weight, bias = draw(cases, 64, 7, 7), draw(64, 64, 5, 5), draw(64)
    expected = functional.max_pool2d(functional.conv2d(maps, weight, bias, padding=2), 2)
    positions_first = maps.flatten(2).permute(2, 0, 1).contiguous()
    obtained = FourierConvolution(weight, bias)(positions_first, Workspace(maps))
    return obtained, expected.flatten(2).permute(2, 0, 1)


@pytest.mark.parametrize("device", DEVICES)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
@settings(max_examples=10)
def test_it_equals_torch_in_float64(device, seed, cases):
    obtained, expected = both_ways(seed, cases, torch.float64, device)
    torch.testing.assert_close(obtained, expected, rtol=1e-11, atol=1e-11)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_float32_rounding_is_no_larger_than_that_of_a_plain_sum(seed):
    """The sums have standard deviation √(64 · 25) = 40; 1e-4 of absolute error is 2.5e-6 of it."""
    obtained, plain = both_ways(seed, 3, torch.float32)
    exact, _ = both_ways(seed, 3, torch.float64)
    assert (obtained - exact).abs().max() < 1e-4
    assert (obtained - exact).square().mean() < 2 * (plain - exact).square().mean()


def test_memory_that_is_used_again_changes_nothing():
    """Whatever it holds, and however much of it another number of maps has taken."""
    generator = np.random.default_rng(0)
    maps, weight, bias = (torch.from_numpy(generator.normal(size=n)) for n in [(49, 5, 64), (64, 64, 5, 5), 64])
    convolution, workspace = FourierConvolution(weight, bias), Workspace(maps)
    for cases in (3, 1, 5, 2):
        for block in workspace._blocks.values():
            block.fill_(torch.nan)
        some = maps[:, :cases].contiguous()
        obtained = convolution(some, workspace)
        torch.testing.assert_close(obtained, convolution(some, Workspace(maps)), rtol=0, atol=0)
        assert obtained.isfinite().all()


def test_one_changed_weight_is_seen():
    maps, weight, bias = torch.ones(49, 1, 64).double(), torch.zeros(64, 64, 5, 5).double(), torch.zeros(64).double()
    before = FourierConvolution(weight, bias)(maps, Workspace(maps)).clone()
    weight[3, 7, 4, 4] = 1
    changed = (FourierConvolution(weight, bias)(maps, Workspace(maps)) - before).abs() > 1e-12
    assert torch.equal(changed.any(0)[0].nonzero().flatten(), torch.tensor([3]))
