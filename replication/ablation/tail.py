"""The layers after an ablated one, run on a great many ablations at once.

Activations stand position first and unit last, (positions, cases, units), a case being one image under one mask.
Each layer is then a few large matrix products, and pooling an element-wise maximum of whole blocks.
"""

import math

import torch
from torch import Tensor

from replication.network import Network

SIDE = 7
"""Side of the maps that conv3 reads."""
KEPT_SIDE = 6
"""Side of conv3's map without its last row and column: 2×2 pooling halves 7 to 3 and never reads them."""
PERIOD = 9
"""Shortest cyclic correlation of 7 values with 5 whose first six sums do not wrap round onto themselves."""
PADDING = 2
FREQUENCIES = [f for f in range(1, PERIOD**2) if f < (PERIOD + 1) // 2 or PERIOD <= f < PERIOD * (PERIOD + 1) // 2]
"""Half of the plane of frequencies; a real map's spectrum is conjugate in the other half."""


class Tail:
    """The layers after conv2's preactivation, prepared for running on.

    Args:
        network: The intact network.
    """

    def __init__(self, network: Network) -> None:
        parameters = {
            layer: [parameter.detach() for parameter in network.parameters_of(layer)]
            for layer in ("conv3", "fc1", "fc2", "out")
        }
        kernels, self._bias = parameters.pop("conv3")
        self._linear = {layer: (weight.T, bias) for layer, (weight, bias) in parameters.items()}
        weight, bias = parameters["fc1"]
        self._linear["fc1"] = (weight.view(len(weight), -1, 9).permute(2, 1, 0).flatten(0, 1), bias)
        spectrum = torch.fft.fft2(kernels.double(), s=(PERIOD, PERIOD)).conj().flatten(2).permute(2, 1, 0)
        self._mean = spectrum[0].real.to(kernels)
        self._real = spectrum[FREQUENCIES].real.to(kernels).contiguous()
        self._imaginary = spectrum[FREQUENCIES].imag.to(kernels).contiguous()
        self._to_spectrum, self._from_spectrum = (matrix.to(kernels) for matrix in _fourier_matrices())

    def predict(self, layer: str, preactivations: Tensor) -> Tensor:
        """Return the predicted class of every case.

        Args:
            layer: The layer whose preactivations are given; they are overwritten.
            preactivations: In a convolutional layer the maxima of the pooling windows; shape (positions, cases,
                units).

        Returns:
            uint8, shape (cases,).
        """
        values = preactivations
        if layer == "conv2":
            values = self._convolve(values.relu_())
            layer = "conv3"
        values = values.transpose(0, 1).flatten(1)
        for following in {"conv3": ("fc1", "fc2", "out"), "fc1": ("fc2", "out"), "fc2": ("out",), "out": ()}[layer]:
            weight, bias = self._linear[following]
            values = torch.addmm(bias, values.relu_(), weight)
        return values.argmax(1).to(torch.uint8)

    def _convolve(self, activations: Tensor) -> Tensor:
        """Return conv3's pooled preactivations (9, cases, 64) from conv2's activations (49, cases, 64)."""
        _, cases, units = activations.shape
        spectrum = torch.mm(self._to_spectrum, activations.flatten(1)).view(-1, cases, units)
        product = torch.empty_like(spectrum)
        torch.mm(spectrum[0], self._mean, out=product[0])
        real, imaginary = spectrum[1::2], spectrum[2::2]
        torch.bmm(real, self._real, out=product[1::2])
        product[1::2].baddbmm_(imaginary, self._imaginary, alpha=-1)
        torch.bmm(real, self._imaginary, out=product[2::2])
        product[2::2].baddbmm_(imaginary, self._real)
        maps = torch.mm(self._from_spectrum, product.flatten(1)).view(4, -1, cases, units)
        return maps.amax(0).add_(self._bias)


def _fourier_matrices() -> tuple[Tensor, Tensor]:
    """Return the matrices from 7×7 maps to their 9×9 spectrum and from there to conv3's 6×6 sums.

    A real map's spectrum is its mean and 40 complex numbers, each written as real and imaginary part: 81 rows.  The
    36 sums are ordered by their place in the pooling window, then by the window.
    """
    frequency = torch.tensor(FREQUENCIES)
    place = torch.arange(SIDE**2)

    def phases(row: Tensor, column: Tensor) -> Tensor:
        cycles = torch.outer(frequency // PERIOD, row) + torch.outer(frequency % PERIOD, column)
        angle = 2 * math.pi / PERIOD * (cycles % PERIOD).double()
        return torch.stack([angle.cos(), -angle.sin()], dim=1).flatten(0, 1)

    ones = torch.ones(1, SIDE**2, dtype=torch.float64)
    to_spectrum = torch.cat([ones, phases(place // SIDE, place % SIDE)])
    grid = torch.arange(KEPT_SIDE**2).view(KEPT_SIDE // 2, 2, KEPT_SIDE // 2, 2).permute(1, 3, 0, 2).flatten()
    parts = 2 * phases(grid // KEPT_SIDE - PADDING, grid % KEPT_SIDE - PADDING)
    from_spectrum = torch.cat([ones[:, : KEPT_SIDE**2], parts]).T / PERIOD**2
    return to_spectrum, from_spectrum.contiguous()
