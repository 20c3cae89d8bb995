"""Discrete Fourier transform along the two axes of many maps at once, and its adjoint."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

Spectrum = tuple[Tensor, Tensor]
"""Real and imaginary parts, frequencies along the first axis."""

Take = Callable[..., Tensor]
"""Allocator: returns an uninitialised tensor for a name and a shape."""


@dataclass(frozen=True)
class Waves:
    """Two-dimensional discrete Fourier transform of maps with values at given places, and its adjoint.

    The spectrum of a real map has conjugate symmetry, so only half of its plane is stored.  For self-conjugate row
    frequencies (0, and half the period if that is an integer) these are half of the column frequencies; for half of the
    other row frequencies, all of them.  Rows are transformed first, so that every product works on whole rows of
    memory.

    Attributes:
        rows: Waves along the rows, shape (row waves, places): the cosines of the self-conjugate frequencies, then
            cosine and negative sine of each other frequency.
        n_own: Number of self-conjugate row frequencies, 1 or 2.
        own: Real and imaginary parts along the columns for self-conjugate row frequencies, each of shape
            (column frequencies, places).
        other: The same for the other row frequencies, applied to both of their parts, each of shape
            (column frequencies, 2 × places).
    """

    rows: Tensor
    n_own: int
    own: Spectrum
    other: Spectrum

    def analyse(self, maps: Tensor, take: Take | None = None) -> Spectrum:
        """Return the spectra of maps.

        Args:
            maps: Shape (places², maps), the places of a map in row-major order.
            take: Allocator of the results; by default new memory is allocated.

        Returns:
            Real and imaginary parts, each of shape (frequencies, maps).
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
        """Return the sum of waves over all stored frequencies at every place: the adjoint of ``analyse``.

        Args:
            spectrum: Real and imaginary parts, each of shape (frequencies, maps).
            take: Allocator of the results; by default new memory is allocated.

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
        """Split into self-conjugate rows and pairs of parts of the other rows, each of shape (rows, …, maps)."""
        n_own = self.n_own * self.rows.shape[1]
        own, other = by_row.split([n_own, len(by_row) - n_own])
        return own.view(self.n_own, -1, own.shape[1]), other.view((len(self.rows) - self.n_own) // 2, -1, own.shape[1])


def fresh(like: Tensor) -> Take:
    """Return an allocator of new memory with the dtype and device of ``like``, under any name."""
    return lambda name, *shape: like.new_empty(shape)


def _each(matrix: Tensor, rows: Tensor) -> Tensor:
    """Expand a matrix to one copy per row."""
    return matrix.expand(len(rows), -1, -1)


def waves(places: Sequence[int], period: int, like: Tensor, *, weighted: bool = False) -> Waves:
    """Return the Fourier transform with a given period of maps with values at given places.

    Args:
        places: Positions of the map's values along either axis.
        period: Period of the transform.
        like: A tensor with the dtype and device of the waves.
        weighted: Whether to weight each stored frequency by its multiplicity in the full plane divided by ``period``².
            Analysis without weights followed by synthesis with weights reproduces a map if its places are distinct
            modulo the period.

    Returns:
        The waves.
    """
    turns = torch.outer(torch.arange(period), torch.tensor(places)) % period
    angle = turns.double() * (2 * math.pi / period)
    # Exactly zero at multiples of a half turn, because self-conjugate frequencies have no imaginary part.
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
