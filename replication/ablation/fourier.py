"""conv3 and its pooling in the frequency domain, for a great many 7×7 maps at once.

A 5×5 correlation takes 25 multiplications per sum; between spectra it takes about 4.5, and the transforms are two
small matrix products.  The rounding error is that of the plain sum: the transforms are orthogonal.
"""

import math

import torch
from torch import Tensor

from replication.ablation.workspace import Workspace
from replication.architecture import PADDING

SIDE = 7
POOLED_SIDE = 3
KEPT_SIDE = 6
"""Of conv3's 7×7 sums, pooling never reads the last row and column."""
PERIOD = 9
"""Shortest cyclic correlation of 7 values with 5 whose first six sums do not wrap round onto themselves."""
HALF = PERIOD // 2
FREQUENCIES = [(row, column) for row in range(HALF + 1) for column in range(PERIOD) if row > 0 or 1 <= column <= HALF]
"""Half of the plane of frequencies without the mean; a real map's spectrum is conjugate in the other half."""


class FourierConvolution:
    """conv3 followed by its pooling.

    Args:
        weight: Shape (outputs, units, 5, 5), as many outputs as units.
        bias: Shape (outputs,).
    """

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        rows, columns = torch.tensor(FREQUENCIES, device=weight.device).T
        spectrum = torch.fft.fft2(weight.double(), s=(PERIOD, PERIOD)).conj().permute(2, 3, 1, 0)
        self._mean = spectrum[0, 0].real.to(weight)
        self._real = spectrum[rows, columns].real.to(weight).contiguous()
        self._imaginary = spectrum[rows, columns].imag.to(weight).contiguous()
        self._bias = bias
        self._to_spectrum, self._from_spectrum = (matrix.to(weight) for matrix in _transforms())

    def __call__(self, activations: Tensor, workspace: Workspace) -> Tensor:
        """Return the pooled preactivations.

        Args:
            activations: conv2's, shape (49, cases, units).
            workspace: Where the result lies.

        Returns:
            Shape (9, cases, outputs).
        """
        _, cases, units = activations.shape
        n, half = len(self._to_spectrum), len(FREQUENCIES) + 1
        spectrum = workspace.take("spectrum", n, cases, units)
        product = workspace.take("product", n, cases, units)
        torch.mm(self._to_spectrum, activations.flatten(1), out=spectrum.view(n, -1))
        real, imaginary = spectrum[1:half], spectrum[half:]
        torch.mm(spectrum[0], self._mean, out=product[0])
        torch.bmm(real, self._real, out=product[1:half])
        product[1:half].baddbmm_(imaginary, self._imaginary, alpha=-1)
        torch.bmm(real, self._imaginary, out=product[half:])
        product[half:].baddbmm_(imaginary, self._real)
        sums = workspace.take("sums", KEPT_SIDE**2, cases, units)
        torch.mm(self._from_spectrum, product.view(n, -1), out=sums.view(len(sums), -1))
        pooled = workspace.take("pooled", POOLED_SIDE**2, cases, units)
        return torch.amax(sums.view(-1, *pooled.shape), 0, out=pooled).add_(self._bias)


def _transforms() -> tuple[Tensor, Tensor]:
    """Return the matrices from 7×7 maps to their 9×9 spectrum, and from there to conv3's 6×6 sums.

    The spectrum has 81 rows: the mean, 40 real and 40 imaginary parts.  The 36 sums are ordered by their place in
    the pooling window, then by the window.
    """
    frequencies = torch.tensor(FREQUENCIES, dtype=torch.float64)

    def waves(places: Tensor) -> Tensor:
        angle = 2 * math.pi / PERIOD * frequencies @ places.T.double()
        return torch.cat([torch.ones(1, len(places), dtype=torch.float64), angle.cos(), -angle.sin()])

    maps = torch.cartesian_prod(torch.arange(SIDE), torch.arange(SIDE))
    to_spectrum = waves(maps)
    kept = torch.cartesian_prod(*[torch.arange(n) for n in (2, 2, POOLED_SIDE, POOLED_SIDE)])
    from_spectrum = waves(2 * kept[:, 2:] + kept[:, :2] - PADDING)
    from_spectrum[1:] *= 2
    return to_spectrum, from_spectrum.T.contiguous() / PERIOD**2
