"""The layers, units and neurons of the paper's network (§3.1), without torch.

A *unit* is what is ablated: one convolution kernel or one fully connected neuron.  A *neuron* is one
scalar of the activation vector, after ReLU and pooling, excluding the output layer.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

N_CLASSES = 10
IMAGE_SIDE = 28
KERNEL_SIDE = 5
PADDING = 2
"""Zero-padding of a convolution's input, in pixels per side; it preserves the side of the map."""


@dataclass(frozen=True)
class Layer:
    """One layer of the network.

    Attributes:
        name: The paper's name, such as ``"conv1"``.
        n_units: Kernels of a convolutional layer, neurons of a fully connected one.
        map_side: Side of a unit's square activation map after pooling; 1 in a fully connected layer.
    """

    name: str
    n_units: int
    map_side: int

    @property
    def neurons_per_unit(self) -> int:
        """Number of neurons per unit: 196, 49 or 9 for kernels, 1 for a fully connected neuron."""
        return self.map_side**2

    @property
    def n_neurons(self) -> int:
        """Number of neurons in the layer."""
        return self.n_units * self.neurons_per_unit

    @property
    def is_convolution(self) -> bool:
        """Whether the layer's units are kernels."""
        return self.name.startswith("conv")


@dataclass(frozen=True)
class Unit:
    """One ablatable unit.

    Attributes:
        layer: The layer that contains the unit.
        index: Position within the layer, from 0.
    """

    layer: Layer
    index: int

    @property
    def id(self) -> str:
        """Readable name, such as ``"conv1/12"``."""
        return f"{self.layer.name}/{self.index}"


HIDDEN_LAYERS = (
    Layer("conv1", 64, 14),
    Layer("conv2", 64, 7),
    Layer("conv3", 64, 3),
    Layer("fc1", 512, 1),
    Layer("fc2", 512, 1),
)
OUT = Layer("out", N_CLASSES, 1)
LAYERS = (*HIDDEN_LAYERS, OUT)
LAYER_NAMES = tuple(layer.name for layer in LAYERS)
HIDDEN_LAYER_NAMES = tuple(layer.name for layer in HIDDEN_LAYERS)

UNITS = tuple(Unit(layer, index) for layer in HIDDEN_LAYERS for index in range(layer.n_units))
UNIT_IDS = tuple(unit.id for unit in UNITS)
N_UNITS = len(UNITS)
N_NEURONS = sum(layer.n_neurons for layer in HIDDEN_LAYERS)


def find_layer(name: str) -> Layer:
    """Return the layer with the given name.

    Args:
        name: One of ``LAYER_NAMES``.

    Returns:
        The layer.

    Raises:
        ValueError: The network has no layer of that name.
    """
    for layer in LAYERS:
        if layer.name == name:
            return layer
    raise ValueError(f"no layer named {name!r}: the network has {', '.join(LAYER_NAMES)}")


@cache
def unit_of_neuron() -> NDArray[np.int64]:
    """Return the index in ``UNITS`` of the unit that contains each of the 17,280 neurons.

    Neurons are in the order of the activation vector: layer by layer, within a convolutional layer
    kernel by kernel, within a kernel row by row.

    Returns:
        Shape (17280,), values 0 to 1215, read-only.
    """
    owners = np.repeat(np.arange(N_UNITS), [unit.layer.neurons_per_unit for unit in UNITS])
    owners.flags.writeable = False
    return owners


@cache
def layer_of_unit() -> NDArray[np.str_]:
    """Return the layer name of each of the 1,216 units, shape (1216,), read-only."""
    names = np.array([unit.layer.name for unit in UNITS])
    names.flags.writeable = False
    return names
