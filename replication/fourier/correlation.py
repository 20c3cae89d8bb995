"""Correlate many maps with 5×5 kernels in the frequency domain, with gradients.

The correlation of a zero-padded map x with a kernel w is y_p = Σ_d w_d x_{p + d − 2}, where d runs over the 25 taps.
On a period N it is cyclic, and a product of spectra: ŷ_f = x̂_f Σ_d w_d exp(2πi f·(d − 2) / N).  With N = side + 2 the
terms that wrap around are zeros.
"""

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor

from replication.architecture import KERNEL_SIDE, PADDING
from replication.fourier.products import multiply
from replication.fourier.waves import Spectrum, Waves, waves

KERNEL_PLACES = tuple(PADDING - tap for tap in range(KERNEL_SIDE))
"""Offset of each kernel tap, from the pixel it multiplies to the position of the sum."""


@cache
def correlation_waves(
    side: int, sums: Sequence[int], dtype: torch.dtype, device: torch.device
) -> tuple[Waves, Waves, Waves]:
    """Return the transforms of maps, of their correlations with 5×5 kernels, and, weighted, of the kernels.

    Args:
        side: Side of the maps, which are padded with zeros.
        sums: Positions of the sums to compute along either axis, from 0 to ``side`` − 1, in any order.
        dtype: Dtype of the transforms.
        device: Device of the transforms.

    Returns:
        The transforms of maps, sums and kernels.
    """
    # With this period, terms that wrap around are zeros beside the map.
    period = side + PADDING
    like = torch.empty(0, dtype=dtype, device=device)
    return (
        waves(range(side), period, like),
        waves(sums, period, like),
        waves(KERNEL_PLACES, period, like, weighted=True),
    )


def correlate(maps: Tensor, weight: Tensor, kept: int) -> Tensor:
    """Correlate zero-padded maps with 5×5 kernels, separately for each network.

    Args:
        maps: Shape (side², networks, images, channels).
        weight: Each network's kernels, shape (networks, kernels, channels, 5, 5).
        kept: Number of sums to return along either axis, counted from the first; 1 to ``side``.

    Returns:
        Shape (kept², networks, images, kernels).

    Raises:
        ValueError: The maps are not square, the kernels are not 5×5, or ``kept`` lies outside 1 to ``side``.
    """
    side = math.isqrt(len(maps))
    if side**2 != len(maps) or weight.shape[3:] != (KERNEL_SIDE, KERNEL_SIDE):
        raise ValueError(
            f"maps of {len(maps)} places and kernels of shape {tuple(weight.shape[3:])}: expected square maps, their "
            f"places first, and kernels of {KERNEL_SIDE}×{KERNEL_SIDE}"
        )
    if not 1 <= kept <= side:
        raise ValueError(f"kept={kept}: expected 1 to {side}, the side of the maps")
    sums: Tensor = _Correlation.apply(maps, weight, kept)
    return sums


class _Correlation(torch.autograd.Function):
    """``correlate`` with its gradients."""

    @staticmethod
    def forward(ctx: Any, maps: Tensor, weight: Tensor, kept: int) -> Tensor:
        """Return the sums."""
        of_maps, of_sums, of_kernels = _waves_for(len(maps), kept, maps)
        kernels = weight.flatten(3).permute(3, 0, 2, 1)
        spectrum = _matrices(of_maps.analyse(maps.flatten(1)), maps.shape)
        factor = _matrices(of_kernels.analyse(kernels.flatten(1)), kernels.shape)
        ctx.save_for_backward(*spectrum, *factor)
        ctx.kept, ctx.maps_shape, ctx.kernels_shape = kept, maps.shape, kernels.shape
        sums = of_sums.synthesise(_columns(multiply(spectrum, factor), kernels.shape[1]))
        return sums.view(kept**2, *maps.shape[1:3], -1)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        """Return the gradients with respect to maps and kernels."""
        spectrum, factor = ctx.saved_tensors[:2], ctx.saved_tensors[2:]
        n_places, n_networks = ctx.maps_shape[:2]
        of_maps, of_sums, of_kernels = _waves_for(n_places, ctx.kept, gradient)
        of_gradient = _matrices(of_sums.analyse(gradient.flatten(1)), gradient.shape)
        by_maps = multiply(of_gradient, _transposed(factor), signs=(1, -1))
        by_factor = multiply(_transposed(spectrum), of_gradient, signs=(-1, 1))
        maps = of_maps.synthesise(_columns(by_maps, n_networks)).view(ctx.maps_shape)
        kernels = of_kernels.synthesise(_columns(by_factor, n_networks)).view(ctx.kernels_shape)
        return maps, kernels.permute(1, 3, 2, 0).unflatten(3, (KERNEL_SIDE, KERNEL_SIDE)), None


def _waves_for(n_places: int, kept: int, like: Tensor) -> tuple[Waves, Waves, Waves]:
    """Return the transforms for ``correlate``, with the dtype and device of ``like``."""
    return correlation_waves(math.isqrt(n_places), range(kept), like.dtype, like.device)


def _matrices(spectrum: Spectrum, shape: Sequence[int]) -> Spectrum:
    """View the spectrum of maps of shape (places, networks, n, m) as matrices, (frequencies · networks, n, m)."""
    real, imaginary = (part.view(-1, *shape[2:]) for part in spectrum)
    return real, imaginary


def _columns(spectrum: Spectrum, n_networks: int) -> Spectrum:
    """View matrices as a spectrum again; the inverse of ``_matrices``."""
    real, imaginary = (part.view(len(part) // n_networks, -1) for part in spectrum)
    return real, imaginary


def _transposed(spectrum: Spectrum) -> Spectrum:
    """Return the transposes of complex matrices."""
    return spectrum[0].mT, spectrum[1].mT
