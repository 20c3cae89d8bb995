"""Correlations of many maps with 5×5 kernels by way of their spectra, with gradients.

Between spectra a correlation is one matrix product of channels per frequency, in place of one per pixel and tap.  It is
cyclic there; on a period a little longer than the map the sums that wrap round are none that are asked for.  The
transforms are orthogonal up to a factor, so that the rounding error is that of the plain sums.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor

from replication.architecture import KERNEL_SIDE, PADDING

Spectrum = tuple[Tensor, Tensor]
"""Real and imaginary parts, frequencies along the first axis."""

Take = Callable[..., Tensor]
"""Returns memory by the name of what it is for and its shape."""


@dataclass(frozen=True)
class Waves:
    """The waves of one period at some places along either axis of a map: the way to a spectrum, and its adjoint.

    A real map's spectrum is conjugate in one half of its plane, which is left out.  Kept are, for rows that are their
    own conjugate (frequency 0, and half the period where that is whole), half of the columns' frequencies, and for half
    of the other rows all of them.  Rows are transformed first, so that every product is of whole rows of memory.

    Attributes:
        rows: Waves along the rows, shape (row frequencies, places): the cosines of those that are their own conjugate,
            then for each of the others cosine and negative sine.
        n_own: Rows that are their own conjugate, 1 or 2.
        own: Real and imaginary parts along the columns for those, each of shape (columns' frequencies, places).
        other: The same for the other rows, from both parts, each of shape (columns' frequencies, 2 × places).
    """

    rows: Tensor
    n_own: int
    own: Spectrum
    other: Spectrum

    def analyse(self, maps: Tensor, take: Take | None = None) -> Spectrum:
        """Return the spectra of maps.

        Args:
            maps: Shape (places², maps), a map's rows one after the other.
            take: Gives the memory; by default it is taken afresh.

        Returns:
            Both parts, each of shape (frequencies, maps).
        """
        take = take or fresh(maps)
        n_places, n_maps = self.rows.shape[1], maps.shape[1]
        by_row = take("by row", len(self.rows) * n_places, n_maps)
        torch.mm(self.rows, maps.reshape(n_places, -1), out=by_row.view(len(self.rows), -1))
        own, other = self._split(by_row)
        n_own = self.n_own * len(self.own[0])
        parts = take("spectrum", 2, n_own + len(other) * len(self.other[0]), n_maps)
        for part, of_own, of_other in zip(parts, self.own, self.other, strict=True):
            torch.bmm(_each(of_own, own), own, out=part[:n_own].view(self.n_own, -1, n_maps))
            torch.bmm(_each(of_other, other), other, out=part[n_own:].view(len(other), -1, n_maps))
        return parts[0], parts[1]

    def synthesise(self, spectrum: Spectrum, take: Take | None = None) -> Tensor:
        """Return the sums of waves over all frequencies kept, place by place: the adjoint of ``analyse``.

        Args:
            spectrum: Both parts, each of shape (frequencies, maps).
            take: Gives the memory; by default it is taken afresh.

        Returns:
            Shape (places², maps).
        """
        take = take or fresh(spectrum[0])
        n_places, n_maps = self.rows.shape[1], spectrum[0].shape[1]
        by_row = take("by row", len(self.rows) * n_places, n_maps)
        own, other = self._split(by_row)
        n_own = self.n_own * len(self.own[0])
        for beta, part, of_own, of_other in zip((0, 1), spectrum, self.own, self.other, strict=True):
            of_rows = part[:n_own].view(self.n_own, -1, n_maps)
            torch.baddbmm(own, _each(of_own.mT, own), of_rows, beta=beta, out=own)
            of_rows = part[n_own:].view(len(other), -1, n_maps)
            torch.baddbmm(other, _each(of_other.mT, other), of_rows, beta=beta, out=other)
        maps = take("maps", n_places**2, n_maps)
        torch.mm(self.rows.mT, by_row.view(len(self.rows), -1), out=maps.view(n_places, -1))
        return maps

    def _split(self, by_row: Tensor) -> tuple[Tensor, Tensor]:
        """Return the rows that are their own conjugate and the pairs of parts of the others, each (rows, …, maps)."""
        n_own = self.n_own * self.rows.shape[1]
        own, other = by_row.split([n_own, len(by_row) - n_own])
        return own.view(self.n_own, -1, own.shape[1]), other.view((len(self.rows) - self.n_own) // 2, -1, own.shape[1])


def fresh(like: Tensor) -> Take:
    """Return what takes memory of a tensor's type and device afresh, whatever it is for."""
    return lambda name, *shape: like.new_empty(shape)


def _each(matrix: Tensor, rows: Tensor) -> Tensor:
    """Return the matrix as often as there are rows."""
    return matrix.expand(len(rows), -1, -1)


def waves(places: Sequence[int], period: int, like: Tensor, *, weighted: bool = False) -> Waves:
    """Return the waves of a period at places.

    Args:
        places: Where a map has values, along either axis.
        period: Length of the longest wave.
        like: A tensor whose type and device the waves shall have.
        weighted: Whether each frequency counts as often as it stands in the whole plane, over ``period``²: analysing
            without weights and synthesising with them gives a map back whose places are all different in the period.

    Returns:
        The waves.
    """
    turns = torch.outer(torch.arange(period), torch.tensor(places)) % period
    angle = turns.double() * (2 * math.pi / period)
    # Exactly nothing where an angle is a multiple of a half turn: what is its own conjugate has no imaginary part.
    cosine, sine = angle.cos(), torch.where(2 * turns % period == 0, 0.0, angle.sin())
    half = period // 2
    is_own = [frequency for frequency in range(half + 1) if 2 * frequency % period == 0]
    others = [frequency for frequency in range(half + 1) if 2 * frequency % period != 0]
    rows = torch.cat([cosine[is_own], torch.stack([cosine[others], -sine[others]], 1).flatten(0, 1)])
    own = cosine[: half + 1], -sine[: half + 1]
    other = torch.cat([cosine, sine], 1), torch.cat([-sine, cosine], 1)
    if weighted:
        once = torch.tensor([[1.0 if column in is_own else 2.0] for column in range(half + 1)])
        own = own[0] * once / period**2, own[1] * once / period**2
        other = other[0] * 2 / period**2, other[1] * 2 / period**2
    return Waves(rows.to(like), len(is_own), (own[0].to(like), own[1].to(like)), (other[0].to(like), other[1].to(like)))


KERNEL_PLACES = tuple(PADDING - tap for tap in range(KERNEL_SIDE))
"""Of each tap of a kernel, the offset from the pixel that it multiplies to the sum."""


@cache
def correlation_waves(
    side: int, sums: Sequence[int], dtype: torch.dtype, device: torch.device
) -> tuple[Waves, Waves, Waves]:
    """Return the waves of maps, of their correlations with 5×5 kernels, and, weighted, of the kernels.

    Args:
        side: Of the maps; around them are zeros.
        sums: Places of the sums that are asked for, along either axis, from 0 to ``side`` − 1, in any order.
        dtype: Of the waves.
        device: Where they lie.

    Returns:
        The three.
    """
    # On this period what wraps round falls on zeros beside the map.
    period = side + PADDING
    like = torch.empty(0, dtype=dtype, device=device)
    return (
        waves(range(side), period, like),
        waves(sums, period, like),
        waves(KERNEL_PLACES, period, like, weighted=True),
    )


def correlate(maps: Tensor, weight: Tensor, kept: int) -> Tensor:
    """Return the correlation of maps with 5×5 kernels, with zeros around the maps, for networks side by side.

    Args:
        maps: Shape (side², networks, images, channels).
        weight: Each network's kernels, shape (networks, kernels, channels, 5, 5).
        kept: So many sums are returned along either axis, from the first on; at most ``side``.

    Returns:
        Shape (kept², networks, images, kernels).

    Raises:
        ValueError: The maps are not square, the kernels not 5×5, or more sums are asked for than there are.
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
        """Return the gradients of maps and kernels from that of the sums."""
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
    """Return the waves for ``correlate``, of a tensor's type and on its device."""
    return correlation_waves(math.isqrt(n_places), range(kept), like.dtype, like.device)


def _matrices(spectrum: Spectrum, shape: Sequence[int]) -> Spectrum:
    """Return a spectrum of maps of shape (places, networks, n, m) as matrices, (frequencies · networks, n, m)."""
    real, imaginary = (part.view(-1, *shape[2:]) for part in spectrum)
    return real, imaginary


def _columns(spectrum: Spectrum, n_networks: int) -> Spectrum:
    """Return the spectrum of which ``_matrices`` made matrices."""
    real, imaginary = (part.view(len(part) // n_networks, -1) for part in spectrum)
    return real, imaginary


def _transposed(spectrum: Spectrum) -> Spectrum:
    """Return the transposes of complex matrices."""
    return spectrum[0].mT, spectrum[1].mT


def multiply(left: Spectrum, right: Spectrum, take: Take | None = None, *, signs: tuple[int, int] = (1, 1)) -> Spectrum:
    """Return the products of complex matrices.

    Args:
        left: Both parts of shape (n, i, j).
        right: Both parts of shape (n, j, k).
        take: Gives the memory; by default it is taken afresh.
        signs: −1 in place of 1 conjugates the left or the right matrices.

    Returns:
        Both parts, each of shape (n, i, k).
    """
    take = take or fresh(left[0])
    product = take("product", 2, *left[0].shape[:2], right[0].shape[2])
    real, imaginary = product
    torch.bmm(left[0], right[0], out=real).baddbmm_(left[1], right[1], alpha=-signs[0] * signs[1])
    torch.baddbmm(imaginary, left[0], right[1], beta=0, alpha=signs[1], out=imaginary)
    imaginary.baddbmm_(left[1], right[0], alpha=signs[0])
    return real, imaginary
