"""What both ways of ablation refuse, in the same words."""

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from replication.architecture import HIDDEN_LAYER_NAMES, IMAGE_SIDE, find_layer
from replication.network import Network


def check_network(network: object) -> None:
    """Refuse a network that is not the paper's: its layers are ablated by their names.

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
    """Return which of these methods are not those of ``Network``.

    Args:
        network: The network.
        names: Names of methods.
    """
    return [
        name for name in names if name in vars(network) or getattr(type(network), name) is not getattr(Network, name)
    ]


def check_no_more_than_network(network: Network) -> None:
    """Refuse a network that computes something by itself, which reuse, working on weights alone, would leave out.

    Args:
        network: A ``Network`` or an instance of a subclass.

    Raises:
        ValueError: It has a forward pass, a way to apply layers, or forward hooks of its own.
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
    """Refuse a forward pass that a baseline leaves out.

    Args:
        network: A ``Network`` or an instance of a subclass.
        baseline: ``"zero"``, under which the network is run, or ``"mean"``, under which its layers are, one by one.

    Raises:
        ValueError: The baseline is ``"mean"`` and the network has a forward pass or forward hooks of its own.
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
