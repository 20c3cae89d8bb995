"""Input checks shared by both implementations of ablation."""

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from replication.architecture import HIDDEN_LAYER_NAMES, IMAGE_SIDE, find_layer
from replication.network import Network


def check_network(network: object) -> None:
    """Check that the network is a ``Network``, whose layers are ablated by name.

    Args:
        network: A ``Network`` or an instance of a subclass.

    Raises:
        TypeError: It is something else.
    """
    if not isinstance(network, Network):
        raise TypeError(
            f"network is a {type(network).__name__}; ablation takes a replication.network.Network. "
            "Of another module mask what a layer puts out, by a forward hook: README, The method on other networks"
        )


def overridden(network: Network, *names: str) -> list[str]:
    """Return the names of the methods that the network overrides.

    Args:
        network: The network.
        names: Names of ``Network``'s methods.
    """
    return [
        name for name in names if name in vars(network) or getattr(type(network), name) is not getattr(Network, name)
    ]


def check_no_more_than_network(network: Network) -> None:
    """Check that the network computes no more than ``Network``, because ablation by reuse reads its weights only.

    Args:
        network: A ``Network`` or an instance of a subclass.

    Raises:
        ValueError: The network overrides ``forward``, ``apply_layers`` or ``apply_layer``, or has forward hooks.
    """
    own = overridden(network, "apply_layer", "apply_layers", "forward")
    if any(module._forward_hooks or module._forward_pre_hooks for module in network.modules()):
        own.append("forward hooks")
    if own:
        raise ValueError(
            f"the {type(network).__name__} has its own {', '.join(own)}, which ablation by reuse would leave out: "
            "use predictions_by_weights"
        )


def check_forward(network: Network, baseline: str) -> None:
    """Check that the baseline does not bypass the network's own forward pass.

    Args:
        network: A ``Network`` or an instance of a subclass.
        baseline: ``"zero"``, which calls the network, or ``"mean"``, which applies its layers one by one.

    Raises:
        ValueError: The baseline is ``"mean"`` and the network overrides ``forward`` or ``apply_layers``, or has forward
            hooks.
    """
    own = overridden(network, "apply_layers", "forward")
    if network._forward_hooks or network._forward_pre_hooks:
        own.append("forward hooks")
    if baseline == "mean" and own:
        raise ValueError(
            f"baseline 'mean' applies layer after layer and leaves out the {', '.join(own)} of the "
            f"{type(network).__name__}: override apply_layer instead, or take baseline 'zero'"
        )


def check_masks(layer: str, masks: NDArray[np.bool_]) -> None:
    """Check that masks fit a hidden layer.

    Args:
        layer: A hidden layer's name.
        masks: Shape (n_masks, n_units), boolean.

    Raises:
        ValueError: ``layer`` is not a hidden layer, or the masks have another shape or dtype.
    """
    if layer not in HIDDEN_LAYER_NAMES:
        raise ValueError(f"layer {layer!r} cannot be ablated: expected one of {', '.join(HIDDEN_LAYER_NAMES)}")
    n_units = find_layer(layer).n_units
    if masks.dtype != np.bool_ or masks.ndim != 2 or masks.shape[1] != n_units:
        raise ValueError(
            f"masks of {layer} are {masks.dtype} of shape {masks.shape}; expected bool of shape (n, {n_units})"
        )


def check_images(images: Tensor) -> None:
    """Check that the images have the shape and dtype of the network's input.

    Args:
        images: Shape (n_images, 1, 28, 28), floating point.

    Raises:
        ValueError: They have another shape or dtype.
    """
    if images.shape[1:] != (1, IMAGE_SIDE, IMAGE_SIDE) or not images.is_floating_point():
        raise ValueError(
            f"images are {images.dtype} of shape {tuple(images.shape)}; "
            f"expected floating point of shape (n, 1, {IMAGE_SIDE}, {IMAGE_SIDE})"
        )


def check_baseline(baseline: str) -> None:
    """Check the name of an ablation baseline.

    Args:
        baseline: ``"zero"`` or ``"mean"``.

    Raises:
        ValueError: It has another value.
    """
    if baseline not in {"zero", "mean"}:
        raise ValueError(f"baseline {baseline!r}: expected 'zero' or 'mean'")
