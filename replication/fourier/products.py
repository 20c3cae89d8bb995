"""Products of complex matrices whose parts lie apart, as spectra do here."""

import torch

from replication.fourier.waves import Spectrum, Take, fresh


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
