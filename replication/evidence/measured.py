"""What all evidence shares: stored arrays, choices that note who reads them, and a memory."""

from collections.abc import Mapping
from typing import Self

import numpy as np
import xarray as xr

from replication.choices import DEFAULTS, Choices
from replication.errors import ReplicationError
from replication.measurements import is_whole
from replication.remembered import Memory


class CondensedError(ReplicationError, LookupError):
    """Something was asked for that the pieces of this network, being condensed, do not hold."""


class Measured:
    """What was measured on one network, seen under one set of choices.

    Args:
        network: The network's id.
        pieces: Its measurements by piece, as ``measurements.load`` returns them.
        choices: The answers to what the paper leaves open.
    """

    def __init__(self, network: str, pieces: Mapping[str, xr.Dataset], choices: Choices = DEFAULTS) -> None:
        self.network = network
        self.pieces = pieces
        self.choices = choices
        self.choices_read: set[str] = set()
        self.memory: Memory = {}

    def under(self, choices: Choices) -> Self:
        """Return the same measurements under other choices, with nothing read yet but all that is remembered."""
        view = type(self)(self.network, self.pieces, choices)
        view.memory = self.memory
        return view

    def choice(self, name: str) -> str:
        """Return the answer to a choice and remember that it was asked for."""
        self.choices_read.add(name)
        return self.choices[name]

    @property
    def is_whole(self) -> bool:
        """Whether all that was measured on the network is there, and no piece was condensed."""
        return all(is_whole(piece) for piece in self.pieces.values())

    def of_whole(self, piece: str, variable: str) -> xr.DataArray:
        """Return a stored array that condensed pieces do not hold.

        Raises:
            CondensedError: The piece is condensed.
        """
        if variable not in self.pieces[piece]:
            raise CondensedError(
                f"{self.network} is condensed: its piece {piece!r} is without {variable!r}; ask for the lowest seed of "
                "its data set, which is shipped whole, or train and measure this network again with replication run"
            )
        return self.pieces[piece][variable]

    def _measured(self, piece: str, variable: str) -> xr.DataArray:
        """Return a stored array in float64, NaN where nothing was measured."""
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
