"""What both ways of ablation refuse, in the same words."""

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from replication.architecture import HIDDEN_LAYER_NAMES, IMAGE_SIDE, find_layer


def check_masks(layer: str, masks: NDArray[np.bool_]) -> None:
    """Refuse masks that do not fit a hidden layer.

    Args:
        layer: A hidden layer's name.
        masks: Shape (n_masks, n_units), boolean.

    Raises:
        ValueError: There is no such hidden layer, or the masks have another shape or type.
    """
    if layer not in HIDDEN_LAYER_NAMES:
        raise ValueError(f"layer {layer!r} cannot be ablated: expected one of {', '.join(HIDDEN_LAYER_NAMES)}")
    n_units = find_layer(layer).n_units
    if masks.dtype != np.bool_ or masks.ndim != 2 or masks.shape[1] != n_units:
        raise ValueError(
            f"masks of {layer} are {masks.dtype} of shape {masks.shape}; expected bool of shape (n, {n_units})"
        )


def check_images(images: Tensor) -> None:
    """Refuse images the network does not take.

    Args:
        images: Shape (n_images, 1, 28, 28), floating point.

    Raises:
        ValueError: They have another shape or type.
    """
    if images.shape[1:] != (1, IMAGE_SIDE, IMAGE_SIDE) or not images.is_floating_point():
        raise ValueError(
            f"images are {images.dtype} of shape {tuple(images.shape)}; "
            f"expected floating point of shape (n, 1, {IMAGE_SIDE}, {IMAGE_SIDE})"
        )


def check_baseline(baseline: str) -> None:
    """Refuse unknown words for what an ablated unit puts out.

    Args:
        baseline: ``"zero"`` or ``"mean"``.

    Raises:
        ValueError: It is another word.
    """
    if baseline not in {"zero", "mean"}:
        raise ValueError(f"baseline {baseline!r}: expected 'zero' or 'mean'")
