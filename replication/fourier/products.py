"""Products of complex matrices stored as separate real and imaginary parts."""

import torch

from replication.fourier.waves import Spectrum, Take, fresh


def multiply(left: Spectrum, right: Spectrum, take: Take | None = None, *, signs: tuple[int, int] = (1, 1)) -> Spectrum:
    """Multiply batches of complex matrices.

    Args:
        left: Real and imaginary parts, each of shape (n, i, j).
        right: Real and imaginary parts, each of shape (n, j, k).
        take: Allocator of the result; by default new memory is allocated.
        signs: Signs of the imaginary parts of the left and right matrices; −1 conjugates.

    Returns:
        Real and imaginary parts, each of shape (n, i, k).
    """
    take = take or fresh(left[0])
    product = take("product", 2, *left[0].shape[:2], right[0].shape[2])
    real, imaginary = product
    torch.bmm(left[0], right[0], out=real).baddbmm_(left[1], right[1], alpha=-signs[0] * signs[1])
    torch.baddbmm(imaginary, left[0], right[1], beta=0, alpha=signs[1], out=imaginary)
    imaginary.baddbmm_(left[1], right[0], alpha=signs[0])
    return real, imaginary
