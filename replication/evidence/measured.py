"""Base class of the evidence: stored arrays, choices whose reads are recorded, and a memory of quantities."""

from collections.abc import Mapping
from typing import Self

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from replication.architecture import N_CLASSES
from replication.choices import DEFAULTS, Choices
from replication.errors import ReplicationError
from replication.measurements import is_whole
from replication.paper import EMBEDDING
from replication.remembered import Memory
from replication.schema import HALVES

K_NEIGHBOURS = EMBEDDING.n_hit_neighbours

_PER_CLASS = xr.DataArray(np.zeros(N_CLASSES), {"class": np.arange(N_CLASSES)}, ("class",))


def by_class(values: ArrayLike) -> xr.DataArray:
    """Return one value per class as a float64 array with the coordinate ``class``."""
    return _PER_CLASS.copy(data=np.asarray(values, dtype=np.float64))


class CondensedError(ReplicationError, LookupError):
    """An array is requested that the condensed pieces of a network do not hold."""


class Measured:
    """Measurements on one network under one set of choices.

    Args:
        network: Id of the network.
        pieces: Measurements by piece, as returned by ``measurements.load``.
        choices: Answers to the questions that the paper leaves open.
    """

    def __init__(self, network: str, pieces: Mapping[str, xr.Dataset], choices: Choices = DEFAULTS) -> None:
        self.network = network
        self.pieces = pieces
        self.choices = choices
        self.choices_read: set[str] = set()
        self.memory: Memory = {}

    def under(self, choices: Choices) -> Self:
        """Return a view under other choices; it shares the memory and has no choices read yet."""
        view = type(self)(self.network, self.pieces, choices)
        view.memory = self.memory
        return view

    def choice(self, name: str) -> str:
        """Return the answer to a choice, and record that it was read."""
        self.choices_read.add(name)
        return self.choices[name]

    @property
    def is_whole(self) -> bool:
        """Whether no piece of the network is condensed."""
        return all(is_whole(piece) for piece in self.pieces.values())

    def of_whole(self, piece: str, variable: str) -> xr.DataArray:
        """Return a stored array that only whole pieces hold.

        Raises:
            CondensedError: The piece is condensed.
        """
        if variable not in self.pieces[piece]:
            raise CondensedError(
                f"{self.network} is condensed: its piece {piece!r} is without {variable!r}; ask for the lowest seed of "
                "its data set, which is shipped whole, or train and measure this network again with replication run"
            )
        return self.pieces[piece][variable]

    @property
    def _n_by_half(self) -> xr.DataArray:
        """Number of even and of odd test images of each class, axes (part, class)."""
        return self._measured("intact", "confusion").sum("predicted").sel(part=list(HALVES))

    def _measured(self, piece: str, variable: str) -> xr.DataArray:
        """Return a stored array as float64; NaN where nothing was measured (−1 in integer arrays)."""
        known = self.memory.setdefault(f"{piece}/{variable}", {}).setdefault((), {})
        if () not in known:
            array = self.pieces[piece][variable]
            values = array.values.astype(np.float64)
            if array.dtype.kind == "i":
                values[array.values == -1] = np.nan
            values.flags.writeable = False
            known[()] = array.copy(data=values)
        found: xr.DataArray = known[()]
        return found
