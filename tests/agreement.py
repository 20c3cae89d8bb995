"""When two ways of computing an ablation agree: equal predictions, except where rounding decides a tie."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TIE_MARGIN = 1e-4
"""Top-two margin in log-probability below which rounding may decide.

Float32 log-probabilities of a trained network, ablated or not, are some tens at most; rounding in a few thousand
additions moves them by some 1e-5.
"""


@dataclass(frozen=True)
class Comparison:
    """Two sets of predictions side by side.

    Attributes:
        n_predictions: How many were compared.
        flips: Mask and image of each prediction that differs, shape (n_flips, 2).
        margins: The reference's top-two margin at each flip, shape (n_flips,).
        bound: The margin below which a flip is a tie decided by rounding.
    """

    n_predictions: int
    flips: NDArray[np.int64]
    margins: NDArray[np.float64]
    bound: float

    @property
    def n_flips(self) -> int:
        """Predictions that differ."""
        return len(self.flips)

    @property
    def n_disagreements(self) -> int:
        """Predictions that differ although the reference was not tied; a margin of NaN is no tie."""
        return int((~(self.margins < self.bound)).sum())

    @property
    def agree(self) -> bool:
        """Whether every difference is a tie."""
        return self.n_disagreements == 0


def top_two_margins(log_probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return how far the most probable class leads the second.

    Args:
        log_probabilities: Shape (..., n_classes), two classes at the least.

    Returns:
        Shape (...), not negative; 0 in a tie.
    """
    second, first = np.moveaxis(np.partition(log_probabilities, -2, axis=-1)[..., -2:], -1, 0)
    lead: NDArray[np.float64] = first.astype(np.float64) - second.astype(np.float64)
    return lead


def compare_predictions(
    reference: NDArray[np.uint8],
    fast: NDArray[np.uint8],
    margins: NDArray[np.float64],
    *,
    bound: float = TIE_MARGIN,
) -> Comparison:
    """List where two sets of predictions differ and how close the reference's decision was there.

    Args:
        reference: Shape (n_masks, n_images).
        fast: Shape (n_masks, n_images).
        margins: The reference's ``top_two_margins``, shape (n_masks, n_images).
        bound: The margin below which a flip counts as a tie.

    Returns:
        The flips, in the order of masks and images.

    Raises:
        ValueError: The three shapes differ.
    """
    if not reference.shape == fast.shape == margins.shape:
        raise ValueError(
            f"reference {reference.shape}, fast {fast.shape} and margins {margins.shape}: expected one shape"
        )
    differs = reference != fast
    return Comparison(reference.size, np.argwhere(differs), margins[differs], bound)
