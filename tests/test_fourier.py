"""Correlations between spectra are correlations, gradients included."""

import math

import pytest
import torch
from ablation_cases import DEVICES
from hypothesis import given, settings, strategies as st
from torch.nn import functional

from replication.fourier import correlate, multiply, waves
from replication.seeds import torch_generator

LAYERS = {"conv2": (14, 14), "conv3": (7, 6)}
"""Sides of the maps and of the sums that are kept: an even period and an odd one."""
SEEDS = st.integers(0, 2**32 - 1)


def drawn(seed, *shape):
    return torch.randn(shape, generator=torch_generator("test", "fourier", seed, *shape), dtype=torch.float64)


def both_ways(seed, side, kept, n_networks, dtype=torch.float64, device="cpu"):
    """Sums and gradients of maps and weights, between spectra and by torch's convolution."""
    n_images, n_channels, n_kernels = 3, 4, 5
    # As they come of pooling several networks: not in the order of their memory.
    maps = drawn(seed, n_networks, side**2, n_images, n_channels).to(device, dtype).transpose(0, 1).requires_grad_()
    weight = drawn(seed, n_networks, n_kernels, n_channels, 5, 5).to(device, dtype).requires_grad_()
    upstream = drawn(seed, n_kernels, n_networks, n_images, kept**2).to(device, dtype).transpose(0, 3)
    images = maps.unflatten(0, (side, side)).permute(3, 2, 4, 0, 1).flatten(1, 2)
    sums = functional.conv2d(images, weight.flatten(0, 1), padding=2, groups=n_networks)[..., :kept, :kept]
    expected = sums.unflatten(1, (n_networks, n_kernels)).permute(3, 4, 1, 0, 2).flatten(0, 1)
    obtained = correlate(maps, weight, kept)
    return [(one.detach(), *torch.autograd.grad(one, (maps, weight), upstream)) for one in (obtained, expected)]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("layer", LAYERS)
@given(SEEDS, st.integers(1, 3))
@settings(max_examples=10)
def test_sums_and_gradients_are_torch_s_in_float64(layer, device, seed, n_networks):
    for obtained, expected in zip(*both_ways(seed, *LAYERS[layer], n_networks, device=device), strict=True):
        torch.testing.assert_close(obtained, expected, rtol=1e-11, atol=1e-11)


@given(SEEDS, st.integers(1, 9), st.data())
@settings(max_examples=30)
def test_of_any_side_with_any_number_of_sums_kept(seed, side, data):
    kept = data.draw(st.integers(1, side))
    for obtained, expected in zip(*both_ways(seed, side, kept, 1), strict=True):
        torch.testing.assert_close(obtained, expected, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("layer", LAYERS)
@given(SEEDS)
@settings(max_examples=10)
def test_float32_rounds_as_little_as_plain_sums(layer, seed):
    """Root mean squares over all values; the transforms are orthogonal, so that no frequency outweighs the others."""
    exact, _ = both_ways(seed, *LAYERS[layer], 1)
    obtained, plain = both_ways(seed, *LAYERS[layer], 1, torch.float32)
    for one, other, reference in zip(obtained, plain, exact, strict=True):
        errors = [float((each.double() - reference).square().mean().sqrt()) for each in (one, other)]
        assert errors[0] < 2 * errors[1]


@given(SEEDS, st.sampled_from([-1, 1]), st.sampled_from([-1, 1]))
@settings(max_examples=10)
def test_products_are_those_of_complex_matrices_or_their_conjugates(seed, left_sign, right_sign):
    left, right = (drawn(seed, 2, 3, 4, 5), drawn(seed, 2, 3, 5, 6))
    signed = [torch.complex(part[0], sign * part[1]) for part, sign in ((left, left_sign), (right, right_sign))]
    obtained = multiply(tuple(left), tuple(right), signs=(left_sign, right_sign))
    torch.testing.assert_close(torch.complex(*obtained), signed[0] @ signed[1], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("shapes", "kept", "told"),
    [
        (((48, 1, 2, 3), (1, 4, 3, 5, 5)), 6, r"maps of 48 places and kernels of shape \(5, 5\): expected square maps"),
        (((49, 1, 2, 3), (1, 4, 3, 3, 3)), 6, r"kernels of shape \(3, 3\): expected .* kernels of 5×5"),
        (((49, 1, 2, 3), (1, 4, 3, 5, 5)), 8, "kept=8: expected 1 to 7, the side of the maps"),
        (((49, 1, 2, 3), (1, 4, 3, 5, 5)), 0, "kept=0: expected 1 to 7"),
    ],
)
def test_what_is_no_such_correlation_is_refused(shapes, kept, told):
    with pytest.raises(ValueError, match=told):
        correlate(*(torch.zeros(shape) for shape in shapes), kept)


def test_one_changed_weight_is_seen_where_it_is_used_and_nowhere_else():
    maps, weight = torch.ones(49, 1, 1, 4, dtype=torch.float64), torch.zeros(1, 6, 4, 5, 5, dtype=torch.float64)
    weight[0, 3, 2, 4, 4] = 1
    sums = correlate(maps, weight, 7)
    assert torch.equal((sums.abs() > 1e-12).any(0)[0, 0].nonzero().flatten(), torch.tensor([3]))
    # Its pixel lies two down and two to the right: beyond the map in the last two rows and columns.
    expected = torch.zeros(7, 7, dtype=torch.float64)
    expected[:5, :5] = 1
    torch.testing.assert_close(sums[:, 0, 0, 3].view(7, 7), expected, rtol=0, atol=1e-12)


@given(SEEDS, st.integers(3, 12), st.data())
@settings(max_examples=30)
def test_spectra_are_numpy_s_and_give_their_maps_back(seed, period, data):
    side = data.draw(st.integers(1, period))
    maps = drawn(seed, side**2, 2)
    real, imaginary = waves(range(side), period, maps).analyse(maps)
    whole = torch.fft.fft2(maps.view(side, side, 2), s=(period, period), dim=(0, 1))
    half, own = period // 2, [0] if period % 2 else [0, period // 2]
    kept = [(row, column) for row in own for column in range(half + 1)]
    kept += [(row, column) for row in range(half + 1) if row not in own for column in range(period)]
    expected = torch.stack([whole[place] for place in kept])
    torch.testing.assert_close(torch.complex(real, imaginary), expected, rtol=1e-11, atol=1e-11)
    mirrored = {((-row) % period, (-column) % period) for row, column in kept}
    assert len(mirrored.union(kept)) == period**2
    back = waves(range(side), period, maps, weighted=True).synthesise((real, imaginary))
    torch.testing.assert_close(back, maps, rtol=1e-11, atol=1e-11)


@given(SEEDS, st.integers(3, 12), st.data())
@settings(max_examples=30)
def test_synthesis_is_the_adjoint_of_analysis(seed, period, data):
    """⟨W m, s⟩ = ⟨m, Wᵀ s⟩, whatever the places and the weights: the gradients rest on it."""
    places = data.draw(st.lists(st.integers(-5, 20), min_size=1, max_size=6))
    some = waves(places, period, drawn(seed, 1), weighted=data.draw(st.booleans()))
    maps = drawn(seed, len(places) ** 2, 3)
    spectrum = some.analyse(maps)
    others = tuple(drawn(seed + row, *part.shape) for row, part in enumerate(spectrum))
    left = sum((part * other).sum() for part, other in zip(spectrum, others, strict=True))
    right = (maps * some.synthesise(others)).sum()
    assert math.isclose(float(left), float(right), rel_tol=1e-9, abs_tol=1e-9)


def test_what_is_its_own_conjugate_has_no_imaginary_part_at_all():
    maps = drawn(0, 14**2, 3).float()
    _, imaginary = waves(range(14), 16, maps).analyse(maps)
    own = [row * 9 + column for row in (0, 1) for column in (0, 8)]
    assert torch.equal(imaginary[own], torch.zeros(4, 3))
